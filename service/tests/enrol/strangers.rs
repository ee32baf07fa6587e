//! Whoever enrols learns nothing of who participates: neither from what is answered, nor from what is mailed to them.

use collectief_domain::{
    actor::Language,
    case::{CaseState, FollowView},
    enrolment::{AnswerForm, Sent},
};
use collectief_service::enrol::{self, follow};

use crate::{
    fixture::{World, request},
    open::{BSN_OF_JANSE, answered, bsn, by_link, link_of, newest_case, open_worlds, somebody, texts},
};

/// All that a stranger sees of an enrolment, without what is another one each time.
#[derive(Debug, PartialEq)]
struct Seen {
    sent: Sent,
    before: FollowView,
    after: FollowView,
    mails: Vec<String>,
}

async fn enrols(world: &World, form: &AnswerForm) -> Seen {
    let token = answered(&world.portal, form, &[]).await;
    let waiting = "SELECT COUNT(*) FROM outbox";
    let mails = world.number(waiting).await;
    let sent = enrol::send(&world.portal, &request(), &token, Language::Nl).await.unwrap().unwrap();
    assert_eq!(world.number(waiting).await, mails + 1, "{}: nobody is looked up before the proof", world.name);
    let id = newest_case(world).await;
    let link = link_of(&world.portal, id, false).await;
    let before = follow::view(&world.portal, &link).await.unwrap();
    by_link(&world.portal, &link, "bevestigen").await.unwrap();
    let after = follow::view(&world.portal, &link).await.unwrap();
    let to_stranger = format!("outbox WHERE recipient = '{}' AND dedupe_key LIKE 'case:{id}:%'", form.email);
    let mails = texts(world, "dedupe_key", &to_stranger).await;
    Seen {
        sent: Sent { reference: String::new(), ..sent },
        before: FollowView { reference: String::new(), ..before },
        after: FollowView { reference: String::new(), ..after },
        mails: mails.iter().map(|key| key.replacen(&format!("case:{id}:"), "", 1)).collect(),
    }
}

#[tokio::test]
async fn a_stranger_is_answered_alike_for_a_bsn_that_participates_and_one_that_does_not() {
    for world in open_worlds().await {
        let elsewhere = format!("24001,200000009,{},K.,,Smit,,,E,1985-03-27,M,2020-01-01,,,9,,k@example.org\n", bsn(9));
        world.must_load(&elsewhere).await;
        let unknown = enrols(&world, &somebody(1)).await;
        assert_eq!((unknown.before.state, unknown.after.state), (CaseState::Unproven, CaseState::Waiting));
        assert_eq!(unknown.mails, ["confirm:1:employee"], "{}", world.name);

        let with =
            |bsn: &str, born: &str| AnswerForm { bsn: bsn.to_owned(), geboortedatum: born.to_owned(), ..somebody(1) };
        for (form, what) in [
            (with(BSN_OF_JANSE, "2-1-1980"), "participates here"),
            (with(BSN_OF_JANSE, "27-3-1985"), "belongs to somebody else"),
            (with(&bsn(9), "27-3-1985"), "participates elsewhere"),
        ] {
            assert_eq!(enrols(&world, &form).await, unknown, "{}: a BSN that {what}", world.name);
        }
        // Only Janse, at the address that the insurer knows, hears that these details were used.
        let told = texts(&world, "recipient", "outbox WHERE dedupe_key LIKE 'case:%:participates'").await;
        assert!(!told.is_empty() && told.iter().all(|to| to == "janse@example.org"), "{}: {told:?}", world.name);
    }
}
