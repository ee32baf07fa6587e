//! Where one is signed in, with a way to end it.

use collectief_domain::{
    device::Device,
    own_details::{Deed, DetailsView, SessionRow},
};
use leptos::prelude::*;

use super::sections::{deed, section};
use crate::{
    i18n::Texts,
    ui::{
        format,
        mark::{Kind, Tag},
    },
};

/// The sessions, and "Overal uitloggen".
pub(super) fn sessions(t: &'static Texts, view: &DetailsView) -> AnyView {
    let d = t.details();
    let rows: Vec<_> = view.sessions.iter().map(|row| session_row(t, row)).collect();
    let others = if view.sessions.len() > 1 {
        let button = view! { <button class="button stop">{d.end_others}</button> };
        view! {
            <p>{d.end_others_text}</p>
            {deed(Deed::EndOthers, button.into_any())}
        }
        .into_any()
    } else {
        view! { <p>{d.only_here}</p> }.into_any()
    };
    let content = view! {
        <p>{d.sessions_text}</p>
        <table class="list stack devices">
            <caption class="visually-hidden">{d.sessions}</caption>
            <thead>
                <tr>
                    <th scope="col">{d.col_device}</th>
                    <th scope="col">{d.col_begun}</th>
                    <th scope="col">{d.col_used}</th>
                    <th scope="col">
                        <span class="visually-hidden">{d.col_end}</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        {others}
    };
    section("sessies", d.sessions, content.into_any())
}

fn session_row(t: &'static Texts, row: &SessionRow) -> AnyView {
    let d = t.details();
    let device = device_words(t, row.device);
    let (begun, used) = (format::date(row.begun), format::date(row.last_used));
    let end = if row.is_this {
        view! { <Tag kind=Kind::In label=d.this_session /> }.into_any()
    } else {
        let button = view! {
            <input type="hidden" name="sessie" value=row.id.to_string() />
            <button class="button" aria-label=d.end_session_of(&device, &used)>{d.end_session}</button>
        };
        deed(Deed::EndSession, button.into_any())
    };
    view! {
        <tr>
            <th scope="row">{device}</th>
            <td data-label=d.col_begun>{begun}</td>
            <td data-label=d.col_used>{used}</td>
            <td class="do">{end}</td>
        </tr>
    }
    .into_any()
}

/// A device, as far as it is recognised: "Firefox op Windows".
fn device_words(t: &'static Texts, device: Device) -> String {
    let d = t.details();
    match (device.browser, device.system) {
        (Some(browser), Some(system)) => d.device(browser.name(), system.name()),
        (Some(browser), None) => browser.name().to_owned(),
        (None, Some(system)) => system.name().to_owned(),
        (None, None) => d.device_unknown.to_owned(),
    }
}
