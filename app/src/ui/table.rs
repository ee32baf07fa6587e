//! Tables, and headers that sort.

use leptos::prelude::*;

use crate::i18n::use_texts;

/// The heading of a column.
#[derive(Debug, Clone, Copy)]
pub enum Heading {
    /// Words.
    Text(&'static str),
    /// Above numbers.
    Number(&'static str),
    /// Only read aloud: what stands below it speaks for itself.
    Unseen(&'static str),
}

/// A table, whose rows are `<tr>`s. On a narrow page each becomes a card: its cells name their column in `data-label`.
/// `class` says what the table is of.
pub fn table(class: &'static str, caption: &'static str, headings: &[Heading], rows: Vec<AnyView>) -> AnyView {
    table_of(class, caption, headings, view! { <tbody>{rows}</tbody> }.into_any())
}

/// The same, with a body that was made already.
pub fn table_of(class: &'static str, caption: &'static str, headings: &[Heading], body: AnyView) -> AnyView {
    let heading = |heading: &Heading| match *heading {
        Heading::Text(words) => view! { <th scope="col">{words}</th> }.into_any(),
        Heading::Number(words) => view! { <th scope="col" class="num">{words}</th> }.into_any(),
        Heading::Unseen(words) => {
            view! { <th scope="col"><span class="visually-hidden">{words}</span></th> }.into_any()
        }
    };
    let headings: Vec<_> = headings.iter().map(heading).collect();
    view! {
        <div class="wide-scroll">
            <table class=format!("list stack {class}")>
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{headings}</tr>
                </thead>
                {body}
            </table>
        </div>
    }
    .into_any()
}

/// A sheet with a heading over what it holds to its very edges, which mostly is a table.
pub fn sheet(title: &'static str, body: AnyView) -> AnyView {
    view! { <section class="sheet"><h2>{title}</h2> {body}</section> }.into_any()
}

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
