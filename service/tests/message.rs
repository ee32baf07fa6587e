//! Messages: written with what they tell of, for those who may see it, and marked by each for oneself.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

#[expect(dead_code, reason = "each test of the service uses a part of it")]
mod fixture;

use collectief_domain::{
    actor::Role,
    deregistration::{EndReason, WithdrawForm},
    message::{MarkForm, MessageCategory, MessageKind, MessageListForm, MessagePage},
};
use collectief_service::{ServiceError, SignedIn, deregister, message, session};
use fixture::{PEOPLE, World, request, worlds};

async fn list(world: &World, who: &SignedIn, form: &MessageListForm) -> MessagePage {
    message::list(&world.portal, &request(), who, form).await.unwrap()
}

fn shows(toon: &str) -> MessageListForm {
    MessageListForm { toon: toon.to_owned(), ..MessageListForm::default() }
}

fn kinds(page: &MessagePage) -> Vec<MessageKind> {
    page.rows.iter().map(|row| row.kind).collect()
}

async fn mark(world: &World, who: &SignedIn, actie: &str, wie: &str) -> Result<(), ServiceError> {
    let form = MarkForm { actie: actie.to_owned(), wie: wie.to_owned() };
    message::mark(&world.portal, &request(), who, &form).await
}

#[tokio::test]
async fn what_a_colleague_did_is_told_to_who_may_see_it_and_marked_by_each_alone() {
    for world in worlds().await {
        world.must_load(PEOPLE).await;
        let hr = world.staff("hr", &["23595", "24001"], &[Role::Administrative]).await;
        let colleague = world.staff("colleague", &["23595"], &[Role::Administrative]).await;
        let money = world.staff("money", &["23595"], &[Role::Financial]).await;
        let other = world.staff("other", &["24001"], &[Role::Administrative]).await;

        // A family that ends is one message; so is taking it back.
        let form = world.form(&["100000001"], "30-11-2026", EndReason::EindeDienstverband, "a").await;
        let done = deregister::deregister(&world.portal, &request(), &hr, &form).await.unwrap();
        let again = deregister::deregister(&world.portal, &request(), &hr, &form).await.unwrap();
        assert!(again.repeated);
        let taken_back = WithdrawForm { mutatie: done.mutations[0].to_string(), sleutel: "b".to_owned() };
        deregister::withdraw(&world.portal, &request(), &hr, &taken_back).await.unwrap();
        let form = world.form(&["200000001"], "30-11-2026", EndReason::EindeDienstverband, "c").await;
        deregister::deregister(&world.portal, &request(), &hr, &form).await.unwrap();

        let page = list(&world, &colleague, &MessageListForm::default()).await;
        assert_eq!(kinds(&page), [MessageKind::DeregistrationWithdrawn, MessageKind::Deregistered], "{}", world.name);
        let row = &page.rows[1];
        assert_eq!((row.full_name.as_str(), row.others, row.by.as_deref()), ("A.J. Janse", 1, Some("hr")));
        assert_eq!((page.unread, row.is_read), (2, false));
        assert_eq!(list(&world, &other, &MessageListForm::default()).await.rows.len(), 1);
        assert_eq!(list(&world, &hr, &MessageListForm::default()).await.rows.len(), 3);
        let foreign = MessageListForm { contract: "24001".to_owned(), ..MessageListForm::default() };
        assert!(matches!(
            message::list(&world.portal, &request(), &colleague, &foreign).await,
            Err(ServiceError::NotFound)
        ));
        assert!(matches!(
            message::list(&world.portal, &request(), &money, &MessageListForm::default()).await,
            Err(ServiceError::Forbidden)
        ));
        assert_eq!(message::unread(&world.portal, &money).await.unwrap(), 0);

        // One marks for oneself, and nothing of what one may not see.
        let ids: Vec<String> = page.rows.iter().map(|row| row.id.to_string()).collect();
        mark(&world, &colleague, "gelezen", &ids.join(",")).await.unwrap();
        assert_eq!(message::unread(&world.portal, &colleague).await.unwrap(), 0, "{}", world.name);
        assert_eq!(message::unread(&world.portal, &hr).await.unwrap(), 3, "{}", world.name);
        mark(&world, &other, "gelezen", &ids.join(",")).await.unwrap();
        assert_eq!(message::unread(&world.portal, &other).await.unwrap(), 1, "{}", world.name);
        assert_eq!(world.number("SELECT COUNT(*) FROM message_mark").await, 2, "{}", world.name);

        mark(&world, &colleague, "ongelezen", &ids[0]).await.unwrap();
        assert_eq!(list(&world, &colleague, &shows("ongelezen")).await.rows.len(), 1);
        mark(&world, &colleague, "archiveren", &ids[0]).await.unwrap();
        assert_eq!(kinds(&list(&world, &colleague, &MessageListForm::default()).await), [MessageKind::Deregistered]);
        assert_eq!(kinds(&list(&world, &colleague, &shows("archief")).await), [MessageKind::DeregistrationWithdrawn]);
        assert_eq!(message::unread(&world.portal, &colleague).await.unwrap(), 0, "what is archived was read");
        mark(&world, &colleague, "terugzetten", &ids[0]).await.unwrap();
        assert_eq!(list(&world, &colleague, &MessageListForm::default()).await.rows.len(), 2);
        for (deed, who) in [("weg", "1"), ("gelezen", ""), ("gelezen", "een")] {
            assert!(matches!(mark(&world, &colleague, deed, who).await, Err(ServiceError::Invalid(_))), "{deed} {who}");
        }
        let category = MessageCategory::Validation.code().to_owned();
        let form = MessageListForm { categorie: category, ..MessageListForm::default() };
        assert_eq!(list(&world, &colleague, &form).await.rows.len(), 0);
    }
}

#[tokio::test]
async fn messages_come_by_the_page_and_are_forgotten_after_two_years() {
    for world in worlds().await {
        world.must_load(PEOPLE).await;
        let hr = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let now = world.portal.clock().millis();
        for _ in 0..30 {
            world
                .database
                .db
                .run_raw(&format!(
                    "INSERT INTO message (contract_id, category, kind, full_name, others, recorded_at)
                     SELECT id, 'validatie', 'case_waits', 'E. Zeestra', 0, {now} FROM contract WHERE number = '23595'"
                ))
                .await
                .unwrap();
        }
        let first = list(&world, &hr, &MessageListForm::default()).await;
        assert_eq!((first.rows.len(), first.has_next, first.unread), (25, true, 30), "{}", world.name);
        let form = MessageListForm { pagina: "2".to_owned(), ..MessageListForm::default() };
        let second = list(&world, &hr, &form).await;
        assert_eq!((second.rows.len(), second.has_next), (5, false), "{}", world.name);
        assert!(second.rows.iter().all(|row| row.id < first.rows[24].id));
        mark(&world, &hr, "gelezen", &first.rows[0].id.to_string()).await.unwrap();

        world.portal.clock().advance(100 * 24 * 60 * 60 * 1000);
        assert_eq!(message::unread(&world.portal, &hr).await.unwrap(), 0, "{}: what is old is no news", world.name);
        world.portal.clock().advance(700 * 24 * 60 * 60 * 1000);
        session::clear_ended(&world.portal).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM message").await, 0, "{}", world.name);
    }
}
