//! Who may see what waits, and who may decide about it.

use collectief_domain::{
    actor::Role,
    case::{CaseState, OptionsForm, OutcomeResult, QueueForm, QueuePart},
    staff::StaffRole,
};
use collectief_service::{ServiceError, SignedIn, message, validate};

use crate::{
    fixture::{World, request},
    open::{
        Case, bsn, case_page, decided, decision, hr, insurer, looking_along, open_worlds, proven, queue, seen,
        somebody, state, undo,
    },
};

const DEEDS: [&str; 3] = ["goedkeuren", "verwijderen", "vragen"];

/// Nothing is decided, taken back or chosen without the right.
async fn may_change_nothing(world: &World, who: &SignedIn, case: &Case) {
    for deed in DEEDS {
        let form = decision(world, case.id, deed).await;
        let refused = validate::decide(&world.portal, &request(), who, &form).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)), "{}: {} {deed}", world.name, who.name());
    }
    assert!(matches!(undo(world, who, case.id).await, Err(ServiceError::Forbidden)), "{}", world.name);
    let form = OptionsForm { gezien: "23595:enrolment:ja".to_owned(), ..OptionsForm::default() };
    let refused = validate::set_options(&world.portal, &request(), who, &form).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden)), "{}: {}", world.name, who.name());
}

async fn sees_nothing(world: &World, who: &SignedIn, case: &Case) {
    let seen = validate::queue(&world.portal, &request(), who, &QueueForm::default()).await;
    assert!(matches!(seen, Err(ServiceError::Forbidden)), "{}: {}", world.name, who.name());
    assert!(matches!(case_page(world, who, case.id).await, Err(ServiceError::Forbidden)), "{}", world.name);
    let options = validate::options(&world.portal, &request(), who, &OptionsForm::default()).await;
    assert!(matches!(options, Err(ServiceError::Forbidden)), "{}: {}", world.name, who.name());
    assert_eq!(validate::waiting(&world.portal, who).await.unwrap().waiting, 0, "{}", world.name);
    assert_eq!(message::unread(&world.portal, who).await.unwrap(), 0, "{}", world.name);
}

#[tokio::test]
async fn a_sub_account_without_the_administrative_role_neither_sees_nor_decides() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let money = world.staff("money", &["23595"], &[Role::Financial, Role::AccountManagement]).await;
        let case = proven(&world, &somebody(1), &[]).await;
        sees_nothing(&world, &money, &case).await;
        may_change_nothing(&world, &money, &case).await;
        assert_eq!(seen(&world, case.id).await, format!("{}:2", case.id), "{}: nothing was done", world.name);
        assert!(matches!(decided(&world, &hr, case.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
        may_change_nothing(&world, &money, &case).await;
        assert_eq!(state(&world, &case).await, CaseState::Processed, "{}", world.name);
    }
}

#[tokio::test]
async fn for_another_employer_there_is_no_such_request() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let other = world.staff("other", &["24001"], &[Role::Administrative]).await;
        let case = proven(&world, &somebody(1), &[]).await;
        for round in 0..2 {
            for part in QueuePart::ALL {
                assert_eq!(queue(&world, &other, part).await.count, 0, "{}: {part:?}", world.name);
            }
            let named = QueueForm { contract: "23595".to_owned(), ..QueueForm::default() };
            let named = validate::queue(&world.portal, &request(), &other, &named).await;
            assert!(matches!(named, Err(ServiceError::NotFound)), "{}", world.name);
            assert!(matches!(case_page(&world, &other, case.id).await, Err(ServiceError::NotFound)));
            for deed in DEEDS {
                assert_eq!(decided(&world, &other, case.id, deed).await, OutcomeResult::NotThere, "{deed}");
            }
            assert!(matches!(undo(&world, &other, case.id).await, Err(ServiceError::NotFound)), "{}", world.name);
            let form = OptionsForm { gezien: "23595:enrolment:ja".to_owned(), ..OptionsForm::default() };
            let chosen = validate::set_options(&world.portal, &request(), &other, &form).await;
            assert!(matches!(chosen, Err(ServiceError::NotFound)), "{}", world.name);
            assert_eq!(message::unread(&world.portal, &other).await.unwrap(), 0, "{}", world.name);
            // And once more when it was decided, and could be taken back.
            if round == 0 {
                assert_eq!(seen(&world, case.id).await, format!("{}:2", case.id), "{}", world.name);
                assert!(matches!(decided(&world, &hr, case.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
            }
        }
        assert_eq!(state(&world, &case).await, CaseState::Processed, "{}", world.name);
    }
}

#[tokio::test]
async fn the_insurer_sees_requests_only_while_looking_along_and_decides_about_none() {
    for world in open_worlds().await {
        world.database.db.run_raw("UPDATE contract SET borderel_payment = TRUE").await.unwrap();
        let hr = hr(&world).await;
        let desk = insurer(&world, "desk", StaffRole::Helpdesk).await;
        let case = proven(&world, &somebody(1), &[]).await;
        sees_nothing(&world, &desk.who, &case).await;
        may_change_nothing(&world, &desk.who, &case).await;

        let along = looking_along(&world, &desk).await;
        may_change_nothing(&world, &along, &case).await;
        let page = queue(&world, &along, QueuePart::Waiting).await;
        assert_eq!((page.count, page.may_decide), (1, false), "{}: what the employer sees", world.name);
        let page = case_page(&world, &along, case.id).await.unwrap();
        assert_eq!((page.may_decide, page.bsn), (false, None), "{}: without the BSN", world.name);
        let page = case_page(&world, &hr, case.id).await.unwrap();
        let masked = format!("*****{}", &bsn(1)[5..]);
        assert_eq!(page.bsn.map(|bsn| bsn.to_string()), Some(masked), "{}", world.name);

        assert_eq!(seen(&world, case.id).await, format!("{}:2", case.id), "{}: nothing was done", world.name);
        assert!(matches!(decided(&world, &hr, case.id, "goedkeuren").await, OutcomeResult::Approved(Some(_))));
        may_change_nothing(&world, &along, &case).await;
        assert_eq!(case_page(&world, &along, case.id).await.unwrap().undo_seconds, 0, "{}", world.name);
        assert_eq!(state(&world, &case).await, CaseState::Processed, "{}", world.name);
    }
}
