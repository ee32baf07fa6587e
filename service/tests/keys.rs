//! Replacing the key that encrypts: while others work, cut off half-way, and what the old key is needed for afterwards.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

#[expect(dead_code, reason = "these tests need no people and no staff")]
mod fixture;

use std::fmt::Write as _;

use collectief_data::testing::keys_of;
use collectief_domain::{account::AskLinkForm, bsn::Bsn};
use collectief_service::{Limits, Portal, ServiceError, clock::Clock, keys, link, roster};
use fixture::{World, request, today, worlds};

/// More than two pieces of the work.
const PEOPLE: u32 = 1_200;

/// The `n`th number that passes the eleven-test.
fn bsns() -> impl Iterator<Item = String> {
    (0..).map(|n| format!("{:09}", 100_000_000 + n)).filter(|text| Bsn::parse(text).is_ok())
}

fn roster(from: u32, to: u32) -> String {
    let mut rows = String::new();
    for (n, bsn) in (from..to).zip(bsns().skip(from as usize)) {
        let _ = writeln!(rows, "23595,{},{bsn},A.,,Janse,,,E,1980-01-02,V,2015-01-01,,,,,", 100_000_000 + n);
    }
    rows
}

/// A server on the same database with these keys.
fn server(world: &World, numbers: &[u8]) -> Portal {
    let db = world.database.db.with_keys(keys_of(numbers));
    Portal::new(db, Clock::standing_on(today()), Limits::default(), "Test".to_owned(), false)
}

/// How many BSNs the key with this number made.
async fn made_by(world: &World, number: u8) -> i64 {
    let first = if world.name == "SQLite" {
        "hex(substr(bsn_cipher, 1, 1))"
    } else {
        "encode(substr(bsn_cipher, 1, 1), 'hex')"
    };
    world.number(&format!("SELECT COUNT(*) FROM person WHERE {first} = '{number:02x}'")).await
}

/// Every row of the roster, BSNs included, as this server exports it.
async fn exported(world: &World, portal: &Portal, name: &str) -> String {
    let path = world.folder.path().join(name);
    roster::export(portal, &path).await.unwrap();
    std::fs::read_to_string(path).unwrap()
}

// asvs = "11.2.2, 11.3.2, 11.3.3"
#[tokio::test]
async fn a_rotation_that_was_cut_off_goes_on_and_the_old_key_can_go() {
    for world in worlds().await {
        world.must_load(&roster(0, PEOPLE)).await;
        let before = exported(&world, &world.portal, "before.csv").await;
        assert!(world.database.db.keys_fit().await.unwrap());
        let form = AskLinkForm { email: "iemand@example.org".to_owned() };
        link::ask(&world.portal, &request(), &form).await.unwrap().unwrap();

        // Cut off after the first piece, as by a kill: what was committed stays, nothing else happens.
        let both = server(&world, &[1, 2]);
        let (told, mut first) = tokio::sync::mpsc::unbounded_channel();
        let rotating = {
            let both = both.clone();
            tokio::spawn(async move {
                keys::rotate(&both, &mut |so_far| {
                    let _ = told.send(so_far);
                    std::thread::sleep(std::time::Duration::from_millis(20));
                })
                .await
            })
        };
        let piece = first.recv().await.unwrap();
        rotating.abort();
        let _ = rotating.await;
        assert_eq!(piece.renewed_bsns, 500, "{}", world.name);
        let old = made_by(&world, 1).await;
        assert!((1..=700).contains(&old), "{}: {old}", world.name);
        assert_eq!(exported(&world, &both, "between.csv").await, before, "{}", world.name);
        // The note of the keys still asks for the old one.
        assert!(!server(&world, &[2]).db().keys_fit().await.unwrap());

        // Meanwhile a server that has not been started again loads more people with the old key.
        let more = [world.file("more.csv", &roster(PEOPLE, PEOPLE + 300))];
        let quiet = &mut |_| {};
        let (done, _) = tokio::join!(keys::rotate(&both, quiet), world.load(&more));
        done.unwrap();
        let done = keys::rotate(&both, &mut |_| {}).await.unwrap();
        assert_eq!((done.key, done.bsns), (2, 1_500), "{}", world.name);
        assert_eq!(made_by(&world, 1).await, 0, "{}", world.name);

        // The old key can go: every BSN is read, found, and the mail with the link can still be made.
        let new = server(&world, &[2]);
        assert!(new.db().keys_fit().await.unwrap());
        let after = exported(&world, &new, "after.csv").await;
        assert!(after.starts_with(before.trim_end()), "{}", world.name);
        assert_eq!(after.lines().count(), 1_501, "{}", world.name);
        assert_eq!(keys::rotate(&new, &mut |_| {}).await.unwrap().renewed_secrets, 0, "{}", world.name);
        let logged = "SELECT COUNT(*) FROM access_log WHERE event = 'keys_rotated'";
        assert!(world.number(logged).await >= 3, "{}", world.name);
        world.must_be_clean().await;
    }
}

// asvs = "11.2.5"
#[tokio::test]
async fn without_the_old_key_nothing_is_touched() {
    for world in worlds().await {
        world.must_load(&roster(0, 3)).await;
        assert!(world.database.db.keys_fit().await.unwrap());
        let dump = "SELECT group_concat(hex(bsn_cipher)) FROM person";
        let dump =
            if world.name == "SQLite" { dump } else { "SELECT string_agg(encode(bsn_cipher, 'hex'), ',') FROM person" };
        let before = world.database.db.text(dump).await.unwrap();
        let failed = keys::rotate(&server(&world, &[3]), &mut |_| {}).await;
        assert!(matches!(failed, Err(ServiceError::Internal(_))), "{failed:?}");
        assert_eq!(world.database.db.text(dump).await.unwrap(), before, "{}", world.name);
        assert!(world.database.db.keys_fit().await.unwrap(), "{}", world.name);
    }
}
