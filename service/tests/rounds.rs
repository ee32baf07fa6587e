//! What happens at the same moment, again and again: one form that is sent ten times, one link that is opened ten times, two
//! colleagues who decide about one request. `COLLECTIEF_TEST_ROUNDS` says how often.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

#[expect(dead_code, reason = "each test of the service uses a part of it")]
mod fixture;

use collectief_data::case::link as links;
use collectief_domain::{
    actor::{Language, Role},
    case::{CaseState, DecideForm, FollowForm, OptionsForm, OutcomeResult},
    enrolment::{AnswerForm, Question},
    ids::CaseId,
    product::{Product, ProductKind},
};
use collectief_service::{
    Limits, Portal, SignedIn,
    clock::Clock,
    enrol::{self, follow},
    product, validate,
};
use fixture::{PEOPLE, World, day, request, today, worlds};
use tokio::task::JoinSet;

/// So many at once.
const AT_ONCE: usize = 10;

fn rounds() -> u32 {
    std::env::var("COLLECTIEF_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(10)
}

async fn with_people(world: World) -> World {
    let limits = Limits { enrolments_per_client: 1_000_000, enrolments_per_contract: 1_000_000, ..Limits::default() };
    let clock = Clock::standing_on(today());
    let portal = Portal::new(world.database.db.clone(), clock, limits, "Test".to_owned(), false);
    let world = World { portal, ..world };
    world.must_load(PEOPLE).await;
    let basic = Product {
        code: "basis".to_owned(),
        name: "Basisverzekering".to_owned(),
        kind: ProductKind::Basic,
        first_day: day(2020, 1, 1),
        last_day: None,
    };
    product::keep(&world.portal, &basic).await.unwrap();
    world
}

/// Answers all questions for somebody who is new, and gives the token that the answers are kept under.
async fn answered(portal: &Portal, round: u32) -> String {
    let text = str::to_owned;
    // Letters alone, so that every round has a name of its own.
    let name: String = format!("{round:04}").bytes().map(|digit| char::from(b'a' + digit - b'0')).collect();
    let form = AnswerForm {
        contract: text("23595"),
        wie: text("werknemer"),
        voorletters: text("R."),
        achternaam: format!("Ronde{name}"),
        geboortedatum: text("27-3-1985"),
        geslacht: text("V"),
        geen_bsn: text("ja"),
        straat: text("Lindelaan"),
        huisnummer: text("1"),
        postcode: text("7411 LD"),
        plaats: text("Lindeveld"),
        email: format!("r{round}@werknemer.example"),
        gezin: text("nee"),
        product: text("basis"),
        ingangsdatum: text("1-12-2026"),
        ..AnswerForm::default()
    };
    let begun = enrol::answer(portal, &request(), None, Question::Contract, &form).await.unwrap().unwrap();
    let token = begun.token.unwrap();
    for question in Question::ALL.into_iter().skip(1) {
        enrol::answer(portal, &request(), Some(&token), question, &form).await.unwrap().unwrap();
    }
    token
}

async fn newest_case(world: &World) -> CaseId {
    CaseId(world.number("SELECT MAX(id) FROM mutation_case").await)
}

/// A request whose address was proven, so that it waits for the employer.
async fn waits(world: &World, round: u32) -> CaseId {
    let token = answered(&world.portal, round).await;
    enrol::send(&world.portal, &request(), &token, Language::Nl).await.unwrap().unwrap();
    let case = newest_case(world).await;
    let link = links::for_mail(world.portal.db(), case, false).await.unwrap().unwrap().token;
    let prove = FollowForm { actie: "bevestigen".to_owned(), ..FollowForm::default() };
    follow::act(&world.portal, &request(), &link, &prove).await.unwrap();
    case
}

// asvs = "2.3.3, 15.4.1"
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_enrolment_that_is_sent_and_proven_ten_times_at_once_becomes_one_participation() {
    for world in worlds().await {
        let world = with_people(world).await;
        let hr = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let at_once = OptionsForm { gezien: "23595:enrolment:ja".to_owned(), ..OptionsForm::default() };
        validate::set_options(&world.portal, &request(), &hr, &at_once).await.unwrap();
        let mutations = "SELECT COUNT(*) FROM mutation WHERE kind = 'enrolment'";
        for round in 1..=rounds() {
            let token = answered(&world.portal, round).await;
            let mut sending = JoinSet::new();
            for _ in 0..AT_ONCE {
                let (portal, token) = (world.portal.clone(), token.clone());
                sending.spawn(async move { enrol::send(&portal, &request(), &token, Language::Nl).await });
            }
            let sent: Vec<_> = sending.join_all().await.into_iter().map(|sent| sent.unwrap().unwrap()).collect();
            assert!(sent.iter().all(|one| *one == sent[0]), "{}: each gets the same answer", world.name);
            let cases = world.number("SELECT COUNT(*) FROM mutation_case").await;
            assert_eq!(cases, i64::from(round), "{}: one request in round {round}", world.name);

            let case = newest_case(&world).await;
            let link = links::for_mail(world.portal.db(), case, false).await.unwrap().unwrap().token;
            let mut proving = JoinSet::new();
            for _ in 0..AT_ONCE {
                let (portal, link) = (world.portal.clone(), link.clone());
                let prove = FollowForm { actie: "bevestigen".to_owned(), ..FollowForm::default() };
                proving.spawn(async move { follow::act(&portal, &request(), &link, &prove).await });
            }
            for proven in proving.join_all().await {
                proven.unwrap();
            }
            assert_eq!(world.number(mutations).await, i64::from(round), "{}: one mutation", world.name);
            assert_eq!(follow::view(&world.portal, &link).await.unwrap().state, CaseState::Processed);
        }
        let confirming = "SELECT COUNT(*) FROM outbox WHERE dedupe_key LIKE 'case:%:confirm:%'";
        assert_eq!(world.number(confirming).await, i64::from(rounds()), "{}: one mail each", world.name);
        world.must_be_clean().await;
    }
}

async fn decide(portal: Portal, who: SignedIn, case: CaseId, deed: &'static str) -> OutcomeResult {
    let form = DecideForm {
        actie: deed.to_owned(),
        wie: DecideForm::write_seen(case, 2),
        reden: "Is hier niet in dienst.".to_owned(),
        ..DecideForm::default()
    };
    validate::decide(&portal, &request(), &who, &form).await.unwrap().pop().unwrap().result
}

// asvs = "15.4.2"
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_colleagues_who_decide_at_once_one_does_and_the_other_is_told() {
    for world in worlds().await {
        let world = with_people(world).await;
        let anna = world.staff("anna", &["23595"], &[Role::Administrative]).await;
        let bert = world.staff("bert", &["23595"], &[Role::Administrative]).await;
        let mut approved = 0;
        for round in 1..=rounds() {
            let case = waits(&world, round).await;
            let other = if round % 2 == 0 { "goedkeuren" } else { "verwijderen" };
            let first = tokio::spawn(decide(world.portal.clone(), anna.clone(), case, "goedkeuren"));
            let second = tokio::spawn(decide(world.portal.clone(), bert.clone(), case, other));
            let results = [(first.await.unwrap(), "bert"), (second.await.unwrap(), "anna")];
            let mut done = 0;
            for (result, colleague) in &results {
                match result {
                    OutcomeResult::Approved(Some(_)) => {
                        approved += 1;
                        done += 1;
                    }
                    OutcomeResult::Removed => done += 1,
                    OutcomeResult::Conflict { by, .. } => assert_eq!(by.as_deref(), Some(*colleague)),
                    other => panic!("{}: {other:?} in round {round}", world.name),
                }
            }
            assert_eq!(done, 1, "{}: one decision in round {round}: {results:?}", world.name);
            let mutations = world.number("SELECT COUNT(*) FROM mutation WHERE kind = 'enrolment'").await;
            assert_eq!(mutations, approved, "{}: what was not approved did nothing", world.name);
        }
        world.must_be_clean().await;
    }
}
