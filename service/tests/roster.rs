//! Rosters in and out, on both databases: what goes in, what is refused and why, and what comes out again.

#![expect(clippy::unwrap_used, reason = "a test stops where it finds what it does not expect")]

mod fixture;

use std::io::{Read as _, Write as _};

use collectief_domain::{
    actor::Role,
    case::CaseKind,
    date::Month,
    deregistration::EndReason,
    flow::UsageForm,
    participant::{ParticipantListForm, Population, list::Count},
};
use collectief_service::{
    ServiceError, demo, deregister, flow, participant,
    roster::{self, ImportReport, RefusedRow},
    session,
};
use fixture::{HEADING, PEOPLE, World, request, worlds};

fn told(refused: &[RefusedRow]) -> Vec<String> {
    let mut told: Vec<(u64, String)> =
        refused.iter().map(|row| (row.line, format!("{} {} {}", row.line, row.column, row.reason))).collect();
    told.sort();
    told.into_iter().map(|(_, text)| text).collect()
}

// asvs = "2.2.1"
#[tokio::test]
async fn every_wrong_row_is_told_and_spoils_no_other() {
    const ROWS: &str = "\
23595,100000001,123456782,A.,,Janse,,,E,1980-01-02,V,2015-01-01,,,P001,,
23595,100000002,123456789,B.,,Bos,,,E,1980-01-02,V,2015-01-01,,,,,
23595,100000003,,C.,,Vos,,,Q,31-02-1980,V,2015-01-01,2014-01-01,,,,
23595,100000004,,D.,,Kind,,,E,2010-01-02,V,2015-01-01,,,,100000003,
23595,100000005,,E.,,Kind,,,E,2010-01-02,V,2015-01-01,,,,999999999,
23595,100000006,123456782,F.,,Dief,,,E,1980-01-02,M,2015-01-01,,,,,
23595,100000001,123456782,A.,,Janse,,,E,1980-01-02,V,2020-01-01,,,P001,,
23595,100000001,123456782,A.,,Jansen,,,E,1980-01-02,V,2010-01-01,2011-01-01,,P001,,
23595,100000001,123456782,A.,,Janse,,,E,1980-01-02,V,2015-01-01,,,P001,,
23595,100000007,,G.,,Kind,,,E,2010-01-02,V,2015-01-01,,,,100000001,
23595,100000008,,H.,,Kleinkind,,,E,2020-01-02,V,2020-02-01,,,,100000007,
24001,200000001,,I.,,Kind,,,E,2010-01-02,V,2015-01-01,,,,100000001,
23595,100000009,,\"J.,,Open,,,E,2010-01-02,V,2015-01-01,,,,,
23595,100000010,,K.,,\"Groot, de\",,,E,2010-01-02,V,2015-01-01,,,,,
12,100000011,,L.,,Kort,,,E,2010-01-02,V,2015-01-01,,,,,
23595,100000012,,M.,,Veel,,,E,2010-01-02,V,2015-01-01,,,,,,,x

23595,100000013,,N.,,Laatste,,,,2010-01-02,,01-02-2015,,,,,
";
    for world in worlds().await {
        let (report, refused) = world.load(&[world.file("r.csv", ROWS)]).await;
        assert_eq!(
            told(&refused),
            [
                "3 bsn not a BSN; it does not pass the eleven-test",
                "4 birth_date not a date; that month has fewer days",
                "4 end_date the end lies before the start",
                "4 name_use not one of the values that are possible",
                "5 main_relation_number the main insured was refused",
                "6 main_relation_number there is no such main insured",
                "7 bsn the BSN belongs to someone else",
                "8 start_date the period overlaps another one of the same person",
                "9  another row of the same person says otherwise",
                "10 start_date this period stands in the file more than once",
                "12 main_relation_number the main insured is a dependant",
                "13 main_relation_number the main insured participates in another contract",
                "14  the row cannot be read; is a quote not closed?",
                "16 contract_number at least 5 characters are needed",
                "17  there are more values than columns",
            ],
            "{}",
            world.name
        );
        assert_eq!(report, ImportReport { rows: 17, new: 4, changed: 0, unchanged: 0, refused: 13, new_contracts: 1 });
        assert!(!report.is_complete());
        let names = "SELECT COUNT(*) FROM participation WHERE full_name IN ('A. Janse', 'G. Kind', 'K. Groot, de',
                     'N. Laatste')";
        assert_eq!(world.number(names).await, 4);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn the_same_again_changes_nothing_and_a_changed_row_becomes_a_mutation() {
    for world in worlds().await {
        world.must_load(PEOPLE).await;
        let again = world.must_load(PEOPLE).await;
        assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 8), "{}", world.name);
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation").await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM access_log WHERE event = 'roster_imported'").await, 2);

        // An end, a name in another contract too, a new dependant, someone new, and a BSN that became known.
        let changed = PEOPLE
            .replace("2016-02-01,,,P003", "2016-02-01,2026-12-31,einde_dienstverband,P003")
            .replace("E.,,IJzerman,,,E", "E.,,IJzerman,van der,Laan,V")
            .replace("200000001,,H.", "200000001,111222333,H.")
            + "23595,100000008,,I.,,Janse,,,E,2026-01-01,V,2026-01-01,,,,100000001,\n";
        let report = world.must_load(&changed).await;
        assert_eq!((report.new, report.changed, report.unchanged), (1, 3, 5), "{}", world.name);
        assert_eq!(world.end_of("100000003").await, "2026-12-31 einde_dienstverband");
        let name = world.database.db.text("SELECT full_name FROM participation WHERE relation_number = '100000005'");
        assert_eq!(name.await.unwrap(), "E. van der Laan-IJzerman");
        assert_eq!(world.number("SELECT COUNT(*) FROM mutation WHERE kind = 'roster'").await, 2);
        assert_eq!(world.number("SELECT COUNT(*) FROM participation_past").await, 1);
        world.must_be_clean().await;
        let again = world.must_load(&changed).await;
        assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 9), "{}", world.name);

        // Who participates through whom may change; a main insured with dependants cannot become one.
        let moved = changed.replace(",,100000005,\n23595,100000007", ",,100000001,\n23595,100000007");
        assert_ne!(moved, changed);
        assert_eq!(world.must_load(&moved).await.changed, 1);
        world.must_be_clean().await;
        let main_as_dependant = moved.replace("P001,,janse@example.org", "P001,100000003,janse@example.org");
        let (_, refused) = world.load(&[world.file("m.csv", &main_as_dependant)]).await;
        assert!(told(&refused)[0].contains("the main insured is a dependant"), "{refused:?}");
        world.must_be_clean().await;
        // Rows that clash with what is stored.
        let clash = "23595,100000009,123456782,X.,,Dief,,,E,1980-01-01,V,2020-01-01,,,,,\n\
                     23595,100000003,,C.,van de,Ven,,Jansen,N,1975-03-04,M,2026-06-01,,,,,\n\
                     23595,100000010,,Y.,,Vroeg,,,E,1980-01-01,V,2010-01-01,,,,,\n";
        let (_, refused) = world.load(&[world.file("c.csv", clash)]).await;
        assert_eq!(
            told(&refused),
            [
                "2 bsn the BSN belongs to someone else",
                "3 start_date the period overlaps another one of the same person",
                "4 start_date the start lies before the start of the contract",
            ]
        );
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn an_older_roster_does_not_undo_what_staff_did() {
    for world in worlds().await {
        world.must_load(PEOPLE).await;
        let staff = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let form = world.form(&["100000003"], "2026-12-31", EndReason::EindeDienstverband, "k").await;
        deregister::deregister(&world.portal, &request(), &staff, &form).await.unwrap();
        let (report, refused) = world.load(&[world.file("old.csv", PEOPLE)]).await;
        assert_eq!(told(&refused), ["4 end_date this was changed in the portal since; the row would undo that"]);
        assert_eq!((report.changed, report.unchanged), (0, 7));
        assert_eq!(world.end_of("100000003").await, "2026-12-31 einde_dienstverband");
        // The insurer's next roster says the same.
        let next = PEOPLE.replace("2016-02-01,,,P003", "2016-02-01,2026-12-31,einde_dienstverband,P003");
        assert_eq!(world.must_load(&next).await.unchanged, 8);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn what_went_in_comes_out() {
    for world in worlds().await {
        world.must_load(PEOPLE).await;
        let csv = world.folder.path().join("out.csv");
        let excel = world.folder.path().join("out.xlsx");
        assert_eq!(roster::export(&world.portal, &csv).await.unwrap(), 8);
        assert_eq!(roster::export(&world.portal, &excel).await.unwrap(), 8);
        assert_eq!(world.number("SELECT COUNT(*) FROM access_log WHERE event = 'roster_exported'").await, 2);
        let lines = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines[1..].sort();
            lines
        };
        let exported = std::fs::read_to_string(&csv).unwrap();
        assert_eq!(lines(&exported), lines(&format!("{HEADING}\n{PEOPLE}")), "{}", world.name);
        for file in [csv, excel] {
            let (again, refused) = world.load(std::slice::from_ref(&file)).await;
            assert_eq!(refused, []);
            assert_eq!(again.unchanged, 8, "{} {file:?}", world.name);
            for empty in worlds().await.into_iter().filter(|empty| empty.name == world.name) {
                let (first, refused) = empty.load(std::slice::from_ref(&file)).await;
                assert_eq!((first.new, refused), (8, vec![]));
                empty.must_be_clean().await;
                let out = empty.folder.path().join("again.csv");
                roster::export(&empty.portal, &out).await.unwrap();
                assert_eq!(lines(&std::fs::read_to_string(&out).unwrap()), lines(&exported));
            }
        }
    }
}

#[tokio::test]
async fn files_are_read_as_people_have_them() {
    let worlds = worlds().await;
    let world = &worlds[0];
    let heading = HEADING.replace(',', ";");
    // Windows-1252, with semicolons and a euro sign where Latin-1 has none.
    let mut bytes = heading.clone().into_bytes();
    bytes.extend_from_slice(b"\r\n23595;100000001;;A.;;J\xf8rgensen;;;E;2-1-1980;v;1-1-2015;;;\x80 1;;\r\n");
    let file = world.folder.path().join("semicolon.csv");
    std::fs::write(&file, bytes).unwrap();
    let (report, refused) = world.load(&[file]).await;
    assert_eq!((report.new, refused), (1, vec![]));
    let found = world.database.db.text("SELECT full_name || personnel_number FROM participation").await.unwrap();
    assert_eq!(found, "A. Jørgensen€ 1");
    // UTF-8 with a byte order mark and one broken row.
    let mut bytes = format!("\u{feff}{HEADING}\n23595,100000002,,B.,,Ørsted,,,E,,,2015-01-01,,,,,\n").into_bytes();
    bytes.extend_from_slice(b"23595,100000003,,C.,,J\xf8rgensen,,,E,,,2015-01-01,,,,,\n");
    let file = world.folder.path().join("utf8.csv");
    std::fs::write(&file, bytes).unwrap();
    let (report, refused) = world.load(&[file]).await;
    assert_eq!((report.new, told(&refused)), (1, vec!["3  the text is not UTF-8".to_owned()]));
    // Only the columns that there must be, in another order, and a heading that is none.
    let file = world.folder.path().join("few.csv");
    std::fs::write(&file, "start_date,Surname,relation number,contract_number\n2020-01-01,Bos,100000004,23595\n")
        .unwrap();
    let (report, refused) = world.load(&[file]).await;
    assert_eq!((report.new, refused), (1, vec![]));
    let file = world.folder.path().join("heading.csv");
    std::fs::write(&file, "naam,contract_number\nBos,23595\n").unwrap();
    let (report, refused) = world.load(&[file]).await;
    assert_eq!((report.new, report.refused), (0, 1));
    assert!(refused.iter().any(|row| row.line == 1 && row.reason == "this column is missing"), "{refused:?}");
    world.must_be_clean().await;
}

/// A zip file with these parts.
fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const CONTENT_TYPES: &[u8] = br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#;
const RELATIONS: &[u8] = br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const WORKBOOK: &[u8] = br#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

fn workbook_with(sheet: &[u8], more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts = vec![
        ("[Content_Types].xml", CONTENT_TYPES),
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    parts.extend_from_slice(more);
    zip_of(&parts)
}

// asvs = "1.5.1, 5.2.1, 5.2.2, 5.2.3"
#[tokio::test]
async fn hostile_and_broken_files_get_a_clear_message_at_once() {
    let worlds = worlds().await;
    let world = &worlds[0];
    let grid = br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>"#;
    let bomb = vec![b' '; 300_000_000];
    let good = workbook_with(grid, &[]);
    let mut encrypted = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    encrypted.resize(4096, 0);
    let nested = zip_of(&[("a.zip", &good)]);
    let billion = workbook_with(
        br#"<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;&b;</t></is></c></row></sheetData></worksheet>"#,
        &[],
    );
    let many: Vec<(String, &[u8])> = (0..6_000).map(|part| (format!("xl/{part}"), &b"x"[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("grid", good.clone(), ""),
        ("bomb", workbook_with(&bomb, &[]), "far too large"),
        ("texts", workbook_with(grid, &[("xl/sharedStrings.xml", &bomb)]), "far too large"),
        ("parts", zip_of(&many), "more than 5000 parts"),
        ("nested", nested, "not an Excel workbook"),
        ("encrypted", encrypted, "with a password"),
        ("cut", good[..good.len() / 2].to_vec(), "damaged"),
        ("entities", billion, ""),
        ("picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "neither a CSV file nor an Excel"),
        ("wide", vec![b','; 10_000_000], ""),
        ("utf16", b"\xff\xfec\0o\0".to_vec(), "UTF-16"),
        ("empty", Vec::new(), "empty"),
        (
            "mimetype",
            zip_of(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")]),
            "not an Excel workbook",
        ),
    ];
    for (name, bytes, expected) in cases {
        let file = world.folder.path().join(format!("{name}.xlsx"));
        std::fs::write(&file, bytes).unwrap();
        let started = std::time::Instant::now();
        let (report, refused) = world.load(&[file]).await;
        assert!(report.refused >= 1 && report.new == 0, "{name}: {report:?}");
        assert!(refused.iter().any(|row| row.reason.contains(expected)), "{name}: {refused:?}");
        assert!(started.elapsed().as_secs() < 60, "{name} took {:?}", started.elapsed());
    }
    // Every mutilation of a good file is survived.
    let excel = world.folder.path().join("good.xlsx");
    world.must_load(PEOPLE).await;
    roster::export(&world.portal, &excel).await.unwrap();
    let good = std::fs::read(&excel).unwrap();
    let mut seed: u64 = 7;
    for turn in 0..300 {
        let mut bytes = good.clone();
        for _ in 0..1 + turn % 5 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let place = (seed >> 33) as usize % bytes.len();
            bytes[place] = (seed >> 25) as u8;
        }
        std::fs::write(&excel, bytes).unwrap();
        world.load(std::slice::from_ref(&excel)).await;
    }
    world.must_be_clean().await;
}

type Zip = zip::ZipWriter<std::io::Cursor<Vec<u8>>>;

/// A zip file with the parts of another but for one, and what is added.
fn altered(good: &[u8], without: &str, add: impl FnOnce(&mut Zip)) -> Vec<u8> {
    let mut parts = zip::ZipArchive::new(std::io::Cursor::new(good)).unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..parts.len() {
        let part = parts.by_index_raw(at).unwrap();
        if part.name() != without {
            zip.raw_copy_file(part).unwrap();
        }
    }
    add(&mut zip);
    zip.finish().unwrap().into_inner()
}

fn part_of(file: &[u8], name: &str) -> String {
    let mut text = String::new();
    zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap().by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

// asvs = "5.2.5, 5.3.3"
#[tokio::test]
async fn paths_and_links_in_an_archive_lead_nowhere() {
    const SHEET: &str = "xl/worksheets/sheet1.xml";
    const RELATED: &str = "xl/_rels/workbook.xml.rels";
    let worlds = worlds().await;
    let world = &worlds[0];
    world.must_load(PEOPLE).await;
    let excel = world.folder.path().join("good.xlsx");
    roster::export(&world.portal, &excel).await.unwrap();
    let good = std::fs::read(&excel).unwrap();
    let folder = world.folder.path().join("in");
    std::fs::create_dir(&folder).unwrap();
    // Beside the file lies a sheet that is good: whatever follows a way out of the archive finds it.
    let outside = folder.join("buiten.xml");
    std::fs::write(&outside, part_of(&good, SHEET)).unwrap();
    let outside = outside.display().to_string();
    let options = zip::write::SimpleFileOptions::default();
    let escaping = altered(&good, "", |zip| {
        for name in ["../ontsnapt", "..\\ontsnapt", &folder.join("ontsnapt").display().to_string()] {
            zip.start_file(name, options).unwrap();
            zip.write_all(b"x").unwrap();
        }
    });
    let linking = altered(&good, SHEET, |zip| zip.add_symlink(SHEET, outside.as_str(), options).unwrap());
    let pointing = altered(&good, RELATED, |zip| {
        let related = part_of(&good, RELATED);
        assert!(related.contains("worksheets/sheet1.xml"), "{related}");
        zip.start_file(RELATED, options).unwrap();
        zip.write_all(related.replace("worksheets/sheet1.xml", &outside).as_bytes()).unwrap();
    });
    for (name, bytes, is_read) in
        [("escaping", escaping, true), ("linking", linking, false), ("pointing", pointing, false)]
    {
        let file = folder.join(format!("{name}.xlsx"));
        std::fs::write(&file, bytes).unwrap();
        let (report, refused) = world.load(std::slice::from_ref(&file)).await;
        assert_eq!(refused.is_empty(), is_read, "{name}: {report:?} {refused:?}");
        std::fs::remove_file(&file).unwrap();
    }
    let names = |folder: &std::path::Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    };
    assert_eq!(names(&folder), ["buiten.xml"]);
    assert!(!names(world.folder.path()).iter().any(|name| name.contains("ontsnapt")));
}

#[tokio::test]
async fn excel_dates_and_numbers_are_understood() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    let worlds = worlds().await;
    let world = &worlds[0];
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "Toelichting").unwrap();
    let sheet = workbook.add_worksheet();
    let date = Format::new().set_num_format("dd-mm-yyyy");
    sheet.write_string(0, 0, "Deelnemers november").unwrap();
    for (column, heading) in (0..).zip(HEADING.split(',')) {
        sheet.write_string(2, column, heading).unwrap();
    }
    // A BSN that lost its leading zero, numbers as numbers, a date as a date and one as text, an empty row between.
    sheet.write_number(3, 0, 23595).unwrap().write_number(3, 1, 100_000_001).unwrap();
    sheet.write_number(3, 2, 12_345_672).unwrap();
    sheet.write_string(3, 5, " Janse ").unwrap();
    sheet.write_with_format(3, 9, ExcelDateTime::from_ymd(1980, 1, 2).unwrap(), &date).unwrap();
    sheet.write_string(3, 11, "1-1-2015").unwrap();
    sheet.write_formula(3, 14, "=1/0").unwrap().set_formula_result(3, 14, "#DIV/0!");
    sheet.write_string(5, 0, "23595").unwrap().write_string(5, 1, "100000002").unwrap();
    sheet.write_string(5, 5, "Bos").unwrap();
    sheet.write_with_format(5, 11, ExcelDateTime::from_ymd(2015, 2, 1).unwrap(), &date).unwrap();
    let file = world.folder.path().join("people.xlsx");
    workbook.save(&file).unwrap();
    let (report, refused) = world.load(&[file]).await;
    assert_eq!(told(&refused).len() as u64 + report.new, 2, "{refused:?}");
    let days = "SELECT COUNT(*) FROM participation WHERE CAST(start_date AS TEXT) = '2015-02-01'";
    assert_eq!(world.number(days).await, 1);
    world.must_be_clean().await;
}

#[tokio::test]
async fn the_usage_table_of_the_manual_comes_out_exactly() {
    // September to May 2020 of the manual: participants, difference, in, out.
    const TABLE: [(u32, i64, i64, i64, i64); 5] =
        [(9, 1623, -1, 0, 1), (8, 1624, -3, 2, 5), (7, 1627, -17, 0, 17), (6, 1644, -19, 1, 20), (5, 1663, -7, 0, 7)];
    let mut rows = String::new();
    let mut add = |start: &str, end: &str| {
        let number = 300_000_000 + rows.lines().count();
        rows += &format!("23595,{number},,A.,,Janse,,,E,,V,{start},{end},,,,\n");
    };
    for (month, _, _, inflow, outflow) in TABLE {
        let last = Month::new(2020, month).unwrap().last_day().to_string();
        (0..outflow).for_each(|_| add("2018-01-01", &last));
        (0..inflow).for_each(|_| add(&format!("2020-{month:02}-01"), ""));
    }
    let leavers: i64 = TABLE.iter().map(|row| row.4).sum();
    (0..1670 - leavers).for_each(|_| add("2018-01-01", ""));
    for world in worlds().await {
        world.must_load(&rows).await;
        world.portal.clock().set(fixture::day(2020, 10, 5));
        let staff = world.staff("hr", &["23595"], &[Role::Administrative]).await;
        let form = UsageForm { contract: "23595".into(), maanden: "12".into() };
        let page = flow::usage(&world.portal, &request(), &staff, &form).await.unwrap();
        for (month, at_end, difference, inflow, outflow) in TABLE {
            let row = page.months.iter().find(|row| row.month == Month::new(2020, month).unwrap()).unwrap();
            assert_eq!(
                (row.at_end, row.difference, row.inflow, row.outflow),
                (at_end, difference, inflow, outflow),
                "{} {month}",
                world.name
            );
        }
    }
}

#[tokio::test]
async fn indexes_that_an_interrupted_load_left_out_are_made_at_the_start() {
    for world in worlds().await {
        let db = &world.database.db;
        db.run_raw("DROP INDEX person_bsn").await.unwrap();
        db.run_raw("INSERT INTO setting (name, value) VALUES ('indexes_missing', 'yes')").await.unwrap();
        let report = collectief_service::check::check(&world.portal).await.unwrap();
        assert!(!report.is_clean());
        db.migrate().await.unwrap();
        let made = if db.is_postgres() {
            "SELECT COUNT(*) FROM pg_indexes WHERE indexname = 'person_bsn'"
        } else {
            "SELECT COUNT(*) FROM sqlite_master WHERE name = 'person_bsn'"
        };
        assert_eq!(world.number(made).await, 1, "{}", world.name);
        world.must_be_clean().await;
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_an_error() {
    let worlds = worlds().await;
    let gone = worlds[0].folder.path().join("gone.csv");
    let told = roster::import(&worlds[0].portal, &[gone], &mut |_| {}).await;
    assert!(matches!(told, Err(ServiceError::Internal(_))), "{told:?}");
}

async fn demo_found(world: &World, account: &demo::DemoAccount) -> session::Found {
    let form = collectief_domain::account::SignInForm {
        email: account.email.to_owned(),
        wachtwoord: account.password.to_owned(),
        naar: String::new(),
    };
    let Ok(session) = session::sign_in(&world.portal, &request(), &form).await.unwrap() else {
        panic!("not signed in")
    };
    let session = session.session().unwrap();
    session::find(&world.portal, &session.token).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_demonstration_has_every_state_and_is_loaded_once() {
    for world in worlds().await {
        demo::load(&world.portal).await.unwrap();
        world.must_be_clean().await;
        let people = world.number("SELECT COUNT(*) FROM participation").await;
        let staff = demo_found(&world, &demo::ACCOUNTS[0]).await.signed_in().unwrap();
        let form = ParticipantListForm::default();
        let page = participant::list(&world.portal, &request(), &staff, Population::Current, &form).await.unwrap();
        assert_eq!(page.count, Count::Exactly(2967), "{}", world.name);
        for (what, sql) in [
            ("future start", "SELECT COUNT(*) FROM participation WHERE start_date > '2026-11-01'"),
            ("future end", "SELECT COUNT(*) FROM participation WHERE end_date BETWEEN '2026-11-01' AND '2027-12-31'"),
            ("ended", "SELECT COUNT(*) FROM participation WHERE end_date < '2026-11-01'"),
            ("families", "SELECT COUNT(*) FROM participation WHERE main_id IS NOT NULL"),
            ("own name", "SELECT COUNT(*) FROM person WHERE name_use = 'E'"),
            ("partner's name", "SELECT COUNT(*) FROM person WHERE name_use = 'P'"),
            ("partner's first", "SELECT COUNT(*) FROM person WHERE name_use = 'V'"),
            ("own first", "SELECT COUNT(*) FROM person WHERE name_use = 'N'"),
            ("without BSN", "SELECT COUNT(*) FROM person WHERE bsn_index IS NULL"),
            ("withdrawn", "SELECT COUNT(*) FROM mutation WHERE state = 'withdrawn'"),
            ("requested", "SELECT COUNT(*) FROM mutation WHERE state = 'requested'"),
            ("renumbered", "SELECT COUNT(*) FROM mutation WHERE kind = 'personnel_number'"),
            ("deceased by staff", "SELECT COUNT(*) FROM mutation WHERE state_after LIKE '%overleden%'"),
            ("offers", "SELECT COUNT(*) FROM outbox WHERE kind = 'continuation_offer'"),
        ] {
            assert!(world.number(sql).await > 0, "{}: {what}", world.name);
        }
        for kind in CaseKind::ALL {
            let sql = format!("SELECT COUNT(*) FROM mutation_case WHERE kind = '{}'", kind.code());
            assert!(world.number(&sql).await > 0, "{}: {kind:?}", world.name);
        }
        for surname in ["Aalbers", "Ørsted", "Wałęsa", "IJzerman"] {
            let sql = format!("SELECT COUNT(*) FROM person WHERE surname = '{surname}'");
            assert!(world.number(&sql).await > 0, "{surname}");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM contract").await, 5);
        demo::load(&world.portal).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM participation").await, people);
        // Those who can sign in, the insurer's staff among them, one who was invited, and one whose request was approved.
        let with_password = "SELECT COUNT(*) FROM account WHERE password_hash IS NOT NULL";
        assert_eq!(world.number(with_password).await, demo::ACCOUNTS.len() as i64 + 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM account").await, demo::ACCOUNTS.len() as i64 + 3);
        for (state, requests) in [("unconfirmed", 1), ("waiting", 3), ("approved", 1), ("refused", 1)] {
            let sql = format!("SELECT COUNT(*) FROM account_request WHERE state = '{state}'");
            assert_eq!(world.number(&sql).await, requests, "{state} on {}", world.name);
        }
        // The insurer's staff set up a second step before anything else.
        assert!(matches!(demo_found(&world, &demo::STAFF).await, session::Found::MustSetUp(_)), "{}", world.name);
    }
}

#[tokio::test]
async fn the_demonstration_does_not_mix_with_other_data() {
    for world in worlds().await {
        world.must_load(PEOPLE).await;
        let told = demo::load(&world.portal).await;
        assert!(matches!(told, Err(ServiceError::Internal(_))), "{told:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM contract").await, 2);
    }
}
