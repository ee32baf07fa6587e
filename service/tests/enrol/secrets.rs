//! BSNs stand nowhere in clear, and what is kept encrypted can be read after the key was replaced.

use std::{fmt::Write as _, fs};

use collectief_data::testing::keys_of;
use collectief_domain::{
    actor::Language,
    case::{CaseField, CaseState, DecideForm, FollowForm, OutcomeResult, QueueForm, StuckForm},
    enrolment::{AnswerForm, Question},
    staff::StaffRole,
};
use collectief_service::{
    Portal,
    enrol::{self, follow, inside},
    keys, office, validate,
};

use crate::{
    fixture::{World, request},
    open::{
        BSN_OF_JANSE, HOUR, answered, bsn, by_link, case_page, child, decided, delivered, hr, insurer, link_of,
        newest_case, open_worlds, proven, reported, sent, somebody, state, wide,
    },
};

/// As some people type it.
fn dotted(bsn: &str) -> String {
    format!("{}.{}.{}", &bsn[..4], &bsn[4..6], &bsn[6..])
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Takes requests to every state, so that whatever is written about one is there. Gives every error on the way, as it
/// prints.
async fn much_happens(world: &World) -> String {
    let (portal, request) = (&world.portal, &request());
    let hr = hr(world).await;
    let desk = insurer(world, "desk", StaffRole::Helpdesk).await.who;
    let token = answered(portal, &somebody(1), &[child(2)]).await;
    sent(world, &reported(3), &[]).await;
    proven(world, &AnswerForm { bsn: dotted(&bsn(4)), ..somebody(4) }, &[child(5)]).await;
    let asked = proven(world, &somebody(6), &[]).await;
    decided(world, &hr, asked.id, "vragen").await;
    let removed = proven(world, &somebody(7), &[]).await;
    decided(world, &hr, removed.id, "verwijderen").await;
    let withdrawn = proven(world, &somebody(8), &[]).await;
    by_link(portal, &withdrawn.link, "intrekken").await.unwrap();
    let done = proven(world, &somebody(9), &[child(10)]).await;
    assert!(matches!(decided(world, &hr, done.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
    let stuck = proven(world, &AnswerForm { bsn: BSN_OF_JANSE.to_owned(), ..somebody(11) }, &[]).await;
    assert!(matches!(decided(world, &hr, stuck.id, "goedkeuren").await, OutcomeResult::Stuck(_)));
    office::stuck::list(portal, request, &desk, &StuckForm::default()).await.unwrap();
    for case in [&asked, &removed, &withdrawn, &done, &stuck] {
        case_page(world, &hr, case.id).await.unwrap();
        follow::view(portal, &case.link).await.unwrap();
    }
    let enrolled = AnswerForm { sleutel: "a".to_owned(), ..somebody(12) };
    inside::enrol(portal, request, &hr, &enrolled).await.unwrap();

    let mut errors = Vec::new();
    let wrong = AnswerForm { bsn: "123456789".to_owned(), ..somebody(1) };
    errors.push(format!("{:?}", enrol::answer(portal, request, Some(&token), Question::Bsn, &wrong).await));
    errors.push(format!("{:?}", enrol::send(portal, request, &token, Language::Nl).await));
    errors.push(format!("{:?}", enrol::answer(portal, request, Some(&token), Question::Bsn, &somebody(2)).await));
    let same = AnswerForm { actie: "gezinslid".to_owned(), ..somebody(2) };
    errors.push(format!("{:?}", enrol::answer(portal, request, Some(&token), Question::Family, &same).await));
    errors.push(format!("{:?}", enrol::send(portal, request, &token, Language::Nl).await));
    let janse = AnswerForm { bsn: BSN_OF_JANSE.to_owned(), sleutel: "b".to_owned(), ..somebody(1) };
    errors.push(format!("{:?}", inside::enrol(portal, request, &hr, &janse).await.unwrap_err()));
    errors.push(format!("{:?}", inside::enrol(portal, request, &hr, &wrong).await.unwrap_err()));
    errors.push(format!("{wrong:?} {:?}", janse.person()));

    // Typed where it does not belong.
    let typed = bsn(4);
    let decision = DecideForm { actie: typed.clone(), wie: typed.clone(), ..DecideForm::default() };
    errors.push(format!("{:?}", validate::decide(portal, request, &hr, &decision).await.unwrap_err()));
    let answer = FollowForm { actie: typed.clone(), ..FollowForm::default() };
    errors.push(format!("{:?}", follow::act(portal, request, &asked.link, &answer).await.unwrap_err()));
    let again = StuckForm { actie: typed.clone(), wie: typed.clone(), ..StuckForm::default() };
    errors.push(format!("{:?}", office::stuck::act(portal, request, &desk, &again).await.unwrap_err()));
    let names = QueueForm { naam: typed.clone(), soort: typed.clone(), toon: typed, ..QueueForm::default() };
    validate::queue(portal, request, &hr, &names).await.unwrap();
    errors.push(format!("{decision:?} {answer:?} {again:?} {names:?}"));
    errors.join("\n")
}

#[tokio::test]
async fn no_bsn_stands_in_clear_in_any_row_in_a_mail_or_in_an_error() {
    for world in open_worlds().await {
        let errors = much_happens(&world).await;
        assert!(errors.contains("BsnEleven") && errors.contains("Taken"), "{}: {errors}", world.name);
        world.portal.clock().advance(HOUR);
        let newest = newest_case(&world).await;
        delivered(&world, newest).await;
        let mut mails = String::new();
        for file in fs::read_dir(world.folder.path().join("outbox")).unwrap() {
            mails.push_str(&fs::read_to_string(file.unwrap().path()).unwrap());
        }
        assert!(mails.contains("r6@werknemer.example"), "{}: there are mails to look at", world.name);
        assert!(world.portal.audit().flush().await);
        let rows = format!("\n{}", world.database.db.dump().await.unwrap()).to_lowercase();
        for table in ["access_log", "case_moment", "enrolment_draft", "idempotency", "message", "mutation", "outbox"] {
            assert!(rows.contains(&format!("\n{table} ")), "{}: there is {table} to look at", world.name);
        }
        let bsns = (1..=12).map(bsn).chain([BSN_OF_JANSE.to_owned(), "123456789".to_owned()]);
        for (number, digits) in bsns.enumerate() {
            for secret in [digits.clone(), dotted(&digits), hex(&digits), hex(&dotted(&digits))] {
                assert!(!rows.contains(&secret), "{}: BSN {number} stands in a row", world.name);
                assert!(!errors.contains(&secret), "{}: BSN {number} stands in an error", world.name);
                assert!(!mails.contains(&secret), "{}: BSN {number} stands in a mail", world.name);
            }
        }
    }
}

/// A server on the same database with these keys.
fn server(world: &World, numbers: &[u8]) -> Portal {
    let db = world.database.db.with_keys(keys_of(numbers));
    Portal::new(db, world.portal.clock().clone(), wide(), "Test".to_owned(), false)
}

#[tokio::test]
async fn answers_requests_and_links_go_on_with_a_new_key_and_the_old_one_can_go() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        assert!(world.database.db.keys_fit().await.unwrap());
        let token = answered(&world.portal, &somebody(1), &[child(2)]).await;
        let unproven = sent(&world, &reported(3), &[]).await;
        let waiting = proven(&world, &somebody(4), &[child(5)]).await;
        let done = proven(&world, &somebody(6), &[]).await;
        decided(&world, &hr, done.id, "goedkeuren").await;

        let rotated = keys::rotate(&server(&world, &[1, 2]), &mut |_| {}).await.unwrap();
        // One draft, three answers to what was sent, three requests and as many links.
        assert_eq!((rotated.key, rotated.renewed_secrets), (2, 10), "{}", world.name);
        let world = World { portal: server(&world, &[2]), ..world };
        let portal = &world.portal;
        assert!(portal.db().keys_fit().await.unwrap(), "{}", world.name);
        assert_eq!(keys::rotate(portal, &mut |_| {}).await.unwrap().renewed_secrets, 0, "{}", world.name);

        let draft = enrol::draft(portal, &token, Some(Question::Bsn), None).await.unwrap().unwrap();
        assert_eq!((draft.form.persoon.bsn, draft.open), (bsn(1), None), "{}", world.name);
        let draft = enrol::draft(portal, &token, Some(Question::Family), Some(0)).await.unwrap().unwrap();
        assert_eq!(draft.form.gezinsleden[0].bsn, bsn(2), "{}", world.name);
        enrol::send(portal, &request(), &token, Language::Nl).await.unwrap().unwrap();
        assert!(enrol::sent(portal, &token).await.unwrap().is_some(), "{}", world.name);

        for (case, to_reporter) in [(&unproven, true), (&waiting, false), (&done, false)] {
            assert_eq!(link_of(portal, case.id, to_reporter).await, case.link, "{}: for later mails", world.name);
        }
        by_link(portal, &unproven.link, "bevestigen").await.unwrap();
        assert_eq!(state(&world, &unproven).await, CaseState::Waiting, "{}", world.name);
        let page = case_page(&world, &hr, waiting.id).await.unwrap();
        assert!(page.changes.iter().any(|change| change.field == CaseField::Dependant), "{}", world.name);
        for case in [&unproven, &waiting] {
            assert!(matches!(decided(&world, &hr, case.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
        }
        assert!(!case_page(&world, &hr, done.id).await.unwrap().changes.is_empty(), "{}", world.name);
        world.must_be_clean().await;
    }
}
