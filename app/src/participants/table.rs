//! The head and the rows of the list. The rows are plain HTML: what is clicked or typed in them is handled once, on the
//! table.

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
        html::Html,
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
    /// Whether rows can be deregistered, and dependants added to them.
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
            Population::Current => 8 + usize::from(self.shows_bsn) + 3 * usize::from(self.may_change),
            Population::Former => 7,
        }
    }
}

/// The letter of a gender in the reader's language; nothing where it is not known.
pub fn gender_letter(t: &'static Texts, gender: Gender) -> &'static str {
    let p = t.participants();
    match gender {
        Gender::V => p.letter_woman,
        Gender::M => p.letter_man,
        Gender::X => p.letter_neither,
        Gender::Unknown => "",
    }
}

/// The header, every column a link that sorts by it.
pub fn head(context: &TableContext) -> impl IntoView + use<> {
    let p = context.t.participants();
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
            let mut columns = Vec::with_capacity(12);
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
            if context.may_change {
                columns.push(view! { <th scope="col" class="c-add">{p.col_add}</th> }.into_any());
            }
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

/// The rows of one page, or of a part of it, as HTML: a list has hundreds of cells, and views of each of them would take
/// most of the time of the page, on the server and in the browser.
pub fn rows(context: &TableContext, rows: &[ParticipantRow], opened: Option<ParticipationId>) -> Html {
    let mut html = Html::with_capacity(rows.len() * 1_024);
    for row in rows {
        match context.population {
            Population::Current => current_row(&mut html, context, row, opened == Some(row.id)),
            Population::Former => former_row(&mut html, context, row),
        }
    }
    html
}

/// What opens under a row: deregistering in place; where its code cannot be had, the way to the page that does the same.
pub fn opened_row(context: &TableContext, row: &ParticipantRow) -> impl IntoView + use<> {
    let TableContext { t, today, on_done, .. } = *context;
    let close = list_opened(context.population, &context.form, None);
    let row = row.clone();
    let direct = Suspend::new(async move {
        let page = routes::deregister(row.id);
        direct_deregister(row, close, today, on_done).await.unwrap_or_else(|_| {
            view! { <a class="button act" rel="external" href=page>{t.deregister().deregister}</a> }.into_any()
        })
    });
    view! {
        <tr class="opened">
            <td colspan=context.width().to_string()>{direct}</td>
        </tr>
    }
}

fn cell(html: &mut Html, class: &'static str, label: &'static str, text: &str) {
    open_cell(html, class, label);
    html.text(text).markup("</td>");
}

fn open_cell(html: &mut Html, class: &'static str, label: &'static str) {
    html.markup("<td class=\"").markup(class).markup("\" data-label=\"").text(label).markup("\">");
}

fn open_row(html: &mut Html, id: ParticipationId) {
    let id = id.to_string();
    html.markup("<tr id=\"d").text(&id).markup("\" data-id=\"").text(&id).markup("\">");
}

/// The name, the household and, where their columns gave way, the contract and the personnel number.
fn name(html: &mut Html, context: &TableContext, row: &ParticipantRow) {
    let p = context.t.participants();
    html.markup("<th scope=\"row\" class=\"c-name\"><a href=\"").text(&routes::person(row.id)).markup("\">");
    html.text(&row.full_name).markup("</a><span class=\"sub\">");
    if row.dependants > 0 {
        html.text(&p.dependants(row.dependants.into()));
    } else if row.is_dependant {
        html.text(p.dependant);
    }
    html.markup("<span class=\"folded\">");
    let mut separated = row.dependants == 0 && !row.is_dependant;
    let contract = if context.one_contract { "" } else { row.contract_number.as_str() };
    for part in [contract, row.personnel_number.as_str()].into_iter().filter(|part| !part.is_empty()) {
        if !std::mem::take(&mut separated) {
            html.markup(" · ");
        }
        html.text(part);
    }
    html.markup("</span></span></th>");
}

fn current_row(html: &mut Html, context: &TableContext, row: &ParticipantRow, opened: bool) {
    let p = context.t.participants();
    let id = row.id.to_string();
    open_row(html, row.id);
    if context.may_change {
        let address = list_opened(context.population, &context.form, (!opened).then_some(row.id));
        html.markup("<td class=\"c-turn\"><a class=\"turn\" data-noscroll=\"\" href=\"").text(&address);
        html.markup("\" aria-expanded=\"").markup(if opened { "true" } else { "false" }).markup("\" aria-label=\"");
        html.text(&p.deregister_of(&row.full_name)).markup("\"></a></td>");
        html.markup("<td class=\"c-pick\"><input type=\"checkbox\" name=\"wie\" form=\"kies\" value=\"").text(&id);
        html.markup(":").text(&row.version.to_string()).markup("\" aria-label=\"").text(&p.pick(&row.full_name));
        html.markup("\" autocomplete=\"off\"></td>");
    }
    cell(html, "c-contract", p.col_contract, &row.contract_number);
    name(html, context, row);
    if context.shows_bsn {
        open_cell(html, "c-bsn", p.col_bsn);
        if let Some(masked) = row.bsn {
            html.markup("<span class=\"masked\">").text(&masked.to_string());
            html.markup("</span> <button class=\"link\" form=\"toon\" formaction=\"").text(&routes::person(row.id));
            html.markup("\" data-toon=\"").text(&id).markup("\" aria-label=\"");
            html.text(&p.show_bsn_of(&row.full_name)).markup("\">").text(p.show).markup("</button>");
        }
        html.markup("</td>");
    }
    cell(html, "c-relation", p.col_relation, &row.relation_number);
    cell(html, "c-birth", p.col_birth, &format::date_or_dash(row.birth_date));
    cell(html, "c-gender", p.col_gender, gender_letter(context.t, row.gender));
    open_cell(html, "c-start", p.col_start);
    html.text(&format::date(row.start_date));
    if row.start_date > context.today {
        html.markup(" <span class=\"tag in\">").text(p.starts).markup("</span>");
    }
    html.markup("</td>");
    open_cell(html, "c-end", p.col_end);
    html.text(&format::date_or_dash(row.end_date));
    if row.end_date.is_some() {
        html.markup(" <span class=\"tag out\">").text(p.stops).markup("</span>");
    }
    html.markup("</td>");
    cell(html, "c-personnel", p.col_personnel, &row.personnel_number);
    if context.may_change {
        html.markup("<td class=\"c-add\">");
        if !row.is_dependant {
            html.markup("<a href=\"").text(&routes::add_dependant(row.id)).markup("\" aria-label=\"");
            html.text(&p.add_to(&row.full_name)).markup("\">").text(p.add).markup("</a>");
        }
        html.markup("</td>");
    }
    html.markup("</tr>");
}

fn former_row(html: &mut Html, context: &TableContext, row: &ParticipantRow) {
    let p = context.t.participants();
    open_row(html, row.id);
    name(html, context, row);
    cell(html, "c-relation", p.col_relation, &row.relation_number);
    cell(html, "c-birth", p.col_birth, &format::date_or_dash(row.birth_date));
    cell(html, "c-gender", p.col_gender, gender_letter(context.t, row.gender));
    cell(html, "c-end", p.col_end, &format::date_or_dash(row.end_date));
    cell(html, "c-start", p.col_start, &format::date(row.start_date));
    cell(html, "c-reason", p.col_reason, row.end_reason.map_or("", |reason| reason_name(context.t, reason)));
    html.markup("</tr>");
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

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
        html_of(&row(), population, shows_bsn, may_change)
    }

    fn html_of(row: &ParticipantRow, population: Population, shows_bsn: bool, may_change: bool) -> String {
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
            rows(&context, std::slice::from_ref(row), None).as_str().to_owned()
        })
    }

    #[test]
    fn a_gender_is_told_in_the_language_of_the_reader() {
        let letters = |language| Gender::ALL.map(|gender| gender_letter(texts(language), gender));
        assert_eq!(letters(Language::Nl), Gender::ALL.map(Gender::code));
        assert_eq!(letters(Language::En), ["F", "M", "X", ""]);
    }

    #[test]
    fn a_row_shows_what_may_be_seen_and_nothing_else() {
        let html = html(Population::Current, true, true);
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains(">V</td>"), "{html}");
        assert!(html.contains("*****6782") && html.contains("data-toon=\"12\""), "{html}");
        assert!(html.contains("value=\"12:4\"") && html.contains("2 gezinsleden"), "{html}");
        assert!(html.contains("01-12-2026") && html.contains(">start<"), "{html}");
    }

    #[test]
    fn a_dependant_is_added_to_a_main_insured_and_to_nobody_else() {
        assert!(html(Population::Current, false, true).contains("href=\"/deelnemers/12/bijschrijven\""));
        let dependant = ParticipantRow { is_dependant: true, dependants: 0, ..row() };
        let html = html_of(&dependant, Population::Current, false, true);
        assert!(html.contains("c-add") && !html.contains("bijschrijven"), "{html}");
    }

    #[test]
    fn without_the_right_there_is_nothing_to_press() {
        let html = html(Population::Current, false, false);
        assert!(!html.contains("6782") && !html.contains("checkbox") && !html.contains("afmelden"), "{html}");
        assert!(!html.contains("bijschrijven"), "{html}");
    }

    #[test]
    fn who_left_has_no_bsn_and_cannot_be_deregistered() {
        let html = html(Population::Former, true, true);
        assert!(!html.contains("6782") && !html.contains("afmelden") && !html.contains("bijschrijven"), "{html}");
    }
}
