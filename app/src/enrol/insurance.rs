//! The fields of the questions about the insurance: which, with which packages, and from which day.

use collectief_domain::{
    enrolment::DraftView,
    field::FieldErrors,
    product::{Product, ProductKind},
};
use leptos::prelude::*;

use crate::{
    enrol_inside::insurance::{startable, words},
    i18n::{Texts, field_code},
    ui::{
        field::{Checkbox, DateField, RadioGroup, error_on},
        format,
    },
};

/// The basic insurance as a choice of one, and boxes for the packages of each kind.
pub(super) fn products(t: &'static Texts, view: &DraftView, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    // Only what one can start with on some day that is possible, and it says so where that is not each of those days.
    let offered: &[Product] = view.offer.as_ref().map(|offer| offer.products.as_slice()).unwrap_or_default();
    let window = view.offer.as_ref().and_then(|offer| offer.window);
    let of = |kind: ProductKind| {
        let all = || offered.iter().filter(|product| product.kind == kind).collect();
        window.map_or_else(all, |window| startable(offered, kind, window)).into_iter()
    };
    let name = |product: &Product| match window {
        Some(window) => words(t.inside(), product, window),
        None => product.name.clone(),
    };
    let basic = of(ProductKind::Basic).map(|product| (product.code.clone(), name(product))).collect();
    let chosen: Vec<&str> = view.form.pakket.split(',').collect();
    let wrong = errors.with_untracked(|errors| errors.on("pakket"));
    let class = if wrong.is_some() { "field wrong" } else { "" };
    let why = wrong.map(|code| view! { <p class="why">{field_code(t, code)}</p> });
    let packages: Vec<_> = [(ProductKind::Supplementary, e.supplementary), (ProductKind::Dental, e.dental)]
        .into_iter()
        .filter(|(kind, _)| of(*kind).next().is_some())
        .map(|(kind, legend)| {
            let boxes: Vec<_> = of(kind)
                .map(|product| {
                    let checked = chosen.contains(&product.code.as_str());
                    let id = format!("pakket-{}", product.code);
                    view! {
                        <Checkbox
                            label=name(product)
                            name="pakket"
                            value=product.code.clone()
                            checked=checked
                            id=id
                        />
                    }
                })
                .collect();
            view! {
                <fieldset class="field">
                    <legend>{legend}</legend>
                    <p class="hint">{e.at_most_one}</p>
                    {boxes}
                </fieldset>
            }
        })
        .collect();
    view! {
        <RadioGroup
            legend=e.basic
            name="product"
            options=basic
            value=view.form.product.clone()
            error=error_on(errors, "product")
        />
        <div id="pakket" class=class tabindex="-1">
            {why}
            {packages}
        </div>
    }
    .into_any()
}

/// From which day.
pub(super) fn start(t: &'static Texts, view: &DraftView, errors: Signal<FieldErrors>) -> AnyView {
    let e = t.enrol();
    let window = view.offer.as_ref().and_then(|offer| offer.window);
    let hint = match window.and_then(|window| window.end.map(|last| (window.start, last))) {
        Some((first, last)) => e.start_hint(format::date(first), format::date(last)),
        None => String::new(),
    };
    view! {
        <DateField
            label=e.start
            name="ingangsdatum"
            hint=hint
            value=view.form.ingangsdatum.clone()
            error=error_on(errors, "ingangsdatum")
        />
    }
    .into_any()
}
