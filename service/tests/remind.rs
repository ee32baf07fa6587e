//! Reminders: each exactly once, on its day, to who may see what waits, whatever the clock and the servers do.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

#[expect(dead_code, reason = "each test of the service uses a part of it")]
mod fixture;

use std::{fs, time::Duration};

use collectief_domain::{
    actor::{Language, Role},
    date::Date,
    own_details::DetailsForm,
    reminder::RemindersForm,
};
use collectief_service::{
    Limits, Portal, Reach,
    account_management::name_main,
    clock::Clock,
    outbox::{Post, deliver_due},
    own_details,
    remind::{remind_due, set_wishes},
};
use fixture::{PEOPLE, World, day, request, worlds};

const MINUTE: i64 = 60 * 1000;
const HOUR: i64 = 60 * MINUTE;

/// A world at eight in the morning of a day, or at another hour, in which mail can be sent.
fn at(world: World, clock: &Clock) -> World {
    let reach = Reach { address: Some("https://portaal.example".to_owned()), ..Reach::default() };
    let portal = Portal::new(world.database.db.clone(), clock.clone(), Limits::default(), "Test".to_owned(), false)
        .reached_by(reach);
    World { portal, ..world }
}

/// A request that waits since now.
async fn waits(world: &World, number: u32, contract: &str) -> i64 {
    let now = world.portal.clock().millis();
    let id = world.number(&format!("SELECT id FROM contract WHERE number = '{contract}'")).await;
    let bytes = if world.database.db.is_postgres() { format!("'\\x{number:08}'") } else { format!("x'{number:08}'") };
    let empty = if world.database.db.is_postgres() { "'\\x'" } else { "x''" };
    world
        .database
        .db
        .run_raw(&format!(
            "INSERT INTO mutation_case (contract_id, kind, state, channel, needs_validation, form_key, reference,
                 full_name, sort_key, search_text, birth_date, effective, personnel_number, products, dependants,
                 language, request, since, created_at, remind_at)
             VALUES ({id}, 'enrolment', 'waiting', 'open_employee', TRUE, {bytes}, 'REF-{number}', 'E. Zeestra',
                 'zeestra', ' zeestra e', '1985-03-27', '2027-01-01', '', 'basis', 0, 'nl', {empty}, {now}, {now},
                 {now})"
        ))
        .await
        .unwrap();
    world.number(&format!("SELECT id FROM mutation_case WHERE reference = 'REF-{number}'")).await
}

async fn reminders(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM outbox WHERE kind = 'reminder'").await
}

/// The mails that were delivered by now: to whom, and their text.
async fn delivered(world: &World) -> Vec<(String, String)> {
    let folder = world.folder.path().join("outbox");
    deliver_due(&world.portal, &Post::files(&folder)).await.unwrap();
    let Ok(files) = fs::read_dir(&folder) else { return Vec::new() };
    let mut mails: Vec<(String, String)> = files
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .filter(|mail| mail.contains("/valideren"))
        .map(|mail| {
            let to = mail.lines().find_map(|line| line.strip_prefix("To: ")).unwrap_or_default();
            (to.trim_matches(['<', '>']).to_owned(), mail.clone())
        })
        .collect();
    mails.sort();
    mails
}

#[tokio::test]
async fn a_request_is_reminded_of_at_once_after_three_days_after_a_week_then_the_main_account_then_nobody() {
    for world in worlds().await {
        let clock = Clock::standing_on(day(2026, 11, 2));
        let world = at(world, &clock);
        world.must_load(PEOPLE).await;
        world.staff("hr", &["23595"], &[Role::Administrative]).await;
        world.staff("chief", &["23595"], &[Role::Administrative, Role::AccountManagement]).await;
        world.staff("money", &["23595"], &[Role::Financial]).await;
        world.staff("other", &["24001"], &[Role::Administrative]).await;
        name_main(&world.portal, "chief@example.org", "23595").await.unwrap();
        let case = waits(&world, 1, "23595").await;

        assert_eq!(remind_due(&world.portal).await.unwrap(), 1, "{}", world.name);
        assert_eq!(remind_due(&world.portal).await.unwrap(), 0);
        let mails = delivered(&world).await;
        let to: Vec<&str> = mails.iter().map(|(to, _)| to.as_str()).collect();
        assert_eq!(to, ["chief@example.org", "hr@example.org"], "only who may see it");
        for (_, mail) in &mails {
            assert!(mail.contains("REF-1") && mail.contains(&format!("https://portaal.example/valideren/{case}")));
            assert!(!mail.contains("Zeestra"), "nobody is named");
        }

        // 5 and 9 November: three days and a week later, at eight.
        for (due, count) in [(day(2026, 11, 5), 4), (day(2026, 11, 9), 6)] {
            clock.set(due);
            clock.advance(-4 * HOUR - MINUTE);
            assert_eq!(remind_due(&world.portal).await.unwrap(), 0, "a minute before eight on {due}");
            clock.advance(MINUTE);
            assert_eq!(remind_due(&world.portal).await.unwrap(), 1, "at eight on {due}");
            assert_eq!(reminders(&world).await, count);
        }
        clock.set(day(2026, 11, 12));
        assert_eq!(remind_due(&world.portal).await.unwrap(), 1);
        assert_eq!(reminders(&world).await, 7, "the main account only");
        clock.set(day(2026, 11, 16));
        assert_eq!(remind_due(&world.portal).await.unwrap(), 1);
        assert_eq!(reminders(&world).await, 7, "nobody is mailed: the helpdesk sees it");
        clock.set(day(2027, 11, 16));
        assert_eq!(remind_due(&world.portal).await.unwrap(), 0, "and that is all");
    }
}

/// The days between are days of the calendar: of 23 and 25 hours too, over 29 February and over week 53.
#[tokio::test]
async fn reminders_come_at_eight_on_their_day_whatever_the_calendar_does() {
    let sent = [day(2026, 3, 27), day(2026, 10, 23), day(2028, 2, 27), day(2026, 12, 29)];
    let due = [
        [day(2026, 3, 30), day(2026, 4, 3)],
        [day(2026, 10, 26), day(2026, 10, 30)],
        [day(2028, 3, 1), day(2028, 3, 5)],
        [day(2027, 1, 1), day(2027, 1, 5)],
    ];
    for world in worlds().await {
        let clock = Clock::standing_on(day(2026, 1, 1));
        let world = at(world, &clock);
        world.must_load(PEOPLE).await;
        world.staff("hr", &["23595"], &[Role::Administrative]).await;
        for (number, (sent, due)) in (1..).zip(sent.iter().zip(&due)) {
            clock.set(*sent);
            waits(&world, number, "23595").await;
            assert_eq!(remind_due(&world.portal).await.unwrap(), 1);
            for due in due {
                clock.set(*due);
                clock.advance(-4 * HOUR - 1);
                assert_eq!(remind_due(&world.portal).await.unwrap(), 0, "{}: before eight on {due}", world.name);
                clock.advance(1);
                assert_eq!(remind_due(&world.portal).await.unwrap(), 1, "{}: at eight on {due}", world.name);
            }
            world.database.db.run_raw("UPDATE mutation_case SET remind_at = NULL").await.unwrap();
        }
    }
}

#[tokio::test]
async fn two_servers_and_one_that_is_killed_remind_each_exactly_once() {
    for world in worlds().await {
        let clock = Clock::standing_on(day(2026, 11, 2));
        let world = at(world, &clock);
        world.must_load(PEOPLE).await;
        for name in ["een", "twee", "drie"] {
            world.staff(name, &["23595"], &[Role::Administrative]).await;
        }
        for number in 1..=150 {
            waits(&world, number, "23595").await;
        }
        for wait in [0, 1, 3, 7, 15, 30] {
            let portal = world.portal.clone();
            let killed = tokio::spawn(async move { remind_due(&portal).await });
            tokio::time::sleep(Duration::from_millis(wait)).await;
            killed.abort();
            let _ = killed.await;
        }
        let (one, two) = tokio::join!(remind_due(&world.portal), remind_due(&world.portal));
        one.unwrap();
        two.unwrap();
        remind_due(&world.portal).await.unwrap();
        assert_eq!(reminders(&world).await, 450, "{}", world.name);
        let twice = world.number("SELECT COUNT(*) FROM mutation_case WHERE reminded <> 1").await;
        assert_eq!(twice, 0, "{}", world.name);
    }
}

#[tokio::test]
async fn once_a_day_all_that_waits_is_in_one_mail_in_the_language_and_at_the_address_that_were_chosen() {
    for world in worlds().await {
        let clock = Clock::standing_on(day(2026, 11, 2));
        let world = at(world, &clock);
        world.must_load(PEOPLE).await;
        let who = world.staff("daily", &["23595"], &[Role::Administrative]).await;
        let form = RemindersForm { hoe: "dagelijks".to_owned(), ..RemindersForm::default() };
        set_wishes(&world.portal, &request(), &who, &form).await.unwrap();
        let form =
            DetailsForm { naam: "Daily".to_owned(), taal: Language::En.tag().to_owned(), ..DetailsForm::default() };
        own_details::save(&world.portal, &request(), &who, &form).await.unwrap();
        world.database.db.run_raw("UPDATE account SET reminder_email = 'hr-desk@example.org'").await.unwrap();

        for number in 1..=3 {
            waits(&world, number, "23595").await;
        }
        remind_due(&world.portal).await.unwrap();
        assert_eq!(delivered(&world).await.len(), 0, "{}: at noon the mail of the day has left", world.name);
        clock.set(day(2026, 11, 3));
        let mails = delivered(&world).await;
        assert_eq!(mails.len(), 1, "{}", world.name);
        let (to, mail) = &mails[0];
        assert_eq!(to, "hr-desk@example.org");
        assert!(mail.contains("3 mutations wait for you"), "{mail}");

        // What was decided meanwhile is not reminded of.
        world.database.db.run_raw("UPDATE mutation_case SET state = 'removed'").await.unwrap();
        clock.set(day(2026, 11, 5));
        remind_due(&world.portal).await.unwrap();
        clock.set(day(2026, 11, 6));
        assert_eq!(delivered(&world).await.len(), 1, "{}", world.name);
    }
}

#[tokio::test]
async fn who_is_away_is_not_reminded_but_a_deputy_who_may_see_it_is() {
    for world in worlds().await {
        let clock = Clock::standing_on(day(2026, 11, 2));
        let world = at(world, &clock);
        world.must_load(PEOPLE).await;
        let away = world.staff("away", &["23595", "24001"], &[Role::Administrative]).await;
        world.staff("deputy", &["23595"], &[Role::Administrative]).await;
        world.staff("stranger", &["24001"], &[Role::Financial]).await;
        let form = |deputy: &str| RemindersForm {
            hoe: "direct".to_owned(),
            afwezig_van: "01-11-2026".to_owned(),
            afwezig_tot: "30-11-2026".to_owned(),
            vervanger: deputy.to_owned(),
        };
        for nobody in ["nobody@example.org", "stranger@example.org", "away@example.org"] {
            let refused = set_wishes(&world.portal, &request(), &away, &form(nobody)).await;
            assert!(refused.is_err(), "{nobody} is no deputy");
        }
        set_wishes(&world.portal, &request(), &away, &form("Deputy@example.org")).await.unwrap();

        waits(&world, 1, "23595").await;
        waits(&world, 2, "24001").await;
        remind_due(&world.portal).await.unwrap();
        let told: Vec<(String, bool)> =
            delivered(&world).await.into_iter().map(|(to, mail)| (to, mail.contains("REF-1"))).collect();
        // The deputy may not see the second contract: that reminder waits for who is away.
        let expected = [("away@example.org".to_owned(), false), ("deputy@example.org".to_owned(), true)];
        assert_eq!(told, expected, "{}", world.name);

        clock.set(day(2026, 12, 1));
        waits(&world, 3, "23595").await;
        world
            .database
            .db
            .run_raw("UPDATE mutation_case SET remind_at = NULL WHERE reference <> 'REF-3'")
            .await
            .unwrap();
        remind_due(&world.portal).await.unwrap();
        assert_eq!(delivered(&world).await.len(), 4, "{}: back again, both are reminded", world.name);
    }
}

#[tokio::test]
async fn whoever_lost_the_right_meanwhile_is_told_nothing() {
    for world in worlds().await {
        let clock = Clock::standing_on(day(2026, 11, 2));
        let world = at(world, &clock);
        world.must_load(PEOPLE).await;
        world.staff("hr", &["23595"], &[Role::Administrative]).await;
        waits(&world, 1, "23595").await;
        remind_due(&world.portal).await.unwrap();
        assert_eq!(reminders(&world).await, 1);
        world.database.db.run_raw("UPDATE account_right SET roles = 2").await.unwrap();
        assert_eq!(delivered(&world).await.len(), 0, "{}", world.name);
        assert_eq!(reminders(&world).await, 0, "{}", world.name);
    }
}

/// A server that stood still reminds once of what waits longest, and not of every stage that passed.
#[tokio::test]
async fn stages_that_passed_while_no_server_ran_are_one_reminder() {
    for world in worlds().await {
        let clock = Clock::standing_on(day(2026, 11, 2));
        let world = at(world, &clock);
        world.must_load(PEOPLE).await;
        world.staff("hr", &["23595"], &[Role::Administrative]).await;
        waits(&world, 1, "23595").await;
        let later: Date = day(2026, 11, 10);
        clock.set(later);
        assert_eq!(remind_due(&world.portal).await.unwrap(), 1, "{}", world.name);
        assert_eq!(reminders(&world).await, 1, "{}", world.name);
        assert!(delivered(&world).await[0].1.contains("al 8 dagen"));
    }
}
