//! A portal on which people enrol, and what employees, the employer and the insurer do there, in few words.

use collectief_data::case::link as links;
use collectief_domain::{
    account::SignInForm,
    actor::{Language, Role},
    bsn::Bsn,
    case::{
        CaseState, CaseStep, CaseView, DecideForm, FollowForm, OptionsForm, OutcomeResult, QueueForm, QueuePage,
        QueuePart, UndoForm,
    },
    enrolment::{AnswerForm, Question},
    ids::{CaseId, EmployerId},
    message::{MessageKind, MessageListForm},
    product::{Product, ProductKind},
    staff::StaffRole,
};
use collectief_service::{
    Limits, Portal, Reach, ServiceError, SignedIn,
    clock::Clock,
    enrol::{self, follow},
    message,
    office::{NewStaff, begin_viewing, set_staff},
    outbox::{Post, deliver_due},
    product, session, validate,
};

use crate::fixture::{PEOPLE, World, day, request, today, worlds};

pub(crate) const MINUTE: i64 = 60 * 1000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// The BSN of A.J. Janse, who participates in 23595 and was born on 2 January 1980.
pub(crate) const BSN_OF_JANSE: &str = "123456782";

pub(crate) const REASON: &str = "Is hier niet in dienst.";
pub(crate) const QUESTION: &str = "Op welke dag begint u?";
pub(crate) const ANSWER: &str = "Op de eerste van de maand.";

/// Limits that no test comes to by itself.
pub(crate) fn wide() -> Limits {
    Limits { enrolments_per_client: 1_000_000, enrolments_per_contract: 1_000_000, ..Limits::default() }
}

/// The portal with these limits, the families of [`PEOPLE`] and insurances; mail can be sent.
pub(crate) async fn opened(world: World, limits: Limits) -> World {
    let reach = Reach { address: Some("https://portaal.example".to_owned()), ..Reach::default() };
    let clock = Clock::standing_on(today());
    let portal = Portal::new(world.database.db.clone(), clock, limits, "Test".to_owned(), false).reached_by(reach);
    let world = World { portal, ..world };
    world.must_load(PEOPLE).await;
    for (code, name, kind) in
        [("basis", "Basisverzekering", ProductKind::Basic), ("tand", "Tand 250", ProductKind::Dental)]
    {
        let new =
            Product { code: code.to_owned(), name: name.to_owned(), kind, first_day: day(2020, 1, 1), last_day: None };
        product::keep(&world.portal, &new).await.unwrap();
    }
    world
}

pub(crate) async fn open_worlds() -> Vec<World> {
    let mut open = Vec::new();
    for world in worlds().await {
        open.push(opened(world, wide()).await);
    }
    open
}

pub(crate) async fn hr(world: &World) -> SignedIn {
    world.staff("hr", &["23595"], &[Role::Administrative]).await
}

/// A BSN for each number; none of them is a number of [`PEOPLE`].
pub(crate) fn bsn(number: usize) -> String {
    let digits = (731_000_000_u32..).map(|digits| digits.to_string());
    digits.filter(|digits| Bsn::parse(digits).is_ok()).nth(number).unwrap()
}

/// A surname for each number, in letters alone.
fn surname(number: usize) -> String {
    let letters: String = format!("{number:04}").bytes().map(|digit| char::from(b'a' + digit - b'0')).collect();
    format!("Linde{letters}")
}

/// Somebody invented who enrols from 1 December 2026 on; each number is a person with a BSN and an address.
pub(crate) fn somebody(number: usize) -> AnswerForm {
    let text = str::to_owned;
    AnswerForm {
        contract: text("23595"),
        wie: text("werknemer"),
        voorletters: text("R."),
        achternaam: surname(number),
        geboortedatum: text("27-3-1985"),
        geslacht: text("V"),
        bsn: bsn(number),
        straat: text("Lindelaan"),
        huisnummer: number.to_string(),
        postcode: text("7411 LD"),
        plaats: text("Lindeveld"),
        email: format!("r{number}@werknemer.example"),
        gezin: text("nee"),
        product: text("basis"),
        pakket: text("tand"),
        ingangsdatum: text("1-12-2026"),
        ..AnswerForm::default()
    }
}

/// The same, filled in by somebody of the employer.
pub(crate) fn reported(number: usize) -> AnswerForm {
    AnswerForm {
        wie: "werkgever".to_owned(),
        melder_naam: "Sjoerd Adema".to_owned(),
        melder_email: "salaris@werkgever.example".to_owned(),
        ..somebody(number)
    }
}

/// A child that comes along.
pub(crate) fn child(number: usize) -> AnswerForm {
    AnswerForm {
        actie: "gezinslid".to_owned(),
        voorletters: "K.".to_owned(),
        achternaam: surname(number),
        geboortedatum: "5-6-2015".to_owned(),
        geslacht: "M".to_owned(),
        bsn: bsn(number),
        ..AnswerForm::default()
    }
}

/// Answers every question, and gives the token under which the answers are kept.
pub(crate) async fn answered(portal: &Portal, form: &AnswerForm, family: &[AnswerForm]) -> String {
    let begun = enrol::answer(portal, &request(), None, Question::Contract, form).await.unwrap().unwrap();
    let token = begun.token.unwrap();
    for member in family {
        enrol::answer(portal, &request(), Some(&token), Question::Family, member).await.unwrap().unwrap();
    }
    let gezin = if family.is_empty() { "nee" } else { "ja" };
    let form = AnswerForm { gezin: gezin.to_owned(), ..form.clone() };
    for question in Question::ALL.into_iter().skip(1) {
        enrol::answer(portal, &request(), Some(&token), question, &form).await.unwrap().unwrap();
    }
    token
}

/// A request, and the link of who filled it in.
pub(crate) struct Case {
    pub(crate) id: CaseId,
    pub(crate) link: String,
}

pub(crate) async fn newest_case(world: &World) -> CaseId {
    CaseId(world.number("SELECT MAX(id) FROM mutation_case").await)
}

pub(crate) async fn link_of(portal: &Portal, id: CaseId, to_reporter: bool) -> String {
    links::for_mail(portal.db(), id, to_reporter).await.unwrap().unwrap().token
}

/// Answers and sends.
pub(crate) async fn sent(world: &World, form: &AnswerForm, family: &[AnswerForm]) -> Case {
    let token = answered(&world.portal, form, family).await;
    enrol::send(&world.portal, &request(), &token, Language::Nl).await.unwrap().unwrap();
    let id = newest_case(world).await;
    Case { id, link: link_of(&world.portal, id, form.wie == "werkgever").await }
}

/// Answers, sends, and proves the address.
pub(crate) async fn proven(world: &World, form: &AnswerForm, family: &[AnswerForm]) -> Case {
    let case = sent(world, form, family).await;
    by_link(&world.portal, &case.link, "bevestigen").await.unwrap();
    case
}

/// What is pressed on the page behind a link.
pub(crate) async fn by_link(portal: &Portal, link: &str, deed: &str) -> Result<(), ServiceError> {
    let form = FollowForm { actie: deed.to_owned(), antwoord: ANSWER.to_owned(), ..FollowForm::default() };
    follow::act(portal, &request(), link, &form).await
}

pub(crate) async fn state(world: &World, case: &Case) -> CaseState {
    follow::view(&world.portal, &case.link).await.unwrap().state
}

pub(crate) async fn steps(world: &World, case: &Case) -> Vec<CaseStep> {
    let view = follow::view(&world.portal, &case.link).await.unwrap();
    view.moments.iter().map(|moment| moment.step).collect()
}

/// A request at its present version, as a form names it.
pub(crate) async fn seen(world: &World, id: CaseId) -> String {
    let version = world.number(&format!("SELECT version FROM mutation_case WHERE id = {id}")).await;
    DecideForm::write_seen(id, version)
}

/// A decision about a request as it is now.
pub(crate) async fn decision(world: &World, id: CaseId, deed: &str) -> DecideForm {
    DecideForm {
        actie: deed.to_owned(),
        wie: seen(world, id).await,
        reden: REASON.to_owned(),
        vraag: QUESTION.to_owned(),
        ..DecideForm::default()
    }
}

pub(crate) async fn decide(portal: &Portal, who: &SignedIn, form: &DecideForm) -> OutcomeResult {
    validate::decide(portal, &request(), who, form).await.unwrap().pop().unwrap().result
}

pub(crate) async fn decided(world: &World, who: &SignedIn, id: CaseId, deed: &str) -> OutcomeResult {
    decide(&world.portal, who, &decision(world, id, deed).await).await
}

pub(crate) async fn undo(world: &World, who: &SignedIn, id: CaseId) -> Result<CaseId, ServiceError> {
    validate::undo(&world.portal, &request(), who, &UndoForm { zaak: id.to_string() }).await
}

pub(crate) async fn queue(world: &World, who: &SignedIn, part: QueuePart) -> QueuePage {
    let form = QueueForm { toon: part.code().to_owned(), ..QueueForm::default() };
    validate::queue(&world.portal, &request(), who, &form).await.unwrap()
}

pub(crate) async fn case_page(world: &World, who: &SignedIn, id: CaseId) -> Result<CaseView, ServiceError> {
    validate::case(&world.portal, &request(), who, id, &QueueForm::default()).await
}

/// What was told to somebody, the newest first.
pub(crate) async fn told(world: &World, who: &SignedIn) -> Vec<MessageKind> {
    let page = message::list(&world.portal, &request(), who, &MessageListForm::default()).await.unwrap();
    page.rows.iter().map(|row| row.kind).collect()
}

/// Chooses whether enrolments on 23595 wait for the employer.
pub(crate) async fn choose(world: &World, who: &SignedIn, waits: bool) {
    let (name, was) = ("23595:enrolment", if waits { "nee" } else { "ja" });
    let form = OptionsForm {
        gezien: format!("{name}:{was}"),
        ja: if waits { name } else { "" }.to_owned(),
        ..OptionsForm::default()
    };
    validate::set_options(&world.portal, &request(), who, &form).await.unwrap();
}

/// One column of rows as texts, in order.
pub(crate) async fn texts(world: &World, column: &str, from: &str) -> Vec<String> {
    let db = &world.database.db;
    let sql = if db.is_postgres() {
        format!("SELECT COALESCE(CAST(json_agg({column}) AS TEXT), '[]') FROM {from}")
    } else {
        format!("SELECT json_group_array({column}) FROM {from}")
    };
    let mut texts: Vec<String> = serde_json::from_str(&db.text(&sql).await.unwrap()).unwrap();
    texts.sort_unstable();
    texts
}

async fn mails_where(world: &World, id: CaseId, condition: &str) -> Vec<String> {
    let begin = format!("case:{id}:");
    let keys = texts(world, "dedupe_key", &format!("outbox WHERE dedupe_key LIKE '{begin}%' {condition}")).await;
    keys.iter().map(|key| key.replacen(&begin, "", 1)).collect()
}

/// The mails about a request in the outbox: what for, at which version of it, and to whom.
pub(crate) async fn mails(world: &World, id: CaseId) -> Vec<String> {
    mails_where(world, id, "").await
}

/// Those that left by now; a mail that no longer says what is so never does.
pub(crate) async fn delivered(world: &World, id: CaseId) -> Vec<String> {
    let folder = world.folder.path().join("outbox");
    deliver_due(&world.portal, &Post::files(&folder)).await.unwrap();
    mails_where(world, id, "AND state = 'sent'").await
}

/// Somebody of the insurer, who came in with a second step as such people must.
pub(crate) struct Insurer {
    pub(crate) who: SignedIn,
    token: String,
}

pub(crate) async fn insurer(world: &World, name: &str, role: StaffRole) -> Insurer {
    let (email, password) = (format!("{name}@insurer.example"), "paard fiets wolken lepel");
    let new = NewStaff {
        email: email.clone(),
        name: Some(name.to_owned()),
        roles: [role].into_iter().collect(),
        password: Some(password.to_owned().into()),
    };
    set_staff(&world.portal, new).await.unwrap();
    let form = SignInForm { email, wachtwoord: password.to_owned(), naar: String::new() };
    let session = session::sign_in(&world.portal, &request(), &form).await.unwrap().ok().unwrap().session().unwrap();
    let strong = "UPDATE session SET second_factor = 'totp'
                  WHERE account_id IN (SELECT id FROM account WHERE staff_roles <> 0)";
    world.database.db.run_raw(strong).await.unwrap();
    Insurer { who: signed_in(world, &session.token).await, token: session.token }
}

async fn signed_in(world: &World, token: &str) -> SignedIn {
    session::find(&world.portal, token).await.unwrap().unwrap().signed_in().unwrap()
}

/// The same person, who looks along with the employer of 23595.
pub(crate) async fn looking_along(world: &World, insurer: &Insurer) -> SignedIn {
    let employer = EmployerId(world.number("SELECT employer_id FROM contract WHERE number = '23595'").await);
    begin_viewing(&world.portal, &request(), &insurer.who, employer, "De werkgever belde.").await.unwrap();
    signed_in(world, &insurer.token).await
}
