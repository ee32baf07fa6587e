//! "Validatie-overzicht": per contract and kind whether what comes in waits for the employer.

use collectief_domain::{
    case::{ContractChoices, OPTIONS_A_PAGE, OptionsForm, ValidationOptions},
    field::FieldErrors,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{actions::view_validation_options, words::kind_words};
use crate::{
    error::AppError,
    i18n::{Texts, field_code, use_texts},
    routes,
    ui::{
        error_summary::ErrorSummary,
        format,
        loaded::loaded,
        mark::{Busy, Receipt},
        page::{Failure, Page},
        pager::{last_page, pager},
        table::{Heading, table},
    },
};

/// The choices, and what came of what was posted.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Shown {
    pub(super) options: ValidationOptions,
    pub(super) sent: bool,
    pub(super) errors: FieldErrors,
}

async fn shown(form: OptionsForm) -> Result<Shown, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(typed) = crate::ssr::posted() {
        return super::ssr::choose(form, typed).await;
    }
    Ok(Shown { options: view_validation_options(form).await?, sent: false, errors: FieldErrors::default() })
}

/// The page `/validatie-overzicht`.
#[component]
pub fn OptionsPage() -> impl IntoView {
    let query = use_query_map();
    let form = Memo::new(move |_| query.with(routes::form_from_query::<OptionsForm>));
    let saved = Memo::new(move |_| query.with(|query| query.get_str(routes::DONE).is_some()));
    let found = Resource::new_blocking(move || (form.get(), saved.get()), |(form, _)| shown(form));
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match found.await {
                    Ok(Shown { sent: true, .. }) => ().into_any(),
                    Ok(shown) => page(form.get_untracked(), shown, saved.get_untracked()),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn page(form: OptionsForm, shown: Shown, saved: bool) -> AnyView {
    let t = use_texts();
    let v = t.validate();
    let Shown { options, errors, .. } = shown;
    let wrong = !errors.is_empty();
    let why = errors.on("ja").map(|code| view! { <p class="why">{field_code(t, code)}</p> });
    let errors = Signal::stored(errors);
    let saved = (saved && !wrong).then(|| view! { <Receipt title=v.saved><p>{v.saved_text}</p></Receipt> });
    let rows: Vec<_> = options.contracts.iter().flat_map(|contract| choices(t, contract, options.may_change)).collect();
    let last = last_page(options.count, OPTIONS_A_PAGE);
    let links = (last > 1).then(|| {
        let links = pager(options.page, Some(last), options.page < last, |number| {
            routes::validation_options(&OptionsForm { pagina: number.to_string(), ..form.clone() })
        });
        view! { <div class="bar foot"><div class="far">{links}</div></div> }
    });
    let headings = [Heading::Text(v.contract), Heading::Text(v.kind), Heading::Text(v.asks), Heading::Text(v.chosen)];
    let save = options.may_change.then(|| view! { <p class="deeds"><button class="button act">{v.save}</button></p> });
    let intro = move || view! { <p class="soft">{v.options_about}</p> }.into_any();
    view! {
        <Page title=v.options_title wrong=wrong intro=intro>
            {saved}
            <ErrorSummary errors />
            <form method="post" action=routes::validation_options(&form)>
                <input type="hidden" name="gezien" value=options.seen.clone() />
                <section class="sheet" id="ja" tabindex="-1">
                    {why}
                    {table("options", v.options_title, &headings, rows)}
                    {links}
                </section>
                <p class="soft">{v.options_no}</p>
                {save}
            </form>
        </Page>
    }
    .into_any()
}

fn choices(t: &'static Texts, of: &ContractChoices, may_change: bool) -> Vec<AnyView> {
    let v = t.validate();
    of.choices
        .iter()
        .map(|choice| {
            let contract = format!("{} · {}", of.contract.number, of.contract.name);
            let kind = kind_words(t, choice.kind);
            let value = format!("{}:{}", of.contract.number, choice.kind.code());
            let asks = if may_change {
                view! {
                    <label class="choice">
                        <input type="checkbox" name="ja" value=value checked=choice.asks aria-label=v.asks_of(kind, &contract) />
                        <span>{v.yes}</span>
                    </label>
                }
                .into_any()
            } else {
                let words = if choice.asks { v.yes } else { v.no };
                words.into_any()
            };
            let chosen = match &choice.chosen {
                Some((by, on)) => v.chosen_by(by, format::date(*on)),
                None => v.advice.to_owned(),
            };
            view! {
                <tr>
                    <th scope="row">{contract}</th>
                    <td data-label=v.kind>{kind}</td>
                    <td data-label=v.asks>{asks}</td>
                    <td data-label=v.chosen>{chosen}</td>
                </tr>
            }
            .into_any()
        })
        .collect()
}
