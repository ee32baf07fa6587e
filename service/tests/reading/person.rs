//! What is shown of a person, to whom, and the trace that looking leaves.

use collectief_domain::{
    flow::{FlowForm, UsageForm},
    participant::{ParticipantListForm, Population},
};
use collectief_service::{ServiceError, flow, participant};

use crate::world::{Person, list, request, signed_in, worlds};

// asvs = "15.3.1, 8.2.2"
#[tokio::test]
async fn rows_and_pages_show_a_person_as_stored_and_only_to_who_may_see_it() {
    for world in worlds().await {
        let who = signed_in(&world.portal, "een@example.nl", &["23595"]).await;
        let other = signed_in(&world.portal, "ander@example.nl", &["23596"]).await;
        let main = world
            .people
            .iter()
            .find(|person| {
                person.contract == "23595"
                    && person.is_current()
                    && person.main.is_empty()
                    && world.people.iter().filter(|other| other.main == person.relation && other.is_current()).count()
                        > 1
            })
            .unwrap();
        let dependants: Vec<&Person> = world.people.iter().filter(|other| other.main == main.relation).collect();
        let form = ParticipantListForm { relatienummer: main.relation.clone(), ..Default::default() };
        let row = list(&world, &who, Population::Current, &form).await.rows.remove(0);
        assert_eq!(row.full_name, main.name.full_name());
        assert_eq!((row.birth_date, row.start_date, row.end_date), (main.birth, main.start, main.end));
        assert_eq!(row.dependants as usize, dependants.iter().filter(|person| person.is_current()).count());
        assert!(!row.is_dependant);

        let view = participant::view(&world.portal, &request(), &who, row.id).await.unwrap();
        assert_eq!(view.name, main.name);
        assert_eq!(view.household.len(), dependants.len());
        assert_eq!(view.periods.len(), 1);
        assert!(view.may_change);
        assert!(view.withdrawable.is_none());
        let child = view.household[0].clone();
        assert!(!child.is_main);
        let view = participant::view(&world.portal, &request(), &who, child.id).await.unwrap();
        assert_eq!((view.household[0].id, view.household[0].is_main), (row.id, true));

        for refused in [
            participant::view(&world.portal, &request(), &other, row.id).await.map(|_| ()),
            participant::reveal_bsn(&world.portal, &request(), &other, row.id).await.map(|_| ()),
            participant::view(&world.portal, &request(), &who, collectief_domain::ids::ParticipationId(9_999_999))
                .await
                .map(|_| ()),
        ] {
            assert!(matches!(refused, Err(ServiceError::NotFound)), "{refused:?}");
        }
        let foreign = ParticipantListForm { contract: "23596".into(), ..Default::default() };
        let missing = ParticipantListForm { contract: "99999".into(), ..Default::default() };
        for form in [foreign, missing] {
            let refused = participant::list(&world.portal, &request(), &who, Population::Current, &form).await;
            assert!(matches!(refused, Err(ServiceError::NotFound)));
        }
    }
}

// asvs = "8.2.3, 14.2.6"
#[tokio::test]
async fn a_bsn_is_masked_revealed_only_where_it_is_needed_and_never_without_a_trace() {
    for world in worlds().await {
        world.portal.db().run_raw("UPDATE contract SET borderel_payment = (number = '23595')").await.unwrap();
        let who = signed_in(&world.portal, "alle@example.nl", &[]).await;
        let person = |contract: &str| {
            world
                .people
                .iter()
                .find(|person| person.contract == contract && person.is_current() && !person.bsn.is_empty())
                .unwrap()
        };
        let row = async |person: &Person| {
            let form = ParticipantListForm { relatienummer: person.relation.clone(), ..Default::default() };
            list(&world, &who, Population::Current, &form).await.rows.remove(0)
        };
        let shown = person("23595");
        let shown_row = row(shown).await;
        assert_eq!(shown_row.bsn.unwrap().to_string(), format!("*****{}", &shown.bsn[5..]));
        let before =
            world.portal.db().number("SELECT count(*) FROM access_log WHERE event = 'bsn_revealed'").await.unwrap();
        let revealed = participant::reveal_bsn(&world.portal, &request(), &who, shown_row.id).await.unwrap();
        assert_eq!(revealed, shown.bsn);
        let after =
            world.portal.db().number("SELECT count(*) FROM access_log WHERE event = 'bsn_revealed'").await.unwrap();
        assert_eq!(after, before + 1);

        let hidden = person("23596");
        let hidden_row = row(hidden).await;
        assert_eq!(hidden_row.bsn, None);
        let refused = participant::reveal_bsn(&world.portal, &request(), &who, hidden_row.id).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)));
    }
}

// asvs = "16.2.1, 16.2.5"
#[tokio::test]
async fn every_view_is_in_the_access_log_without_what_was_typed() {
    for world in worlds().await {
        let who = signed_in(&world.portal, "een@example.nl", &["23595"]).await;
        let events = "SELECT count(*) FROM access_log WHERE event IN ('list_viewed', 'flow_viewed', 'usage_viewed', 'searched', 'participant_viewed')";
        let before = world.portal.db().number(events).await.unwrap();
        let form = ParticipantListForm { achternaam: "Jansen".into(), ..Default::default() };
        let id = list(&world, &who, Population::Current, &form).await.rows[0].id;
        list(&world, &who, Population::Former, &ParticipantListForm::default()).await;
        participant::find(&world.portal, &request(), &who, "Jansen").await.unwrap();
        participant::view(&world.portal, &request(), &who, id).await.unwrap();
        flow::list(&world.portal, &request(), &who, &FlowForm::default()).await.unwrap();
        flow::usage(&world.portal, &request(), &who, &UsageForm::default()).await.unwrap();
        assert!(world.portal.audit().flush().await);
        assert_eq!(world.portal.db().number(events).await.unwrap(), before + 6, "{}", world.name);
        let told = "SELECT count(*) FROM access_log WHERE lower(details) LIKE '%jansen%'";
        assert_eq!(world.portal.db().number(told).await.unwrap(), 0);
    }
}
