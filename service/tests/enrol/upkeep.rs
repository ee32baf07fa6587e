//! What is forgotten, and when.

use collectief_domain::{
    actor::Language,
    case::{CaseState, FOLLOWED_DAYS, OutcomeResult},
    enrolment::{DRAFT_DAYS, EnrolRefusal, Question},
};
use collectief_service::{
    ServiceError,
    enrol::{self, follow},
    session,
};

use crate::{
    fixture::{World, request},
    open::{DAY, answered, case_page, decided, delivered, hr, open_worlds, proven, sent, somebody, state},
};

const WEEK: i64 = DRAFT_DAYS as i64 * DAY;

async fn rows(world: &World, from: &str) -> i64 {
    world.number(&format!("SELECT COUNT(*) FROM {from}")).await
}

async fn upkeep(world: &World) {
    session::clear_ended(&world.portal).await.unwrap();
}

#[tokio::test]
async fn answers_that_are_not_sent_are_forgotten_a_week_after_the_last_one() {
    for world in open_worlds().await {
        let (portal, clock) = (&world.portal, world.portal.clock());
        let token = answered(portal, &somebody(1), &[]).await;
        clock.advance(3 * DAY);
        enrol::answer(portal, &request(), Some(&token), Question::Start, &somebody(1)).await.unwrap().unwrap();
        clock.advance(WEEK - 1);
        upkeep(&world).await;
        assert!(enrol::draft(portal, &token, None, None).await.unwrap().is_some(), "{}", world.name);

        clock.advance(1);
        assert!(enrol::draft(portal, &token, None, None).await.unwrap().is_none(), "{}: before upkeep", world.name);
        assert_eq!(rows(&world, "enrolment_draft").await, 1, "{}", world.name);
        upkeep(&world).await;
        assert_eq!(rows(&world, "enrolment_draft").await, 0, "{}", world.name);
        let gone = enrol::send(portal, &request(), &token, Language::Nl).await.unwrap();
        assert_eq!(gone, Err(EnrolRefusal::Gone), "{}", world.name);
        let gone = enrol::answer(portal, &request(), Some(&token), Question::Name, &somebody(1)).await.unwrap();
        assert_eq!(gone, Err(EnrolRefusal::Gone), "{}", world.name);
        assert_eq!(rows(&world, "mutation_case").await, 0, "{}", world.name);
    }
}

#[tokio::test]
async fn a_request_whose_address_is_not_proven_within_a_week_is_forgotten_and_no_other() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let clock = world.portal.clock();
        let unproven = sent(&world, &somebody(1), &[]).await;
        let waiting = proven(&world, &somebody(2), &[]).await;
        let done = proven(&world, &somebody(3), &[]).await;
        assert!(matches!(decided(&world, &hr, done.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
        clock.advance(WEEK);
        upkeep(&world).await;
        assert_eq!(state(&world, &unproven).await, CaseState::Unproven, "{}: seven days are over", world.name);

        clock.advance(1);
        upkeep(&world).await;
        let gone = follow::view(&world.portal, &unproven.link).await;
        assert!(matches!(gone, Err(ServiceError::NotFound)), "{}", world.name);
        for table in ["case_link", "case_moment"] {
            let left = rows(&world, &format!("{table} WHERE case_id = {}", unproven.id)).await;
            assert_eq!(left, 0, "{}: {table}", world.name);
        }
        assert_eq!(rows(&world, "mutation_case").await, 2, "{}", world.name);
        assert_eq!(delivered(&world, unproven.id).await, [] as [&str; 0], "{}: its mail is for nobody", world.name);
        assert_eq!(state(&world, &waiting).await, CaseState::Waiting, "{}", world.name);
        assert_eq!(state(&world, &done).await, CaseState::Processed, "{}", world.name);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn a_year_after_a_request_was_closed_its_link_and_what_was_filled_in_are_gone() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let clock = world.portal.clock();
        let waiting = proven(&world, &somebody(1), &[]).await;
        let done = proven(&world, &somebody(2), &[]).await;
        assert!(matches!(decided(&world, &hr, done.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
        clock.advance(i64::from(FOLLOWED_DAYS) * DAY);
        upkeep(&world).await;
        assert_eq!(state(&world, &done).await, CaseState::Processed, "{}", world.name);

        clock.advance(1);
        upkeep(&world).await;
        let gone = follow::view(&world.portal, &done.link).await;
        assert!(matches!(gone, Err(ServiceError::NotFound)), "{}", world.name);
        assert_eq!(rows(&world, "mutation_case WHERE length(request) = 0").await, 1, "{}", world.name);
        // What it came to stays, and so does that it was; what waits goes on waiting.
        let page = case_page(&world, &hr, done.id).await.unwrap();
        assert_eq!((page.row.state, page.changes.len()), (CaseState::Processed, 0), "{}", world.name);
        assert!(page.participation.is_some(), "{}", world.name);
        assert_eq!(state(&world, &waiting).await, CaseState::Waiting, "{}", world.name);
        world.must_be_clean().await;
    }
}
