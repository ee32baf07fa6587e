//! Deregistering: from what was typed to what ends, by the rules D1–D9 of PRODUCT.md.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::{
    date::{self, Date},
    field::{FieldCode, FieldErrors},
    ids::{MutationId, ParticipationId},
};

/// Why a participation ends (PRODUCT.md D2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Einde collectiviteit.
    EindeCollectiviteit,
    /// Overleden.
    Overleden,
    /// Einde dienstverband.
    EindeDienstverband,
    /// Einde dienstverband OBU (FLEX-pensioen, ouderdomspensioen, AOW).
    EindeDienstverbandObu,
    /// Einde dienstverband WIA.
    EindeDienstverbandWia,
}

impl EndReason {
    /// Every reason, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::EindeCollectiviteit,
        Self::Overleden,
        Self::EindeDienstverband,
        Self::EindeDienstverbandObu,
        Self::EindeDienstverbandWia,
    ];

    /// The word used in forms, the database and the roster file.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EindeCollectiviteit => "einde_collectiviteit",
            Self::Overleden => "overleden",
            Self::EindeDienstverband => "einde_dienstverband",
            Self::EindeDienstverbandObu => "einde_dienstverband_obu",
            Self::EindeDienstverbandWia => "einde_dienstverband_wia",
        }
    }

    /// The reason with this [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// Whether dependants end with the main insured. Only a death leaves them in (D6): each is then asked about.
    pub const fn ends_household(self) -> bool {
        !matches!(self, Self::Overleden)
    }
}

/// One participation that is named in the form, at the version it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Selected {
    /// The participation.
    pub id: ParticipationId,
    /// The version that the person saw; a different one in the database is a conflict.
    pub version: i64,
}

/// The form "Direct afmelden", as it was typed, for one participant or several (D1, D3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeregisterForm {
    /// Whom, as `id:version`, separated by commas.
    pub wie: String,
    /// Last day, inclusive ("Einddatum (t/m)").
    pub einddatum: String,
    /// [`EndReason::code`].
    pub reden: String,
    /// Dependants who end as well after a death, as ids separated by commas (D6).
    pub mee: String,
    /// `ja` once every dependant of someone who died was asked about.
    pub gezin_gevraagd: String,
    /// A random key made when the form was shown, so that sending it twice does it once.
    pub sleutel: String,
}

/// A deregistration that can be decided: the parsed form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deregistration {
    /// Whom.
    pub selected: Vec<Selected>,
    /// Last day, inclusive.
    pub end_date: Date,
    /// Why.
    pub reason: EndReason,
    /// Dependants who end as well after a death.
    pub along: Vec<ParticipationId>,
    /// Whether the dependants of someone who died were asked about.
    pub dependants_asked: bool,
    /// Idempotency key.
    pub key: String,
}

/// The greatest number of participants in one deregistration.
pub const SELECTED_MAX: usize = 500;

/// What must be known of one participation to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipationFacts {
    /// The participation.
    pub id: ParticipationId,
    /// Its version now.
    pub version: i64,
    /// As it is shown, for the dialog and the receipt.
    pub full_name: String,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
    /// Why it ends.
    pub end_reason: Option<EndReason>,
    /// Through whom it participates, when a dependant.
    pub main: Option<ParticipationId>,
    /// First day of its contract.
    pub contract_start: Date,
    /// How many days back its contract lets an employer end a participation.
    pub retroactive_days: u32,
    /// E-mail address of the person, where known.
    pub email: Option<String>,
}

/// All that must be known to decide a deregistration: the chosen participations and every dependant of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeregistrationFacts {
    /// The chosen participations, in the order of the form.
    pub selected: Vec<ParticipationFacts>,
    /// Their dependants, however their periods lie.
    pub dependants: Vec<ParticipationFacts>,
}

/// One participation that ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// The participation.
    pub id: ParticipationId,
    /// As it is shown.
    pub full_name: String,
    /// The version that is ended.
    pub version: i64,
    /// Through whom, when it ends along with a main insured.
    pub with: Option<ParticipationId>,
    /// Last day, inclusive.
    pub end_date: Date,
    /// Why.
    pub reason: EndReason,
}

/// Why a deregistration is refused (D5). It names no one: the page puts the name beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The end lies before the start of the participation.
    EndBeforeStart {
        /// First day of the participation.
        start: Date,
    },
    /// The end lies before the start of the contract.
    EndBeforeContract {
        /// First day of the contract.
        start: Date,
    },
    /// It already ends, and not later than what is asked.
    AfterExistingEnd {
        /// The end that stands.
        end: Date,
    },
    /// Somebody cannot have died in the future.
    DeathInFuture,
    /// Further back than the contract allows; a request to the insurer is offered instead.
    TooFarBack {
        /// The earliest end that can still be done here.
        earliest: Date,
    },
}

/// A refusal and whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedParticipant {
    /// The participation.
    pub id: ParticipationId,
    /// As it is shown.
    pub full_name: String,
    /// Why not.
    pub refusal: Refusal,
}

/// What a deregistration comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// All of these end.
    Ends(Vec<Ending>),
    /// Nothing is done: these stand in the way.
    Refused(Vec<RefusedParticipant>),
    /// Someone died: each of these dependants must be asked about first (D6).
    AskAbout(Vec<ParticipationId>),
}

/// What the dialog and the page show before anything is done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeregistrationPreview {
    /// Those who were chosen: id, version and name.
    pub selected: Vec<PreviewPerson>,
    /// Dependants who participate through them and whose period is still open on the end date.
    pub dependants: Vec<PreviewPerson>,
    /// Those who end, dependants included, when it can be done.
    pub ends: Vec<Ending>,
    /// Those who stand in the way.
    pub refused: Vec<RefusedParticipant>,
    /// Whether it may be asked of the insurer instead: every refusal is [`Refusal::TooFarBack`].
    pub may_request: bool,
    /// First day without cover, where the end date could be read.
    pub first_day_without: Option<Date>,
    /// Whether each dependant must be asked about.
    pub asks_about_dependants: bool,
    /// What is wrong with the form; [`ends`](Self::ends) is then empty.
    pub errors: FieldErrors,
    /// A fresh idempotency key, or the one that the form already had.
    pub key: String,
}

/// Someone in the preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewPerson {
    /// The participation.
    pub id: ParticipationId,
    /// The version it was read at.
    pub version: i64,
    /// As it is shown.
    pub full_name: String,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Contract number.
    pub contract_number: String,
    /// First day.
    pub start_date: Date,
    /// Last day, inclusive; `None` is open.
    pub end_date: Option<Date>,
}

/// What was done: the acknowledgement that must never be lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeregistrationReceipt {
    /// The mutation of each ended participation, in the order of [`ends`](Self::ends); the first is the household's.
    pub mutations: Vec<MutationId>,
    /// Who ended.
    pub ends: Vec<Ending>,
    /// Whether this answers a second sending of the same form.
    pub repeated: bool,
    /// Whether it was asked of the insurer instead of being done.
    pub requested: bool,
}

/// What was asked: take a deregistration back (D8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WithdrawForm {
    /// The deregistration's mutation.
    pub mutatie: String,
    /// Idempotency key.
    pub sleutel: String,
}

/// The form in which the employer's number of a participation is changed (C6).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonnelNumberForm {
    /// The participation.
    pub deelname: String,
    /// The version that the person saw.
    pub versie: String,
    /// The new number; empty removes it.
    pub personeelsnummer: String,
}

/// Longest personnel number.
pub const PERSONNEL_NUMBER_MAX: u32 = 20;

/// Reads a personnel number: printable, no more than [`PERSONNEL_NUMBER_MAX`] characters, empty removes it.
///
/// # Errors
/// [`FieldCode::TooLong`] or [`FieldCode::ForbiddenCharacter`].
pub fn parse_personnel_number(text: &str) -> Result<String, FieldCode> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(FieldCode::ForbiddenCharacter);
    }
    if text.chars().count() > PERSONNEL_NUMBER_MAX as usize {
        return Err(FieldCode::TooLong { max: PERSONNEL_NUMBER_MAX });
    }
    Ok(text.to_owned())
}

/// Longest idempotency key.
const KEY_MAX: u32 = 64;

impl DeregisterForm {
    /// Reads the form.
    ///
    /// # Errors
    /// All that is wrong, by field.
    pub fn parse(&self) -> Result<Deregistration, FieldErrors> {
        let mut errors = FieldErrors::default();
        let selected = errors.take("wie", parse_selected(&self.wie));
        let end_date = errors.take("einddatum", date::parse_typed_date(&self.einddatum));
        let reason = errors.take("reden", parse_reason(&self.reden));
        let along = errors.take("mee", parse_along(&self.mee));
        let key = errors.take("sleutel", parse_key(&self.sleutel));
        match (selected, end_date, reason, along, key) {
            (Some(selected), Some(end_date), Some(reason), Some(along), Some(key)) => Ok(Deregistration {
                selected,
                end_date,
                reason,
                along,
                dependants_asked: self.gezin_gevraagd.trim() == "ja",
                key,
            }),
            _ => Err(errors),
        }
    }

    /// Reads as much as is there, for showing what would happen. What has yet to be filled in is not wrong, except
    /// whom it is about.
    pub fn parse_for_preview(&self) -> (Vec<Selected>, Option<Date>, Option<EndReason>, FieldErrors) {
        let mut errors = FieldErrors::default();
        let selected = errors.take("wie", parse_selected(&self.wie)).unwrap_or_default();
        let end_date = errors.take("einddatum", unless_empty(date::parse_typed_date(&self.einddatum))).flatten();
        let reason = errors.take("reden", unless_empty(parse_reason(&self.reden))).flatten();
        errors.take("mee", parse_along(&self.mee));
        (selected, end_date, reason, errors)
    }

    /// The dependants who are to end as well after a death; none when that cannot be read.
    pub fn along(&self) -> Vec<ParticipationId> {
        parse_along(&self.mee).unwrap_or_default()
    }

    /// Writes [`wie`](Self::wie).
    pub fn write_selected(selected: &[Selected]) -> String {
        let mut text = String::new();
        for Selected { id, version } in selected {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(&format!("{id}:{version}"));
        }
        text
    }
}

fn unless_empty<T>(read: Result<T, FieldCode>) -> Result<Option<T>, FieldCode> {
    match read {
        Err(FieldCode::Required) => Ok(None),
        other => other.map(Some),
    }
}

/// Reads `id:version` separated by commas. One that is named twice at the same version counts once.
fn parse_selected(text: &str) -> Result<Vec<Selected>, FieldCode> {
    let mut selected: Vec<Selected> = Vec::new();
    let mut seen = HashSet::new();
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        let read = item.split_once(':').and_then(|(id, version)| {
            Some(Selected { id: id.trim().parse().ok()?, version: version.trim().parse().ok()? })
        });
        let read = read.ok_or(FieldCode::UnknownChoice)?;
        if seen.insert(read.id) {
            selected.push(read);
        } else if !selected.contains(&read) {
            return Err(FieldCode::UnknownChoice);
        }
        if selected.len() > SELECTED_MAX {
            return Err(FieldCode::TooLong { max: SELECTED_MAX as u32 });
        }
    }
    if selected.is_empty() { Err(FieldCode::Required) } else { Ok(selected) }
}

fn parse_reason(text: &str) -> Result<EndReason, FieldCode> {
    match text.trim() {
        "" => Err(FieldCode::Required),
        code => EndReason::from_code(code).ok_or(FieldCode::UnknownChoice),
    }
}

fn parse_along(text: &str) -> Result<Vec<ParticipationId>, FieldCode> {
    text.split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .map(|id| id.parse().map_err(|_| FieldCode::UnknownChoice))
        .collect()
}

fn parse_key(text: &str) -> Result<String, FieldCode> {
    let text = text.trim();
    if text.is_empty() {
        Err(FieldCode::Required)
    } else if text.len() > KEY_MAX as usize {
        Err(FieldCode::TooLong { max: KEY_MAX })
    } else if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        Err(FieldCode::ForbiddenCharacter)
    } else {
        Ok(text.to_owned())
    }
}

/// The first day without cover: the day after the last one (D4).
pub fn first_day_without(end: Date) -> Date {
    end.succ_opt().unwrap_or(end)
}

/// The earliest end that an employer can still set on `today` (D5).
pub fn earliest_end(today: Date, retroactive_days: u32) -> Date {
    today.checked_sub_days(chrono::Days::new(retroactive_days.into())).unwrap_or(Date::MIN)
}

impl ParticipationFacts {
    /// Whether it goes on after `day`: its end is open or later.
    pub fn goes_on_after(&self, day: Date) -> bool {
        self.end_date.is_none_or(|end| end > day)
    }

    /// Why it cannot end on `end`, apart from an end that it already has.
    ///
    /// The start that is the later of the two is named, so that a person who moves the date there is not refused again.
    /// The limit on going back comes last: only when nothing else is wrong can the insurer be asked instead.
    fn refusal(&self, end: Date, reason: EndReason, today: Date) -> Option<Refusal> {
        let earliest = earliest_end(today, self.retroactive_days);
        if end < self.contract_start && self.contract_start > self.start_date {
            Some(Refusal::EndBeforeContract { start: self.contract_start })
        } else if end < self.start_date {
            Some(Refusal::EndBeforeStart { start: self.start_date })
        } else if reason == EndReason::Overleden && end > today {
            Some(Refusal::DeathInFuture)
        } else if let Some(existing) = self.end_date.filter(|existing| *existing <= end) {
            Some(Refusal::AfterExistingEnd { end: existing })
        } else if end < earliest {
            Some(Refusal::TooFarBack { earliest })
        } else {
            None
        }
    }
}

impl DeregistrationFacts {
    /// The dependants of those who were selected who still participate after `end`, themselves not selected: for every
    /// reason but a death they end as well, after a death each is asked about (D6). Each comes once.
    pub fn dependants_after(&self, end: Date) -> Vec<&ParticipationFacts> {
        let mut seen: HashSet<ParticipationId> = self.selected.iter().map(|facts| facts.id).collect();
        let mains = seen.clone();
        self.dependants
            .iter()
            .filter(|facts| facts.main.is_some_and(|main| mains.contains(&main)) && facts.goes_on_after(end))
            .filter(|facts| seen.insert(facts.id))
            .collect()
    }
}

/// Decides a deregistration by the rules D4–D6 of PRODUCT.md.
///
/// - Each selected participation is checked by itself; the first thing in its way is named. If anything stands in the
///   way of anyone, nothing is done at all.
/// - An end that stands may be brought forward, not put off: what ends on or before the date that is asked is refused.
/// - Dependants end with their main insured, on the same day and for the same reason. Those who end on or before that
///   day are left as they are. A dependant who starts only after that day cannot end before it starts, and must not be
///   left without a main insured: that is refused in the name of the dependant.
/// - After a death each dependant who goes on is asked about first. Those who are to end as well end on the same day,
///   with [`EndReason::EindeCollectiviteit`], for they did not die; the others go on participating.
/// - A dependant who is selected together with the main insured ends once, and is checked as selected.
///
/// Nobody ends who was not selected and is not a dependant of someone selected, whatever the form names.
pub fn decide(asked: &Deregistration, facts: &DeregistrationFacts, today: Date) -> Decision {
    let end_date = asked.end_date;
    let dependants = facts.dependants_after(end_date);
    let deceased = !asked.reason.ends_household();
    let along: HashSet<ParticipationId> = asked.along.iter().copied().collect();
    let dependants_end = |dependant: &ParticipationFacts| !deceased || along.contains(&dependant.id);
    let dependants_reason = if deceased { EndReason::EindeCollectiviteit } else { asked.reason };
    let selected_ids: HashSet<ParticipationId> = facts.selected.iter().map(|chosen| chosen.id).collect();

    let mut ends = Vec::new();
    let mut refused = Vec::new();
    let mut decided = HashSet::new();
    let mut decide_one = |person: &ParticipationFacts, with: Option<ParticipationId>, reason: EndReason| {
        if !decided.insert(person.id) {
            return;
        }
        match person.refusal(end_date, reason, today) {
            Some(refusal) => {
                refused.push(RefusedParticipant { id: person.id, full_name: person.full_name.clone(), refusal });
            }
            None => ends.push(Ending {
                id: person.id,
                full_name: person.full_name.clone(),
                version: person.version,
                with,
                end_date,
                reason,
            }),
        }
    };
    // Households stay together: first those whose main insured was not selected, each followed by the family.
    let with_main = |chosen: &ParticipationFacts| chosen.main.filter(|main| selected_ids.contains(main));
    let (families, heads): (Vec<_>, Vec<_>) = facts.selected.iter().partition(|chosen| with_main(chosen).is_some());
    for chosen in heads.iter().chain(&families) {
        decide_one(chosen, with_main(chosen), asked.reason);
        for dependant in families.iter().filter(|dependant| dependant.main == Some(chosen.id)) {
            decide_one(dependant, Some(chosen.id), asked.reason);
        }
        for dependant in dependants.iter().filter(|dependant| dependant.main == Some(chosen.id)) {
            if dependants_end(dependant) {
                decide_one(dependant, Some(chosen.id), dependants_reason);
            }
        }
    }

    if !refused.is_empty() {
        Decision::Refused(refused)
    } else if deceased && !asked.dependants_asked && !dependants.is_empty() {
        Decision::AskAbout(dependants.iter().map(|dependant| dependant.id).collect())
    } else {
        Decision::Ends(ends)
    }
}
