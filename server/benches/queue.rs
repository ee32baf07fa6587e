//! The queue of an employer with very many open requests, beside the list of as many participants of the same contract:
//! opening it, its last page, filtering, searching, a request, and approving a hundred at once.
//!
//! `cargo bench -p collectief --bench queue [-- REQUESTS]`; on PostgreSQL as well where `COLLECTIEF_TEST_POSTGRES_URL` names
//! a cluster, whose own work is in the time and not in the CPU time. It only measures; the aim is that no page of the queue
//! costs more than the list.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement stops where it finds what it does not expect, and tells what it found"
)]

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use collectief_domain::{
    actor::Language,
    bsn::Bsn,
    case::{DECIDED_AT_ONCE, DecideForm, FOLLOW_PATH, FollowForm},
    enrolment::{AnswerForm, Question},
    ids::CaseId,
    product::{Product, ProductKind},
};
use collectief_service::{
    Limits, Request,
    enrol::{self, follow},
    product, roster,
};

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../tests/http/harness.rs"]
mod harness;

use harness::{App, BOTH, ORIGIN, apps_with};

/// How many requests wait, and how many participate.
const REQUESTS: usize = 10_000;

/// The contract of both.
const CONTRACT: &str = "24001";

/// How often each page is asked for.
const TIMES: usize = 200;

/// How often a hundred requests are approved.
const BULKS: usize = 10;

/// A surname for each number, in letters alone: about 26 people share a beginning of three letters.
fn surname(number: usize) -> String {
    let letters = [17_576, 676, 26, 1].map(|place| char::from(b'a' + (number / place % 26) as u8));
    format!("Van{}", letters.iter().collect::<String>())
}

/// As many participants as there will be requests.
async fn load_participants(app: &App, many: usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roster.csv");
    let mut rows =
        "contract_number,relation_number,bsn,initials,prefix,surname,partner_prefix,partner_surname,name_use,\
                    birth_date,gender,start_date,end_date,end_reason,personnel_number,main_relation_number,email\n"
            .to_owned();
    for number in 0..many {
        let (relation, surname, day) = (40_000_000 + number, surname(number), number % 28 + 1);
        writeln!(rows, "{CONTRACT},{relation},,K.,,{surname},,,E,1971-02-{day:02},V,2022-01-01,,,,,").unwrap();
    }
    std::fs::write(&file, rows).unwrap();
    let mut refused = Vec::new();
    roster::import(&app.portal, &[file], &mut |progress| {
        if let roster::Progress::Refused(row) = progress {
            refused.push(row);
        }
    })
    .await
    .unwrap();
    assert!(refused.is_empty(), "{:?}", refused.first());
}

/// Somebody who enrols, filled in by the employer or by the employee in turns.
fn answers(number: usize, bsn: String) -> AnswerForm {
    let text = str::to_owned;
    AnswerForm {
        contract: text(CONTRACT),
        wie: text(if number.is_multiple_of(2) { "werknemer" } else { "werkgever" }),
        melder_naam: text("Sjoerd Adema"),
        melder_email: format!("salaris{number}@werkgever.example"),
        voorletters: text("R."),
        achternaam: surname(number),
        geboortedatum: format!("{}-3-1985", number % 28 + 1),
        geslacht: text("V"),
        bsn,
        straat: text("Lindelaan"),
        huisnummer: (number + 1).to_string(),
        postcode: text("7411 LD"),
        plaats: text("Lindeveld"),
        email: format!("r{number}@werknemer.example"),
        gezin: text("nee"),
        product: text("basis"),
        ingangsdatum: text("1-12-2026"),
        ..AnswerForm::default()
    }
}

/// Sends so many requests as employees do, and proves their addresses.
async fn send_requests(app: &App, many: usize) {
    let new = Product {
        code: "basis".to_owned(),
        name: "Basisverzekering".to_owned(),
        kind: ProductKind::Basic,
        first_day: "2020-01-01".parse().unwrap(),
        last_day: None,
    };
    product::keep(&app.portal, &new).await.unwrap();
    let request = Request::internal("bench");
    let bsns = (731_000_000_u32..).map(|digits| digits.to_string()).filter(|digits| Bsn::parse(digits).is_ok());
    for (number, bsn) in bsns.take(many).enumerate() {
        let form = answers(number, bsn);
        let begun = enrol::answer(&app.portal, &request, None, Question::Contract, &form).await.unwrap().unwrap();
        let token = begun.token.unwrap();
        for question in Question::ALL.into_iter().skip(1) {
            enrol::answer(&app.portal, &request, Some(&token), question, &form).await.unwrap().unwrap();
        }
        enrol::send(&app.portal, &request, &token, Language::Nl).await.unwrap().unwrap();
    }
    let beginning = format!("{ORIGIN}{FOLLOW_PATH}");
    for mail in app.mails().await {
        let link = mail.split_whitespace().find_map(|word| word.strip_prefix(&beginning)).unwrap();
        let deed = FollowForm { actie: "bevestigen".to_owned(), ..FollowForm::default() };
        follow::act(&app.portal, &request, link, &deed).await.unwrap();
    }
    let waiting = app.database.db.number("SELECT COUNT(*) FROM mutation_case WHERE state = 'waiting'").await.unwrap();
    assert_eq!(waiting, many as i64);
}

/// Seconds of CPU time that this process used so far, as Linux counts them.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: f64 = fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum();
    ticks / 100.0
}

fn report(app: &App, what: &str, times: &mut [Duration], cpu: f64) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
    let (median, slow, cpu) = (at(50), at(99), cpu * 1000.0 / times.len() as f64);
    println!("{:<10} {what:<28} median {median:8.2} ms   p99 {slow:8.2} ms   CPU {cpu:6.2} ms", app.name);
}

async fn measure(app: &App, token: &str, what: &str, path: &str) {
    let mut times = Vec::with_capacity(TIMES);
    // The first few are not counted: what is read for the first time is read from disk.
    for _ in 0..10 {
        let answer = app.get(path, Some(token)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    let before = cpu_seconds();
    for _ in 0..TIMES {
        let started = Instant::now();
        app.get(path, Some(token)).await;
        times.push(started.elapsed());
    }
    report(app, what, &mut times, cpu_seconds() - before);
}

async fn approve(app: &App, token: &str) {
    let mut times = Vec::with_capacity(BULKS);
    let before = cpu_seconds();
    for bulk in 0..BULKS {
        let mut seen = Vec::with_capacity(DECIDED_AT_ONCE);
        let waiting = "SELECT id FROM mutation_case WHERE state = 'waiting' ORDER BY since, id LIMIT 1 OFFSET";
        for place in 0..DECIDED_AT_ONCE {
            let id = app.database.db.number(&format!("{waiting} {place}")).await.unwrap();
            let version = format!("SELECT version FROM mutation_case WHERE id = {id}");
            let version = app.database.db.number(&version).await.unwrap();
            seen.push(DecideForm::write_seen(CaseId(id), version));
        }
        let (wie, sleutel) = (seen.join(","), format!("{bulk:032}"));
        let fields = [("actie", "goedkeuren"), ("wie", &wie), ("sleutel", &sleutel)];
        let started = Instant::now();
        let answer = app.post_form("/valideren", Some(token), &fields).await;
        times.push(started.elapsed());
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{}: {}", answer.status, answer.body);
    }
    report(app, "approving a hundred", &mut times, cpu_seconds() - before);
    let done = app.database.db.number("SELECT COUNT(*) FROM mutation_case WHERE state = 'processed'").await.unwrap();
    assert_eq!(done, (BULKS * DECIDED_AT_ONCE) as i64);
}

#[tokio::main]
async fn main() {
    // Cargo itself adds an option.
    let many = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(REQUESTS);
    let wide = 1_000_000;
    let limits = Limits { enrolments_per_client: wide, enrolments_per_contract: wide, ..Limits::default() };
    for app in apps_with(limits).await {
        load_participants(&app, many).await;
        let started = Instant::now();
        send_requests(&app, many).await;
        let each = started.elapsed().as_secs_f64() * 1000.0 / many as f64;
        println!("{:<10} {many} requests were sent and proven in {each:.1} ms each", app.name);
        let token = app.sign_in(BOTH).await;
        let first = app.database.db.number("SELECT MIN(id) FROM mutation_case").await.unwrap();
        for (what, path) in [
            ("the list of participants", format!("/deelnemers?contract={CONTRACT}")),
            ("the queue", format!("/valideren?contract={CONTRACT}")),
            ("the queue, all contracts", "/valideren".to_owned()),
            ("the queue, its last page", format!("/valideren?contract={CONTRACT}&pagina={}", many / 25)),
            ("the queue, of one kind", format!("/valideren?contract={CONTRACT}&soort=enrolment")),
            ("the queue, by first day", format!("/valideren?contract={CONTRACT}&sorteer=ingang")),
            ("the queue, by name", format!("/valideren?contract={CONTRACT}&sorteer=naam")),
            ("the queue, a name", format!("/valideren?contract={CONTRACT}&naam={}", &surname(many / 2)[..6])),
            ("a request", format!("/valideren/{first}")),
            ("the dashboard", "/".to_owned()),
        ] {
            measure(&app, &token, what, &path).await;
        }
        approve(&app, &token).await;
    }
}
