//! How long answers take for who is known and for who is not (ASVS 6.3.8): whoever can tell them apart by the clock knows
//! who has an account, or who participates. Measured are signing in with a wrong password and asking for a link, for an
//! address that has an account; sending an enrolment and proving its address, for a BSN that participates; and asking for
//! a link to change something, for an address that the insurer knows.
//!
//! `cargo bench -p collectief --bench answer_times [-- TRIES]`; on PostgreSQL as well where
//! `COLLECTIEF_TEST_POSTGRES_URL` names a cluster. It only measures; the aim is less than 5 % between the medians.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement stops where it finds what it does not expect, and tells what it found"
)]

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use collectief_domain::{
    actor::Language,
    bsn::Bsn,
    case::{FOLLOW_PATH, FollowForm},
    date::{Date, format_dutch},
    enrolment::{AnswerForm, Question},
    product::{Product, ProductKind},
};
use collectief_service::{
    Limits, Request,
    enrol::{self, follow},
    product, session,
};

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../tests/http/harness.rs"]
mod harness;

use harness::{App, HR, ORIGIN, apps_with};

/// How many tries, for the known and for the unknown.
const TRIES: usize = 2000;

/// An address that is as long as the one that has an account.
const NOBODY: &str = "hs@linde.example";

/// The BSN and the address of somebody who participates in 23595.
const PARTICIPANT: (&str, &str) = ("123456782", "janse@linde.example");

/// An address that is as long as that of the participant.
const STRANGER: &str = "jansm@linde.example";

/// After so many tries those of before are forgotten, so that no address is ever blocked.
const IN_A_ROW: usize = 2;

/// Longer than mails to one address are counted, in milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// For longer than wrong passwords are remembered, in milliseconds.
const LONG: i64 = 500 * DAY;

/// What is asked, and how often.
struct Measurement<'a> {
    app: &'a App,
    tries: usize,
}

impl Measurement<'_> {
    /// Asks in turns for the known (0) and the unknown (1), so that both meet the same disturbances, and tells how far the
    /// medians lie apart. `ask` gives what the answers took; after `forgotten` milliseconds one may ask anew.
    async fn compare<const N: usize>(
        &self,
        what: [&str; N],
        forgotten: i64,
        ask: impl AsyncFn(usize) -> [Duration; N],
    ) {
        let app = self.app;
        let mut times = [(); 2].map(|()| [(); N].map(|()| Vec::with_capacity(self.tries)));
        for number in 0..self.tries {
            if number.is_multiple_of(IN_A_ROW) {
                app.clock.advance(forgotten);
                session::clear_ended(&app.portal).await.unwrap();
            }
            let order = if number.is_multiple_of(2) { [0, 1] } else { [1, 0] };
            for which in order {
                for (times, took) in times[which].iter_mut().zip(ask(which).await) {
                    times.push(took);
                }
            }
        }
        let [mut known, mut unknown] = times;
        for (what, (known, unknown)) in what.into_iter().zip(known.iter_mut().zip(&mut unknown)) {
            let (known, unknown) = (median(known), median(unknown));
            let apart = (known - unknown).abs() / known.max(unknown) * 100.0;
            println!(
                "{what:<20} {:<10} known {known:8.3} ms   unknown {unknown:8.3} ms   {apart:4.1} % apart",
                app.name
            );
        }
    }

    /// Posts a form, which must give this status.
    async fn post(&self, path: &str, fields: &[(&str, &str)], wanted: StatusCode) -> [Duration; 1] {
        let started = Instant::now();
        let answer = self.app.post_form(path, None, fields).await;
        let took = started.elapsed();
        assert_eq!(answer.status, wanted, "{path}");
        [took]
    }

    /// Sends an enrolment with this BSN and proves its address; what both took.
    async fn enrol(&self, bsn: &str) -> [Duration; 2] {
        let (portal, request, form) =
            (&self.app.portal, Request::internal("bench"), answers(bsn, self.app.clock.today()));
        let begun = enrol::answer(portal, &request, None, Question::Contract, &form).await.unwrap().unwrap();
        let token = begun.token.unwrap();
        for question in Question::ALL.into_iter().skip(1) {
            enrol::answer(portal, &request, Some(&token), question, &form).await.unwrap().unwrap();
        }
        let started = Instant::now();
        enrol::send(portal, &request, &token, Language::Nl).await.unwrap().unwrap();
        let sending = started.elapsed();

        let beginning = format!("{ORIGIN}{FOLLOW_PATH}");
        let mails = self.app.mails().await;
        let link = mails.iter().find_map(|mail| {
            let to_this_one = mail.contains(&format!("To: <{}>", form.email));
            mail.split_whitespace().find_map(|word| word.strip_prefix(&beginning)).filter(|_| to_this_one)
        });
        let deed = FollowForm { actie: "bevestigen".to_owned(), ..FollowForm::default() };
        let started = Instant::now();
        follow::act(portal, &request, link.unwrap(), &deed).await.unwrap();
        let proving = started.elapsed();
        // What comes of it is mailed now, and not in the next try.
        self.app.mails().await;
        [sending, proving]
    }
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

/// Somebody who enrols in 23595.
fn answers(bsn: &str, first_day: Date) -> AnswerForm {
    let text = str::to_owned;
    AnswerForm {
        contract: text("23595"),
        wie: text("werknemer"),
        voorletters: text("A.J."),
        achternaam: text("Janse"),
        geboortedatum: text("1-5-1980"),
        geslacht: text("V"),
        bsn: text(bsn),
        straat: text("Lindelaan"),
        huisnummer: text("1"),
        postcode: text("7411 LD"),
        plaats: text("Lindeveld"),
        email: text("iemand@werknemer.example"),
        gezin: text("nee"),
        product: text("basis"),
        ingangsdatum: format_dutch(first_day),
        ..AnswerForm::default()
    }
}

async fn offer_insurance(app: &App) {
    let (code, name, kind) = ("basis".to_owned(), "Basisverzekering".to_owned(), ProductKind::Basic);
    let new = Product { code, name, kind, first_day: "2020-01-01".parse().unwrap(), last_day: None };
    product::keep(&app.portal, &new).await.unwrap();
}

#[tokio::main]
async fn main() {
    // Cargo itself adds an option.
    let tries = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(TRIES);
    let wide = 1_000_000;
    let limits = Limits {
        links_per_client: wide,
        failures_per_client: wide,
        enrolments_per_client: wide,
        enrolments_per_contract: wide,
        ..Limits::default()
    };
    let stranger = (731_000_000_u32..).map(|digits| digits.to_string()).find(|digits| Bsn::parse(digits).is_ok());
    let bsns = [PARTICIPANT.0.to_owned(), stranger.unwrap()];
    for app in apps_with(limits).await {
        offer_insurance(&app).await;
        let measurement = Measurement { app: &app, tries };
        let seen = StatusCode::SEE_OTHER;
        measurement
            .compare(["asking a link"], DAY, async |which| {
                measurement.post("/wachtwoord-vergeten", &[("email", [HR, NOBODY][which])], seen).await
            })
            .await;
        measurement
            .compare(["asking to change"], DAY, async |which| {
                let fields = [("contract", "23595"), ("email", [PARTICIPANT.1, STRANGER][which])];
                measurement.post("/wijzigen", &fields, seen).await
            })
            .await;
        measurement.compare(["enrolling", "proving"], DAY, async |which| measurement.enrol(&bsns[which]).await).await;
        // Last, for it takes the clock far into the future.
        measurement
            .compare(["signing in"], LONG, async |which| {
                let fields = [("email", [HR, NOBODY][which]), ("wachtwoord", "geen van beide goed")];
                measurement.post("/inloggen", &fields, StatusCode::UNPROCESSABLE_ENTITY).await
            })
            .await;
    }
}
