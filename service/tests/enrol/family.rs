//! A family comes along with who enrols: all of it, or nobody.

use collectief_domain::{
    case::{CaseField, CaseState, OutcomeResult, QueuePart, StuckCause},
    date::Month,
    enrolment::AnswerForm,
    participant::{ParticipantListForm, Population},
};
use collectief_service::participant;

use crate::{
    fixture::{World, day, request},
    open::{BSN_OF_JANSE, case_page, child, decided, hr, open_worlds, proven, queue, somebody, state, undo},
};

/// Everyone and the main insured of 23595 by its counters, and who begins in December by its roll-up.
async fn counted(world: &World) -> [i64; 3] {
    let of = |column: &str| format!("SELECT {column} FROM contract WHERE number = '23595'");
    let december = Month::new(2026, 12).unwrap().index();
    let begin = format!(
        "SELECT CAST(COALESCE(SUM(f.inflow), 0) AS BIGINT) FROM month_flow f JOIN contract c ON c.id = f.contract_id
         WHERE c.number = '23595' AND f.month = {december}"
    );
    [
        world.number(&of("current_count")).await,
        world.number(&of("current_main_count")).await,
        world.number(&begin).await,
    ]
}

#[tokio::test]
async fn a_family_participates_through_the_main_insured_and_is_counted() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let [everyone, main, december] = counted(&world).await;
        let case = proven(&world, &somebody(1), &[child(2), child(3)]).await;
        assert_eq!(queue(&world, &hr, QueuePart::Waiting).await.rows[0].dependants, 2, "{}", world.name);
        let page = case_page(&world, &hr, case.id).await.unwrap();
        let family = page.changes.iter().filter(|change| change.field == CaseField::Dependant).count();
        assert_eq!(family, 2, "{}", world.name);

        let OutcomeResult::Approved(Some(id)) = decided(&world, &hr, case.id, "goedkeuren").await else {
            panic!("{}: not approved", world.name)
        };
        assert_eq!(counted(&world).await, [everyone + 3, main + 1, december + 3], "{}", world.name);
        let view = participant::view(&world.portal, &request(), &hr, id).await.unwrap();
        assert_eq!(view.household.len(), 2, "{}", world.name);
        for member in &view.household {
            assert!(!member.is_main);
            let view = participant::view(&world.portal, &request(), &hr, member.id).await.unwrap();
            assert_eq!((view.start_date, view.products.len()), (day(2026, 12, 1), 2), "{}", world.name);
            let main = view.household.iter().find(|other| other.is_main).unwrap();
            assert_eq!(main.id, id, "{}: through whom they participate", world.name);
        }
        // The three mutations are one household, of this request.
        let mutations = format!("SELECT COUNT(*) FROM mutation WHERE case_id = {}", case.id);
        assert_eq!(world.number(&mutations).await, 3, "{}", world.name);
        let households = "SELECT COUNT(DISTINCT household_id) FROM mutation WHERE household_id IS NOT NULL AND case_id";
        assert_eq!(world.number(&format!("{households} = {}", case.id)).await, 1, "{}", world.name);
        let form = ParticipantListForm { gezinsleden: "nee".to_owned(), ..ParticipantListForm::default() };
        let list = participant::list(&world.portal, &request(), &hr, Population::Current, &form).await.unwrap();
        assert_eq!(list.rows.len() as i64, main + 1, "{}: only the main insured", world.name);
        world.must_be_clean().await;

        undo(&world, &hr, case.id).await.unwrap();
        assert_eq!(counted(&world).await, [everyone, main, december], "{}: nobody is left over", world.name);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn nobody_of_a_family_begins_when_one_of_them_participates_already() {
    for world in open_worlds().await {
        let hr = hr(&world).await;
        let before = counted(&world).await;
        let janse = AnswerForm {
            voorletters: "A.J.".to_owned(),
            achternaam: "Janse".to_owned(),
            geboortedatum: "2-1-1980".to_owned(),
            bsn: BSN_OF_JANSE.to_owned(),
            ..child(2)
        };
        let case = proven(&world, &somebody(1), &[child(3), janse]).await;
        let page = case_page(&world, &hr, case.id).await.unwrap();
        assert_eq!(page.hindrance, Some(StuckCause::ParticipatesAlready), "{}: it is said beforehand", world.name);
        let result = decided(&world, &hr, case.id, "goedkeuren").await;
        assert_eq!(result, OutcomeResult::Refused(StuckCause::ParticipatesAlready), "{}", world.name);
        assert_eq!(state(&world, &case).await, CaseState::Waiting, "{}", world.name);
        assert_eq!(counted(&world).await, before, "{}", world.name);
        let added = "SELECT COUNT(*) FROM person WHERE relation_number LIKE 'C%'";
        assert_eq!(world.number(added).await, 0, "{}: nothing is left behind", world.name);
        world.must_be_clean().await;
    }
}
