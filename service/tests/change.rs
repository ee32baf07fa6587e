//! What employees change by a mailed link: each kind from the link to the participation and back, and what a stranger learns.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

mod fixture;

use std::fs;

use collectief_domain::{
    actor::{Language, Role},
    case::{CaseKind, CaseState, DecideForm, FollowForm, OptionsForm, OutcomeResult, QueueForm, StuckCause, UndoForm},
    change::AskChangeForm,
    deregistration::EndReason,
    enrolment::{AnswerForm, EnrolRefusal},
    field::FieldCode,
    ids::{CaseId, ParticipationId},
    message::MessageListForm,
    product::{Product, ProductKind},
};
use collectief_service::{
    Limits, Portal, Reach, ServiceError, SignedIn, change,
    clock::Clock,
    deregister,
    enrol::follow,
    message,
    outbox::{Post, deliver_due},
    participant, product, validate,
};
use fixture::{PEOPLE, World, day, request, today, worlds};

/// A world in which mail can be sent, with the families of [`PEOPLE`] and three insurances.
async fn with_people(world: World, clock: &Clock) -> World {
    let reach = Reach { address: Some("https://portaal.example".to_owned()), ..Reach::default() };
    let portal = Portal::new(world.database.db.clone(), clock.clone(), Limits::default(), "Test".to_owned(), false)
        .reached_by(reach);
    let world = World { portal, ..world };
    world.must_load(PEOPLE).await;
    for (code, name, kind) in [
        ("basis", "Basisverzekering", ProductKind::Basic),
        ("tand-250", "Tand 250", ProductKind::Dental),
        ("tand-500", "Tand 500", ProductKind::Dental),
    ] {
        let new =
            Product { code: code.to_owned(), name: name.to_owned(), kind, first_day: day(2020, 1, 1), last_day: None };
        product::keep(&world.portal, &new).await.unwrap();
    }
    world
}

/// The links of all mail that was delivered to an address, in no order.
async fn links(world: &World, email: &str) -> Vec<String> {
    let folder = world.folder.path().join("outbox");
    deliver_due(&world.portal, &Post::files(&folder)).await.unwrap();
    let Ok(files) = fs::read_dir(&folder) else { return Vec::new() };
    let mails = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let to = format!("To: {email}");
    mails
        .filter(|mail| mail.lines().any(|line| line.replace(['<', '>'], "") == to))
        .filter_map(|mail| {
            let at = mail.find("https://portaal.example/wijzigen/")? + "https://portaal.example/wijzigen/".len();
            Some(mail[at..].chars().take_while(|sign| sign.is_ascii_alphanumeric() || "-_".contains(*sign)).collect())
        })
        .collect()
}

async fn ask(world: &World, contract: &str, email: &str) {
    let form = AskChangeForm { contract: contract.to_owned(), email: email.to_owned(), website: String::new() };
    assert_eq!(change::ask(&world.portal, &request(), &form, Language::Nl).await.unwrap(), Ok(()), "{}", world.name);
}

/// The link of who has this address.
async fn link(world: &World, email: &str) -> String {
    ask(world, "23595", email).await;
    links(world, email).await.pop().expect("a mail with a link")
}

async fn send(world: &World, token: &str, kind: CaseKind, form: AnswerForm) -> Result<String, EnrolRefusal> {
    change::send(&world.portal, &request(), token, kind, &form, Language::Nl).await.unwrap()
}

async fn newest_case(world: &World) -> (CaseId, i64) {
    let id = world.number("SELECT MAX(id) FROM mutation_case").await;
    (CaseId(id), world.number(&format!("SELECT version FROM mutation_case WHERE id = {id}")).await)
}

async fn approve(world: &World, hr: &SignedIn) -> OutcomeResult {
    let (id, version) = newest_case(world).await;
    let form = DecideForm {
        actie: "goedkeuren".to_owned(),
        wie: DecideForm::write_seen(id, version),
        ..DecideForm::default()
    };
    validate::decide(&world.portal, &request(), hr, &form).await.unwrap().pop().unwrap().result
}

async fn undo(world: &World, hr: &SignedIn) -> Result<CaseId, ServiceError> {
    let (id, _) = newest_case(world).await;
    validate::undo(&world.portal, &request(), hr, &UndoForm { zaak: id.to_string() }).await
}

fn details(street: &str) -> AnswerForm {
    AnswerForm {
        straat: street.to_owned(),
        huisnummer: "12".to_owned(),
        toevoeging: "bis".to_owned(),
        postcode: "7411ld".to_owned(),
        plaats: "Lindeveld".to_owned(),
        email: "janse@example.org".to_owned(),
        telefoon: "0570 123456".to_owned(),
        ..AnswerForm::default()
    }
}

// asvs = "6.3.8"
#[tokio::test]
async fn only_who_participates_is_mailed_a_link_and_nobody_learns_who_does() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        for (contract, email) in [
            ("23595", "nobody@example.org"),
            ("24001", "janse@example.org"),
            ("99999", "janse@example.org"),
            ("23595", "JANSE@example.org"),
        ] {
            ask(&world, contract, email).await;
        }
        assert_eq!(links(&world, "nobody@example.org").await.len(), 0, "{}", world.name);
        let links = links(&world, "JANSE@example.org").await;
        assert_eq!(links.len(), 1);
        let view = change::view(&world.portal, &links[0]).await.unwrap();
        assert_eq!((view.full_name.as_str(), view.contract.number.as_str()), ("A.J. Janse", "23595"));
        assert_eq!(view.dependants.iter().map(|one| one.full_name.as_str()).collect::<Vec<_>>(), ["B. Janse"]);
        // A link works for a day.
        clock.advance(24 * 60 * 60 * 1000 - 1);
        assert!(change::view(&world.portal, &links[0]).await.is_ok());
        clock.advance(1);
        assert!(matches!(change::view(&world.portal, &links[0]).await, Err(ServiceError::NotFound)));
        assert!(matches!(change::view(&world.portal, "unknown").await, Err(ServiceError::NotFound)));
    }
}

// asvs = "2.4.1"
#[tokio::test]
async fn no_more_than_three_links_an_hour_go_to_one_address() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        for _ in 0..5 {
            ask(&world, "23595", "janse@example.org").await;
        }
        assert_eq!(links(&world, "janse@example.org").await.len(), 3, "{}", world.name);
    }
}

#[tokio::test]
async fn an_address_waits_for_the_employer_holds_when_approved_and_not_when_that_is_taken_back() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        let hr = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let token = link(&world, "janse@example.org").await;
        let form = AnswerForm { sleutel: "a".to_owned(), ..details("Lindelaan") };
        let follow = send(&world, &token, CaseKind::Details, form.clone()).await.unwrap();
        assert_eq!(send(&world, &token, CaseKind::Details, form).await.unwrap(), follow, "sent twice is sent once");
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation_case").await, 1);
        assert_eq!(follow::view(&world.portal, &follow).await.unwrap().state, CaseState::Waiting);

        let queue = validate::queue(&world.portal, &request(), &hr, &QueueForm::default()).await.unwrap();
        assert_eq!((queue.count, queue.rows[0].kind), (1, CaseKind::Details), "{}", world.name);
        let (id, _) = newest_case(&world).await;
        let case = validate::case(&world.portal, &request(), &hr, id, &QueueForm::default()).await.unwrap();
        let told: Vec<(&str, &str)> =
            case.changes.iter().map(|change| (change.before.as_str(), change.after.as_str())).collect();
        assert_eq!(told, [("", "Lindelaan 12 bis\n7411 LD Lindeveld"), ("", "0570 123456")]);

        let street = "SELECT COALESCE(street, '-') FROM person WHERE relation_number = '100000001'";
        assert_eq!(world.database.db.text(street).await.unwrap(), "-");
        let about = ParticipationId(world.who("100000001").await.0);
        assert_eq!(approve(&world, &hr).await, OutcomeResult::Approved(Some(about)));
        assert_eq!(world.database.db.text(street).await.unwrap(), "Lindelaan");
        assert_eq!(follow::view(&world.portal, &follow).await.unwrap().state, CaseState::Processed);
        undo(&world, &hr).await.unwrap();
        assert_eq!(world.database.db.text(street).await.unwrap(), "-");
        assert_eq!(follow::view(&world.portal, &follow).await.unwrap().state, CaseState::Waiting);
        assert_eq!(approve(&world, &hr).await, OutcomeResult::Approved(Some(about)));
        clock.advance(61 * 1000);
        assert!(matches!(undo(&world, &hr).await, Err(ServiceError::Conflict(_))), "the minute is over");
        // The link of a request that was done leads on to the next change.
        let again = change::view(&world.portal, &follow).await.unwrap();
        assert_eq!(again.reached.address.street, "Lindelaan");
        let same = send(&world, &follow, CaseKind::Details, details("Lindelaan")).await.unwrap_err();
        let EnrolRefusal::Invalid(errors) = same else { panic!("{same:?}") };
        assert!(errors.have(FieldCode::NothingChanged));
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn what_a_contract_does_not_want_to_see_is_done_at_once() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        let hr = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let options = OptionsForm { gezien: "23595:personnel_number:ja".to_owned(), ..OptionsForm::default() };
        validate::set_options(&world.portal, &request(), &hr, &options).await.unwrap();
        let token = link(&world, "janse@example.org").await;
        let form = AnswerForm { personeelsnummer: "P777".to_owned(), ..AnswerForm::default() };
        let follow = send(&world, &token, CaseKind::PersonnelNumber, form).await.unwrap();
        assert_eq!(follow::view(&world.portal, &follow).await.unwrap().state, CaseState::Processed, "{}", world.name);
        let number = "SELECT personnel_number FROM participation WHERE relation_number = '100000001'";
        assert_eq!(world.database.db.text(number).await.unwrap(), "P777");
        let queue = validate::queue(&world.portal, &request(), &hr, &QueueForm::default()).await.unwrap();
        assert_eq!(queue.waiting, 0);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn other_insurances_hold_for_the_family_and_are_shown_from_their_first_day_on() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        let hr = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let token = link(&world, "janse@example.org").await;
        let form = |start: &str, packages: &str| AnswerForm {
            product: "basis".to_owned(),
            pakket: packages.to_owned(),
            ingangsdatum: start.to_owned(),
            ..AnswerForm::default()
        };
        send(&world, &token, CaseKind::Products, form("1-10-2026", "tand-250")).await.unwrap();
        approve(&world, &hr).await;
        send(&world, &token, CaseKind::Products, form("1-1-2027", "tand-500")).await.unwrap();
        approve(&world, &hr).await;
        let who = ParticipationId(world.who("100000001").await.0);
        let shown = participant::view(&world.portal, &request(), &hr, who).await.unwrap();
        assert_eq!(shown.products, ["Basisverzekering", "Tand 250"], "{}", world.name);
        let wrong = send(&world, &token, CaseKind::Products, form("1-1-2035", "tand-250")).await;
        assert!(wrong.is_err(), "a day on which the contract lets nothing begin");
        clock.set(day(2027, 1, 1));
        let shown = participant::view(&world.portal, &request(), &hr, who).await.unwrap();
        assert_eq!(shown.products, ["Basisverzekering", "Tand 500"]);
        let child = "SELECT products FROM participation WHERE relation_number = '100000002'";
        assert_eq!(world.database.db.text(child).await.unwrap(), "basis,tand-500");
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn a_family_grows_shrinks_and_leaves_as_a_whole() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        let hr = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let token = link(&world, "janse@example.org").await;
        let child = AnswerForm {
            voorletters: "N.".to_owned(),
            achternaam: "Janse".to_owned(),
            geboortedatum: "3-10-2026".to_owned(),
            geslacht: "V".to_owned(),
            geen_bsn: "ja".to_owned(),
            ingangsdatum: "3-10-2026".to_owned(),
            ..AnswerForm::default()
        };
        send(&world, &token, CaseKind::DependantIn, child).await.unwrap();
        assert!(matches!(approve(&world, &hr).await, OutcomeResult::Approved(_)), "{}", world.name);
        let family = "SELECT COUNT(*) FROM participation WHERE full_name LIKE '%Janse' AND end_date = '9999-12-31'";
        assert_eq!(world.number(family).await, 3);
        undo(&world, &hr).await.unwrap();
        assert_eq!(world.number(family).await, 2);
        approve(&world, &hr).await;
        assert_eq!(world.number(family).await, 3);

        let (brother, _) = world.who("100000002").await;
        let out = AnswerForm { nr: brother.to_string(), einddatum: "31-12-2026".to_owned(), ..AnswerForm::default() };
        send(&world, &token, CaseKind::DependantOut, out.clone()).await.unwrap();
        approve(&world, &hr).await;
        assert_eq!(world.end_of("100000002").await, "2026-12-31 einde_collectiviteit");
        let (stranger, _) = world.who("100000006").await;
        let other = AnswerForm { nr: stranger.to_string(), ..out };
        assert!(send(&world, &token, CaseKind::DependantOut, other).await.is_err(), "of another family");

        let leave = AnswerForm {
            einddatum: "30-11-2026".to_owned(),
            reden: "einde_dienstverband".to_owned(),
            ..AnswerForm::default()
        };
        let follow = send(&world, &token, CaseKind::Deregistration, leave).await.unwrap();
        let offers = "SELECT COUNT(*) FROM outbox WHERE kind = 'continuation_offer' AND state = 'waiting'";
        let before = world.number(offers).await;
        approve(&world, &hr).await;
        assert_eq!(world.end_of("100000001").await, "2026-11-30 einde_dienstverband");
        assert_eq!(world.number(family).await, 0);
        assert_eq!(world.number(offers).await, before + 1, "the household gets one offer to go on alone");
        undo(&world, &hr).await.unwrap();
        assert_eq!(world.number(family).await, 2, "the one who had an end keeps it");
        assert_eq!(world.end_of("100000001").await, "9999-12-31 -");
        assert_eq!(world.end_of("100000002").await, "2026-12-31 einde_collectiviteit");
        assert_eq!(world.number(offers).await, before, "what was taken back is not mailed");
        // The employee thinks better of it.
        let seen = follow::view(&world.portal, &follow).await.unwrap();
        let withdraw =
            FollowForm { actie: "intrekken".to_owned(), versie: seen.version.to_string(), antwoord: String::new() };
        follow::act(&world.portal, &request(), &follow, &withdraw).await.unwrap();
        assert_eq!(follow::view(&world.portal, &follow).await.unwrap().state, CaseState::Withdrawn);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn who_goes_to_another_employer_goes_on_there_the_day_after_without_gap_or_overlap() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        let old = world.staff("old", &["23595"], &[Role::Administrative]).await;
        let new = world.staff("new", &["24001"], &[Role::Administrative]).await;
        let token = link(&world, "janse@example.org").await;
        let to = |contract: &str, from: &str| AnswerForm {
            contract: contract.to_owned(),
            ingangsdatum: from.to_owned(),
            ..AnswerForm::default()
        };
        for (contract, from) in [("99999", "1-12-2026"), ("23595", "1-12-2026"), ("24001", "1-10-2026")] {
            assert!(send(&world, &token, CaseKind::Move, to(contract, from)).await.is_err(), "{contract} {from}");
        }
        let follow = send(&world, &token, CaseKind::Move, to("24001", "1-12-2026")).await.unwrap();
        let seen = follow::view(&world.portal, &follow).await.unwrap();
        assert_eq!(seen.days_left, Some(60), "{}: until thirty days after the first day", world.name);
        let (id, _) = newest_case(&world).await;
        let (asked, form) = (request(), QueueForm::default());
        let at_new = |who| validate::case(&world.portal, &asked, who, id, &form);
        let seen_by_new = at_new(&new).await;
        assert!(
            matches!(seen_by_new, Err(ServiceError::NotFound)),
            "the new employer sees nothing before it is decided"
        );

        let here = |contract: &str| {
            format!(
                "SELECT COUNT(*) FROM participation p JOIN contract c ON c.id = p.contract_id
                 WHERE c.number = '{contract}' AND p.full_name LIKE '%Janse' AND p.start_date > '0001-01-01'"
            )
        };
        assert!(matches!(approve(&world, &old).await, OutcomeResult::Approved(Some(_))));
        let ends = "SELECT COUNT(*) FROM participation p JOIN contract c ON c.id = p.contract_id
                    WHERE c.number = '23595' AND p.full_name LIKE '%Janse' AND p.end_date = '2026-11-30'";
        let begins = "SELECT COUNT(*) FROM participation p JOIN contract c ON c.id = p.contract_id
                      WHERE c.number = '24001' AND p.full_name LIKE '%Janse' AND p.start_date = '2026-12-01'";
        assert_eq!((world.number(ends).await, world.number(begins).await), (2, 2));
        assert_eq!(world.number(&here("24001")).await, 2);
        world.must_be_clean().await;
        // Each employer is led to its own participant, and neither to the other's.
        let (mine, theirs) = (at_new(&new).await.unwrap(), at_new(&old).await.unwrap());
        assert!(!mine.may_decide && mine.participation != theirs.participation);
        // How far it is both may follow; who decided at the one is not the other's to read.
        assert_eq!(mine.moments.len(), theirs.moments.len());
        assert!(
            mine.moments.iter().all(|moment| moment.by.is_none()) && theirs.moments.iter().any(|at| at.by.is_some())
        );
        participant::view(&world.portal, &request(), &new, mine.participation.unwrap()).await.unwrap();
        let other = participant::view(&world.portal, &request(), &new, theirs.participation.unwrap()).await;
        assert!(matches!(other, Err(ServiceError::NotFound)));
        let told = message::list(&world.portal, &request(), &new, &MessageListForm::default()).await.unwrap();
        assert_eq!(told.rows.len(), 1, "the new employer is told once");

        undo(&world, &old).await.unwrap();
        assert_eq!(world.number(&here("24001")).await, 0);
        assert_eq!(world.end_of("100000001").await, "0001-01-01 -");
        let open = "SELECT COUNT(*) FROM participation p JOIN contract c ON c.id = p.contract_id
                    WHERE c.number = '23595' AND p.full_name LIKE '%Janse' AND p.end_date = '9999-12-31'";
        assert_eq!(world.number(open).await, 2);
        world.must_be_clean().await;

        // Later than thirty days after the first day the insurer looks at it.
        clock.set(day(2027, 1, 1));
        assert_eq!(approve(&world, &old).await, OutcomeResult::Stuck(StuckCause::OutsideWindow));
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn who_was_deregistered_already_can_still_go_on_elsewhere_without_a_gap_for_thirty_days() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        let old = world.staff("old", &["23595"], &[Role::Administrative]).await;
        let ends = world.form(&["100000001"], "30-11-2026", EndReason::EindeDienstverband, "a").await;
        deregister::deregister(&world.portal, &request(), &old, &ends).await.unwrap();
        clock.set(day(2026, 12, 10));
        let token = link(&world, "janse@example.org").await;
        assert_eq!(change::view(&world.portal, &token).await.unwrap().kinds, [CaseKind::Move], "{}", world.name);
        let to = |from: &str| AnswerForm {
            contract: "24001".to_owned(),
            ingangsdatum: from.to_owned(),
            ..AnswerForm::default()
        };
        let gap = send(&world, &token, CaseKind::Move, to("2-12-2026")).await;
        assert!(gap.is_err(), "{}: a day would be left without cover", world.name);
        send(&world, &token, CaseKind::Move, to("1-12-2026")).await.unwrap();
        assert!(matches!(approve(&world, &old).await, OutcomeResult::Approved(Some(_))), "{}", world.name);
        let begins = "SELECT COUNT(*) FROM participation p JOIN contract c ON c.id = p.contract_id
                      WHERE c.number = '24001' AND p.full_name LIKE '%Janse' AND p.start_date = '2026-12-01'";
        assert_eq!(world.number(begins).await, 2, "{}: the family comes along", world.name);
        world.must_be_clean().await;
        undo(&world, &old).await.unwrap();
        assert_eq!(world.number(begins).await, 0, "{}", world.name);
        world.must_be_clean().await;

        // Thirty days are over.
        clock.set(day(2026, 12, 31));
        let before = links(&world, "janse@example.org").await.len();
        ask(&world, "23595", "janse@example.org").await;
        assert_eq!(links(&world, "janse@example.org").await.len(), before, "{}", world.name);
    }
}

/// Found by a history: a move and an end that are approved together, a day or more after the contract was last counted.
#[tokio::test]
async fn who_moves_and_who_ends_in_one_decision_are_each_counted_once() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        let hr = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let (janse, ijzerman) = (link(&world, "janse@example.org").await, link(&world, "e@example.org").await);
        let mut seen = Vec::new();
        let to =
            AnswerForm { contract: "24001".to_owned(), ingangsdatum: "10-11-2026".to_owned(), ..AnswerForm::default() };
        send(&world, &janse, CaseKind::Move, to).await.unwrap();
        let (id, version) = newest_case(&world).await;
        seen.push(DecideForm::write_seen(id, version));
        let (partner, _) = world.who("100000006").await;
        let einddatum = "31-12-2026".to_owned();
        let out = AnswerForm { nr: partner.to_string(), einddatum, ..AnswerForm::default() };
        send(&world, &ijzerman, CaseKind::DependantOut, out).await.unwrap();
        let (id, version) = newest_case(&world).await;
        seen.push(DecideForm::write_seen(id, version));

        clock.set(day(2026, 11, 20));
        let form = DecideForm { actie: "goedkeuren".to_owned(), wie: seen.join(","), ..DecideForm::default() };
        let outcomes = validate::decide(&world.portal, &request(), &hr, &form).await.unwrap();
        for outcome in outcomes {
            assert!(matches!(outcome.result, OutcomeResult::Approved(_)), "{}: {outcome:?}", world.name);
        }
        world.must_be_clean().await;
        let counted = "SELECT current_count * 100 + current_main_count FROM contract WHERE number = '23595'";
        assert_eq!(world.number(counted).await, 403, "{}: four, and three of them main insured", world.name);
    }
}

/// Found by a history: who ended by an approval and was enrolled anew by a roster before that was taken back.
#[tokio::test]
async fn who_was_enrolled_anew_meanwhile_does_not_participate_twice_after_an_undo() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        let hr = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let token = link(&world, "janse@example.org").await;
        let leave = AnswerForm {
            einddatum: "30-11-2026".to_owned(),
            reden: "einde_dienstverband".to_owned(),
            ..AnswerForm::default()
        };
        send(&world, &token, CaseKind::Deregistration, leave).await.unwrap();
        assert!(matches!(approve(&world, &hr).await, OutcomeResult::Approved(_)), "{}", world.name);
        let anew = "23595,100000001,123456782,A.J.,,Janse,,,E,1980-01-02,V,2027-01-01,,,P001,,janse@example.org\n";
        world.must_load(anew).await;
        assert!(matches!(undo(&world, &hr).await, Err(ServiceError::Conflict(_))), "{}", world.name);
        let ended = "SELECT COUNT(*) FROM participation WHERE full_name LIKE '%Janse' AND end_date = '2026-11-30'";
        assert_eq!(world.number(ended).await, 2, "{}: nothing of the household is undone", world.name);
        world.must_be_clean().await;
    }
}

/// Found by a history: a dependant who never participated after all is no reason to call the household wrong.
#[tokio::test]
async fn whose_dependant_never_came_can_become_a_dependant() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        let hr = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let token = link(&world, "d@example.org").await;
        let child = AnswerForm {
            voorletters: "N.".to_owned(),
            achternaam: "Ørsted".to_owned(),
            geboortedatum: "3-10-2026".to_owned(),
            geslacht: "V".to_owned(),
            geen_bsn: "ja".to_owned(),
            ingangsdatum: "3-10-2026".to_owned(),
            ..AnswerForm::default()
        };
        send(&world, &token, CaseKind::DependantIn, child).await.unwrap();
        assert!(matches!(approve(&world, &hr).await, OutcomeResult::Approved(_)), "{}", world.name);
        let along = "23595,100000004,,D.,,Ørsted,,,E,1990-01-01,X,2018-01-01,2027-03-31,einde_dienstverband,P004,\
                     100000001,d@example.org\n";
        let (_, refused) = world.load(&[world.file("along.csv", along)]).await;
        assert_eq!(refused.len(), 1, "{}: who has a dependant is none", world.name);
        undo(&world, &hr).await.unwrap();
        world.must_load(along).await;
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn what_fits_no_longer_stays_in_the_queue_and_says_why() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        let hr = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let token = link(&world, "janse@example.org").await;
        let form = AnswerForm { personeelsnummer: "P9".to_owned(), ..AnswerForm::default() };
        send(&world, &token, CaseKind::PersonnelNumber, form).await.unwrap();
        // A colleague gave that very number already.
        let sql = "UPDATE participation SET personnel_number = 'P9' WHERE relation_number = '100000001'";
        world.database.db.run_raw(sql).await.unwrap();
        assert_eq!(approve(&world, &hr).await, OutcomeResult::Refused(StuckCause::NoLongerPossible), "{}", world.name);
        let queue = validate::queue(&world.portal, &request(), &hr, &QueueForm::default()).await.unwrap();
        assert_eq!(queue.waiting, 1);
    }
}

#[tokio::test]
async fn who_filled_a_request_in_for_an_employee_changes_nothing_of_that_employee() {
    for world in worlds().await {
        let clock = Clock::standing_on(today());
        let world = with_people(world, &clock).await;
        let hr = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let token = link(&world, "janse@example.org").await;
        let follow = send(&world, &token, CaseKind::Details, details("Lindelaan")).await.unwrap();
        approve(&world, &hr).await;
        assert!(change::view(&world.portal, &follow).await.is_ok(), "{}", world.name);
        world.database.db.run_raw("UPDATE case_link SET is_reporter = TRUE").await.unwrap();
        assert!(matches!(change::view(&world.portal, &follow).await, Err(ServiceError::NotFound)));
    }
}
