//! The outbox: nothing is lost, nothing is sent twice, and what cannot be sent becomes visible.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

use std::{fs, path::Path};

use collectief_data::testing::{TestDatabase, databases};
use collectief_domain::{actor::Language, date::Date};
use collectief_service::{
    Limits, Portal,
    clock::Clock,
    outbox::{Content, Post, counts, deliver_due, put},
};

async fn portals() -> Vec<(Portal, Clock, TestDatabase)> {
    let all = databases().await.into_iter();
    all.map(|database| {
        let clock = Clock::standing_on(Date::from_ymd_opt(2026, 11, 1).unwrap());
        let limits = Limits::default();
        (Portal::new(database.db.clone(), clock.clone(), limits, "Collectief".to_owned(), false), clock, database)
    })
    .collect()
}

async fn put_offer(portal: &Portal, key: &str, recipient: Option<&str>) -> bool {
    let content = Content::ContinuationOffer {
        names: vec!["A.J. Janse".to_owned()],
        contract_name: "Zorggroep De Linde".to_owned(),
        contract_number: "23595".to_owned(),
        last_day: Date::from_ymd_opt(2026, 10, 31).unwrap(),
    };
    let now = portal.clock().millis();
    let message = content.message(key.to_owned(), recipient.map(str::to_owned), Language::Nl, now).unwrap();
    let txn = portal.db().begin().await.unwrap();
    let added = put(&txn, message).await.unwrap();
    txn.commit().await.unwrap();
    added
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, |files| files.count())
}

#[tokio::test]
async fn a_message_is_put_in_once_and_delivered_once() {
    for (portal, _, database) in portals().await {
        let folder = tempfile::tempdir().unwrap();
        assert!(put_offer(&portal, "a", Some("janse@linde.example")).await);
        assert!(!put_offer(&portal, "a", Some("janse@linde.example")).await);
        assert!(put_offer(&portal, "b", None).await);
        let post = Post::files(folder.path());
        let (first, second) = tokio::join!(deliver_due(&portal, &post), deliver_due(&portal, &post));
        assert_eq!(first.unwrap().sent + second.unwrap().sent, 2, "{}", database.name);
        assert_eq!(files(folder.path()), 2);
        assert_eq!(deliver_due(&portal, &Post::files(folder.path())).await.unwrap().sent, 0);
        let found = counts(&portal).await.unwrap();
        assert_eq!((found.waiting, found.sent, found.stuck), (0, 2, 0));
    }
}

// asvs = "2.3.3"
#[tokio::test]
async fn a_message_of_a_change_that_was_rolled_back_is_not_sent() {
    for (portal, _, database) in portals().await {
        let content = Content::ContinuationOffer {
            names: Vec::new(),
            contract_name: String::new(),
            contract_number: String::new(),
            last_day: Date::from_ymd_opt(2026, 10, 31).unwrap(),
        };
        let txn = portal.db().begin().await.unwrap();
        put(&txn, content.message("a".to_owned(), None, Language::En, 0).unwrap()).await.unwrap();
        drop(txn);
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(deliver_due(&portal, &Post::files(folder.path())).await.unwrap().sent, 0, "{}", database.name);
    }
}

#[tokio::test]
async fn a_message_whose_note_was_lost_in_a_crash_is_not_sent_again() {
    for (portal, clock, database) in portals().await {
        let folder = tempfile::tempdir().unwrap();
        put_offer(&portal, "a", Some("janse@linde.example")).await;
        deliver_due(&portal, &Post::files(folder.path())).await.unwrap();
        database.db.run_raw("UPDATE outbox SET state = 'waiting', sent_at = NULL").await.unwrap();
        clock.advance(10 * 60 * 1000);
        assert_eq!(deliver_due(&portal, &Post::files(folder.path())).await.unwrap().sent, 1, "{}", database.name);
        assert_eq!(files(folder.path()), 1);
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_is_tried_for_hours_and_is_then_stuck() {
    for (portal, clock, database) in portals().await {
        let folder = tempfile::tempdir().unwrap();
        // A file stands where the folder should be.
        let blocked = folder.path().join("outbox");
        fs::write(&blocked, "").unwrap();
        put_offer(&portal, "a", Some("janse@linde.example")).await;
        assert_eq!(deliver_due(&portal, &Post::files(&blocked)).await.unwrap().failed, 1);
        for minutes in [1, 5, 15, 60, 180, 360] {
            clock.advance(minutes * 60 * 1000 - 1);
            assert_eq!(
                deliver_due(&portal, &Post::files(&blocked)).await.unwrap().failed,
                0,
                "not before {minutes} minutes"
            );
            clock.advance(1);
            assert_eq!(
                deliver_due(&portal, &Post::files(&blocked)).await.unwrap().failed,
                1,
                "after {minutes} minutes"
            );
        }
        clock.advance(24 * 60 * 60 * 1000);
        assert_eq!(deliver_due(&portal, &Post::files(&blocked)).await.unwrap().failed, 0);
        assert_eq!(counts(&portal).await.unwrap().stuck, 1, "{}", database.name);
    }
}
