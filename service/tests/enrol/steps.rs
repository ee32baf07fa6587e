//! Asking back, answering, withdrawing and removing: how far a request is, when that was, and who is mailed and told.

use collectief_domain::{
    case::{CaseState, CaseStep, DecideForm, OutcomeResult, QueuePart},
    message::MessageKind,
};
use collectief_service::{ServiceError, enrol::follow, validate};

use crate::{
    fixture::{World, request},
    open::{
        ANSWER, MINUTE, QUESTION, REASON, by_link, case_page, decided, decision, delivered, hr, link_of, mails,
        open_worlds, proven, queue, reported, sent, somebody, state, steps, told,
    },
};

fn a_minute_later(world: &World) {
    world.portal.clock().advance(MINUTE);
}

#[tokio::test]
async fn the_employer_asks_and_the_employee_answers_by_the_link_and_it_waits_again() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let case = sent(&world, &somebody(1), &[]).await;
        a_minute_later(&world);
        by_link(&world.portal, &case.link, "bevestigen").await.unwrap();
        // There is nothing to answer yet, and nothing is made of it.
        by_link(&world.portal, &case.link, "antwoorden").await.unwrap_err();
        a_minute_later(&world);

        let empty = DecideForm { vraag: " ".to_owned(), ..decision(&world, case.id, "vragen").await };
        let refused = validate::decide(&world.portal, &request(), &hr, &empty).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(errors)) if errors.on("vraag").is_some()));
        assert_eq!(decided(&world, &hr, case.id, "vragen").await, OutcomeResult::Asked, "{}", world.name);
        let view = follow::view(&world.portal, &case.link).await.unwrap();
        assert_eq!((view.state, view.question.as_deref()), (CaseState::Questioned, Some(QUESTION)), "{}", world.name);
        let page = queue(&world, &hr, QueuePart::Questioned).await;
        assert_eq!((page.count, page.waiting, page.questioned), (1, 0, 1), "{}", world.name);

        a_minute_later(&world);
        by_link(&world.portal, &case.link, "antwoorden").await.unwrap();
        by_link(&world.portal, &case.link, "antwoorden").await.unwrap();
        let page = queue(&world, &hr, QueuePart::Waiting).await;
        assert_eq!((page.count, page.rows[0].is_answered), (1, true), "{}", world.name);

        let shown = case_page(&world, &hr, case.id).await.unwrap().moments;
        let shown: Vec<_> =
            shown.iter().map(|one| (one.step, one.at.as_str(), one.by.as_deref(), one.text.as_str())).collect();
        let expected = [
            (CaseStep::Sent, "12:00", None, ""),
            (CaseStep::Proven, "12:01", None, ""),
            (CaseStep::Asked, "12:02", Some("hr"), QUESTION),
            (CaseStep::Answered, "12:03", None, ANSWER),
        ];
        assert_eq!(shown, expected, "{}: each once, at its moment", world.name);
        let view = follow::view(&world.portal, &case.link).await.unwrap();
        assert!(view.moments.iter().all(|one| one.by.is_none()), "{}: the employee learns no names", world.name);
        assert_eq!(view.question, None);
        assert_eq!(mails(&world, case.id).await, ["confirm:1:employee", "question:3:employee"], "{}", world.name);
        assert_eq!(told(&world, &hr).await, [MessageKind::CaseAnswered, MessageKind::CaseWaits], "{}", world.name);
        // What was asked and answered meanwhile is not mailed any more.
        assert_eq!(delivered(&world, case.id).await, [] as [&str; 0], "{}", world.name);
    }
}

#[tokio::test]
async fn a_request_is_withdrawn_by_the_link_as_long_as_nothing_was_decided() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        for (number, asked) in [(1, false), (2, true)] {
            let case = proven(&world, &somebody(number), &[]).await;
            if asked {
                assert_eq!(decided(&world, &hr, case.id, "vragen").await, OutcomeResult::Asked);
            }
            let (before, news) = (mails(&world, case.id).await, told(&world, &hr).await.len());
            a_minute_later(&world);
            by_link(&world.portal, &case.link, "intrekken").await.unwrap();
            by_link(&world.portal, &case.link, "intrekken").await.unwrap();
            let steps = steps(&world, &case).await;
            assert_eq!(steps.last(), Some(&CaseStep::Withdrawn), "{}", world.name);
            assert_eq!(steps.iter().filter(|step| **step == CaseStep::Withdrawn).count(), 1, "{}: once", world.name);
            let told = told(&world, &hr).await;
            assert_eq!((told.len(), told[0]), (news + 1, MessageKind::CaseWithdrawn), "{}", world.name);
            assert_eq!(mails(&world, case.id).await, before, "{}: who withdrew it knows", world.name);

            let late = decided(&world, &hr, case.id, "goedkeuren").await;
            let OutcomeResult::Conflict { by, state: withdrawn, at, .. } = late else { panic!("{late:?}") };
            assert_eq!((by, withdrawn), (None, CaseState::Withdrawn), "{}", world.name);
            assert_eq!(at, format!("12:0{number}"), "{}", world.name);
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation WHERE kind = 'enrolment'").await, 0, "{}", world.name);

        let done = proven(&world, &somebody(3), &[]).await;
        assert!(matches!(decided(&world, &hr, done.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
        let late = by_link(&world.portal, &done.link, "intrekken").await;
        assert!(matches!(late, Err(ServiceError::Conflict(_))), "{}: it was done", world.name);
        assert!(!follow::view(&world.portal, &done.link).await.unwrap().may_withdraw);
    }
}

/// Who withdraws instead of proving never let the request go on its way.
#[tokio::test]
async fn what_is_withdrawn_before_it_was_proven_never_comes_to_the_employer() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let case = sent(&world, &somebody(1), &[]).await;
        by_link(&world.portal, &case.link, "intrekken").await.unwrap();
        assert_eq!(state(&world, &case).await, CaseState::Withdrawn, "{}", world.name);
        by_link(&world.portal, &case.link, "bevestigen").await.unwrap();
        assert_eq!(steps(&world, &case).await, [CaseStep::Sent, CaseStep::Withdrawn], "{}", world.name);
        assert_eq!(told(&world, &hr).await, [], "{}", world.name);
        assert_eq!(delivered(&world, case.id).await, [] as [&str; 0], "{}: no link is mailed any more", world.name);
        for part in QueuePart::ALL {
            assert_eq!(queue(&world, &hr, part).await.count, 0, "{}: {part:?}", world.name);
        }
        assert!(matches!(case_page(&world, &hr, case.id).await, Err(ServiceError::NotFound)), "{}", world.name);
    }
}

#[tokio::test]
async fn a_request_is_removed_with_a_reason_that_all_who_follow_it_are_mailed_once() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let case = proven(&world, &reported(1), &[]).await;
        a_minute_later(&world);
        let without = DecideForm { reden: String::new(), ..decision(&world, case.id, "verwijderen").await };
        let refused = validate::decide(&world.portal, &request(), &hr, &without).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(errors)) if errors.on("reden").is_some()));
        assert_eq!(state(&world, &case).await, CaseState::Waiting, "{}", world.name);

        let removal = decision(&world, case.id, "verwijderen").await;
        for expected in ["removed", "told who was first"] {
            let result =
                validate::decide(&world.portal, &request(), &hr, &removal).await.unwrap().pop().unwrap().result;
            match result {
                OutcomeResult::Removed => assert_eq!(expected, "removed", "{}", world.name),
                OutcomeResult::Conflict { by, state, .. } => {
                    assert_eq!((by.as_deref(), state), (Some("hr"), CaseState::Removed), "{}", world.name);
                    assert_ne!(expected, "removed", "{}", world.name);
                }
                other => panic!("{}: {other:?}", world.name),
            }
        }
        // The employee and who filled it in have a link each, and see the same.
        for to_reporter in [false, true] {
            let link = link_of(&world.portal, case.id, to_reporter).await;
            let view = follow::view(&world.portal, &link).await.unwrap();
            let last = view.moments.last().unwrap();
            let seen = (view.state, last.step, last.at.as_str(), last.text.as_str());
            assert_eq!(seen, (CaseState::Removed, CaseStep::Removed, "12:01", REASON), "{}", world.name);
            let late = by_link(&world.portal, &link, "intrekken").await;
            assert!(matches!(late, Err(ServiceError::Conflict(_))), "{}", world.name);
        }
        let expected = ["begun:2:employee", "confirm:1:reporter", "removed:3:employee", "removed:3:reporter"];
        assert_eq!(mails(&world, case.id).await, expected, "{}", world.name);
        let left = delivered(&world, case.id).await;
        assert_eq!(left, ["begun:2:employee", "removed:3:employee", "removed:3:reporter"], "{}", world.name);
        assert_eq!(told(&world, &hr).await, [MessageKind::CaseRemoved, MessageKind::CaseWaits], "{}", world.name);
        assert_eq!(queue(&world, &hr, QueuePart::Closed).await.rows[0].id, case.id, "{}", world.name);
    }
}
