//! The rows of the list. Plain views without a signal or a closure of their own: what is clicked or typed in them is
//! handled once, on the table.

use std::sync::Arc;

use collectief_domain::{
    date::Date,
    deregistration::DeregistrationReceipt,
    ids::ParticipationId,
    name::Gender,
    participant::{ParticipantListForm, ParticipantRow, Population, SortBy},
};
use leptos::prelude::*;

use super::address::list_opened;
use crate::{
    deregister::reason_name,
    i18n::Texts,
    pages::direct_deregister,
    routes,
    ui::{
        format,
        table::{SortLink, aria_sort},
    },
};

/// What every row must know of the list it stands in.
#[derive(Clone)]
pub struct TableContext {
    /// The texts.
    pub t: &'static Texts,
    /// Which list.
    pub population: Population,
    /// Filter, order and page.
    pub form: Arc<ParticipantListForm>,
    /// Today.
    pub today: Date,
    /// Whether the list is of one contract, so that no row has to name it.
    pub one_contract: bool,
    /// Whether rows can be deregistered.
    pub may_change: bool,
    /// Whether there is a BSN column.
    pub shows_bsn: bool,
    /// Called when a deregistration was done in a row.
    pub on_done: Callback<DeregistrationReceipt>,
}

impl TableContext {
    /// The number of columns.
    pub fn width(&self) -> usize {
        match self.population {
            Population::Current => 8 + usize::from(self.shows_bsn) + 2 * usize::from(self.may_change),
            Population::Former => 7,
        }
    }
}

/// The letter of a gender; nothing where it is not known.
pub fn gender(gender: Gender) -> &'static str {
    gender.code()
}

/// The header, every column a link that sorts by it.
pub fn head(context: &TableContext) -> impl IntoView + use<> {
    let p = &context.t.participants;
    let sort = context.form.sort();
    let now = {
        let name = sort.by.name();
        if sort.descending { format!("-{name}") } else { name.to_owned() }
    };
    let column = |by: SortBy, label: &'static str, class: &'static str| {
        let name = by.name();
        view! {
            <th scope="col" class=class aria-sort=aria_sort(name, &now)>
                <SortLink
                    label
                    column=name
                    sort=now.clone()
                    href=routes::participants(context.population, &context.form.with_sort(by))
                />
            </th>
        }
        .into_any()
    };
    let columns = match context.population {
        Population::Current => {
            let mut columns = Vec::with_capacity(11);
            if context.may_change {
                columns
                    .push(view! { <th class="c-turn"><span class="visually-hidden">{p.direct}</span></th> }.into_any());
                columns.push(
                    view! {
                        <th class="c-pick"><input type="checkbox" data-all="" aria-label=p.pick_all autocomplete="off" /></th>
                    }
                    .into_any(),
                );
            }
            columns.push(column(SortBy::Contract, p.col_contract, "c-contract"));
            columns.push(column(SortBy::Name, p.col_name, "c-name"));
            if context.shows_bsn {
                columns.push(view! { <th scope="col" class="c-bsn">{p.col_bsn}</th> }.into_any());
            }
            columns.push(column(SortBy::RelationNumber, p.col_relation, "c-relation"));
            columns.push(column(SortBy::BirthDate, p.col_birth, "c-birth"));
            columns.push(column(SortBy::Gender, p.col_gender, "c-gender"));
            columns.push(column(SortBy::StartDate, p.col_start, "c-start"));
            columns.push(column(SortBy::EndDate, p.col_end, "c-end"));
            columns.push(column(SortBy::PersonnelNumber, p.col_personnel, "c-personnel"));
            columns
        }
        Population::Former => vec![
            column(SortBy::Name, p.col_name, "c-name"),
            column(SortBy::RelationNumber, p.col_relation, "c-relation"),
            column(SortBy::BirthDate, p.col_birth, "c-birth"),
            column(SortBy::Gender, p.col_gender, "c-gender"),
            column(SortBy::EndDate, p.col_end, "c-end"),
            column(SortBy::StartDate, p.col_start, "c-start"),
            view! { <th scope="col" class="c-reason">{p.col_reason}</th> }.into_any(),
        ],
    };
    view! { <thead><tr>{columns}</tr></thead> }
}

/// The rows of one page.
pub fn rows(context: &TableContext, rows: &[ParticipantRow], opened: Option<ParticipationId>) -> AnyView {
    match context.population {
        Population::Current => {
            rows.iter().map(|row| current_row(context, row, opened == Some(row.id))).collect::<Vec<_>>().into_any()
        }
        Population::Former => rows.iter().map(|row| former_row(context, row)).collect::<Vec<_>>().into_any(),
    }
}

/// The household and, where their columns gave way, the contract and the personnel number.
fn sub_line(context: &TableContext, row: &ParticipantRow) -> impl IntoView + use<> {
    let p = &context.t.participants;
    let household = if row.dependants > 0 {
        p.dependants(row.dependants.into())
    } else if row.is_dependant {
        p.dependant.to_owned()
    } else {
        String::new()
    };
    let mut folded = String::with_capacity(32);
    let contract = if context.one_contract { "" } else { row.contract_number.as_str() };
    for part in [contract, row.personnel_number.as_str()].into_iter().filter(|part| !part.is_empty()) {
        if !(household.is_empty() && folded.is_empty()) {
            folded.push_str(" · ");
        }
        folded.push_str(part);
    }
    view! { <span class="sub">{household}<span class="folded">{folded}</span></span> }
}

fn current_row(context: &TableContext, row: &ParticipantRow, opened: bool) -> impl IntoView + use<> {
    let p = &context.t.participants;
    let id = row.id;
    let address = list_opened(context.population, &context.form, (!opened).then_some(id));
    let turn = context.may_change.then(|| {
        view! {
            <td class="c-turn">
                <a
                    class="turn"
                    data-noscroll=""
                    href=address.clone()
                    aria-expanded=if opened { "true" } else { "false" }
                    aria-label=p.deregister_of(&row.full_name)
                ></a>
            </td>
            <td class="c-pick">
                <input
                    type="checkbox"
                    name="wie"
                    form="kies"
                    value=format!("{id}:{}", row.version)
                    aria-label=p.pick(&row.full_name)
                    autocomplete="off"
                />
            </td>
        }
    });
    let bsn = context.shows_bsn.then(|| {
        let shown = row.bsn.map(|masked| {
            view! {
                <span class="masked">{masked.to_string()}</span>
                " "
                <button
                    class="link"
                    form="toon"
                    formaction=routes::person(id)
                    data-toon=id.to_string()
                    aria-label=p.show_bsn_of(&row.full_name)
                >
                    {p.show}
                </button>
            }
        });
        view! { <td class="c-bsn" data-label=p.col_bsn>{shown}</td> }
    });
    let starts = (row.start_date > context.today).then(|| view! { " " <span class="tag in">{p.starts}</span> });
    let stops = row.end_date.map(|_| view! { " " <span class="tag out">{p.stops}</span> });
    let direct = opened.then(|| {
        view! {
            <tr class="opened">
                <td colspan=context.width().to_string()>
                    {opened_row(context, row.clone(), address)}
                </td>
            </tr>
        }
    });
    view! {
        <tr id=format!("d{id}") data-id=id.to_string()>
            {turn}
            <td class="c-contract" data-label=p.col_contract>{row.contract_number.clone()}</td>
            <th scope="row" class="c-name">
                <a href=routes::person(id)>{row.full_name.clone()}</a>
                {sub_line(context, row)}
            </th>
            {bsn}
            <td class="c-relation" data-label=p.col_relation>{row.relation_number.clone()}</td>
            <td class="c-birth" data-label=p.col_birth>{format::date_or_dash(row.birth_date)}</td>
            <td class="c-gender" data-label=p.col_gender>{gender(row.gender)}</td>
            <td class="c-start" data-label=p.col_start>{format::date(row.start_date)} {starts}</td>
            <td class="c-end" data-label=p.col_end>{format::date_or_dash(row.end_date)} {stops}</td>
            <td class="c-personnel" data-label=p.col_personnel>{row.personnel_number.clone()}</td>
        </tr>
        {direct}
    }
}

/// The opened row; where its code cannot be had, the way to the page that does the same.
fn opened_row(context: &TableContext, row: ParticipantRow, close: String) -> impl IntoView + use<> {
    let TableContext { t, today, on_done, .. } = *context;
    Suspend::new(async move {
        let page = routes::deregister(row.id);
        direct_deregister(row, close, today, on_done).await.unwrap_or_else(|_| {
            view! { <a class="button act" rel="external" href=page>{t.deregister.deregister}</a> }.into_any()
        })
    })
}

fn former_row(context: &TableContext, row: &ParticipantRow) -> impl IntoView + use<> {
    let p = &context.t.participants;
    let id = row.id;
    view! {
        <tr id=format!("d{id}") data-id=id.to_string()>
            <th scope="row" class="c-name">
                <a href=routes::person(id)>{row.full_name.clone()}</a>
                {sub_line(context, row)}
            </th>
            <td class="c-relation" data-label=p.col_relation>{row.relation_number.clone()}</td>
            <td class="c-birth" data-label=p.col_birth>{format::date_or_dash(row.birth_date)}</td>
            <td class="c-gender" data-label=p.col_gender>{gender(row.gender)}</td>
            <td class="c-end" data-label=p.col_end>{format::date_or_dash(row.end_date)}</td>
            <td class="c-start" data-label=p.col_start>{format::date(row.start_date)}</td>
            <td class="c-reason" data-label=p.col_reason>{row.end_reason.map(|reason| reason_name(context.t, reason))}</td>
        </tr>
    }
}

#[cfg(all(test, feature = "ssr"))]
#[expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]
mod tests {
    use super::*;
    use crate::i18n::{Language, texts};

    fn row() -> ParticipantRow {
        ParticipantRow {
            id: ParticipationId(12),
            contract_number: "23595".to_owned(),
            full_name: "J. <script>alert(1)</script>".to_owned(),
            bsn: collectief_domain::bsn::MaskedBsn::from_last_digits("6782"),
            relation_number: "107368787".to_owned(),
            birth_date: None,
            gender: Gender::V,
            start_date: Date::from_ymd_opt(2026, 12, 1).unwrap(),
            end_date: None,
            end_reason: None,
            personnel_number: "P1".to_owned(),
            is_dependant: false,
            dependants: 2,
            version: 4,
        }
    }

    fn html(population: Population, shows_bsn: bool, may_change: bool) -> String {
        let owner = Owner::new();
        owner.with(|| {
            let context = TableContext {
                t: texts(Language::Nl),
                population,
                form: Arc::default(),
                today: Date::from_ymd_opt(2026, 11, 21).unwrap(),
                one_contract: true,
                may_change,
                shows_bsn,
                on_done: Callback::new(|_| {}),
            };
            rows(&context, &[row()], None).to_html()
        })
    }

    #[test]
    fn a_row_shows_what_may_be_seen_and_nothing_else() {
        let html = html(Population::Current, true, true);
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("*****6782") && html.contains("data-toon=\"12\""), "{html}");
        assert!(html.contains("value=\"12:4\"") && html.contains("2 gezinsleden"), "{html}");
        assert!(html.contains("01-12-2026") && html.contains(">start<"), "{html}");
    }

    #[test]
    fn without_the_right_there_is_nothing_to_press() {
        let html = html(Population::Current, false, false);
        assert!(!html.contains("6782") && !html.contains("checkbox") && !html.contains("afmelden"), "{html}");
    }

    #[test]
    fn who_left_has_no_bsn_and_cannot_be_deregistered() {
        let html = html(Population::Former, true, true);
        assert!(!html.contains("6782") && !html.contains("afmelden"), "{html}");
    }
}
