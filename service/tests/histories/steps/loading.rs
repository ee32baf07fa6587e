//! Rosters: rows that say what is stored, rows that say otherwise, rows that are new, and rows that cannot be.

use collectief_domain::{
    date::{Date, OPEN_END, format_iso},
    deregistration::EndReason,
};
use collectief_service::{ServiceError, roster};
use serde::Deserialize;

use super::Came;
use crate::{
    history::{Contract, History, plus},
    model::never,
    people::Person,
    rows,
};

/// What is stored of a participation, as a roster says it.
#[derive(Debug, Clone, Deserialize)]
struct Facts {
    relation: String,
    initials: String,
    prefix: String,
    surname: String,
    partner_prefix: String,
    partner_surname: String,
    name_use: String,
    birth: Date,
    gender: String,
    start: Date,
    end: Date,
    reason: Option<String>,
    number: String,
    main: Option<String>,
    email: Option<String>,
    has_bsn: i64,
    #[serde(skip)]
    bsn: String,
}

impl Facts {
    /// What is stored; the BSN is encrypted there, but who it is tells it.
    async fn of(history: &History, id: i64) -> Option<Self> {
        let columns = "n.relation_number, n.initials, n.prefix, n.surname, n.partner_prefix, n.partner_surname,
                       n.name_use, CAST(n.birth_date AS TEXT), n.gender, CAST(p.start_date AS TEXT),
                       CAST(p.end_date AS TEXT), p.end_reason, p.personnel_number, m.relation_number, n.email,
                       CASE WHEN n.bsn_index IS NULL THEN 0 ELSE 1 END";
        let from = format!(
            "participation p JOIN person n ON n.id = p.person_id LEFT JOIN participation m ON m.id = p.main_id
             WHERE p.id = {id}"
        );
        let mut facts: Self = rows::read(&history.db(), columns, &from).await.pop()?;
        let person = history.people.iter().find(|person| person.surname == facts.surname);
        if let Some(person) = person.filter(|_| facts.has_bsn == 1) {
            person.bsn.clone_into(&mut facts.bsn);
        }
        Some(facts)
    }

    /// Somebody who is to participate from a day on, under the relation number that is known or a new one.
    async fn of_new(history: &History, place: usize, person: &Person, start: Date, number: String) -> Self {
        let sql = format!("SELECT COALESCE(MIN(relation_number), '') FROM person WHERE surname = '{}'", person.surname);
        let known = history.db().text(&sql).await.unwrap_or_default();
        let text = str::to_owned;
        Self {
            relation: if known.is_empty() { format!("R{place}") } else { known },
            initials: text(person.initials),
            prefix: text(person.prefix),
            surname: text(person.surname),
            partner_prefix: String::new(),
            partner_surname: String::new(),
            name_use: text("E"),
            birth: person.birth,
            gender: text(person.gender),
            start,
            end: OPEN_END,
            reason: None,
            number,
            main: None,
            email: None,
            has_bsn: 1,
            bsn: person.bsn.clone(),
        }
    }

    fn row(&self, contract: Contract) -> String {
        let day = |date: Date| if date == OPEN_END || date == never() { String::new() } else { format_iso(date) };
        let (birth, start, end) = (day(self.birth), day(self.start), day(self.end));
        let values: [&str; 17] = [
            contract.number,
            &self.relation,
            &self.bsn,
            &self.initials,
            &self.prefix,
            &self.surname,
            &self.partner_prefix,
            &self.partner_surname,
            &self.name_use,
            &birth,
            &self.gender,
            &start,
            &end,
            self.reason.as_deref().unwrap_or_default(),
            &self.number,
            self.main.as_deref().unwrap_or_default(),
            self.email.as_deref().unwrap_or_default(),
        ];
        values.join(",")
    }

    fn ends(&mut self, end: Date, reason: Option<EndReason>) {
        self.end = end;
        self.reason = reason.filter(|_| end != OPEN_END).map(|reason| reason.code().to_owned());
    }
}

/// Rows about a participation that is there: as it is, changed, or followed by another period.
async fn rows_about(history: &mut History, contract: Contract, id: i64) -> (String, Vec<String>) {
    let Some(mut facts) = Facts::of(history, id).await else { return ("nothing".to_owned(), Vec::new()) };
    let today = history.today();
    let near = plus(today, history.chance.between(-90, 120)).max(facts.start);
    let reason = history.chance.of(&EndReason::ALL);
    let others: Vec<i64> = history
        .model
        .participations
        .iter()
        .filter(|(_, known)| known.contract == contract.id && known.is_live())
        .map(|(id, _)| *id)
        .collect();
    let other = history.chance.of(&others);
    let words = match history.chance.below(20) {
        0 | 1 => "as it is",
        2..=5 => {
            facts.ends(near, reason);
            "with another end"
        }
        6 | 7 => {
            facts.ends(OPEN_END, None);
            "without an end"
        }
        8 | 9 => {
            facts.number = format!("Q{}", history.chance.below(500));
            "with another number"
        }
        10 => {
            facts.email = Some(format!("q{}@example.org", history.chance.below(500)));
            "with another address"
        }
        11 => {
            "Jansen".clone_into(&mut facts.partner_surname);
            "N".clone_into(&mut facts.name_use);
            "with another name"
        }
        12 => {
            facts.bsn.clear();
            "without a BSN"
        }
        13 | 14 => {
            facts.main = match other {
                Some(other) => Facts::of(history, other).await.map(|other| other.relation),
                None => None,
            };
            "with another main insured"
        }
        kind => {
            // It ends, and another period follows: both rows must go in, or neither must hinder what is stored.
            let mut next = facts.clone();
            facts.ends(near, reason);
            if kind > 17
                && let Some(other) = other
            {
                facts.main = Facts::of(history, other).await.map(|other| other.relation);
            }
            next.start = plus(near, 1);
            next.ends(OPEN_END, None);
            if history.chance.in_hundred(50) {
                next.main = None;
            }
            return ("that ends and begins anew".to_owned(), vec![facts.row(contract), next.row(contract)]);
        }
    };
    (words.to_owned(), vec![facts.row(contract)])
}

/// Loads a roster of a few rows.
pub(crate) async fn roster(history: &mut History) -> Result<Came, ServiceError> {
    let contract = history.contract();
    let count = 1 + history.chance.below(3);
    let mut told = Vec::with_capacity(count);
    let mut lines: Vec<String> = Vec::new();
    for _ in 0..count {
        let live: Vec<i64> = history
            .model
            .participations
            .iter()
            .filter(|(_, known)| known.contract == contract.id && known.is_live())
            .map(|(id, _)| *id)
            .collect();
        let id = history.chance.of_late(&live);
        match (history.chance.below(10), id) {
            (0, Some(id)) => {
                let (_, rows) = rows_about(history, contract, id).await;
                lines.extend(rows.first().map(|row| row.replacen("20", "2x", 1)));
                told.push(format!("{id} with a value that is none"));
            }
            (1..=7, Some(id)) => {
                let (words, rows) = rows_about(history, contract, id).await;
                lines.extend(rows);
                told.push(format!("{id} {words}"));
            }
            _ => {
                let place = history.chance.below(history.people.len());
                let start = history.first_day(contract);
                let number = format!("S{}", history.chance.below(500));
                let Some(person) = history.people.get(place) else { continue };
                let new = Facts::of_new(history, place, person, start, number).await;
                lines.push(new.row(contract));
                told.push(format!("{} from {start}", history.name(place)));
            }
        }
    }
    history.say(format!("a roster of {}: {}", contract.number, told.join("; ")));
    let mut text = lines.join("\n");
    text.push('\n');
    let file = history.world.file("roster.csv", &text);
    let report = roster::import(&history.world.portal, &[file], &mut |_| {}).await?;
    Ok(if report.new + report.changed > 0 { Came::Done } else { Came::Nothing(format!("{report:?}")) })
}
