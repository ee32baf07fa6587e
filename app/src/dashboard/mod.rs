//! The dashboard: how many participants there are and how that came to be, who came and went lately, and where to go.

use collectief_domain::{
    actor::Role,
    assurance::Demand,
    case::WaitingCard,
    contract::ContractChoice,
    flow::{FlowForm, FlowPage, UsageMonth, UsagePage},
    message::MessageListForm,
    participant::{ParticipantRow, list::Count},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    error::AppError,
    frame::{contract_words, entries, use_frame},
    i18n::{long_date, use_texts},
    messages::{short_count, unread_words},
    routes,
    signin::BrokerButton,
    ui::{
        chart::Chart,
        format,
        loaded::loaded,
        mark::{Busy, Empty, Kind, Tag},
        page::{Failure, Page},
    },
    wire::Json,
};

/// What the dashboard shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardView {
    /// The chosen contract's course; `None` for who may not see participants.
    pub usage: Option<UsagePage>,
    /// Who came and went in this month and the one before, of the chosen contract.
    pub recent: Option<FlowPage>,
    /// How many participants there are in all contracts, where none is chosen.
    pub everywhere: Option<Count>,
    /// The contracts that demand a higher level of eHerkenning than one signed in with, and what they demand.
    pub withheld: Vec<(ContractChoice, Demand)>,
    /// Whether one can sign in with eHerkenning here.
    pub has_broker: bool,
    /// How many messages are unread; none for who may not see participants.
    pub unread: u64,
    /// What waits for the employer; nothing for who may not see participants.
    pub waiting: WaitingCard,
}

/// How many contracts that demand a higher level stand on the dashboard.
#[cfg(feature = "ssr")]
const WITHHELD_MAX: usize = 25;

/// How many of those who came or went lately stand on the dashboard.
#[cfg(feature = "ssr")]
const RECENT_MAX: usize = 8;

/// What the dashboard shows for this person and the chosen contract.
#[server(prefix = "/fn", endpoint = "load_dashboard", input = Json, output = Json)]
pub async fn load_dashboard() -> Result<DashboardView, AppError> {
    use crate::ssr::{self, ServiceError};
    use collectief_domain::{
        date::Month,
        flow::UsageForm,
        participant::{ParticipantListForm, Population},
    };
    use collectief_service::{flow, message, participant, validate};

    let (portal, request, who) = ssr::actor()?;
    let form = UsageForm { maanden: "12".to_owned(), ..UsageForm::default() };
    let withheld = who.rights().withheld().iter().take(WITHHELD_MAX);
    let withheld = withheld.map(|contract| (contract.choice.clone(), contract.demand)).collect();
    let has_broker = ssr::has_broker();
    let unread = message::unread(&portal, &who).await.map_err(ssr::refuse)?;
    let waiting = validate::waiting(&portal, &who).await.map_err(ssr::refuse)?;
    let mut view = DashboardView { usage: None, recent: None, everywhere: None, withheld, has_broker, unread, waiting };
    let usage = match flow::usage(&portal, &request, &who, &form).await {
        Ok(usage) => usage,
        // A role without participants has a dashboard all the same.
        Err(ServiceError::Forbidden) => return Ok(view),
        Err(error) => return Err(ssr::refuse(error)),
    };
    if usage.contract.is_some() {
        let month = Month::of(usage.today);
        let form = FlowForm { van: month.previous().to_string(), tot: month.to_string(), ..FlowForm::default() };
        let mut recent = flow::list(&portal, &request, &who, &form).await.map_err(ssr::refuse)?;
        recent.rows.truncate(RECENT_MAX);
        view.recent = Some(recent);
    } else {
        let form = ParticipantListForm { rijen: "25".to_owned(), ..ParticipantListForm::default() };
        let page = participant::list(&portal, &request, &who, Population::Current, &form).await.map_err(ssr::refuse)?;
        view.everywhere = Some(page.count);
    }
    view.usage = Some(usage);
    Ok(view)
}

/// The page `/`.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let view = Resource::new_blocking(|| (), |()| load_dashboard());
    view! {
        <Suspense fallback=Busy>
            {loaded(move || async move {
                match view.await {
                    Ok(view) => view! { <Dashboard view /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Dashboard(view: DashboardView) -> impl IntoView {
    let t = use_texts();
    let frame = use_frame();
    let Some(user) = frame.user.as_ref() else { return ().into_any() };
    let name = user.name.clone();
    let today = frame.today;
    let is_administrative = user.roles.has(Role::Administrative);
    let quick: Vec<_> = entries(user)
        .into_iter()
        .flat_map(|(_, entries)| entries)
        .filter(|entry| entry.path != routes::DASHBOARD)
        .map(|entry| view! { <li><a class="button" href=entry.path>{entry.label}</a></li> })
        .collect();
    let count = match (&view.usage, view.everywhere) {
        (Some(usage), _) if usage.contract.is_some() => Some(format::number(t.language, usage.current)),
        (_, Some(Count::Exactly(count))) => Some(format::number(t.language, count)),
        (_, Some(Count::MoreThan(count))) => Some(format!("> {}", format::number(t.language, count))),
        _ => None,
    };
    let of = match view.usage.as_ref().and_then(|usage| usage.contract.as_ref()) {
        Some(contract) => contract_words(contract),
        None => t.dashboard().contracts(user.contract_count.into()),
    };
    let messages = is_administrative.then(|| new_messages(view.unread));
    let waiting = is_administrative.then(|| to_validate(view.waiting));
    let figure = count.map(|count| {
        view! {
            <section class="sheet pad figure">
                <h2>{t.dashboard().current}</h2>
                <p class="big"><a href=routes::CURRENT>{count}</a></p>
                <p class="soft small">{of} " · " {t.dashboard().today(long_date(today))}</p>
            </section>
        }
    });
    let course =
        view.usage.filter(|usage| usage.contract.is_some()).map(|usage| view! { <Course months=usage.months /> });
    let recent = view.recent.map(|recent| view! { <Recent recent /> });
    let choose = (is_administrative && course.is_none()).then(|| {
        view! {
            <section class="sheet pad">
                <h2>{t.dashboard().choose_contract}</h2>
                <p>{t.dashboard().choose_contract_text}</p>
            </section>
        }
    });
    let has_no_role = !is_administrative && view.withheld.is_empty() && user.staff.is_empty();
    let withheld = withheld_section(view.withheld, view.has_broker);
    let no_role = has_no_role.then(|| {
        view! {
            <Empty title=t.dashboard().no_role>
                <p>{t.dashboard().no_role_text}</p>
            </Empty>
        }
    });
    let quick = (!quick.is_empty()).then(|| {
        view! {
            <section class="sheet pad">
                <h2>{t.dashboard().quick}</h2>
                <ul class="quick">{quick}</ul>
            </section>
        }
    });
    view! {
        <Page title=t.dashboard().title.to_owned() intro=ViewFn::from(move || t.dashboard().welcome(&name))>
            {no_role}
            {withheld}
            <div class="cards">
                {figure}
                {waiting}
                {messages}
                {recent}
                {quick}
                {choose}
                {course}
            </div>
        </Page>
    }
    .into_any()
}

/// How many requests wait, and for how long the oldest does, with the way to them.
fn to_validate(card: WaitingCard) -> AnyView {
    let t = use_texts();
    let d = t.dashboard();
    let age = match card.oldest_days {
        None => d.nothing_waits.to_owned(),
        Some(0) => d.waits(card.waiting),
        Some(days) => format!("{} · {}", d.waits(card.waiting), d.oldest(days.into())),
    };
    view! {
        <section class="sheet pad">
            <h2>{d.to_validate}</h2>
            <p class="big"><a href=routes::VALIDATION>{format::number(t.language, card.waiting)}</a></p>
            <p class="soft small">{age}</p>
        </section>
    }
    .into_any()
}

/// How many messages are unread, with the way to them.
fn new_messages(unread: u64) -> AnyView {
    let t = use_texts();
    let form = MessageListForm { toon: "ongelezen".to_owned(), ..MessageListForm::default() };
    view! {
        <section class="sheet pad">
            <h2>{t.dashboard().new_messages}</h2>
            <p class="big"><a href=routes::messages(&form)>{short_count(unread)}</a></p>
            <p class="soft small">{unread_words(t, unread)}</p>
        </section>
    }
    .into_any()
}

/// The contracts that demand a higher level of eHerkenning, with the way to it.
fn withheld_section(withheld: Vec<(ContractChoice, Demand)>, has_broker: bool) -> Option<AnyView> {
    let t = use_texts().eherkenning();
    // The highest of them opens them all.
    let highest = withheld.iter().map(|(_, demand)| *demand).max()?;
    let rows: Vec<_> = withheld
        .iter()
        .map(|(contract, demand)| view! { <li>{t.withheld(contract_words(contract), demand.name())}</li> })
        .collect();
    let button =
        has_broker.then(|| view! { <BrokerButton wanted=routes::DASHBOARD demand=Some(highest) label=t.button /> });
    let section = view! {
        <section class="sheet pad">
            <h2>{t.withheld_title}</h2>
            <ul>{rows}</ul>
            {button}
        </section>
    };
    Some(section.into_any())
}

/// The last twelve months as a chart, with their numbers.
#[component]
fn Course(months: Vec<UsageMonth>) -> impl IntoView {
    let t = use_texts();
    let rows: Vec<_> = months
        .iter()
        .map(|month| {
            view! {
                <tr>
                    <th scope="row">{format::month(t.language, month.month)}</th>
                    <td class="num">{format::signed(t.language, month.at_end)}</td>
                    <td class="num">{format::signed(t.language, month.inflow)}</td>
                    <td class="num">{format::signed(t.language, month.outflow)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="sheet pad broad">
            <h2>{t.dashboard().course}</h2>
            <Chart months title=t.dashboard().course />
            <details class="numbers">
                <summary>{t.dashboard().numbers}</summary>
                <div class="wide-scroll">
                    <table class="list">
                        <thead>
                            <tr>
                                <th scope="col">{t.dashboard().month}</th>
                                <th scope="col" class="num">{t.dashboard().at_end}</th>
                                <th scope="col" class="num">{t.dashboard().came}</th>
                                <th scope="col" class="num">{t.dashboard().went}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
            <p><a href=routes::USAGE>{t.dashboard().all_usage}</a></p>
        </section>
    }
    .into_any()
}

/// Who came and went in this month and the one before.
#[component]
fn Recent(recent: FlowPage) -> impl IntoView {
    let t = use_texts();
    let (from, to) = (recent.from, recent.to);
    let row = move |row: ParticipantRow| {
        // Who came and went within the two months is shown as having gone.
        let ended = row.end_date.filter(|end| *end <= to.last_day());
        let (date, kind, word) = match ended {
            Some(end) => (end, Kind::Out, t.dashboard().ends),
            None => (row.start_date, Kind::In, t.dashboard().starts),
        };
        view! {
            <li>
                <a href=routes::person(row.id)>{row.full_name}</a>
                <Tag kind label=word />
                <span class="soft small">{format::date(date)}</span>
            </li>
        }
    };
    let body = if recent.rows.is_empty() {
        view! { <p class="soft">{t.dashboard().recent_none}</p> }.into_any()
    } else {
        let rows: Vec<_> = recent.rows.into_iter().map(row).collect();
        view! { <ul class="recent">{rows}</ul> }.into_any()
    };
    let form = FlowForm { van: from.to_string(), tot: to.to_string(), ..FlowForm::default() };
    view! {
        <section class="sheet pad tall">
            <h2>{t.dashboard().recent}</h2>
            <p class="small">
                {t.dashboard().came} " " <strong>{format::number(t.language, recent.inflow)}</strong> " · "
                {t.dashboard().went} " " <strong>{format::number(t.language, recent.outflow)}</strong>
            </p>
            {body}
            <p><a href=routes::flow(&form)>{t.dashboard().all_flow}</a></p>
        </section>
    }
    .into_any()
}
