//! One history: where it takes place, who acts in it, and how it goes on from step to step.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt::{self, Write as _},
    hash::{DefaultHasher, Hash, Hasher},
};

use chrono::TimeDelta;
use collectief_data::Db;
use collectief_domain::{
    account::SignInForm,
    actor::Role,
    date::{Date, Month, format_dutch, format_iso},
    enrolment::AnswerForm,
    product::{Product, ProductKind},
    staff::StaffRole,
};
use collectief_service::{
    Limits, Portal, Reach, ServiceError, SignedIn,
    clock::Clock,
    office::{NewStaff, set_staff},
    product, session,
};

use crate::{
    chance::Chance,
    fixture::{World, day, request, today},
    laws,
    model::{Broken, Model, Snapshot, law},
    people::{Person, people},
    rows,
    steps::{self, Again, Came, Kind},
};

const MINUTE: i64 = 60 * 1000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// After so many steps everything is looked at, and not only what was touched.
const WHOLE_EVERY: u64 = 200;

/// After so many steps a list is asked for as it was known on an earlier day.
const KNOWN_EVERY: u64 = 20;

/// How many earlier days are remembered.
const SNAPSHOTS: usize = 20;

/// How many of the last steps are told when a law is broken.
const TOLD: usize = 30;

/// The tables in which a refusal must leave no trace. What was looked at, tried or typed so far is kept elsewhere.
const UNTOUCHED: [&str; 16] = [
    "case_link",
    "case_moment",
    "contract",
    "employer",
    "idempotency",
    "message",
    "month_flow",
    "mutation",
    "mutation_case",
    "outbox",
    "participation",
    "participation_past",
    "person",
    "product",
    "search_word",
    "validation_choice",
];

/// A contract of the history.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contract {
    pub(crate) id: i64,
    pub(crate) number: &'static str,
    pub(crate) employer: i64,
}

const NUMBERS: [&str; 4] = ["23595", "24001", "24002", "24003"];

/// Who acts.
pub(crate) struct Staff {
    /// Of all contracts.
    pub(crate) anna: SignedIn,
    /// Of the first two contracts.
    pub(crate) bert: SignedIn,
    /// Who may see no participants at all.
    pub(crate) vera: SignedIn,
    /// Of the insurer.
    pub(crate) desk: SignedIn,
}

/// How often a kind of step was done, and how often it came to nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    done: u64,
    nothing: u64,
}

/// How often each kind of step was done.
#[derive(Debug, Default)]
pub(crate) struct Tallies(BTreeMap<Kind, Tally>);

impl Tallies {
    /// Adds those of another history.
    pub(crate) fn add(&mut self, others: Self) {
        for (kind, other) in others.0 {
            let tally = self.0.entry(kind).or_default();
            tally.done += other.done;
            tally.nothing += other.nothing;
        }
    }

    /// The kinds that always came to nothing. A form that comes again does nothing, as it should.
    pub(crate) fn never_done(&self) -> Vec<Kind> {
        let kinds = Kind::ALL.iter().filter(|kind| **kind != Kind::Again);
        kinds.filter(|kind| self.0.get(kind).is_none_or(|tally| tally.done == 0)).copied().collect()
    }
}

impl fmt::Display for Tallies {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, Tally { done, nothing }) in &self.0 {
            writeln!(to, "{kind:?} was done {done} times, and came to nothing {nothing} times")?;
        }
        Ok(())
    }
}

/// A history.
pub(crate) struct History {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    pub(crate) people: Vec<Person>,
    pub(crate) staff: Staff,
    pub(crate) contracts: Vec<Contract>,
    pub(crate) model: Model,
    /// The form that was sent last, to be sent again.
    pub(crate) again: Option<Again>,
    pub(crate) step: u64,
    seed: u64,
    words: String,
    told: VecDeque<String>,
    tallies: Tallies,
    snapshots: Vec<Snapshot>,
}

/// A day so many days later, or earlier.
pub(crate) fn plus(date: Date, days: i64) -> Date {
    date.checked_add_signed(TimeDelta::days(days)).unwrap_or(date)
}

/// In each contract a family, and somebody who is about to leave.
fn first_roster(people: &[Person]) -> String {
    let mut text = String::new();
    for (place, number) in NUMBERS.into_iter().enumerate() {
        for member in 0..3 {
            let at = place * 3 + member;
            let Some(Person { initials, prefix, surname, gender, birth, bsn }) = people.get(at) else { continue };
            let (end, reason) = if member == 2 { ("2027-03-31", "einde_dienstverband") } else { ("", "") };
            let main = if member == 1 { format!("R{}", at - 1) } else { String::new() };
            let birth = format_iso(*birth);
            let _ = writeln!(
                text,
                "{number},R{at},{bsn},{initials},{prefix},{surname},,,E,{birth},{gender},2020-01-01,{end},{reason},\
                 P{at},{main},r{at}@example.org"
            );
        }
    }
    text
}

/// Somebody of the insurer, who came in with a second step as such people must.
async fn desk(world: &World) -> SignedIn {
    let (email, password) = ("desk@insurer.example", "paard fiets wolken lepel");
    let roles = [StaffRole::Helpdesk, StaffRole::RelationshipManager];
    let new = NewStaff {
        email: email.to_owned(),
        name: Some("Desk".to_owned()),
        roles: roles.into_iter().collect(),
        password: Some(password.to_owned().into()),
    };
    set_staff(&world.portal, new).await.unwrap();
    let form = SignInForm { email: email.to_owned(), wachtwoord: password.to_owned(), naar: String::new() };
    let session = session::sign_in(&world.portal, &request(), &form).await.unwrap().ok().unwrap().session().unwrap();
    let strong = "UPDATE session SET second_factor = 'totp'
                  WHERE account_id IN (SELECT id FROM account WHERE staff_roles <> 0)";
    world.database.db.run_raw(strong).await.unwrap();
    session::find(&world.portal, &session.token).await.unwrap().unwrap().signed_in().unwrap()
}

impl History {
    pub(crate) async fn begin(world: World, seed: u64) -> Self {
        let clock = Clock::standing_on(today());
        let limits =
            Limits { enrolments_per_client: 1_000_000, enrolments_per_contract: 1_000_000, ..Limits::default() };
        let reach = Reach { address: Some("https://portaal.example".to_owned()), ..Reach::default() };
        let portal = Portal::new(world.database.db.clone(), clock.clone(), limits, "Test".to_owned(), false);
        let world = World { portal: portal.reached_by(reach), ..world };
        let people = people();
        world.must_load(&first_roster(&people)).await;
        // Half of the employers can end a participation in the last month only, and must ask for anything else.
        let short = "UPDATE contract SET retroactive_days = 30 WHERE number IN ('23595', '24002')";
        world.database.db.run_raw(short).await.unwrap();
        for (code, name, kind) in [
            ("basis", "Basisverzekering", ProductKind::Basic),
            ("aanvullend", "Aanvullend", ProductKind::Supplementary),
            ("tand", "Tand", ProductKind::Dental),
        ] {
            let first_day = day(2010, 1, 1);
            let product = Product { code: code.to_owned(), name: name.to_owned(), kind, first_day, last_day: None };
            product::keep(&world.portal, &product).await.unwrap();
        }
        let mut contracts = Vec::with_capacity(NUMBERS.len());
        for number in NUMBERS {
            let of = |column: &str| format!("SELECT {column} FROM contract WHERE number = '{number}'");
            let (id, employer) = (world.number(&of("id")).await, world.number(&of("employer_id")).await);
            contracts.push(Contract { id, number, employer });
        }
        let staff = Staff {
            anna: world.staff("Anna", &[], &[Role::Administrative]).await,
            bert: world.staff("Bert", &NUMBERS[..2], &[Role::Administrative]).await,
            vera: world.staff("Vera", &[], &[Role::Financial]).await,
            desk: desk(&world).await,
        };
        let model = Model::begin(&world.database.db).await;
        Self {
            world,
            clock,
            chance: Chance::new(seed),
            people,
            staff,
            contracts,
            model,
            again: None,
            step: 0,
            seed,
            words: String::new(),
            told: VecDeque::with_capacity(TOLD),
            tallies: Tallies::default(),
            snapshots: Vec::with_capacity(SNAPSHOTS + 1),
        }
    }

    /// Takes so many steps, and stops at the first broken law.
    pub(crate) async fn run(mut self, steps: u64) -> Tallies {
        for step in 1..=steps {
            self.step = step;
            if let Err(broken) = self.go_on().await {
                panic!("{}", self.report(&broken));
            }
        }
        if let Err(broken) = self.end().await {
            panic!("{}", self.report(&broken));
        }
        self.tallies
    }

    /// The next step, and the laws after it.
    async fn go_on(&mut self) -> Result<(), Broken> {
        self.words.clear();
        self.pass_a_little();
        let is_sample = self.chance.below(12 + (self.step / 100) as usize) == 0;
        let before = if is_sample { Some(self.fingerprint().await) } else { None };
        let (kind, came) = steps::take(self).await;
        let came = came.unwrap_or_else(|error| came_of(&error));
        if self.told.len() == TOLD {
            self.told.pop_front();
        }
        let at = self.clock.now().format("%d-%m-%Y %H:%M:%S");
        self.told.push_back(format!("{}. {at} {kind:?}: {} → {came:?}", self.step, self.words));
        let tally = self.tallies.0.entry(kind).or_default();
        match &came {
            Came::Done => tally.done += 1,
            Came::Nothing(_) => tally.nothing += 1,
            Came::Broken(broken) => return Err(broken.clone()),
        }

        let db = self.db();
        let touched = self.model.absorb(&db, self.clock.millis()).await?;
        if matches!(came, Came::Nothing(_)) {
            law(touched.is_nothing(), || format!("a step came to nothing, and wrote {touched:?}"))?;
            if let Some(before) = before {
                let after = self.fingerprint().await;
                let changed: Vec<_> = before.iter().filter(|(table, hash)| after.get(*table) != Some(*hash)).collect();
                law(changed.is_empty(), || format!("a step came to nothing, and changed {changed:?}"))?;
            }
        }
        laws::of_touched(&self.model, &touched)?;
        for contract in &touched.contracts {
            laws::of_contract(&self.model, &db, *contract).await?;
        }
        if self.step.is_multiple_of(KNOWN_EVERY) {
            let contract = self.contract();
            let place = self.chance.below(self.snapshots.len());
            if let Some(snapshot) = self.snapshots.get(place) {
                laws::known_on(&self.world.portal, &self.staff.anna, contract, snapshot).await?;
            }
        }
        if self.step.is_multiple_of(WHOLE_EVERY) {
            laws::of_everything(&self.model, &self.world.portal, &db).await?;
        }
        Ok(())
    }

    /// Looks at everything once more, and at every earlier day.
    async fn end(&self) -> Result<(), Broken> {
        laws::of_everything(&self.model, &self.world.portal, &self.db()).await?;
        for snapshot in &self.snapshots {
            for contract in &self.contracts {
                laws::known_on(&self.world.portal, &self.staff.anna, *contract, snapshot).await?;
            }
        }
        Ok(())
    }

    /// How a broken law is told: by which history it can be seen again, and what happened just before.
    fn report(&self, broken: &str) -> String {
        // On PostgreSQL a tenth of the steps is taken.
        let steps = if self.db().is_postgres() { self.step * 10 } else { self.step };
        let (name, step, seed) = (self.world.name, self.step, self.seed);
        let last: Vec<&str> = self.told.iter().map(String::as_str).collect();
        format!(
            "a law was broken on {name} at step {step} with seed {seed}:\n{broken}\n\nThe last steps:\n{}\n\n\
             Again: cargo xtask check --histories {steps} --seed {seed}\n",
            last.join("\n")
        )
    }

    /// What stands in the tables that a refusal must leave alone.
    async fn fingerprint(&self) -> BTreeMap<&'static str, u64> {
        let mut tables = BTreeMap::new();
        for table in UNTOUCHED {
            let mut hasher = DefaultHasher::new();
            rows::all_of(&self.world.database.db, table).await.hash(&mut hasher);
            tables.insert(table, hasher.finish());
        }
        tables
    }

    /// Between two steps mostly nothing passes, or part of a minute; so what can be undone for a minute sometimes is.
    fn pass_a_little(&mut self) {
        let milliseconds = match self.chance.below(20) {
            0..=9 => 0,
            10..=15 => self.chance.between(1, 25_000),
            16..=18 => self.chance.between(MINUTE, 20 * MINUTE),
            _ => self.chance.between(HOUR, 6 * HOUR),
        };
        self.pass(milliseconds);
    }

    /// Lets time pass. What is known when a day ends is remembered.
    pub(crate) fn pass(&mut self, milliseconds: i64) {
        let from = self.clock.today();
        // Nobody can type a day after the year 2200.
        let is_late = from > day(2190, 1, 1);
        self.clock.advance(if is_late { milliseconds.min(MINUTE) } else { milliseconds });
        let days = (self.clock.today() - from).num_days();
        if days > 0 {
            let day = plus(from, self.chance.between(0, days - 1));
            self.snapshots.push(self.model.snapshot(day));
            if self.snapshots.len() > SNAPSHOTS {
                let forgotten = self.chance.below(self.snapshots.len());
                self.snapshots.swap_remove(forgotten);
            }
        }
    }

    /// Hours, days or weeks.
    pub(crate) fn pass_long(&mut self) {
        let milliseconds = match self.chance.below(10) {
            0..=3 => self.chance.between(HOUR, 12 * HOUR),
            4..=7 => self.chance.between(DAY, 4 * DAY),
            _ => self.chance.between(7 * DAY, 28 * DAY),
        };
        self.pass(milliseconds);
    }

    /// Tells what the step is.
    pub(crate) fn say(&mut self, words: String) {
        self.words = words;
    }

    pub(crate) fn db(&self) -> Db {
        self.world.database.db.clone()
    }

    pub(crate) fn today(&self) -> Date {
        self.clock.today()
    }

    /// One of the contracts.
    pub(crate) fn contract(&mut self) -> Contract {
        let place = self.chance.below(self.contracts.len());
        self.contracts[place]
    }

    /// Who does it: mostly somebody who may.
    pub(crate) fn clerk(&mut self) -> SignedIn {
        match self.chance.below(100) {
            0..=84 => self.staff.anna.clone(),
            85..=95 => self.staff.bert.clone(),
            _ => self.staff.vera.clone(),
        }
    }

    /// A day on which somebody may begin, and sometimes one on which nobody may.
    pub(crate) fn first_day(&mut self, contract: Contract) -> Date {
        let today = self.today();
        match self.chance.below(12) {
            0..=3 => Month::of(today).plus(self.chance.below(4) as u32).first_day(),
            4..=7 => plus(today, self.chance.between(-60, 60)),
            8 => plus(today, self.chance.between(-150, 220)),
            // The day after somebody's last one, so that periods lie close together.
            9 | 10 => {
                let known = self.model.participations.values().filter(|known| known.contract == contract.id);
                let ends: Vec<Date> = known.filter_map(|known| known.state.end_date).collect();
                self.chance.of_late(&ends).map_or(today, |end| plus(end, 1))
            }
            _ => today,
        }
    }

    /// All that is asked of somebody who is enrolled.
    pub(crate) fn answers(&mut self, place: usize, contract: Contract) -> AnswerForm {
        let text = str::to_owned;
        let start = self.first_day(contract);
        let packages = ["", "tand", "aanvullend", "tand,aanvullend"];
        let mut form = AnswerForm {
            contract: text(contract.number),
            melder_naam: text("Sjoerd Adema"),
            melder_email: text("salaris@werkgever.example"),
            straat: text("Lindelaan"),
            huisnummer: (place + 1).to_string(),
            postcode: text("7411 LD"),
            plaats: text("Lindeveld"),
            email: format!("p{place}@werknemer.example"),
            telefoon: text("06 12345678"),
            personeelsnummer: if self.chance.in_hundred(50) { format!("P{place}") } else { String::new() },
            gezin: text("nee"),
            product: text("basis"),
            pakket: text(packages[self.chance.below(packages.len())]),
            ingangsdatum: format_dutch(start),
            ..AnswerForm::default()
        };
        if let Some(person) = self.people.get(place) {
            person.fill(&mut form);
        }
        form
    }

    /// How somebody is told of.
    pub(crate) fn name(&self, place: usize) -> String {
        self.people.get(place).map(Person::name).unwrap_or_default()
    }
}

/// What an error of a use case is: a refusal, or something that must never be.
fn came_of(error: &ServiceError) -> Came {
    match error {
        ServiceError::Invalid(errors) => Came::Nothing(format!("{:?}", errors.0)),
        ServiceError::Refused(refused) => {
            let why: Vec<_> = refused.iter().map(|person| (person.id.0, person.refusal)).collect();
            Came::Nothing(format!("{why:?}"))
        }
        ServiceError::NotFound | ServiceError::Forbidden | ServiceError::Conflict(_) => {
            Came::Nothing(error.to_string())
        }
        ServiceError::SignedOut | ServiceError::Unavailable(_) | ServiceError::Internal(_) => {
            Came::Broken(error.to_string())
        }
    }
}
