//! Deregistering, taking it back and personnel numbers, on both databases.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

mod fixture;

use collectief_domain::{
    actor::Role,
    deregistration::{DeregisterForm, EndReason, PersonnelNumberForm, Refusal, WithdrawForm},
    field::FieldCode,
    ids::MutationId,
};
use collectief_service::{
    Limits, Portal, ServiceError,
    clock::Clock,
    deregister,
    outbox::{self, Post},
    participant,
};
use fixture::{PEOPLE, World, day, request, today, worlds};

const ADMINISTRATIVE: &[Role] = &[Role::Administrative];

async fn loaded() -> Vec<World> {
    let worlds = worlds().await;
    for world in &worlds {
        assert_eq!(world.must_load(PEOPLE).await.new, 8);
        world.must_be_clean().await;
    }
    worlds
}

fn withdrawal(mutation: MutationId, key: &str) -> WithdrawForm {
    WithdrawForm { mutatie: mutation.to_string(), sleutel: key.to_owned() }
}

#[tokio::test]
async fn a_household_ends_together_and_gets_one_offer() {
    for world in loaded().await {
        let staff = world.staff("hr", &["23595"], ADMINISTRATIVE).await;
        let form = world.form(&["100000001"], "31-12-2026", EndReason::EindeDienstverband, "k1").await;

        let preview = deregister::preview(&world.portal, &request(), &staff, &form).await.unwrap();
        assert_eq!(preview.ends.len(), 2, "{}", world.name);
        assert_eq!(preview.first_day_without, Some(day(2027, 1, 1)));
        assert_eq!(preview.dependants[0].full_name, "B. Janse");
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation").await, 0, "a preview writes nothing");

        let receipt = deregister::deregister(&world.portal, &request(), &staff, &form).await.unwrap();
        assert_eq!(receipt.mutations.len(), 2);
        assert!(!receipt.repeated && !receipt.requested);
        for relation in ["100000001", "100000002"] {
            assert_eq!(world.end_of(relation).await, "2026-12-31 einde_dienstverband");
        }
        let household = "SELECT COUNT(*) FROM mutation d JOIN mutation m ON d.household_id = m.id
                         WHERE m.household_id IS NULL AND d.kind = 'deregistration' AND d.actor_name = 'hr'";
        assert_eq!(world.number(household).await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM outbox WHERE recipient = 'janse@example.org'").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM outbox").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM access_log WHERE event = 'deregistered'").await, 2);
        assert_eq!(world.number("SELECT COUNT(*) FROM participation_past").await, 2);
        world.must_be_clean().await;
        // It can be delivered.
        let delivered = outbox::deliver_due(&world.portal, &Post::files(world.folder.path())).await.unwrap();
        assert_eq!((delivered.sent, delivered.failed), (1, 0));
    }
}

// asvs = "2.3.4"
#[tokio::test]
async fn a_form_that_is_sent_fifty_times_at_once_is_done_once() {
    for world in loaded().await {
        let staff = world.staff("hr", &["23595"], ADMINISTRATIVE).await;
        let form = world.form(&["100000001", "100000003"], "2026-11-30", EndReason::EindeDienstverband, "once").await;
        let mut sent = Vec::new();
        for _ in 0..50 {
            let (portal, staff, form) = (world.portal.clone(), staff.clone(), form.clone());
            sent.push(tokio::spawn(async move { deregister::deregister(&portal, &request(), &staff, &form).await }));
        }
        let mut receipts = Vec::new();
        for sent in sent {
            receipts.push(sent.await.unwrap().unwrap());
        }
        assert_eq!(receipts.iter().filter(|receipt| !receipt.repeated).count(), 1, "{}", world.name);
        assert!(receipts.windows(2).all(|pair| pair[0].mutations == pair[1].mutations));
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation").await, 3);
        assert_eq!(world.number("SELECT COUNT(*) FROM outbox").await, 2);
        world.must_be_clean().await;
        // The same key under another form is another form.
        let other = world.form(&["100000004"], "2026-11-30", EndReason::EindeDienstverband, "once").await;
        let receipt = deregister::deregister(&world.portal, &request(), &staff, &other).await.unwrap();
        assert!(!receipt.repeated);
    }
}

// asvs = "15.4.2"
#[tokio::test]
async fn of_two_colleagues_one_wins_and_the_other_is_told_who_and_when() {
    for world in loaded().await {
        let anna = world.staff("Anna", &["23595"], ADMINISTRATIVE).await;
        let bert = world.staff("Bert", &["23595"], ADMINISTRATIVE).await;
        let of_anna = world.form(&["100000003"], "2026-11-30", EndReason::EindeDienstverband, "a").await;
        let of_bert = world.form(&["100000003"], "2026-12-31", EndReason::EindeCollectiviteit, "b").await;
        let r = request();
        let (first, second) = tokio::join!(
            deregister::deregister(&world.portal, &r, &anna, &of_anna),
            deregister::deregister(&world.portal, &r, &bert, &of_bert),
        );
        let (winner, loser) = match (first, second) {
            (Ok(_), Err(error)) => ("Anna", error),
            (Err(error), Ok(_)) => ("Bert", error),
            other => panic!("{}: {other:?}", world.name),
        };
        let ServiceError::Conflict(conflict) = loser else { panic!("{loser:?}") };
        assert_eq!(conflict.by.as_deref(), Some(winner));
        assert_eq!(conflict.on, Some(today()));
        assert_eq!(conflict.at.as_deref(), Some("12:00"));
        assert_eq!(conflict.full_name.as_deref(), Some("C. van de Ven-Jansen"));
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation").await, 1);
        world.must_be_clean().await;
    }
}

// asvs = "8.2.2, 8.4.1"
#[tokio::test]
async fn what_is_not_yours_is_not_there() {
    for world in loaded().await {
        let staff = world.staff("other", &["24001"], ADMINISTRATIVE).await;
        let (id, version) = world.who("100000001").await;
        let (own, own_version) = world.who("200000001").await;
        let r = request();
        let p = &world.portal;
        for wie in [format!("{id}:{version}"), format!("{own}:{own_version},{id}:{version}"), "999999:1".to_owned()] {
            let form = DeregisterForm {
                wie,
                einddatum: "30-11-2026".into(),
                reden: "einde_dienstverband".into(),
                sleutel: "k".into(),
                ..Default::default()
            };
            let denied = [
                deregister::preview(p, &r, &staff, &form).await.err(),
                deregister::deregister(p, &r, &staff, &form).await.err(),
                deregister::request(p, &r, &staff, &form).await.err(),
            ];
            assert!(denied.iter().all(|error| matches!(error, Some(ServiceError::NotFound))), "{denied:?}");
        }
        for id in [id.to_string(), "999999".to_owned(), "x".to_owned()] {
            let form = PersonnelNumberForm { deelname: id, versie: "1".into(), personeelsnummer: "1".into() };
            let denied = deregister::change_personnel_number(p, &r, &staff, &form).await;
            assert!(matches!(denied, Err(ServiceError::NotFound)), "{denied:?}");
        }
        let hr = world.staff("hr", &["23595"], ADMINISTRATIVE).await;
        let form = world.form(&["100000001"], "2026-11-30", EndReason::EindeDienstverband, "k").await;
        let receipt = deregister::deregister(p, &r, &hr, &form).await.unwrap();
        for mutation in [receipt.mutations[0].to_string(), "999999".to_owned(), String::new()] {
            let form = WithdrawForm { mutatie: mutation, sleutel: "w".into() };
            let denied = deregister::withdraw(p, &r, &staff, &form).await;
            assert!(matches!(denied, Err(ServiceError::NotFound)), "{denied:?}");
        }
        let financial = world.staff("money", &["23595"], &[Role::Financial]).await;
        let denied = deregister::deregister(p, &r, &financial, &form).await;
        assert!(matches!(denied, Err(ServiceError::Forbidden)), "{denied:?}");
        world.must_be_clean().await;
    }
}

// asvs = "2.3.1"
#[tokio::test]
async fn after_a_death_the_family_is_asked_about_and_the_dead_get_no_offer() {
    for world in loaded().await {
        let staff = world.staff("hr", &["23595"], ADMINISTRATIVE).await;
        let r = request();
        let mut form = world.form(&["100000005"], "2026-10-20", EndReason::Overleden, "d1").await;
        let refused = deregister::deregister(&world.portal, &r, &staff, &form).await;
        let Err(ServiceError::Invalid(errors)) = refused else { panic!("{refused:?}") };
        assert_eq!(errors.on("gezin_gevraagd"), Some(FieldCode::Required));
        let preview = deregister::preview(&world.portal, &r, &staff, &form).await.unwrap();
        assert!(preview.asks_about_dependants);
        assert_eq!(preview.dependants.len(), 1, "the daughter had left already");

        form.gezin_gevraagd = "ja".into();
        let receipt = deregister::deregister(&world.portal, &r, &staff, &form).await.unwrap();
        assert_eq!(receipt.ends.len(), 1);
        assert_eq!(world.end_of("100000006").await, "9999-12-31 -");
        assert_eq!(world.number("SELECT COUNT(*) FROM outbox").await, 0);

        deregister::withdraw(&world.portal, &r, &staff, &withdrawal(receipt.mutations[0], "w")).await.unwrap();
        let mut form = world.form(&["100000005"], "2026-10-20", EndReason::Overleden, "d2").await;
        form.gezin_gevraagd = "ja".into();
        form.mee = world.who("100000006").await.0.to_string();
        deregister::deregister(&world.portal, &r, &staff, &form).await.unwrap();
        assert_eq!(world.end_of("100000006").await, "2026-10-20 einde_collectiviteit");
        // A letter to the partner, who has no address.
        assert_eq!(world.number("SELECT COUNT(*) FROM outbox WHERE recipient IS NULL").await, 1);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn taking_back_restores_the_household_and_its_counters() {
    for world in loaded().await {
        let staff = world.staff("hr", &["23595"], ADMINISTRATIVE).await;
        let other = world.staff("other", &["23595"], ADMINISTRATIVE).await;
        let r = request();
        let p = &world.portal;
        let form = world.form(&["100000001", "100000004"], "2026-10-31", EndReason::EindeDienstverband, "k").await;
        let receipt = deregister::deregister(p, &r, &staff, &form).await.unwrap();
        let counted = "SELECT current_count FROM contract WHERE number = '23595'";
        assert_eq!(world.number(counted).await, 3);
        // Named by the dependant's mutation, the whole household comes back.
        let dependant = receipt.ends.iter().position(|ending| ending.with.is_some()).unwrap();
        let form = withdrawal(receipt.mutations[dependant], "w1");
        deregister::withdraw(p, &r, &staff, &form).await.unwrap();
        assert_eq!(world.end_of("100000001").await, "9999-12-31 -");
        assert_eq!(world.end_of("100000002").await, "9999-12-31 -");
        assert_eq!(world.end_of("100000004").await, "2026-10-31 einde_dienstverband", "another household stays");
        assert_eq!(world.number(counted).await, 5);
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation WHERE state = 'withdrawn'").await, 2);
        assert_eq!(world.number("SELECT COUNT(*) FROM outbox WHERE state = 'cancelled'").await, 1);
        world.must_be_clean().await;
        // Again, with and without the key.
        deregister::withdraw(p, &r, &staff, &form).await.unwrap();
        deregister::withdraw(p, &r, &staff, &withdrawal(receipt.mutations[0], "w2")).await.unwrap();
        let told = deregister::withdraw(p, &r, &other, &withdrawal(receipt.mutations[0], "w3")).await;
        let Err(ServiceError::Conflict(conflict)) = told else { panic!("{told:?}") };
        assert_eq!(conflict.by.as_deref(), Some("hr"));
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation WHERE kind = 'deregistration_withdrawn'").await, 2);

        // The earlier end comes back, and an offer that has left is followed by another message.
        let last = receipt.ends.iter().position(|ending| ending.full_name == "D. Ørsted").unwrap();
        outbox::deliver_due(p, &Post::files(world.folder.path())).await.unwrap();
        deregister::withdraw(p, &r, &staff, &withdrawal(receipt.mutations[last], "w4")).await.unwrap();
        assert_eq!(world.end_of("100000004").await, "2027-03-31 einde_dienstverband");
        let told = "SELECT COUNT(*) FROM outbox WHERE kind = 'continuation_offer_withdrawn'";
        assert_eq!(world.number(told).await, 1);
        let delivered = outbox::deliver_due(p, &Post::files(world.folder.path())).await.unwrap();
        assert_eq!((delivered.sent, delivered.failed), (1, 0));
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn taking_back_after_a_later_change_is_a_conflict() {
    for world in loaded().await {
        let staff = world.staff("hr", &["23595"], ADMINISTRATIVE).await;
        let r = request();
        let p = &world.portal;
        let form = world.form(&["100000003"], "2026-12-31", EndReason::EindeDienstverband, "k1").await;
        let first = deregister::deregister(p, &r, &staff, &form).await.unwrap();
        // A personnel number does not stand in the way, an earlier end does.
        let (id, version) = world.who("100000003").await;
        let number = PersonnelNumberForm {
            deelname: id.to_string(),
            versie: version.to_string(),
            personeelsnummer: "0042".into(),
        };
        deregister::change_personnel_number(p, &r, &staff, &number).await.unwrap();
        // Sent twice it is done once.
        deregister::change_personnel_number(p, &r, &staff, &number).await.unwrap();
        let stale = PersonnelNumberForm { personeelsnummer: "0043".into(), ..number.clone() };
        let told = deregister::change_personnel_number(p, &r, &staff, &stale).await;
        assert!(matches!(told, Err(ServiceError::Conflict(_))), "{told:?}");
        deregister::withdraw(p, &r, &staff, &withdrawal(first.mutations[0], "w1")).await.unwrap();
        assert_eq!(world.end_of("100000003").await, "9999-12-31 -");

        let form = world.form(&["100000003"], "2026-12-31", EndReason::EindeDienstverband, "k2").await;
        let second = deregister::deregister(p, &r, &staff, &form).await.unwrap();
        let form = world.form(&["100000003"], "2026-11-30", EndReason::EindeDienstverband, "k3").await;
        deregister::deregister(p, &r, &staff, &form).await.unwrap();
        let told = deregister::withdraw(p, &r, &staff, &withdrawal(second.mutations[0], "w2")).await;
        assert!(matches!(told, Err(ServiceError::Conflict(_))), "{told:?}");
        assert_eq!(world.end_of("100000003").await, "2026-11-30 einde_dienstverband");
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn a_dependant_cannot_come_back_without_the_main_insured() {
    for world in loaded().await {
        let staff = world.staff("hr", &["23595"], ADMINISTRATIVE).await;
        let r = request();
        let p = &world.portal;
        let form = world.form(&["100000002"], "2026-11-30", EndReason::EindeCollectiviteit, "k1").await;
        let dependant = deregister::deregister(p, &r, &staff, &form).await.unwrap();
        let form = world.form(&["100000001"], "2026-12-31", EndReason::EindeDienstverband, "k2").await;
        deregister::deregister(p, &r, &staff, &form).await.unwrap();
        let told = deregister::withdraw(p, &r, &staff, &withdrawal(dependant.mutations[0], "w")).await;
        let Err(ServiceError::Refused(refused)) = told else { panic!("{told:?}") };
        assert_eq!(refused[0].refusal, Refusal::AfterExistingEnd { end: day(2026, 12, 31) });
        assert_eq!(world.end_of("100000002").await, "2026-11-30 einde_collectiviteit", "nothing was written");
        world.must_be_clean().await;
    }
}

// asvs = "2.3.2"
#[tokio::test]
async fn too_far_back_is_asked_of_the_insurer_and_changes_nothing() {
    for world in loaded().await {
        let staff = world.staff("hr", &["23595"], ADMINISTRATIVE).await;
        let r = request();
        let p = &world.portal;
        let form = world.form(&["100000001"], "2024-12-31", EndReason::EindeDienstverband, "k").await;
        let preview = deregister::preview(p, &r, &staff, &form).await.unwrap();
        assert!(preview.may_request && preview.ends.is_empty());
        let refused = deregister::deregister(p, &r, &staff, &form).await;
        let Err(ServiceError::Refused(refused)) = refused else { panic!("{refused:?}") };
        assert_eq!(refused[0].refusal, Refusal::TooFarBack { earliest: day(2025, 11, 1) });

        let receipt = deregister::request(p, &r, &staff, &form).await.unwrap();
        assert!(receipt.requested);
        assert_eq!(receipt.mutations.len(), 2);
        assert!(deregister::request(p, &r, &staff, &form).await.unwrap().repeated);
        assert_eq!(world.end_of("100000001").await, "9999-12-31 -");
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation WHERE state = 'requested'").await, 2);
        assert_eq!(world.number("SELECT COUNT(*) FROM outbox WHERE kind = 'deregistration_request'").await, 1);
        // Asking can be taken back, too.
        deregister::withdraw(p, &r, &staff, &withdrawal(receipt.mutations[0], "w")).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation WHERE state = 'requested'").await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM outbox WHERE state = 'cancelled'").await, 1);
        // Other rules hold all the same.
        let form = world.form(&["100000003"], "2010-12-31", EndReason::EindeDienstverband, "k2").await;
        let refused = deregister::request(p, &r, &staff, &form).await;
        assert!(matches!(refused, Err(ServiceError::Refused(_))), "{refused:?}");
        world.must_be_clean().await;
    }
}

// asvs = "2.3.3"
#[tokio::test]
async fn of_several_all_end_or_none() {
    for world in loaded().await {
        let staff = world.staff("hr", &[], ADMINISTRATIVE).await;
        let r = request();
        let p = &world.portal;
        let form =
            world.form(&["100000003", "200000001", "100000004"], "2027-06-30", EndReason::EindeDienstverband, "k");
        let refused = deregister::deregister(p, &r, &staff, &form.await).await;
        let Err(ServiceError::Refused(refused)) = refused else { panic!("{refused:?}") };
        assert_eq!(refused.len(), 1, "only the one who ends before that day");
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation").await, 0);
        let form =
            world.form(&["100000003", "200000001", "100000004"], "2026-12-31", EndReason::EindeDienstverband, "k");
        let receipt = deregister::deregister(p, &r, &staff, &form.await).await.unwrap();
        assert_eq!(receipt.ends.len(), 3, "in two contracts at once");
        world.must_be_clean().await;
    }
}

/// The same numbers every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit as u64) as usize
    }
}

#[tokio::test]
async fn counters_stay_right_whatever_is_done_in_whatever_order() {
    for world in loaded().await {
        let staff = world.staff("hr", &[], ADMINISTRATIVE).await;
        let r = request();
        let p = &world.portal;
        let people = ["100000001", "100000002", "100000003", "100000004", "100000005", "100000006", "200000001"];
        let mut numbers = Numbers(42);
        let mut done: Vec<MutationId> = Vec::new();
        let mut now = today();
        let mut changes = 0;
        for step in 0..120 {
            if numbers.below(4) == 0 {
                now = now + chrono::Days::new(numbers.below(40) as u64);
                p.clock().set(now);
            }
            if numbers.below(3) == 0 && !done.is_empty() {
                let place = numbers.below(done.len());
                let form = withdrawal(done.swap_remove(place), &format!("w{step}"));
                changes += usize::from(deregister::withdraw(p, &r, &staff, &form).await.is_ok());
            } else {
                let who = people[numbers.below(people.len())];
                let end = now + chrono::Days::new(numbers.below(90) as u64) - chrono::Days::new(60);
                let reason = EndReason::ALL[numbers.below(5)];
                let mut form = world.form(&[who], &end.to_string(), reason, &format!("d{step}")).await;
                form.gezin_gevraagd = "ja".into();
                if let Ok(receipt) = deregister::deregister(p, &r, &staff, &form).await {
                    done.extend(receipt.mutations);
                    changes += 1;
                }
            }
            if step % 20 == 19 {
                world.must_be_clean().await;
            }
        }
        assert!(changes > 30, "{}: only {changes} changes were made", world.name);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn counters_are_brought_up_to_the_day_once() {
    for world in loaded().await {
        let staff = world.staff("hr", &["23595"], ADMINISTRATIVE).await;
        let form = world.form(&["100000001"], "10-11-2026", EndReason::EindeDienstverband, "k1").await;
        deregister::deregister(&world.portal, &request(), &staff, &form).await.unwrap();
        let counted = "SELECT CAST(SUM(current_count) AS BIGINT) FROM contract";
        let before = world.number(counted).await;
        assert_eq!(participant::roll_counts(&world.portal).await.unwrap(), 0, "{}: all were counted today", world.name);

        let clock = Clock::standing_on(day(2026, 11, 11));
        let later = Portal::new(world.database.db.clone(), clock, Limits::default(), "Test".to_owned(), false);
        assert!(participant::roll_counts(&later).await.unwrap() > 0, "{}", world.name);
        assert_eq!(world.number(counted).await, before - 2, "{}: the household has ended", world.name);
        assert_eq!(participant::roll_counts(&later).await.unwrap(), 0);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn a_check_sees_what_was_spoilt() {
    for world in loaded().await {
        for (spoil, mend) in [
            ("current_count = current_count + 1", "current_count = current_count - 1"),
            ("current_main_count = current_main_count - 1", "current_main_count = current_main_count + 1"),
        ] {
            let of = |set: &str| format!("UPDATE contract SET {set} WHERE number = '23595'");
            spoilt(&world, &of(spoil), 1).await;
            world.database.db.run_raw(&of(mend)).await.unwrap();
            world.must_be_clean().await;
        }
        spoilt(&world, "UPDATE month_flow SET inflow = inflow + 1", 5).await;
        world.database.db.run_raw("UPDATE month_flow SET inflow = inflow - 1").await.unwrap();
        spoilt(&world, "DELETE FROM search_word WHERE word_group = 'va'", 1).await;
    }
}

async fn spoilt(world: &World, sql: &str, at_least: usize) {
    world.database.db.run_raw(sql).await.unwrap();
    let report = collectief_service::check::check(&world.portal).await.unwrap();
    assert!(report.differences.len() >= at_least, "{sql}: {:?}", report.differences);
}
