//! Mails, what became of them, and the buttons to try one again and to say who looks after it.

use collectief_domain::office::{MailRow, MailState};
use leptos::prelude::*;

use crate::{
    i18n::Texts,
    ui::{
        mark::{Kind, Tag},
        table::{Heading, sheet, table},
    },
};

/// Mails as a table; the forms of those that could not be delivered are posted to `path`.
pub(super) fn mails(t: &'static Texts, title: &'static str, mails: &[MailRow], path: &str, may_serve: bool) -> AnyView {
    let o = t.office();
    let row = |mail: &MailRow| {
        let (kind, label) = match mail.state {
            MailState::Waiting => (Kind::Wait, o.mail_waiting),
            MailState::Sent => (Kind::In, o.mail_sent),
            MailState::Stuck => (Kind::Out, o.mail_stuck),
        };
        let name = format!("{}, {}", mail.what, mail.recipient);
        let (deed, words, spoken) = if mail.is_mine {
            ("loslaten", o.stuck_release, o.release_of(&name))
        } else {
            ("oppakken", o.stuck_take, o.take_of(&name))
        };
        let serve = (mail.state == MailState::Stuck && may_serve).then(|| {
            view! {
                <form method="post" action=path.to_owned() class="inline">
                    <input type="hidden" name="mail" value=mail.id.to_string() />
                    <button class="button" name="actie" value="opnieuw" aria-label=o.retry_of(&name)>{o.retry}</button>
                    <button class="button" name="actie" value=deed aria-label=spoken>{words}</button>
                </form>
            }
        });
        let assigned = mail.assigned.as_ref().filter(|_| mail.state == MailState::Stuck);
        let assigned = assigned.map(|name| view! { <span class="sub">{format!("{}: {name}", o.col_assigned)}</span> });
        let tries = (mail.attempts > 0).then(|| view! { " " {o.attempts(mail.attempts.into())} });
        let cause = mail.cause.clone().map(|cause| view! { <span class="sub">{cause}</span> });
        let to = if mail.recipient.is_empty() { o.letter.to_owned() } else { mail.recipient.clone() };
        view! {
            <tr>
                <th scope="row">{mail.what.clone()} <span class="sub">{to}</span></th>
                <td data-label=o.col_created>{mail.created.clone()}</td>
                <td data-label=o.col_state><Tag kind label /> " " {mail.sent.clone()} {tries} {cause} {assigned}</td>
                <td class="do">{serve}</td>
            </tr>
        }
        .into_any()
    };
    let body = if mails.is_empty() {
        view! { <p class="pad">{o.no_mails}</p> }.into_any()
    } else {
        let headings = [
            Heading::Text(o.col_what),
            Heading::Text(o.col_created),
            Heading::Text(o.col_state),
            Heading::Unseen(o.retry),
        ];
        table("users", title, &headings, mails.iter().map(row).collect())
    };
    sheet(title, body)
}
