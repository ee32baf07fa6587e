//! Files: a download has whom its list shows, and a BSN only where it may.

use std::collections::HashMap;

use collectief_domain::{
    flow::{FlowForm, UsageForm},
    participant::{ParticipantListForm, Population},
};
use collectief_service::{
    ServiceError,
    export::{self, Download, Format},
};
use futures::TryStreamExt;

use crate::world::{all_pages, request, signed_in, worlds};

async fn bytes(download: Download) -> Vec<u8> {
    let pieces: Vec<_> = download.body.try_collect().await.unwrap();
    assert!(!pieces[0].is_empty(), "the first piece leaves before the rows are read");
    pieces.concat()
}

/// The cells of the first worksheet, row by row.
fn cells(bytes: Vec<u8>) -> Vec<HashMap<u32, String>> {
    use calamine::Reader;
    let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let name = book.sheet_names().remove(0);
    let mut reader = book.worksheet_cells_reader(&name).unwrap();
    let mut rows: Vec<HashMap<u32, String>> = Vec::new();
    while let Some(cell) = reader.next_cell().unwrap() {
        let (row, column) = cell.get_position();
        rows.resize_with(rows.len().max(row as usize + 1), HashMap::new);
        rows[row as usize].insert(column, calamine::Data::from(cell.get_value().clone()).to_string());
    }
    rows
}

// asvs = "1.2.10"
#[tokio::test]
async fn a_download_has_exactly_whom_the_list_shows_and_no_formula() {
    for world in worlds().await {
        world.portal.db().run_raw("UPDATE contract SET borderel_payment = (number = '23595')").await.unwrap();
        let who = signed_in(&world.portal, "alle@example.nl", &[]).await;
        for (population, form) in [
            (Population::Current, ParticipantListForm::default()),
            (Population::Former, ParticipantListForm { contract: "23596".into(), ..Default::default() }),
            (
                Population::Current,
                ParticipantListForm {
                    achternaam: "jan".into(),
                    sorteer: "-geboortedatum".into(),
                    ..Default::default()
                },
            ),
            (
                Population::Current,
                ParticipantListForm { contract: "23595".into(), sorteer: "einddatum".into(), ..Default::default() },
            ),
            (Population::Current, ParticipantListForm { bekend_op: "01-11-2026".into(), ..Default::default() }),
            (Population::Current, ParticipantListForm { achternaam: "nobody".into(), ..Default::default() }),
        ] {
            let (mut wanted, _) = all_pages(&world, &who, population, &form).await;
            wanted.sort_unstable();
            let download =
                export::participants(&world.portal, &request(), &who, population, &form, Format::Xlsx, false)
                    .await
                    .unwrap();
            assert!(download.file_name.ends_with("2026-11-01.xlsx"), "{}", download.file_name);
            let rows = cells(bytes(download).await);
            assert_eq!(rows[0][&1], "Volledige naam");
            assert!(rows[0].values().all(|heading| heading != "BSN"));
            let mut found: Vec<String> = rows[1..].iter().map(|row| row[&4].clone()).collect();
            found.sort_unstable();
            assert_eq!(found, wanted, "{}", world.name);
            let download = export::participants(&world.portal, &request(), &who, population, &form, Format::Csv, false)
                .await
                .unwrap();
            let text = String::from_utf8(bytes(download).await).unwrap();
            assert_eq!(text.lines().count(), wanted.len() + 1);
            assert!(text.starts_with('\u{feff}') && text.ends_with("\r\n"));
            let body = text.trim_start_matches('\u{feff}').as_bytes();
            let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(body);
            for cell in reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
                assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
            }
        }
        // With BSN only on the contract that needs them, and it stands in the log first.
        let form = ParticipantListForm::default();
        let logged = "SELECT count(*) FROM access_log WHERE event = 'exported_with_bsn'";
        let download =
            export::participants(&world.portal, &request(), &who, Population::Current, &form, Format::Csv, true)
                .await
                .unwrap();
        assert_eq!(world.portal.db().number(logged).await.unwrap(), 1);
        let text = String::from_utf8(bytes(download).await).unwrap();
        for person in world.people.iter().filter(|person| person.is_current() && !person.bsn.is_empty()) {
            assert_eq!(text.contains(&person.bsn), person.contract == "23595");
        }
        let form = ParticipantListForm { contract: "23596".into(), ..Default::default() };
        let refused =
            export::participants(&world.portal, &request(), &who, Population::Current, &form, Format::Csv, true).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)));

        let form =
            FlowForm { contract: "23595".into(), van: "2020-01".into(), tot: "2020-12".into(), ..Default::default() };
        let rows =
            cells(bytes(export::flow(&world.portal, &request(), &who, &form, Format::Xlsx).await.unwrap()).await);
        assert!(rows.len() > 100);
        assert_eq!((rows[0][&0].as_str(), rows[0][&1].as_str()), ("Stroom", "Contract"));
        assert!(rows[1..].iter().all(|row| ["In", "Uit", "In en uit"].contains(&row[&0].as_str())));
        let form = UsageForm { contract: "23595".into(), maanden: "12".into() };
        let text = bytes(export::usage(&world.portal, &request(), &who, &form, Format::Csv).await.unwrap()).await;
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count(), 13);
        assert!(text.contains("\r\n11-2026;"));
    }
}
