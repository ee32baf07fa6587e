//! What could not be done is with the helpdesk, which tries again or removes it; nobody else gets at it.

use collectief_domain::{
    case::{CaseState, CaseStep, DecideForm, Outcome, OutcomeResult, StuckCause, StuckForm},
    deregistration::EndReason,
    enrolment::AnswerForm,
    message::MessageKind,
    staff::StaffRole,
};
use collectief_service::{ServiceError, SignedIn, deregister, office};

use crate::{
    fixture::{World, request},
    open::{
        BSN_OF_JANSE, Case, REASON, bsn, case_page, choose, decide, decided, decision, hr, insurer, looking_along,
        mails, open_worlds, proven, seen, somebody, state, steps, texts, told, undo,
    },
};

/// Somebody who is not Janse, with the BSN of Janse.
fn with_bsn_of_janse() -> AnswerForm {
    AnswerForm { bsn: BSN_OF_JANSE.to_owned(), ..somebody(1) }
}

/// Janse, who participates already.
fn janse() -> AnswerForm {
    AnswerForm {
        voorletters: "A.J.".to_owned(),
        achternaam: "Janse".to_owned(),
        geboortedatum: "2-1-1980".to_owned(),
        ..with_bsn_of_janse()
    }
}

async fn act(world: &World, who: &SignedIn, case: &Case, deed: &str, reason: &str) -> Result<Outcome, ServiceError> {
    let form = StuckForm {
        actie: deed.to_owned(),
        wie: seen(world, case.id).await,
        reden: reason.to_owned(),
        ..StuckForm::default()
    };
    office::stuck::act(&world.portal, &request(), who, &form).await
}

async fn served(world: &World, who: &SignedIn, case: &Case, deed: &str) -> OutcomeResult {
    act(world, who, case, deed, REASON).await.unwrap().result
}

/// What the helpdesk sees: each request with its cause and who looks after it.
async fn list(world: &World, who: &SignedIn) -> Vec<(i64, StuckCause, Option<String>)> {
    let page = office::stuck::list(&world.portal, &request(), who, &StuckForm::default()).await.unwrap();
    assert_eq!(page.count, page.rows.len() as u64, "{}", world.name);
    assert_eq!(office::stuck::count(&world.portal, who).await.unwrap(), page.count, "{}", world.name);
    page.rows.into_iter().map(|row| (row.id.0, row.cause, row.assigned)).collect()
}

#[tokio::test]
async fn a_bsn_of_somebody_else_is_stuck_until_the_helpdesk_tries_again_after_that_was_put_right() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let desk = insurer(&world, "desk", StaffRole::Helpdesk).await.who;
        let elsewhere = format!("24001,200000009,{},K.,,Smit,,,E,1970-01-01,M,2020-01-01,,,9,,k@example.org\n", bsn(9));
        world.must_load(&elsewhere).await;
        let case = proven(&world, &AnswerForm { bsn: bsn(9), ..somebody(1) }, &[]).await;
        assert_eq!(list(&world, &desk).await, [], "{}", world.name);
        // Whose BSN it is stands in the lists of another employer, and is not told beforehand.
        assert_eq!(case_page(&world, &hr, case.id).await.unwrap().hindrance, None, "{}", world.name);
        let (id, cause) = (case.id.0, StuckCause::BsnOfSomeoneElse);
        assert_eq!(decided(&world, &hr, case.id, "goedkeuren").await, OutcomeResult::Stuck(cause), "{}", world.name);
        assert_eq!(state(&world, &case).await, CaseState::Stuck, "{}", world.name);
        assert_eq!(list(&world, &desk).await, [(id, cause, None)], "{}", world.name);
        assert_eq!(told(&world, &hr).await[0], MessageKind::CaseStuck, "{}", world.name);
        for deed in ["goedkeuren", "vragen"] {
            let result = decided(&world, &hr, case.id, deed).await;
            assert!(matches!(result, OutcomeResult::Conflict { state: CaseState::Stuck, .. }), "{deed}: {result:?}");
        }
        assert_eq!(served(&world, &desk, &case, "opnieuw").await, OutcomeResult::Stuck(cause), "{}", world.name);

        // It was the same person all along, whose birth date was wrong.
        for table in ["person", "participation"] {
            let corrected = format!("UPDATE {table} SET birth_date = '1985-03-27' WHERE relation_number = '200000009'");
            world.database.db.run_raw(&corrected).await.unwrap();
        }
        assert!(matches!(served(&world, &desk, &case, "opnieuw").await, OutcomeResult::Approved(Some(_))));
        let twice = "SELECT COUNT(*) FROM participation WHERE relation_number = '200000009'";
        assert_eq!(world.number(twice).await, 2, "{}: in two contracts", world.name);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn the_helpdesk_sees_what_stands_in_the_way_now_and_not_what_did_at_first() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let desk = insurer(&world, "desk", StaffRole::Helpdesk).await.who;
        let case = proven(&world, &with_bsn_of_janse(), &[]).await;
        let page = case_page(&world, &hr, case.id).await.unwrap();
        assert_eq!(page.hindrance, None, "{}: whose BSN it is cannot be seen in one's own list", world.name);
        decided(&world, &hr, case.id, "goedkeuren").await;
        let id = case.id.0;
        assert_eq!(list(&world, &desk).await, [(id, StuckCause::BsnOfSomeoneElse, None)], "{}", world.name);

        // The birth date of Janse was wrong; so this is Janse, who participates already.
        let corrected = "UPDATE person SET birth_date = '1985-03-27' WHERE relation_number = '100000001'";
        world.database.db.run_raw(corrected).await.unwrap();
        let now = StuckCause::ParticipatesAlready;
        assert_eq!(served(&world, &desk, &case, "opnieuw").await, OutcomeResult::Stuck(now), "{}", world.name);
        assert_eq!(list(&world, &desk).await, [(id, now, None)], "{}", world.name);
        assert_eq!(state(&world, &case).await, CaseState::Stuck, "{}", world.name);
    }
}

#[tokio::test]
async fn the_helpdesk_looks_after_a_stuck_request_and_does_it_once_nothing_is_in_the_way() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let desk = insurer(&world, "desk", StaffRole::Helpdesk).await.who;
        let case = proven(&world, &with_bsn_of_janse(), &[]).await;
        let form =
            DecideForm { personeelsnummer: "004711".to_owned(), ..decision(&world, case.id, "goedkeuren").await };
        decide(&world.portal, &hr, &form).await;
        let (id, cause) = (case.id.0, StuckCause::BsnOfSomeoneElse);
        assert_eq!(served(&world, &desk, &case, "oppakken").await, OutcomeResult::Stuck(cause), "{}", world.name);
        assert_eq!(list(&world, &desk).await, [(id, cause, Some("desk".to_owned()))], "{}", world.name);
        assert_eq!(served(&world, &desk, &case, "loslaten").await, OutcomeResult::Stuck(cause), "{}", world.name);
        assert_eq!(list(&world, &desk).await, [(id, cause, None)], "{}", world.name);

        assert_eq!(served(&world, &desk, &case, "opnieuw").await, OutcomeResult::Stuck(cause), "{}", world.name);
        let number = format!("mutation_case WHERE id = {id}");
        assert_eq!(texts(&world, "personnel_number", &number).await, ["004711"], "{}: as HR filled it in", world.name);
        let expected = [CaseStep::Sent, CaseStep::Proven, CaseStep::Failed];
        assert_eq!(steps(&world, &case).await, expected, "{}: nothing happened", world.name);

        // The BSN turns out not to be that of Janse.
        let corrected = "UPDATE person SET bsn_cipher = NULL, bsn_index = NULL WHERE relation_number = '100000001'";
        world.database.db.run_raw(corrected).await.unwrap();
        assert!(matches!(served(&world, &desk, &case, "opnieuw").await, OutcomeResult::Approved(Some(_))));
        assert_eq!(state(&world, &case).await, CaseState::Processed, "{}", world.name);
        let expected = [CaseStep::Sent, CaseStep::Proven, CaseStep::Failed, CaseStep::Retried];
        assert_eq!(steps(&world, &case).await, expected, "{}", world.name);
        assert_eq!(list(&world, &desk).await, [], "{}", world.name);
        // The third version was stuck, and who looks after it changed twice. Whose BSN it is was told of it.
        let expected = ["confirm:1:employee", "participates", "processed:6:employee", "stuck:3:employee"];
        assert_eq!(mails(&world, case.id).await, expected, "{}", world.name);
        assert_eq!(told(&world, &hr).await[0], MessageKind::CaseRetried, "{}", world.name);
        let begun = "SELECT COUNT(*) FROM participation WHERE personnel_number = '004711'";
        assert_eq!(world.number(begun).await, 1, "{}: and it is not lost", world.name);
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation WHERE kind = 'enrolment'").await, 1, "{}", world.name);

        let again = served(&world, &desk, &case, "opnieuw").await;
        assert!(matches!(again, OutcomeResult::Conflict { state: CaseState::Processed, .. }), "{again:?}");
        let undone = undo(&world, &hr, case.id).await;
        assert!(
            matches!(undone, Err(ServiceError::Conflict(_))),
            "{}: it was no approval of the employer's",
            world.name
        );
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn who_participates_already_is_stuck_at_once_and_goes_on_after_the_earlier_participation_ended() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let desk = insurer(&world, "desk", StaffRole::Helpdesk).await.who;
        // Where the employer decides it is told, and the request stays where it is.
        let asked = proven(&world, &janse(), &[]).await;
        let cause = StuckCause::ParticipatesAlready;
        assert_eq!(case_page(&world, &hr, asked.id).await.unwrap().hindrance, Some(cause), "{}", world.name);
        assert_eq!(decided(&world, &hr, asked.id, "goedkeuren").await, OutcomeResult::Refused(cause), "{}", world.name);
        assert_eq!(state(&world, &asked).await, CaseState::Waiting, "{}", world.name);
        assert_eq!(decided(&world, &hr, asked.id, "verwijderen").await, OutcomeResult::Removed, "{}", world.name);

        choose(&world, &hr, false).await;
        let case = proven(&world, &janse(), &[]).await;
        assert_eq!(state(&world, &case).await, CaseState::Stuck, "{}", world.name);
        assert_eq!(list(&world, &desk).await, [(case.id.0, cause, None)], "{}", world.name);
        // The address that the insurer knows hears that these details were used; who sent them is told no cause.
        let known = format!("outbox WHERE dedupe_key = 'case:{}:participates'", case.id);
        assert_eq!(texts(&world, "recipient", &known).await, ["janse@example.org"], "{}", world.name);
        assert_eq!(served(&world, &desk, &case, "opnieuw").await, OutcomeResult::Stuck(cause), "{}", world.name);

        let ends = world.form(&["100000001"], "30-11-2026", EndReason::EindeDienstverband, "a").await;
        deregister::deregister(&world.portal, &request(), &hr, &ends).await.unwrap();
        assert!(matches!(served(&world, &desk, &case, "opnieuw").await, OutcomeResult::Approved(Some(_))));
        assert_eq!(state(&world, &case).await, CaseState::Processed, "{}", world.name);
        let twice = "SELECT COUNT(*) FROM participation WHERE relation_number = '100000001'";
        assert_eq!(world.number(twice).await, 2, "{}: the same person, once more", world.name);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn the_helpdesk_removes_a_stuck_request_with_a_reason() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let desk = insurer(&world, "desk", StaffRole::Helpdesk).await.who;
        let case = proven(&world, &with_bsn_of_janse(), &[]).await;
        decided(&world, &hr, case.id, "goedkeuren").await;
        let without = act(&world, &desk, &case, "verwijderen", " ").await;
        assert!(matches!(without, Err(ServiceError::Invalid(errors)) if errors.on("reden").is_some()));
        assert_eq!(state(&world, &case).await, CaseState::Stuck, "{}", world.name);
        assert_eq!(served(&world, &desk, &case, "verwijderen").await, OutcomeResult::Removed, "{}", world.name);
        assert_eq!(state(&world, &case).await, CaseState::Removed, "{}", world.name);
        assert_eq!(list(&world, &desk).await, [], "{}", world.name);
        let expected = ["confirm:1:employee", "participates", "removed:4:employee", "stuck:3:employee"];
        assert_eq!(mails(&world, case.id).await, expected, "{}", world.name);
        assert_eq!(told(&world, &hr).await[0], MessageKind::CaseRemoved, "{}", world.name);
    }
}

#[tokio::test]
async fn nobody_without_the_helpdesk_role_sees_or_touches_what_is_stuck() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let case = proven(&world, &with_bsn_of_janse(), &[]).await;
        decided(&world, &hr, case.id, "goedkeuren").await;
        let desk = insurer(&world, "desk", StaffRole::Helpdesk).await;
        let others = [
            hr,
            insurer(&world, "manager", StaffRole::RelationshipManager).await.who,
            insurer(&world, "security", StaffRole::SecurityOfficer).await.who,
            // The back office is closed to who looks along with an employer.
            looking_along(&world, &desk).await,
        ];
        for who in &others {
            let seen = office::stuck::list(&world.portal, &request(), who, &StuckForm::default()).await;
            assert!(matches!(seen, Err(ServiceError::NotFound)), "{}: {}", world.name, who.name());
            assert_eq!(office::stuck::count(&world.portal, who).await.unwrap(), 0, "{}", world.name);
            for deed in ["opnieuw", "verwijderen", "oppakken", "loslaten"] {
                let done = act(&world, who, &case, deed, REASON).await;
                assert!(matches!(done, Err(ServiceError::NotFound)), "{}: {} {deed}", world.name, who.name());
            }
        }
        assert_eq!(seen(&world, case.id).await, format!("{}:3", case.id), "{}: nothing was done", world.name);
        assert_eq!(list(&world, &desk.who).await.len(), 1, "{}", world.name);
    }
}
