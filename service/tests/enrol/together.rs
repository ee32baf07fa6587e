//! What happens at the same moment, again and again. `COLLECTIEF_TEST_ROUNDS` says how often.

use collectief_domain::{
    actor::{Language, Role},
    case::{CaseState, CaseStep, DecideForm, OutcomeResult},
};
use collectief_service::{enrol, validate};
use tokio::task::JoinSet;

use crate::{
    fixture::request,
    open::{
        Case, answered, by_link, decide, decision, hr, link_of, newest_case, open_worlds, proven, somebody, state,
        steps,
    },
};

/// So many at once.
const AT_ONCE: usize = 10;

fn rounds() -> usize {
    std::env::var("COLLECTIEF_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(20)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_enrolment_sent_proven_and_approved_ten_times_at_once_is_one_request_and_one_mutation() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        for round in 1..=rounds() {
            let token = answered(&world.portal, &somebody(round), &[]).await;
            let mut sending = JoinSet::new();
            for _ in 0..AT_ONCE {
                let (portal, token) = (world.portal.clone(), token.clone());
                sending.spawn(async move { enrol::send(&portal, &request(), &token, Language::Nl).await });
            }
            let sent: Vec<_> = sending.join_all().await.into_iter().map(|sent| sent.unwrap().unwrap()).collect();
            assert!(sent.iter().all(|one| *one == sent[0]), "{}: each gets the same answer", world.name);
            let count = world.number("SELECT COUNT(*) FROM mutation_case").await;
            assert_eq!(count, round as i64, "{}: one request in round {round}", world.name);

            let id = newest_case(&world).await;
            let case = Case { id, link: link_of(&world.portal, id, false).await };
            let mut proving = JoinSet::new();
            for _ in 0..AT_ONCE {
                let (portal, link) = (world.portal.clone(), case.link.clone());
                proving.spawn(async move { by_link(&portal, &link, "bevestigen").await });
            }
            for done in proving.join_all().await {
                done.unwrap();
            }
            assert_eq!(steps(&world, &case).await, [CaseStep::Sent, CaseStep::Proven], "{}", world.name);

            // One form with one key, sent from ten tabs.
            let form = DecideForm { sleutel: format!("k{round}"), ..decision(&world, id, "goedkeuren").await };
            let mut approving = JoinSet::new();
            for _ in 0..AT_ONCE {
                let (portal, hr, form) = (world.portal.clone(), hr.clone(), form.clone());
                approving.spawn(async move { validate::decide(&portal, &request(), &hr, &form).await });
            }
            let outcomes: Vec<_> = approving.join_all().await.into_iter().map(|done| done.unwrap()).collect();
            assert!(matches!(outcomes[0][0].result, OutcomeResult::Approved(Some(_))), "{:?}", outcomes[0]);
            assert!(outcomes.iter().all(|one| *one == outcomes[0]), "{}: {outcomes:?}", world.name);
            let mutations = world.number("SELECT COUNT(*) FROM mutation WHERE kind = 'enrolment'").await;
            assert_eq!(mutations, round as i64, "{}: one mutation in round {round}", world.name);
            assert_eq!(state(&world, &case).await, CaseState::Processed);
        }
        world.must_be_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_colleagues_who_approve_or_remove_at_once_one_decides_and_the_other_is_told_who_did() {
    for world in open_worlds().await {
        let anna = world.staff("anna", &["23595"], &[Role::Administrative]).await;
        let bert = world.staff("bert", &["23595"], &[Role::Administrative]).await;
        let (mut number, mut approved) = (0, 0);
        for round in 1..=rounds() {
            for other in ["goedkeuren", "verwijderen"] {
                number += 1;
                let case = proven(&world, &somebody(number), &[]).await;
                let mut deciding = Vec::new();
                for (who, deed) in [(&anna, "goedkeuren"), (&bert, other)] {
                    let (portal, who) = (world.portal.clone(), who.clone());
                    let form = decision(&world, case.id, deed).await;
                    deciding.push(tokio::spawn(async move { decide(&portal, &who, &form).await }));
                }
                let mut results = Vec::new();
                for one in deciding {
                    results.push(one.await.unwrap());
                }
                let becomes = state(&world, &case).await;
                let mut done = 0;
                for (result, colleague) in results.iter().zip(["bert", "anna"]) {
                    match result {
                        OutcomeResult::Approved(Some(_)) => {
                            (done, approved) = (done + 1, approved + 1);
                            assert_eq!(becomes, CaseState::Processed);
                        }
                        OutcomeResult::Removed => {
                            done += 1;
                            assert_eq!(becomes, CaseState::Removed);
                        }
                        OutcomeResult::Conflict { by, state, .. } => {
                            assert_eq!((by.as_deref(), *state), (Some(colleague), becomes), "{}", world.name);
                        }
                        other => panic!("{}: {other:?} in round {round}", world.name),
                    }
                }
                assert_eq!(done, 1, "{}: one decision in round {round}: {results:?}", world.name);
                assert_eq!(steps(&world, &case).await.len(), 3, "{}: one step in round {round}", world.name);
                let mutations = world.number("SELECT COUNT(*) FROM mutation WHERE kind = 'enrolment'").await;
                assert_eq!(mutations, approved, "{}: what was not approved did nothing", world.name);
            }
        }
        world.must_be_clean().await;
    }
}
