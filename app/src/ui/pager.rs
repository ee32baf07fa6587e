//! Links to the pages of a list.

use leptos::prelude::*;

use crate::{i18n::use_texts, ui::format};

/// Links to the pages of a list: the first, those around this one, and the last where it is known.
///
/// `last` is the last page where the list was counted; where it was not, `has_next` tells whether there is one more.
pub fn pager(page: u32, last: Option<u32>, has_next: bool, href: impl Fn(u32) -> String) -> AnyView {
    let t = use_texts();
    if page <= 1 && !has_next {
        return ().into_any();
    }
    let known = last.unwrap_or(page + u32::from(has_next)).max(page);
    let mut shown: Vec<u32> = vec![1];
    shown.extend(page.saturating_sub(1).max(2)..=(page + 1).min(known));
    if last.is_some() && shown.last() != Some(&known) {
        shown.push(known);
    }
    let mut items: Vec<AnyView> = Vec::with_capacity(shown.len() + 4);
    if page > 1 {
        items.push(view! { <li><a rel="prev" href=href(page - 1)>{t.ui().previous}</a></li> }.into_any());
    }
    let mut before = 0;
    for number in shown {
        if number > before + 1 {
            items.push(view! { <li class="gap" aria-hidden="true">"…"</li> }.into_any());
        }
        before = number;
        let current = (number == page).then_some("page");
        let label = format::number(t.language, number.into());
        items.push(
            view! { <li class:edge=number != page><a href=href(number) aria-current=current aria-label=t.ui().page_number(&label)>{label.clone()}</a></li> }
                .into_any(),
        );
    }
    if has_next {
        items.push(view! { <li><a rel="next" href=href(page + 1)>{t.ui().next}</a></li> }.into_any());
    }
    view! {
        <nav class="pager" aria-label=t.ui().pages>
            <ul>{items}</ul>
        </nav>
    }
    .into_any()
}

/// The last page of a list of so many rows.
pub fn last_page(count: u64, page_size: u32) -> u32 {
    u32::try_from(count.div_ceil(u64::from(page_size.max(1)))).unwrap_or(u32::MAX).max(1)
}
