//! The access log: a chain that shows every change, and views that come onto the disk by themselves.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

use std::time::{Duration, Instant};

use collectief_data::testing::{TestDatabase, databases};
use collectief_domain::{date::Date, ids::ParticipationId};
use collectief_service::{
    Limits, Portal, Request,
    audit::{self, About, AuditEvent, AuditKind},
    clock::Clock,
};

async fn portals() -> Vec<(Portal, TestDatabase)> {
    let clock = || Clock::standing_on(Date::from_ymd_opt(2026, 11, 1).unwrap());
    let all = databases().await.into_iter();
    all.map(|database| {
        (Portal::new(database.db.clone(), clock(), Limits::default(), "Collectief".to_owned(), false), database)
    })
    .collect()
}

fn event(portal: &Portal, number: i64) -> AuditEvent {
    let request = Request::internal("test");
    audit::event_of_nobody(portal, &request, AuditKind::ParticipantViewed).about(ParticipationId(number)).details("x")
}

/// Far longer than anything here takes.
const LONG: Duration = Duration::from_secs(30);

const ROWS: &str = "SELECT COUNT(*) FROM access_log";

#[tokio::test]
async fn views_are_written_in_a_group_without_anybody_asking() {
    for (portal, database) in portals().await {
        for number in 0..3 {
            portal.audit().view(event(&portal, number));
        }
        assert_eq!(database.db.number(ROWS).await.unwrap(), 0, "they are written in a group");
        let begun = Instant::now();
        while portal.audit().waiting() > 0 || database.db.number(ROWS).await.unwrap() < 3 {
            assert!(begun.elapsed() < LONG, "{}", database.name);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(database.db.number(ROWS).await.unwrap(), 3, "{}", database.name);
    }
}

#[tokio::test]
async fn a_thousand_views_are_all_there_in_order_and_the_chain_holds() {
    for (portal, database) in portals().await {
        for number in 0..1203 {
            portal.audit().view(event(&portal, number));
        }
        assert!(portal.audit().flush().await);
        assert_eq!(database.db.number(ROWS).await.unwrap(), 1203);
        let in_order = "SELECT COUNT(*) FROM access_log WHERE participation_id = id - 1";
        assert_eq!(database.db.number(in_order).await.unwrap(), 1203);
        let check = audit::verify(&database.db).await.unwrap();
        assert_eq!((check.rows, check.broken_at), (1203, None), "{}", database.name);
    }
}

// asvs = "15.4.1"
#[tokio::test]
async fn changes_and_views_at_once_make_one_chain() {
    for (portal, database) in portals().await {
        let writers = (0..8).map(|writer| {
            let portal = portal.clone();
            tokio::spawn(async move {
                for number in 0..10 {
                    let txn = portal.db().begin().await.unwrap();
                    audit::append(&txn, [event(&portal, writer * 100 + number)]);
                    txn.commit().await.unwrap();
                    portal.audit().view(event(&portal, number));
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        assert!(portal.audit().flush().await);
        let check = audit::verify(&database.db).await.unwrap();
        assert_eq!((check.rows, check.broken_at), (160, None), "{}", database.name);
    }
}

// asvs = "16.5.3"
#[tokio::test]
async fn what_is_rolled_back_is_not_in_the_log() {
    for (portal, database) in portals().await {
        let txn = portal.db().begin().await.unwrap();
        audit::append(&txn, [event(&portal, 1)]);
        drop(txn);
        let txn = portal.db().begin().await.unwrap();
        audit::append(&txn, [event(&portal, 2)]);
        txn.commit().await.unwrap();
        assert_eq!(database.db.number(ROWS).await.unwrap(), 1);
        assert_eq!(audit::verify(&database.db).await.unwrap().broken_at, None, "{}", database.name);
    }
}

// asvs = "16.4.2"
#[tokio::test]
async fn every_way_of_tampering_shows() {
    for (spoiled, broken_at) in [
        ("UPDATE access_log SET details = 'y' WHERE id = 5", 5),
        ("UPDATE access_log SET recorded_at = recorded_at + 1 WHERE id = 5", 5),
        ("UPDATE access_log SET actor_name = '' WHERE id = 5", 5),
        ("UPDATE access_log SET participation_id = NULL WHERE id = 5", 5),
        ("DELETE FROM access_log WHERE id = 5", 5),
        ("DELETE FROM access_log WHERE id = 10", 10),
        ("DELETE FROM access_log", 1),
        ("UPDATE access_log_head SET last_id = 9", 9),
    ] {
        for (portal, database) in portals().await {
            for number in 0..10 {
                portal.audit().view(event(&portal, number));
            }
            assert!(portal.audit().flush().await);
            database.db.run_raw(spoiled).await.unwrap();
            let check = audit::verify(&database.db).await.unwrap();
            assert_eq!(check.broken_at, Some(broken_at), "{spoiled} on {}", database.name);
        }
    }
}

// asvs = "16.5.2"
#[tokio::test]
async fn views_survive_a_database_that_cannot_be_written_to_for_a_while() {
    for (portal, database) in portals().await {
        database.db.run_raw("ALTER TABLE access_log RENAME TO elsewhere").await.unwrap();
        portal.audit().view(event(&portal, 1));
        assert!(!portal.audit().flush().await, "it says that it could not");
        assert_eq!(portal.audit().waiting(), 1);
        database.db.run_raw("ALTER TABLE elsewhere RENAME TO access_log").await.unwrap();
        for _ in 0..100 {
            if portal.audit().waiting() == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(database.db.number(ROWS).await.unwrap(), 1, "{}", database.name);
        assert_eq!(portal.audit().lost(), 0);
    }
}
