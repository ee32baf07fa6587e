//! The insurances to choose from: a basic one, and packages beside it.

use collectief_domain::{
    enrolment::AnswerForm,
    field::{FieldCode, FieldErrors},
    period::Period,
    product::{Product, ProductKind},
};
use leptos::prelude::*;

use crate::{
    i18n::{InsideTexts, field_code, use_texts},
    ui::{
        field::{Checkbox, RadioGroup, error_on},
        format,
    },
};

/// The products of a kind with which somebody can start on some day of the window.
pub(crate) fn startable(products: &[Product], kind: ProductKind, window: Period) -> Vec<&Product> {
    let can_start = |product: &&Product| Period { start: product.first_day, end: product.last_day }.overlaps(&window);
    products.iter().filter(|product| product.kind == kind).filter(can_start).collect()
}

/// Whether there is a basic insurance to choose, without which nobody can be enrolled.
pub fn has_basic(products: &[Product], window: Period) -> bool {
    !startable(products, ProductKind::Basic, window).is_empty()
}

/// The name of a product, with the days on which it can start where those are not all days of the window.
pub(crate) fn words(s: &InsideTexts, product: &Product, window: Period) -> String {
    let first = (product.first_day > window.start).then(|| format::date(product.first_day));
    let last = product.last_day.filter(|last| window.end.is_none_or(|end| *last < end)).map(format::date);
    match (first, last) {
        (None, None) => product.name.clone(),
        (Some(first), None) => s.product_from(&product.name, first),
        (None, Some(last)) => s.product_until(&product.name, last),
        (Some(first), Some(last)) => s.product_between(&product.name, first, last),
    }
}

/// The basic insurance as a choice of one, and boxes for the packages of each kind.
pub fn insurance(products: &[Product], window: Period, form: &AnswerForm, errors: Signal<FieldErrors>) -> AnyView {
    let s = use_texts().inside();
    let basic = startable(products, ProductKind::Basic, window);
    let basic: Vec<_> = basic.into_iter().map(|product| (product.code.clone(), words(s, product, window))).collect();
    let ticked: Vec<&str> = form.pakket.split(',').collect();
    let error = error_on(errors, "pakket");
    // The first box has the name as its id, so that the summary leads to it.
    let mut number = 0_usize;
    let mut groups = Vec::new();
    for (kind, name) in [(ProductKind::Supplementary, s.supplementary), (ProductKind::Dental, s.dental)] {
        let boxes: Vec<_> = startable(products, kind, window)
            .into_iter()
            .map(|product| {
                let id = if number == 0 { "pakket".to_owned() } else { format!("pakket-{number}") };
                number += 1;
                let checked = ticked.contains(&product.code.as_str());
                let label = words(s, product, window);
                view! { <Checkbox label name="pakket" value=product.code.clone() checked=checked id=id /> }.into_any()
            })
            .collect();
        if !boxes.is_empty() {
            groups.push(packages(kind, name, boxes, groups.is_empty().then_some(error)));
        }
    }
    view! {
        <RadioGroup
            legend=s.basic
            name="product"
            options=basic
            value=form.product.clone()
            error=error_on(errors, "product")
        />
        {groups}
    }
    .into_any()
}

/// The boxes of one kind. What is wrong with the packages is told once, at the first kind.
fn packages(
    kind: ProductKind,
    name: &'static str,
    boxes: Vec<AnyView>,
    error: Option<Signal<Option<FieldCode>>>,
) -> AnyView {
    let t = use_texts();
    let hint = format!("pakket-hint-{}", kind.code());
    let code = move || error.and_then(|error| error.get());
    let described = {
        let hint = hint.clone();
        move || if code().is_some() { format!("{hint} pakket-fout") } else { hint.clone() }
    };
    let why = move || {
        code().map(|code| {
            view! {
                <p class="why" id="pakket-fout">
                    <span class="visually-hidden">{t.ui().error_prefix} " "</span>
                    {field_code(t, code)}
                </p>
            }
        })
    };
    view! {
        <fieldset class="field" class:wrong=move || code().is_some() aria-describedby=described>
            <legend>{name}</legend>
            <p class="hint" id=hint>{t.inside().one_at_most}</p>
            {why}
            {boxes}
        </fieldset>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

    use collectief_domain::date::Date;

    use super::*;
    use crate::i18n::{Language, texts};

    fn day(year: i32, month: u32, day: u32) -> Date {
        Date::from_ymd_opt(year, month, day).unwrap()
    }

    fn product(code: &str, kind: ProductKind, first_day: Date, last_day: Option<Date>) -> Product {
        Product { code: code.to_owned(), name: code.to_owned(), kind, first_day, last_day }
    }

    #[test]
    fn only_what_can_start_is_offered_and_says_when() {
        let window = Period { start: day(2026, 7, 2), end: Some(day(2027, 5, 3)) };
        let always = product("basis", ProductKind::Basic, day(2014, 1, 1), None);
        let new = product("basis-2027", ProductKind::Basic, day(2027, 1, 1), None);
        let gone = product("basis-2025", ProductKind::Basic, day(2025, 1, 1), Some(day(2025, 12, 31)));
        let ends = product("tand", ProductKind::Dental, day(2014, 1, 1), Some(day(2026, 12, 31)));
        let products = [always.clone(), new.clone(), gone, ends.clone()];
        assert_eq!(startable(&products, ProductKind::Basic, window), [&always, &new]);
        assert!(has_basic(&products, window));
        assert!(!has_basic(std::slice::from_ref(&ends), window));
        let s = texts(Language::Nl).inside();
        assert_eq!(words(s, &always, window), "basis");
        assert_eq!(words(s, &new, window), "basis-2027 (vanaf 01-01-2027)");
        assert_eq!(words(s, &ends, window), "tand (tot en met 31-12-2026)");
    }

    #[test]
    fn what_was_chosen_stays_chosen_and_what_is_wrong_is_told_once() {
        let window = Period { start: day(2026, 7, 2), end: None };
        let products = [
            product("basis", ProductKind::Basic, day(2014, 1, 1), None),
            product("a-1", ProductKind::Supplementary, day(2014, 1, 1), None),
            product("a-2", ProductKind::Supplementary, day(2014, 1, 1), None),
            product("tand", ProductKind::Dental, day(2014, 1, 1), None),
        ];
        let form = AnswerForm { product: "basis".to_owned(), pakket: "a-2,tand".to_owned(), ..AnswerForm::default() };
        let mut wrong = FieldErrors::default();
        wrong.push("pakket", FieldCode::UnknownChoice);
        let owner = Owner::new();
        let html = owner.with(|| insurance(&products, window, &form, Signal::stored(wrong)).to_html());
        assert_eq!(html.matches(" checked").count(), 3, "{html}");
        assert_eq!(html.matches("id=\"pakket-fout\"").count(), 1, "{html}");
        assert_eq!(html.matches("id=\"pakket\"").count(), 1, "{html}");
    }
}
