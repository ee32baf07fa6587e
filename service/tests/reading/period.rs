//! Lists over a period, and lists as they were known on an earlier day.

use collectief_domain::{
    deregistration::DeregisterForm,
    field::FieldCode,
    flow::{FlowForm, UsageForm},
    participant::{ParticipantListForm, Population, list::Count},
};
use collectief_service::{deregister, flow, participant};

use crate::world::{Person, day, list, request, signed_in, worlds};

#[tokio::test]
async fn a_list_over_a_period_has_whom_it_should_whichever_way_it_is_found() {
    for world in worlds().await {
        let who = signed_in(&world.portal, "alle@example.nl", &[]).await;
        for contract in ["23595", "23596", "23597"] {
            for (from, to) in [
                ((2019, 1), (2024, 9)),
                ((2022, 3), (2022, 3)),
                ((2017, 1), (2017, 12)),
                ((2026, 1), (2027, 6)),
                ((2018, 2), (2018, 4)),
            ] {
                let first = day(from.0, from.1, 1);
                let last = collectief_domain::date::Month::new(to.0, to.1).unwrap().last_day();
                for everyone in [false, true] {
                    let theirs: Vec<&Person> =
                        world.people.iter().filter(|person| person.contract == contract).collect();
                    let came = |person: &&&Person| (first..=last).contains(&person.start);
                    let went = |person: &&&Person| person.end.is_some_and(|end| (first..=last).contains(&end));
                    let mut wanted: Vec<&str> = theirs
                        .iter()
                        .filter(|person| match everyone {
                            false => came(person) || went(person),
                            true => person.start <= last && person.end.is_none_or(|end| end >= first),
                        })
                        .map(|person| person.relation.as_str())
                        .collect();
                    wanted.sort_unstable();
                    for known in ["", "01-11-2026"] {
                        let mut found = Vec::new();
                        let mut number = 1;
                        loop {
                            let form = FlowForm {
                                contract: contract.into(),
                                van: format!("{:04}-{:02}", from.0, from.1),
                                tot: format!("{:04}-{:02}", to.0, to.1),
                                toon: if everyone { "alle".into() } else { String::new() },
                                bekend_op: known.into(),
                                pagina: number.to_string(),
                            };
                            let page = flow::list(&world.portal, &request(), &who, &form).await.unwrap();
                            assert!(page.errors.is_empty());
                            assert_eq!(page.inflow as usize, theirs.iter().filter(came).count(), "{}", world.name);
                            assert_eq!(page.outflow as usize, theirs.iter().filter(went).count());
                            let at_end = theirs
                                .iter()
                                .filter(|person| person.start <= last && person.end.is_none_or(|end| end > last));
                            assert_eq!(page.at_end as usize, at_end.count());
                            found.extend(page.rows.into_iter().map(|row| row.relation_number));
                            number += 1;
                            if !page.has_next {
                                break;
                            }
                        }
                        let keys: Vec<String> = found
                            .iter()
                            .map(|relation| {
                                world.people.iter().find(|person| person.relation == *relation).unwrap().name.sort_key()
                            })
                            .collect();
                        assert!(keys.is_sorted());
                        found.sort_unstable();
                        assert_eq!(found, wanted, "{} {contract} {from:?} {to:?} {everyone} {known}", world.name);
                    }
                }
            }
        }
        let unchosen = flow::list(&world.portal, &request(), &who, &FlowForm::default()).await.unwrap();
        assert_eq!(unchosen.errors.on("contract"), Some(FieldCode::Required));
        let usage = UsageForm { contract: "23596".into(), maanden: "alle".into() };
        let page = flow::usage(&world.portal, &request(), &who, &usage).await.unwrap();
        let current = world.people.iter().filter(|person| person.contract == "23596" && person.is_current()).count();
        assert_eq!(page.current as usize, current);
        for month in &page.months {
            assert_eq!(month.difference, month.inflow - month.outflow);
            let last = month.month.last_day();
            let there = world.people.iter().filter(|person| {
                person.contract == "23596" && person.start <= last && person.end.is_none_or(|end| end > last)
            });
            assert_eq!(month.at_end as usize, there.count());
        }
    }
}

#[tokio::test]
async fn lists_stay_as_they_were_known_on_an_earlier_day() {
    for world in worlds().await {
        let who = signed_in(&world.portal, "een@example.nl", &["23595"]).await;
        let row = list(
            &world,
            &who,
            Population::Current,
            &ParticipantListForm { gezinsleden: "nee".into(), ..Default::default() },
        )
        .await
        .rows
        .into_iter()
        .find(|row| row.end_date.is_none() && row.dependants == 0)
        .unwrap();
        world.portal.clock().set(day(2026, 11, 5));
        let form = DeregisterForm {
            wie: format!("{}:{}", row.id, row.version),
            einddatum: "31-10-2026".into(),
            reden: "einde_dienstverband".into(),
            sleutel: "een-sleutel-van-de-toets".into(),
            ..Default::default()
        };
        deregister::deregister(&world.portal, &request(), &who, &form).await.unwrap();
        let by_number = |known: &str| ParticipantListForm {
            relatienummer: row.relation_number.clone(),
            bekend_op: known.into(),
            ..Default::default()
        };
        assert!(list(&world, &who, Population::Current, &by_number("")).await.rows.is_empty());
        assert_eq!(list(&world, &who, Population::Former, &by_number("")).await.rows.len(), 1);
        let then = list(&world, &who, Population::Current, &by_number("04-11-2026")).await.rows.remove(0);
        assert_eq!((then.end_date, then.end_reason), (None, None));
        let now = list(&world, &who, Population::Former, &by_number("05-11-2026")).await.rows.remove(0);
        assert_eq!(now.end_date, Some(day(2026, 10, 31)));

        let october = |known: &str| FlowForm {
            van: "2026-10".into(),
            tot: "2026-10".into(),
            bekend_op: known.into(),
            ..Default::default()
        };
        let now = flow::list(&world.portal, &request(), &who, &october("")).await.unwrap();
        let then = flow::list(&world.portal, &request(), &who, &october("04-11-2026")).await.unwrap();
        assert_eq!((now.outflow, now.at_end), (then.outflow + 1, then.at_end - 1));
        assert!(now.rows.iter().any(|found| found.id == row.id));
        assert!(then.rows.iter().all(|found| found.id != row.id));
        assert_eq!(now.complete_until, day(2026, 9, 30));
        assert_eq!(now.closes_on, day(2026, 11, 10));

        let view = participant::view(&world.portal, &request(), &who, row.id).await.unwrap();
        assert_eq!(view.withdrawable, Some(view.mutations[0].id));
        // A day later the counters are of a day earlier, and the lists still agree with themselves.
        world.portal.clock().set(day(2026, 12, 15));
        let page = list(&world, &who, Population::Current, &ParticipantListForm::default()).await;
        let there = world
            .people
            .iter()
            .filter(|person| person.contract == "23595" && person.end.is_none_or(|end| end >= day(2026, 12, 15)))
            .count();
        assert_eq!(page.count, Count::Exactly(there as u64 - 1));
    }
}
