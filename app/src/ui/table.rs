//! Headers that sort.

use leptos::prelude::*;

use crate::i18n::use_texts;

/// The value of `aria-sort` for a column, `sort` being the order as it stands in the address: `naam`, `-naam`.
pub fn aria_sort(column: &str, sort: &str) -> Option<&'static str> {
    match sort.strip_prefix('-') {
        Some(by) if by == column => Some("descending"),
        None if sort == column => Some("ascending"),
        _ => None,
    }
}

/// The order after the header of `column` is used: ascending first, then the other way about.
pub fn next_sort(column: &str, sort: &str) -> String {
    if sort == column { format!("-{column}") } else { column.to_owned() }
}

/// The link in a header that sorts by its column. Its `<th>` must have `aria-sort=aria_sort(…)`.
#[component]
pub fn SortLink(
    /// The column's heading.
    #[prop(into)]
    label: String,
    /// The column, as it stands in the address.
    column: &'static str,
    /// The order now, as it stands in the address.
    #[prop(into)]
    sort: String,
    /// The list in the order that this link gives: [`next_sort`] in an address.
    href: String,
) -> impl IntoView {
    let t = use_texts();
    let (arrow, order) = match aria_sort(column, &sort) {
        Some("descending") => ("↓", t.ui().sorted_descending),
        Some(_) => ("↑", t.ui().sorted_ascending),
        None => ("", ""),
    };
    view! {
        <a class="sort" href=href>
            {label}
            <span class="arrow" aria-hidden="true">{arrow}</span>
            <span class="visually-hidden">{order}</span>
        </a>
    }
    .into_any()
}
