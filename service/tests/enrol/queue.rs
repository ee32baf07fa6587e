//! What waits for the employer and what does not, and what an approval comes to.

use collectief_domain::{
    case::{CaseState, CaseStep, DecideForm, OutcomeResult, QueuePart},
    enrolment::AnswerForm,
    ids::ParticipationId,
    message::MessageKind,
    participant::{ParticipantListForm, ParticipantRow, Population},
};
use collectief_service::{ServiceError, SignedIn, enrol::inside, message, participant, validate};

use crate::{
    fixture::{World, day, request},
    open::{
        MINUTE, by_link, case_page, child, choose, decide, decided, decision, delivered, hr, mails, open_worlds,
        proven, queue, reported, sent, somebody, state, steps, told, undo,
    },
};

#[tokio::test]
async fn the_employer_sees_nothing_of_a_request_before_the_address_is_proven_and_afterwards_it_does() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        for (already, form) in [(0, somebody(1)), (1, reported(2))] {
            let case = sent(&world, &form, &[]).await;
            for part in QueuePart::ALL {
                let page = queue(&world, &hr, part).await;
                let expected = if part == QueuePart::Waiting { already } else { 0 };
                assert_eq!((page.count, page.rows.len() as u64), (expected, expected), "{}: {part:?}", world.name);
            }
            assert_eq!(validate::waiting(&world.portal, &hr).await.unwrap().waiting, already, "{}", world.name);
            assert_eq!(message::unread(&world.portal, &hr).await.unwrap(), already, "{}", world.name);
            assert!(matches!(case_page(&world, &hr, case.id).await, Err(ServiceError::NotFound)));
            for deed in ["goedkeuren", "verwijderen", "vragen"] {
                assert_eq!(decided(&world, &hr, case.id, deed).await, OutcomeResult::NotThere, "{deed}");
            }
            assert!(matches!(undo(&world, &hr, case.id).await, Err(ServiceError::NotFound)));
            let reminded = "SELECT COUNT(*) FROM mutation_case WHERE state = 'unproven' AND remind_at IS NOT NULL";
            assert_eq!(world.number(reminded).await, 0, "{}: nobody is reminded of it", world.name);

            by_link(&world.portal, &case.link, "bevestigen").await.unwrap();
            let page = queue(&world, &hr, QueuePart::Waiting).await;
            let row = page.rows.iter().find(|row| row.id == case.id).unwrap();
            assert_eq!((page.count, row.state, row.version), (already + 1, CaseState::Waiting, 2), "{}", world.name);
            assert_eq!(row.effective, day(2026, 12, 1));
            assert_eq!(validate::waiting(&world.portal, &hr).await.unwrap().waiting, already + 1, "{}", world.name);
            assert_eq!(told(&world, &hr).await[0], MessageKind::CaseWaits);
            let shown = case_page(&world, &hr, case.id).await.unwrap();
            assert_eq!(shown.reporter.is_some(), form.wie == "werkgever", "{}", world.name);
            assert!(shown.may_decide && shown.hindrance.is_none());
            // Who was enrolled by somebody else hears of it once that one has proven the address.
            let expected: &[&str] = if form.wie == "werkgever" {
                &["begun:2:employee", "confirm:1:reporter"]
            } else {
                &["confirm:1:employee"]
            };
            assert_eq!(mails(&world, case.id).await, expected, "{}", world.name);
        }
    }
}

#[tokio::test]
async fn what_a_contract_does_not_want_to_see_is_done_at_the_proof_and_never_waits() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        choose(&world, &hr, false).await;
        let case = sent(&world, &somebody(1), &[]).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation WHERE kind = 'enrolment'").await, 0, "{}", world.name);
        by_link(&world.portal, &case.link, "bevestigen").await.unwrap();

        let expected = [CaseStep::Sent, CaseStep::Proven, CaseStep::DoneAtOnce];
        assert_eq!(steps(&world, &case).await, expected, "{}", world.name);
        assert_eq!(state(&world, &case).await, CaseState::Processed);
        assert_eq!(queue(&world, &hr, QueuePart::Waiting).await.count, 0, "{}", world.name);
        assert_eq!(told(&world, &hr).await, [MessageKind::CaseDoneAtOnce], "{}: it never waited", world.name);
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation_case WHERE remind_at IS NOT NULL").await, 0);
        assert_eq!(mails(&world, case.id).await, ["confirm:1:employee", "processed:3:employee"], "{}", world.name);
        assert_eq!(listed(&world, &hr, &somebody(1).achternaam).await.len(), 1, "{}", world.name);
        // Nobody decided, so nobody can take it back.
        assert!(matches!(undo(&world, &hr, case.id).await, Err(ServiceError::Conflict(_))));
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn the_choice_at_the_moment_a_request_came_in_holds_when_the_option_is_changed_later() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let asked = sent(&world, &somebody(1), &[]).await;
        choose(&world, &hr, false).await;
        let at_once = sent(&world, &somebody(2), &[]).await;
        by_link(&world.portal, &asked.link, "bevestigen").await.unwrap();
        assert_eq!(state(&world, &asked).await, CaseState::Waiting, "{}: then it was yes", world.name);
        choose(&world, &hr, true).await;
        by_link(&world.portal, &at_once.link, "bevestigen").await.unwrap();
        assert_eq!(state(&world, &at_once).await, CaseState::Processed, "{}: then it was no", world.name);
        choose(&world, &hr, false).await;
        assert_eq!(state(&world, &asked).await, CaseState::Waiting, "{}: what waits goes on waiting", world.name);
        assert!(matches!(decided(&world, &hr, asked.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
        world.must_be_clean().await;
    }
}

/// The participants who are found by a surname.
async fn listed(world: &World, who: &SignedIn, surname: &str) -> Vec<ParticipantRow> {
    let form = ParticipantListForm { achternaam: surname.to_owned(), ..ParticipantListForm::default() };
    participant::list(&world.portal, &request(), who, Population::Current, &form).await.unwrap().rows
}

#[tokio::test]
async fn an_approval_makes_a_participant_at_once_and_can_be_taken_back_for_a_minute() {
    const COUNTED: &str = "SELECT current_count FROM contract WHERE number = '23595'";
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let (form, counted) = (somebody(1), world.number(COUNTED).await);
        let case = proven(&world, &form, &[]).await;
        assert_eq!(listed(&world, &hr, &form.achternaam).await.len(), 0, "{}", world.name);

        world.portal.clock().advance(5 * MINUTE);
        let approval =
            DecideForm { personeelsnummer: "P077".to_owned(), ..decision(&world, case.id, "goedkeuren").await };
        let OutcomeResult::Approved(Some(participation)) = decide(&world.portal, &hr, &approval).await else {
            panic!("{}: not approved", world.name)
        };
        let rows = listed(&world, &hr, &form.achternaam).await;
        assert_eq!(rows.len(), 1, "{}", world.name);
        assert_eq!((rows[0].id, rows[0].start_date), (participation, day(2026, 12, 1)), "{}", world.name);
        assert_eq!((rows[0].personnel_number.as_str(), rows[0].end_date), ("P077", None), "{}", world.name);
        let view = participant::view(&world.portal, &request(), &hr, participation).await.unwrap();
        assert_eq!(view.products, ["Basisverzekering", "Tand 250"], "{}", world.name);
        assert_eq!(view.email.as_deref(), Some("r1@werknemer.example"));
        assert_eq!(view.address.unwrap().lines(), ["Lindelaan 1", "7411 LD Lindeveld"]);
        let page = case_page(&world, &hr, case.id).await.unwrap();
        assert_eq!((page.participation, page.undo_seconds), (Some(participation), 60), "{}", world.name);
        assert_eq!(world.number(COUNTED).await, counted + 1, "{}", world.name);

        world.portal.clock().advance(MINUTE - 1);
        assert_eq!(undo(&world, &hr, case.id).await.unwrap(), case.id, "{}", world.name);
        assert_eq!(listed(&world, &hr, &form.achternaam).await.len(), 0, "{}: as if it had never been", world.name);
        assert_eq!(world.number(COUNTED).await, counted, "{}", world.name);
        let row = queue(&world, &hr, QueuePart::Waiting).await.rows.pop().unwrap();
        assert_eq!((row.id, row.state), (case.id, CaseState::Waiting), "{}", world.name);
        assert_eq!(case_page(&world, &hr, case.id).await.unwrap().participation, None, "{}", world.name);
        let Err(ServiceError::Conflict(conflict)) = undo(&world, &hr, case.id).await else { panic!("nothing is left") };
        assert_eq!(conflict.at.as_deref(), Some("12:05"), "{}: when it was undone, not when it was sent", world.name);
        world.must_be_clean().await;

        assert!(matches!(decided(&world, &hr, case.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
        world.portal.clock().advance(MINUTE);
        assert_eq!(case_page(&world, &hr, case.id).await.unwrap().undo_seconds, 0, "{}", world.name);
        let late = undo(&world, &hr, case.id).await;
        let Err(ServiceError::Conflict(conflict)) = late else { panic!("{}: {late:?}", world.name) };
        assert_eq!(conflict.by.as_deref(), Some("hr"), "{}", world.name);
        assert_eq!(listed(&world, &hr, &form.achternaam).await.len(), 1, "{}", world.name);
        let expected = [CaseStep::Sent, CaseStep::Proven, CaseStep::Approved, CaseStep::Undone, CaseStep::Approved];
        assert_eq!(steps(&world, &case).await, expected, "{}", world.name);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn an_approval_is_not_taken_back_once_somebody_changed_what_came_of_it() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let case = proven(&world, &somebody(1), &[]).await;
        assert!(matches!(decided(&world, &hr, case.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
        let of_it = format!("SELECT participation_id FROM mutation WHERE case_id = {}", case.id);
        let participation = ParticipationId(world.number(&of_it).await);
        // Somebody of the family came along meanwhile, who would be left alone.
        let child = AnswerForm { actie: String::new(), ingangsdatum: "1-12-2026".to_owned(), ..child(2) };
        inside::add_dependant(&world.portal, &request(), &hr, participation, &child).await.unwrap();
        assert!(matches!(undo(&world, &hr, case.id).await, Err(ServiceError::Conflict(_))), "{}", world.name);
        assert_eq!(state(&world, &case).await, CaseState::Processed, "{}", world.name);
        world.must_be_clean().await;
    }
}

/// The mail about an approval waits until that can no longer be taken back; each approval has a minute of its own.
#[tokio::test]
async fn an_approval_that_was_taken_back_is_never_mailed_also_when_it_was_given_again() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let case = proven(&world, &somebody(1), &[]).await;
        delivered(&world, case.id).await;
        let clock = world.portal.clock();
        // At 0, 20 and 40 seconds it is approved, and at 10 and 30 that is taken back.
        for _ in 0..2 {
            assert!(matches!(decided(&world, &hr, case.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
            clock.advance(MINUTE / 6);
            undo(&world, &hr, case.id).await.unwrap();
            clock.advance(MINUTE / 6);
        }
        assert!(matches!(decided(&world, &hr, case.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
        clock.advance(MINUTE - 1);
        let left = delivered(&world, case.id).await;
        assert!(left.is_empty(), "{}: the last one can still be taken back: {left:?}", world.name);
        clock.advance(1);
        let left = delivered(&world, case.id).await;
        assert_eq!(left, ["processed:7:employee"], "{}: one mail", world.name);
    }
}
