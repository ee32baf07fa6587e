//! Requests that wait for a decision (PRODUCT.md E, F): what kinds there are, how far they can be, and what leads from one
//! state to the next.
//!
//! A case is what somebody asked for; when it is processed it becomes one or more mutations. [`CaseState::after`] is the one
//! table of transitions: whoever changes a state asks it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::{
    account_request::check_reason,
    actor::Channel,
    bsn::MaskedBsn,
    contract::{ContractChoice, ContractNumber},
    date::Date,
    deregistration::parse_personnel_number,
    field::{FieldCode, FieldErrors},
    ids::{CaseId, ParticipationId},
    page::parse_page,
};

macro_rules! codes {
    ($(#[$doc:meta])* $type:ident { $($(#[$of:meta])* $variant:ident = $code:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $type { $($(#[$of])* $variant),* }

        impl $type {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stored word.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// The value with this [`code`](Self::code), if there is one.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

codes!(
    /// What is asked for.
    CaseKind {
        /// Somebody is to participate, with the family.
        Enrolment = "enrolment",
        /// Somebody can be reached in another way, or lives elsewhere.
        Details = "details",
        /// Another number with the employer.
        PersonnelNumber = "personnel_number",
        /// Other insurances.
        Products = "products",
        /// Somebody of the family comes along.
        DependantIn = "dependant_in",
        /// Somebody of the family no longer does.
        DependantOut = "dependant_out",
        /// Somebody goes on with another employer (E5): the old one decides.
        Move = "move",
        /// Somebody leaves, with the family.
        Deregistration = "deregistration",
    }
);

codes!(
    /// How far a case is.
    CaseState {
        /// The mail address of who asked was not proven yet; nobody else sees it.
        Unproven = "unproven",
        /// It waits for the employer.
        Waiting = "waiting",
        /// The employer asked the employee something.
        Questioned = "questioned",
        /// It was done.
        Processed = "processed",
        /// The employer, or the insurer's helpdesk, removed it, and said why.
        Removed = "removed",
        /// The employee withdrew it.
        Withdrawn = "withdrawn",
        /// It could not be done; the insurer looks at it.
        Stuck = "stuck",
    }
);

codes!(
    /// What happens to a case.
    CaseStep {
        /// It was sent.
        Sent = "sent",
        /// The mail address was proven.
        Proven = "proven",
        /// The employer approved.
        Approved = "approved",
        /// It was done without a decision, because the contract asks for none.
        DoneAtOnce = "done_at_once",
        /// It was removed.
        Removed = "removed",
        /// The employer asked the employee something.
        Asked = "asked",
        /// The employee answered.
        Answered = "answered",
        /// The employee withdrew it.
        Withdrawn = "withdrawn",
        /// The approval was taken back.
        Undone = "undone",
        /// It could not be done.
        Failed = "failed",
        /// The insurer's helpdesk tried again, and it was done.
        Retried = "retried",
    }
);

codes!(
    /// Why a case could not be done.
    StuckCause {
        /// The BSN belongs to somebody with another birth date.
        BsnOfSomeoneElse = "bsn_of_someone_else",
        /// The person participates in this contract already, in days that lie in what is asked.
        ParticipatesAlready = "participates_already",
        /// The contract does not allow that start date any more.
        OutsideWindow = "outside_window",
        /// What was chosen is not offered any more.
        NotOffered = "not_offered",
        /// The participation is not what it was when it was asked, so that it cannot be done any more.
        NoLongerPossible = "no_longer_possible",
    }
);

impl CaseState {
    /// The state that `step` leads to from here; `None` when it cannot be taken here.
    pub const fn after(self, step: CaseStep) -> Option<Self> {
        match (self, step) {
            (Self::Unproven, CaseStep::Proven)
            | (Self::Questioned, CaseStep::Answered)
            | (Self::Processed, CaseStep::Undone) => Some(Self::Waiting),
            (Self::Waiting | Self::Questioned, CaseStep::Approved)
            | (Self::Waiting, CaseStep::DoneAtOnce)
            | (Self::Stuck, CaseStep::Retried) => Some(Self::Processed),
            (Self::Waiting | Self::Questioned | Self::Stuck, CaseStep::Removed) => Some(Self::Removed),
            (Self::Waiting, CaseStep::Asked) => Some(Self::Questioned),
            (Self::Unproven | Self::Waiting | Self::Questioned | Self::Stuck, CaseStep::Withdrawn) => {
                Some(Self::Withdrawn)
            }
            (Self::Waiting | Self::Questioned, CaseStep::Failed) => Some(Self::Stuck),
            _ => None,
        }
    }

    /// Whether the employer has something to decide.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Questioned)
    }

    /// Whether nothing is left to be done about it.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Processed | Self::Removed | Self::Withdrawn)
    }
}

/// Whether what comes in through a channel waits for the employer's decision (PRODUCT.md D9, E1, E6, F1): what employer
/// staff, the insurer, a roster or a payroll system do does not; what comes in where anybody can stand does, unless the
/// contract chose *Nee* for its kind.
pub const fn needs_validation(channel: Channel, chosen: bool) -> bool {
    channel.is_open() && chosen
}

/// For how many seconds an approval can be taken back (F4 of the queue: "undo for a minute").
pub const UNDO_SECONDS: u32 = 60;

/// How many items a page of the queue has.
pub const QUEUE_A_PAGE: u32 = 25;

/// The most items that can be decided about at once.
pub const DECIDED_AT_ONCE: usize = 100;

/// For how many days the page behind the employee's link can be seen after the case was closed.
pub const FOLLOWED_DAYS: u32 = 365;

/// Where the employee's own page is; its token comes after it.
pub const FOLLOW_PATH: &str = "/aanvraag/";

/// What of the queue is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueuePart {
    /// What waits for the employer.
    #[default]
    Waiting,
    /// What waits for an answer of an employee.
    Questioned,
    /// What was decided, withdrawn, or is with the insurer.
    Closed,
}

impl QueuePart {
    /// Every part, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Questioned, Self::Closed];

    /// The word in the address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "",
            Self::Questioned => "vraag",
            Self::Closed => "afgehandeld",
        }
    }

    /// The part with this [`code`](Self::code); what is none is the first.
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|part| part.code() == code).unwrap_or_default()
    }

    /// The states that it has.
    pub const fn states(self) -> &'static [CaseState] {
        match self {
            Self::Waiting => &[CaseState::Waiting],
            Self::Questioned => &[CaseState::Questioned],
            Self::Closed => &[CaseState::Processed, CaseState::Removed, CaseState::Withdrawn, CaseState::Stuck],
        }
    }
}

/// The order of the queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueSort {
    /// What waits longest first; of what was closed, the newest first.
    #[default]
    Age,
    /// The earliest effective date first.
    EffectiveDate,
    /// By name.
    Name,
}

impl QueueSort {
    /// Every order.
    pub const ALL: [Self; 3] = [Self::Age, Self::EffectiveDate, Self::Name];

    /// The word in the address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Age => "",
            Self::EffectiveDate => "ingang",
            Self::Name => "naam",
        }
    }

    /// The order with this [`code`](Self::code); what is none is the first.
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|sort| sort.code() == code).unwrap_or_default()
    }
}

/// The queue, as it was asked for.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueForm {
    /// The code of the [`QueuePart`].
    pub toon: String,
    /// The contract; nothing for the chosen one.
    pub contract: String,
    /// Names, each word of which must begin a word of the name.
    pub naam: String,
    /// The code of a [`CaseKind`].
    pub soort: String,
    /// The code of the [`QueueSort`].
    pub sorteer: String,
    /// The page, from 1.
    pub pagina: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for QueueForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "QueueForm({:?})", self.part())
    }
}

impl QueueForm {
    /// The part that is shown.
    pub fn part(&self) -> QueuePart {
        QueuePart::from_code(&self.toon)
    }

    /// The order.
    pub fn sort(&self) -> QueueSort {
        QueueSort::from_code(&self.sorteer)
    }

    /// The page, from 1.
    pub fn page(&self) -> u32 {
        parse_page(&self.pagina).unwrap_or(1)
    }

    /// Whether anything was looked for.
    pub fn is_filtered(&self) -> bool {
        !self.naam.trim().is_empty() || !self.soort.is_empty()
    }
}

/// An item of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRow {
    /// The case.
    pub id: CaseId,
    /// It grows with every step; a decision names the one that was seen.
    pub version: i64,
    /// What is asked.
    pub kind: CaseKind,
    /// How far it is.
    pub state: CaseState,
    /// Through which door.
    pub channel: Channel,
    /// Who it is about, as shown.
    pub full_name: String,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// The contract.
    pub contract: ContractChoice,
    /// From which day it holds.
    pub effective: Date,
    /// What changes; nothing of an enrolment, for which all of it is new.
    pub changes: Vec<CaseChange>,
    /// The names of the insurances that are asked for.
    pub products: Vec<String>,
    /// How many dependants come along.
    pub dependants: u32,
    /// The employer's number, as far as it is known.
    pub personnel_number: String,
    /// Since which day it waits, or on which it was closed.
    pub since: Date,
    /// For how many days of the calendar it waits.
    pub age_days: u32,
    /// For how many days more the day that is asked for is possible; negative when it is not any more, and `None` for what is
    /// bound to no day.
    pub days_left: Option<i32>,
    /// Whether the employee answered a question.
    pub is_answered: bool,
}

/// A page of the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuePage {
    /// The items.
    pub rows: Vec<QueueRow>,
    /// How many there are on all pages.
    pub count: u64,
    /// How many wait, whatever is shown.
    pub waiting: u64,
    /// How many wait for an answer.
    pub questioned: u64,
    /// For how many days the oldest of those that wait does so; `None` when none waits.
    pub oldest_days: Option<u32>,
    /// The page, from 1.
    pub page: u32,
    /// What a decision that is posted from this page is known by.
    pub key: String,
    /// Whether the reader may decide.
    pub may_decide: bool,
    /// The contracts to choose from.
    pub contracts: Vec<ContractChoice>,
}

/// What stands on the dashboard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingCard {
    /// How many wait.
    pub waiting: u64,
    /// For how many days the oldest does; `None` when none waits.
    pub oldest_days: Option<u32>,
}

/// What of somebody is told in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseField {
    /// The contract.
    Contract,
    /// The name.
    Name,
    /// Birth date.
    BirthDate,
    /// Gender.
    Gender,
    /// BSN, masked.
    Bsn,
    /// Where one lives.
    Address,
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// The employer's number.
    PersonnelNumber,
    /// Insurance and packages.
    Products,
    /// From which day.
    StartDate,
    /// Somebody of the family.
    Dependant,
    /// The last day.
    EndDate,
    /// Why it ends, as a code.
    Reason,
}

/// What changes, old and new, in the words of lists; empty where there is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseChange {
    /// Of what.
    pub field: CaseField,
    /// As it is now.
    pub before: String,
    /// As it will be.
    pub after: String,
}

/// Something that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseMoment {
    /// What.
    pub step: CaseStep,
    /// On which day.
    pub on: Date,
    /// At which time of the day, as `14:05`.
    pub at: String,
    /// Who, by name, where that is somebody of the employer or the insurer.
    pub by: Option<String>,
    /// The question, the answer, or the reason.
    pub text: String,
}

/// Whether the insurer removed it, by what happened to it: what could not be done is the insurer's to remove, all else is
/// the employer's.
pub fn is_removed_by_insurer(steps: impl DoubleEndedIterator<Item = CaseStep>) -> bool {
    let mut back = steps.rev();
    back.next() == Some(CaseStep::Removed) && back.next() == Some(CaseStep::Failed)
}

/// One case, with what is needed to decide about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseView {
    /// As in the queue.
    pub row: QueueRow,
    /// The reference that the employee has.
    pub reference: String,
    /// Name and e-mail address of who filled it in for the employee.
    pub reporter: Option<(String, String)>,
    /// What changes.
    pub changes: Vec<CaseChange>,
    /// BSN, masked; `None` where there is none or the contract does not need it.
    pub bsn: Option<MaskedBsn>,
    /// What happened so far, oldest first.
    pub moments: Vec<CaseMoment>,
    /// Why it cannot be done as it stands, as far as can be told beforehand.
    pub hindrance: Option<StuckCause>,
    /// The participation that it became, of who asked.
    pub participation: Option<ParticipationId>,
    /// For how many seconds more the approval can be taken back; zero when it cannot.
    pub undo_seconds: u32,
    /// Whether the reader may decide.
    pub may_decide: bool,
    /// What a decision that is posted from this page is known by.
    pub key: String,
    /// The item after this one in the queue, and the one before it.
    pub next: Option<CaseId>,
    /// The one before it.
    pub previous: Option<CaseId>,
}

/// What is posted from the queue, or from the page of a case.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DecideForm {
    /// `goedkeuren`, `verwijderen` or `vragen`.
    pub actie: String,
    /// Which, each as `id:version`, separated by commas.
    pub wie: String,
    /// Why they are removed.
    pub reden: String,
    /// What is asked.
    pub vraag: String,
    /// The employer's number, where it is about one.
    pub personeelsnummer: String,
    /// Idempotency key.
    pub sleutel: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for DecideForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DecideForm({})", deed_of(&self.actie))
    }
}

/// A case at the version at which it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SeenCase {
    /// The case.
    pub id: CaseId,
    /// Its version.
    pub version: i64,
}

/// What the employer decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Do it; with another number of the employer than was filled in, where one is given.
    Approve {
        /// The number; empty leaves what was filled in.
        personnel_number: String,
    },
    /// Do not do it, for this reason.
    Remove(String),
    /// Ask the employee this first.
    Ask(String),
}

impl Verdict {
    /// The step that it is.
    pub const fn step(&self) -> CaseStep {
        match self {
            Self::Approve { .. } => CaseStep::Approved,
            Self::Remove(_) => CaseStep::Removed,
            Self::Ask(_) => CaseStep::Asked,
        }
    }
}

impl DecideForm {
    /// The decision, and what it is about.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse(&self) -> Result<(Vec<SeenCase>, Verdict), FieldErrors> {
        let mut errors = FieldErrors::default();
        let seen = errors.take("wie", parse_seen(&self.wie));
        let verdict = match self.actie.as_str() {
            "goedkeuren" => {
                let number = errors.take("personeelsnummer", parse_personnel_number(&self.personeelsnummer));
                number.map(|personnel_number| Verdict::Approve { personnel_number })
            }
            "verwijderen" => errors.take("reden", check_reason(&self.reden)).map(Verdict::Remove),
            "vragen" => errors.take("vraag", check_reason(&self.vraag)).map(Verdict::Ask),
            _ => errors.take("wie", Err(FieldCode::UnknownChoice)),
        };
        match (seen, verdict) {
            (Some(seen), Some(Verdict::Approve { personnel_number }))
                if seen.len() > 1 && !personnel_number.is_empty() =>
            {
                // One number is of one person.
                errors.push("personeelsnummer", FieldCode::UnknownChoice);
                Err(errors)
            }
            (Some(seen), Some(verdict)) => Ok((seen, verdict)),
            _ => Err(errors),
        }
    }

    /// Writes [`wie`](Self::wie).
    pub fn write_seen(id: CaseId, version: i64) -> String {
        format!("{id}:{version}")
    }
}

/// What was pressed, where it is one of our buttons; whatever else was sent is printed nowhere.
fn deed_of(pressed: &str) -> &'static str {
    const DEEDS: [&str; 9] = [
        "goedkeuren",
        "verwijderen",
        "vragen",
        "bevestigen",
        "intrekken",
        "antwoorden",
        "opnieuw",
        "oppakken",
        "loslaten",
    ];
    DEEDS.into_iter().find(|deed| *deed == pressed).unwrap_or("?")
}

fn parse_seen(text: &str) -> Result<Vec<SeenCase>, FieldCode> {
    let mut seen: Vec<SeenCase> = Vec::new();
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        let read = item
            .split_once(':')
            .and_then(|(id, version)| Some(SeenCase { id: id.parse().ok()?, version: version.parse().ok()? }));
        let read = read.ok_or(FieldCode::UnknownChoice)?;
        match seen.iter().find(|one| one.id == read.id) {
            None => seen.push(read),
            // One cannot have been seen at two versions.
            Some(one) if one.version != read.version => return Err(FieldCode::UnknownChoice),
            Some(_) => {}
        }
        if seen.len() > DECIDED_AT_ONCE {
            return Err(FieldCode::TooLong { max: DECIDED_AT_ONCE as u32 });
        }
    }
    if seen.is_empty() { Err(FieldCode::Required) } else { Ok(seen) }
}

/// What came of a decision about one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The case.
    pub id: CaseId,
    /// What is asked; `None` for what is not there.
    pub kind: Option<CaseKind>,
    /// Who it is about, as shown; empty for what is not there.
    pub full_name: String,
    /// What came of it.
    pub result: OutcomeResult,
}

/// What came of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeResult {
    /// It was approved and is in force; the participation is that of who asked.
    Approved(Option<ParticipationId>),
    /// It was removed.
    Removed,
    /// The employee was asked.
    Asked,
    /// It could not be done, and the insurer looks at it.
    Stuck(StuckCause),
    /// It cannot be done, and stays where it is.
    Refused(StuckCause),
    /// Somebody was first.
    Conflict {
        /// Who, by name, where that is known.
        by: Option<String>,
        /// What that person did.
        state: CaseState,
        /// On which day.
        on: Date,
        /// At which time of the day, as `14:05`.
        at: String,
    },
    /// There is no such case.
    NotThere,
}

/// What is posted to take an approval back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UndoForm {
    /// The case.
    pub zaak: String,
}

/// The employee's own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowView {
    /// What is asked.
    pub kind: CaseKind,
    /// How far it is.
    pub state: CaseState,
    /// It grows with every step.
    pub version: i64,
    /// The reference.
    pub reference: String,
    /// The employer's name.
    pub employer: String,
    /// Who it is about, as shown.
    pub full_name: String,
    /// From which day it is to hold.
    pub effective: Date,
    /// The names of the insurances that are asked for.
    pub products: Vec<String>,
    /// How many dependants come along.
    pub dependants: u32,
    /// What changes; nothing for who is to be enrolled.
    pub changes: Vec<CaseChange>,
    /// The employer that one moves to, where one does.
    pub to_employer: Option<String>,
    /// For how many days more the day that is asked for is possible, where the employer has yet to decide about a move.
    pub days_left: Option<i32>,
    /// Whether something can be changed by this very link.
    pub may_change: bool,
    /// Whether the employer must decide.
    pub needs_validation: bool,
    /// What happened so far, oldest first; without the names of who did it.
    pub moments: Vec<CaseMoment>,
    /// The question that waits for an answer.
    pub question: Option<String>,
    /// Whether it can be withdrawn.
    pub may_withdraw: bool,
    /// Today in Europe/Amsterdam.
    pub today: Date,
}

/// What is posted from the employee's own page.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowForm {
    /// `bevestigen`, `intrekken` or `antwoorden`.
    pub actie: String,
    /// The version that was seen.
    pub versie: String,
    /// The answer.
    pub antwoord: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for FollowForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FollowForm({})", deed_of(&self.actie))
    }
}

/// What the employee does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowDeed {
    /// The address is proven, and the request goes on its way.
    Prove,
    /// The request is withdrawn.
    Withdraw,
    /// The employer's question is answered.
    Answer(String),
}

impl FollowForm {
    /// What is done.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse(&self) -> Result<FollowDeed, FieldErrors> {
        let mut errors = FieldErrors::default();
        let deed = match self.actie.as_str() {
            "bevestigen" => Some(FollowDeed::Prove),
            "intrekken" => Some(FollowDeed::Withdraw),
            "antwoorden" => errors.take("antwoord", check_reason(&self.antwoord)).map(FollowDeed::Answer),
            _ => errors.take("actie", Err(FieldCode::UnknownChoice)),
        };
        deed.ok_or(errors)
    }
}

/// One choice of a contract: whether what comes in of a kind waits for the employer (F1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationChoice {
    /// The kind.
    pub kind: CaseKind,
    /// *Ja*: it waits. That is the advice, and holds where nothing was chosen.
    pub asks: bool,
    /// Who chose, by name, and when; `None` where nobody did.
    pub chosen: Option<(String, Date)>,
}

/// The choices of one contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractChoices {
    /// The contract.
    pub contract: ContractChoice,
    /// A choice for each kind.
    pub choices: Vec<ValidationChoice>,
}

/// "Validatie-overzicht".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationOptions {
    /// Contracts, by number.
    pub contracts: Vec<ContractChoices>,
    /// How many there are on all pages.
    pub count: u64,
    /// The page, from 1.
    pub page: u32,
    /// What stands in the form, as [`OptionsForm::gezien`].
    pub seen: String,
    /// Whether the reader may change them.
    pub may_change: bool,
}

/// How many contracts a page of "Validatie-overzicht" has.
pub const OPTIONS_A_PAGE: u32 = 25;

/// What is asked of, or posted to, "Validatie-overzicht".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OptionsForm {
    /// The contract; nothing for the chosen one.
    pub contract: String,
    /// The page, from 1.
    pub pagina: String,
    /// What was shown: `nummer:soort:ja` and `nummer:soort:nee`, separated by commas.
    pub gezien: String,
    /// What is ticked: `nummer:soort`, separated by commas.
    pub ja: String,
}

/// A choice that is to become another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedChoice {
    /// The contract number.
    pub contract: String,
    /// The kind.
    pub kind: CaseKind,
    /// What was shown.
    pub was: bool,
    /// What it is to be.
    pub becomes: bool,
}

impl OptionsForm {
    /// The page, from 1.
    pub fn page(&self) -> u32 {
        parse_page(&self.pagina).unwrap_or(1)
    }

    /// The choices whose boxes were touched.
    ///
    /// # Errors
    /// What our page cannot have sent.
    pub fn changed(&self) -> Result<Vec<ChangedChoice>, FieldErrors> {
        let unknown = || {
            let mut errors = FieldErrors::default();
            errors.push("ja", FieldCode::UnknownChoice);
            errors
        };
        let ticked: HashSet<&str> = self.ja.split(',').filter(|item| !item.is_empty()).collect();
        let (mut seen, mut changed) = (HashSet::new(), Vec::new());
        for item in self.gezien.split(',').filter(|item| !item.is_empty()) {
            let (name, was) = item.rsplit_once(':').ok_or_else(unknown)?;
            let (contract, kind) = name.split_once(':').ok_or_else(unknown)?;
            // A page shows so many boxes, each once, of contracts that have a number.
            if seen.len() == OPTIONS_A_PAGE as usize * CaseKind::ALL.len()
                || !seen.insert(name)
                || ContractNumber::parse(contract).is_err()
            {
                return Err(unknown());
            }
            let kind = CaseKind::from_code(kind).ok_or_else(unknown)?;
            let was = match was {
                "ja" => true,
                "nee" => false,
                _ => return Err(unknown()),
            };
            let becomes = ticked.contains(&name);
            if was != becomes {
                changed.push(ChangedChoice { contract: contract.to_owned(), kind, was, becomes });
            }
        }
        Ok(changed)
    }
}

/// A request that could not be done, as the insurer's helpdesk sees it (M4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StuckRow {
    /// The case.
    pub id: CaseId,
    /// Its version.
    pub version: i64,
    /// What is asked.
    pub kind: CaseKind,
    /// The reference that the employee has.
    pub reference: String,
    /// Who it is about, as shown.
    pub full_name: String,
    /// The contract.
    pub contract: ContractChoice,
    /// From which day it is to hold.
    pub effective: Date,
    /// Why it could not be done.
    pub cause: StuckCause,
    /// Since which day.
    pub since: Date,
    /// Who of the helpdesk looks after it, by name.
    pub assigned: Option<String>,
    /// Whether that is the reader.
    pub is_mine: bool,
}

/// The requests that could not be done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StuckPage {
    /// The requests, the oldest first.
    pub rows: Vec<StuckRow>,
    /// How many there are on all pages.
    pub count: u64,
    /// The page, from 1.
    pub page: u32,
    /// Requests that an employer let wait although everybody there was reminded, the oldest first.
    pub overdue: Vec<OverdueRow>,
    /// What came of what was posted, where something was.
    pub outcome: Option<Outcome>,
}

/// A request that an employer let wait for too long, as the insurer's helpdesk sees it (F4). It names nobody: what the helpdesk
/// can do is call the employer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverdueRow {
    /// The reference that the employee has.
    pub reference: String,
    /// The contract.
    pub contract: ContractChoice,
    /// Since which day it waits.
    pub since: Date,
    /// For how many whole days.
    pub days: u32,
    /// From which day it is to hold.
    pub effective: Date,
}

/// What is posted from the list of requests that could not be done.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StuckForm {
    /// `opnieuw`, `verwijderen`, `oppakken` (the reader looks after it) or `loslaten`.
    pub actie: String,
    /// Which, as `id:version`.
    pub wie: String,
    /// Why it is removed.
    pub reden: String,
    /// The page, from 1.
    pub pagina: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for StuckForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StuckForm({})", deed_of(&self.actie))
    }
}

/// What the helpdesk does with a request that could not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StuckDeed {
    /// Try again.
    Retry,
    /// Remove it, for this reason.
    Remove(String),
    /// Look after it.
    Assign,
    /// No longer look after it.
    Release,
}

impl StuckForm {
    /// What is done, and about which case.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse(&self) -> Result<(SeenCase, StuckDeed), FieldErrors> {
        let mut errors = FieldErrors::default();
        let seen = errors.take("wie", parse_seen(&self.wie));
        let deed = match self.actie.as_str() {
            "opnieuw" => Some(StuckDeed::Retry),
            "verwijderen" => errors.take("reden", check_reason(&self.reden)).map(StuckDeed::Remove),
            "oppakken" => Some(StuckDeed::Assign),
            "loslaten" => Some(StuckDeed::Release),
            _ => errors.take("actie", Err(FieldCode::UnknownChoice)),
        };
        match (seen.as_deref(), deed) {
            (Some([seen]), Some(deed)) => Ok((*seen, deed)),
            (Some(_), Some(_)) => {
                errors.push("wie", FieldCode::UnknownChoice);
                Err(errors)
            }
            _ => Err(errors),
        }
    }
}
