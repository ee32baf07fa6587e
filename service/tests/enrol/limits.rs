//! How often one may enrol, from one client address and on one contract; whoever comes too often is told how long to
//! wait.

use collectief_domain::{
    actor::Language,
    enrolment::{AnswerForm, EnrolRefusal, EnrolmentOffer, Question, Sent},
    field::FieldCode,
};
use collectief_service::{Limits, Request, enrol};

use crate::{
    fixture::{World, request, worlds},
    open::{HOUR, answered, opened, somebody, wide},
};

const HERE: &str = "192.0.2.1";
const ELSEWHERE: &str = "198.51.100.7";

fn client(address: &str) -> Request {
    Request { client: Some(address.parse().unwrap()), ..request() }
}

async fn send(world: &World, token: &str, from: &str) -> Result<Sent, EnrolRefusal> {
    enrol::send(&world.portal, &client(from), token, Language::Nl).await.unwrap()
}

/// Looks at a contract number.
async fn look(world: &World, number: &str, from: &str) -> Result<EnrolmentOffer, EnrolRefusal> {
    enrol::offer(&world.portal, &client(from), number).await.unwrap()
}

/// Whether it says for how many seconds one must wait, within the hour that counts together.
fn must_wait<T>(answer: &Result<T, EnrolRefusal>) -> bool {
    matches!(answer, Err(EnrolRefusal::TooMany { seconds }) if (3_000..=3_601).contains(seconds))
}

async fn cases(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM mutation_case").await
}

#[tokio::test]
async fn a_client_that_sends_too_many_enrolments_must_wait_and_loses_nothing() {
    for world in worlds().await {
        let world = opened(world, Limits { enrolments_per_client: 2, ..wide() }).await;
        let mut tokens = Vec::new();
        for number in 1..=4 {
            tokens.push(answered(&world.portal, &somebody(number), &[]).await);
        }
        let first = send(&world, &tokens[0], HERE).await.unwrap();
        send(&world, &tokens[1], HERE).await.unwrap();
        for _ in 0..2 {
            let refused = send(&world, &tokens[2], HERE).await;
            assert!(must_wait(&refused), "{}: {refused:?}", world.name);
        }
        assert_eq!(cases(&world).await, 2, "{}", world.name);
        assert_eq!(send(&world, &tokens[0], HERE).await.unwrap(), first, "{}: what was sent stays so", world.name);
        send(&world, &tokens[3], ELSEWHERE).await.unwrap();

        let kept = enrol::draft(&world.portal, &tokens[2], None, None).await.unwrap();
        assert_eq!(kept.unwrap().open, None, "{}: the answers are still there", world.name);
        world.portal.clock().advance(HOUR);
        send(&world, &tokens[2], HERE).await.unwrap();
        assert_eq!(cases(&world).await, 4, "{}", world.name);
    }
}

#[tokio::test]
async fn a_contract_that_gets_too_many_enrolments_takes_no_more_for_an_hour_from_wherever() {
    for world in worlds().await {
        let world = opened(world, Limits { enrolments_per_contract: 2, ..wide() }).await;
        let mut tokens = Vec::new();
        for number in 1..=3 {
            tokens.push(answered(&world.portal, &somebody(number), &[]).await);
        }
        send(&world, &tokens[0], HERE).await.unwrap();
        send(&world, &tokens[1], ELSEWHERE).await.unwrap();
        for from in [HERE, ELSEWHERE, "203.0.113.5"] {
            let refused = send(&world, &tokens[2], from).await;
            assert!(must_wait(&refused), "{}: {refused:?}", world.name);
        }
        let other = AnswerForm { contract: "24001".to_owned(), ..somebody(4) };
        let other = answered(&world.portal, &other, &[]).await;
        send(&world, &other, HERE).await.unwrap();
        assert_eq!(cases(&world).await, 3, "{}", world.name);
        world.portal.clock().advance(HOUR);
        send(&world, &tokens[2], HERE).await.unwrap();
        assert_eq!(cases(&world).await, 4, "{}", world.name);
    }
}

#[tokio::test]
async fn contract_numbers_are_not_tried_out_without_end() {
    for world in worlds().await {
        let world = opened(world, Limits { enrolments_per_client: 2, ..wide() }).await;
        for round in 0..20 {
            let number = if round % 2 == 0 { "23595" } else { "99999" };
            match look(&world, number, HERE).await {
                Ok(offer) => assert_eq!((offer.contract.number.as_str(), number), ("23595", "23595")),
                Err(EnrolRefusal::Invalid(errors)) => {
                    assert_eq!((errors.on("contract"), number), (Some(FieldCode::UnknownContract), "99999"));
                }
                Err(other) => panic!("{}: {other:?} in round {round}", world.name),
            }
        }
        for number in ["23595", "99999"] {
            let refused = look(&world, number, HERE).await;
            assert!(must_wait(&refused), "{}: {refused:?}", world.name);
        }
        let form = somebody(1);
        let begun = enrol::answer(&world.portal, &client(HERE), None, Question::Contract, &form).await.unwrap();
        assert!(must_wait(&begun), "{}: {begun:?}", world.name);
        assert!(look(&world, "23595", ELSEWHERE).await.is_ok(), "{}", world.name);
        world.portal.clock().advance(HOUR);
        assert!(look(&world, "23595", HERE).await.is_ok(), "{}", world.name);
    }
}
