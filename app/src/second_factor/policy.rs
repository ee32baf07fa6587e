//! The page on which the main account of an employer says whether everybody must have a second step.

use collectief_domain::second_factor::EmployerPolicy;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::actions::list_second_factor_policies;
use crate::{
    error::AppError,
    i18n::use_texts,
    routes,
    ui::{
        loaded::loaded,
        mark::{Busy, Empty, Kind, Receipt, Tag},
        page::{Failure, Page},
    },
};

/// The employers; `None` once something was posted, when the browser goes on.
async fn policies() -> Result<Option<Vec<EmployerPolicy>>, AppError> {
    #[cfg(feature = "ssr")]
    if let Some(form) = crate::ssr::posted() {
        super::ssr::posted_policy(form).await?;
        return Ok(None);
    }
    list_second_factor_policies().await.map(Some)
}

/// The page `/accountbeheer/tweede-stap`.
#[component]
pub fn SecondFactorPolicyPage() -> impl IntoView {
    let query = use_query_map();
    let done = move || query.with_untracked(|query| query.get_str(routes::DONE).unwrap_or_default().to_owned());
    let policies = Resource::new_blocking(|| (), |()| policies());
    view! {
        <Transition fallback=Busy>
            {loaded(move || async move {
                match policies.await {
                    Ok(Some(policies)) => page(policies, &done()),
                    Ok(None) => ().into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn page(policies: Vec<EmployerPolicy>, done: &str) -> AnyView {
    let s = use_texts().second_factor();
    let done = match done {
        "verplicht" => Some((s.policy_on_done, s.policy_on_text)),
        "vrij" => Some((s.policy_off_done, s.policy_off_text)),
        _ => None,
    };
    let done = done.map(|(title, text)| view! { <Receipt title><p>{text}</p></Receipt> });
    let nobody = policies.is_empty().then(|| view! { <Empty title=s.policy_none><p>{s.policy_none_text}</p></Empty> });
    let employers: Vec<_> = policies.into_iter().map(employer).collect();
    view! {
        <Page title=s.policy_title.to_owned()>
            {done}
            <p class="inline"><a href=routes::ACCOUNTS>{s.policy_back}</a></p>
            <p>{s.policy_about}</p>
            {nobody}
            <div class="others">{employers}</div>
        </Page>
    }
    .into_any()
}

fn employer(policy: EmployerPolicy) -> AnyView {
    let s = use_texts().second_factor();
    let (kind, state) = if policy.is_required { (Kind::In, s.policy_required) } else { (Kind::Plain, s.policy_free) };
    let without = match policy.without {
        0 => s.policy_all_have.to_owned(),
        number => s.policy_without(number.into()),
    };
    let (wanted, label, class) = if policy.is_required {
        ("nee", s.policy_stop(&policy.name), "button stop")
    } else {
        ("ja", s.policy_start(&policy.name), "button act")
    };
    view! {
        <section class="sheet pad">
            <h2>{policy.name.clone()}</h2>
            <p class="inline"><Tag kind label=state /></p>
            <p>{without}</p>
            <form method="post" action=routes::SECOND_FACTOR_POLICY>
                <input type="hidden" name="werkgever" value=policy.id.to_string() />
                <input type="hidden" name="verplicht" value=wanted />
                <button class=class>{label}</button>
            </form>
        </section>
    }
    .into_any()
}
