//! Loads a roster into a SQLite file and says how long it took: `import_roster DATABASE ROSTER [CHECK]`.
#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods)]
use std::path::PathBuf;

use collectief_data::{Db, Key, Keyring, PoolSize};
use collectief_service::{Limits, Portal, clock::Clock, roster};

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let database = args.next().unwrap();
    let file = PathBuf::from(args.next().unwrap());
    let keys = Keyring::new(&[(1, Key::new(Box::new([1; 32])))], Key::new(Box::new([2; 32]))).unwrap();
    let db = if database.starts_with("postgres") {
        Db::open_postgres(&database, PoolSize::default(), keys).await.unwrap()
    } else {
        Db::open_sqlite(database.as_ref(), PoolSize::default(), keys).await.unwrap()
    };
    db.migrate().await.unwrap();
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
    let portal = Portal::new(db, Clock::starting_on(today), Limits::default(), "x".to_owned(), false);
    let start = std::time::Instant::now();
    let mut refusals = 0;
    let report = roster::import(&portal, &[file], &mut |progress| match progress {
        roster::Progress::Refused(row) => {
            refusals += 1;
            if refusals < 10 {
                println!("{row:?}");
            }
        }
        roster::Progress::Read { rows } if rows % 100_000 == 0 => println!("{:?} read {rows}", start.elapsed()),
        roster::Progress::Written { contracts, rows, .. } if contracts % 200 == 1 => {
            println!("{:?} {contracts} {rows}", start.elapsed());
        }
        roster::Progress::MakingIndexes => println!("{:?} indexes", start.elapsed()),
        _ => {}
    })
    .await
    .unwrap();
    println!("{:?} {report:?}", start.elapsed());
    if args.next().is_some() {
        let report = collectief_service::check::check(&portal).await.unwrap();
        println!("{:?} {report:?}", start.elapsed());
    }
}
