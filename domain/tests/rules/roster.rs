use collectief_domain::{
    deregistration::EndReason,
    field::FieldCode,
    name::Gender,
    roster::{COLUMNS, RosterCode, RosterHeader, RosterProblem, RosterRow, parse_row, to_fields},
};
use proptest::prelude::*;

use crate::{any_day, bsn::any_bsn, day, name::any_name};

/// A row that is right, with some values changed.
fn row(changes: &[(&str, &'static str)]) -> Vec<&'static str> {
    let mut values = vec![
        "23595",
        "100200300",
        "123456782",
        "J.A.",
        "",
        "Jansen",
        "van de",
        "Ven",
        "N",
        "1980-02-01",
        "V",
        "2020-01-01",
        "2026-10-31",
        "einde_dienstverband",
        "P0035333",
        "",
        "j.jansen@example.nl",
    ];
    for (column, value) in changes {
        values[COLUMNS.iter().position(|known| known == column).expect("a column")] = value;
    }
    values
}

#[test]
fn a_row_is_read() {
    let read = parse_row(&row(&[])).expect("nothing is wrong");
    assert_eq!(read.contract_number, "23595");
    assert_eq!(read.name.full_name(), "J.A. Jansen-van de Ven");
    assert_eq!(read.bsn.as_ref().map(|bsn| bsn.expose()), Some("123456782"));
    assert_eq!(read.birth_date, Some(day("1980-02-01")));
    assert_eq!(read.gender, Gender::V);
    assert_eq!(read.period().end, Some(day("2026-10-31")));
    assert_eq!(read.end_reason, Some(EndReason::EindeDienstverband));
    assert_eq!(read.personnel_number, "P0035333");
    assert!(!read.is_dependant());
    assert_eq!(to_fields(&read).to_vec(), row(&[]));
    assert!(!format!("{read:?}").contains("123456782"));

    let sparse = row(&[
        ("bsn", ""),
        ("initials", ""),
        ("partner_prefix", ""),
        ("partner_surname", ""),
        ("name_use", ""),
        ("birth_date", ""),
        ("gender", ""),
        ("start_date", " 1-1-2020 "),
        ("end_date", ""),
        ("end_reason", ""),
        ("personnel_number", ""),
        ("email", ""),
        ("main_relation_number", "X1"),
    ]);
    let read = parse_row(&sparse).expect("nothing is wrong");
    assert!(read.bsn.is_none() && read.birth_date.is_none() && read.email.is_none() && read.end_date.is_none());
    assert_eq!(read.gender, Gender::Unknown);
    assert_eq!(read.start_date, day("2020-01-01"));
    assert!(read.is_dependant());
}

#[test]
fn each_wrong_value_is_told_with_its_column() {
    use FieldCode::{
        BsnEleven, BsnLength, ForbiddenCharacter, NoSuchDay, NotADate, NotAnEmail, NotDigits, Required, TooLong,
        TooShort, UnknownChoice,
    };
    for (column, value, code) in [
        ("contract_number", "", RosterCode::Field(Required)),
        ("contract_number", "12", TooShort { min: 5 }.into()),
        ("contract_number", "A2359", NotDigits.into()),
        ("relation_number", "", Required.into()),
        ("relation_number", "1234567890123456", TooLong { max: 15 }.into()),
        ("relation_number", "12-34", RosterCode::NotLettersOrDigits),
        ("bsn", "123456789", BsnEleven.into()),
        ("bsn", "1234", BsnLength.into()),
        ("bsn", "geen", NotDigits.into()),
        ("surname", " ", Required.into()),
        ("surname", "Jan\nsen", ForbiddenCharacter.into()),
        ("surname", "Jan\0sen", ForbiddenCharacter.into()),
        ("surname", "Jan\u{85}sen", ForbiddenCharacter.into()),
        ("prefix", "van van van van van van van van van van van", TooLong { max: 40 }.into()),
        ("name_use", "X", UnknownChoice.into()),
        ("gender", "vrouw", UnknownChoice.into()),
        ("birth_date", "31-02-1980", NoSuchDay { month: 2, year: 1980, days: 29 }.into()),
        ("birth_date", "1980", NotADate.into()),
        ("birth_date", "2020-01-02", RosterCode::StartBeforeBirth),
        ("start_date", "", Required.into()),
        ("end_date", "2019-12-31", RosterCode::EndBeforeStart),
        ("end_date", "", RosterCode::EndReasonWithoutEnd),
        ("end_reason", "ontslag", UnknownChoice.into()),
        ("personnel_number", "123456789012345678901", TooLong { max: 20 }.into()),
        ("main_relation_number", "100200300", RosterCode::MainIsSelf),
        ("main_relation_number", "?", RosterCode::NotLettersOrDigits),
        ("email", "j.jansen", NotAnEmail.into()),
        ("email", "j jansen@example.nl", NotAnEmail.into()),
        ("email", "j@example", NotAnEmail.into()),
        ("email", "j@@example.nl", NotAnEmail.into()),
        ("email", "j@example..nl", NotAnEmail.into()),
        ("email", "j@example.nl\r\nBcc: x@example.nl", NotAnEmail.into()),
    ] {
        let problems = parse_row(&row(&[(column, value)])).expect_err(column);
        let expected = match code {
            RosterCode::StartBeforeBirth => "start_date",
            RosterCode::EndReasonWithoutEnd => "end_reason",
            _ => column,
        };
        assert_eq!(problems, [RosterProblem { column: expected, code }], "{column} {value:?}");
        let message = problems[0].to_string();
        assert!(message.starts_with(expected), "{message}");
        assert!(value.trim().len() < 4 || !message.contains(value.trim()), "{message}");
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let wrong = row(&[("bsn", "1"), ("gender", "?"), ("start_date", "x"), ("email", "x")]);
    let columns: Vec<_> = parse_row(&wrong).expect_err("wrong").into_iter().map(|problem| problem.column).collect();
    assert_eq!(columns, ["bsn", "gender", "start_date", "email"]);
    assert_eq!(parse_row(&["23595"]), Err(vec![RosterProblem::of_row(RosterCode::TooFewColumns)]));
    assert_eq!(parse_row(&[""; 18]), Err(vec![RosterProblem::of_row(RosterCode::TooManyColumns)]));
}

#[test]
fn names_that_look_like_formulas_are_names() {
    for value in ["=HYPERLINK(\"x\")", "+31", "@x", "-2+3", "O'Brien", "Ĳsbrand", "."] {
        let read = parse_row(&row(&[("surname", value)])).expect("a name");
        assert_eq!(to_fields(&read)[5], value);
    }
}

#[test]
fn headings_may_stand_in_any_order() {
    let headings = ["\u{feff}Surname", "Start date", "RELATION_NUMBER ", "contract-number", "e-mail", "", ""];
    assert_eq!(
        RosterHeader::read(&headings),
        Err(vec![RosterProblem::of_row(RosterCode::UnknownColumn)]),
        "e-mail is not the name of the column"
    );
    let headings = ["\u{feff}Surname", "Start date", "RELATION_NUMBER ", "contract-number", "email", "", ""];
    let header = RosterHeader::read(&headings).expect("a header");
    let values = header.arrange(&["Jansen", "1-1-2020", "7", "23595", "", "", ""]).expect("a row");
    let read = parse_row(&values).expect("nothing is wrong");
    assert_eq!((read.name.surname.as_str(), read.relation_number.as_str()), ("Jansen", "7"));
    assert!(header.arrange(&["Jansen", "1-1-2020", "7", "23595"]).is_ok());
    assert_eq!(header.arrange(&["Jansen", "1-1-2020", "7"]), Err(RosterProblem::of_row(RosterCode::TooFewColumns)));
    assert_eq!(
        header.arrange(&["Jansen", "1-1-2020", "7", "23595", "", "more"]),
        Err(RosterProblem::of_row(RosterCode::TooManyColumns))
    );
    assert!(RosterHeader::read(&COLUMNS).expect("a header").arrange(&row(&[])).is_ok());
    assert_eq!(
        RosterHeader::read(&["surname", "surname", "start_date"]),
        Err(vec![
            RosterProblem { column: "surname", code: RosterCode::DuplicateColumn },
            RosterProblem { column: "contract_number", code: RosterCode::MissingColumn },
            RosterProblem { column: "relation_number", code: RosterCode::MissingColumn },
        ])
    );
    assert!(RosterHeader::read(&[]).is_err());
}

/// Any text that fits in a column: no control characters, no spaces around it.
fn tidy(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}

fn any_row() -> impl Strategy<Value = RosterRow> {
    let numbers = ("[0-9]{5,12}", "[A-Za-z0-9]{1,15}", "[A-Za-z0-9./ -]{0,20}", proptest::option::of("[a-z0-9]{1,15}"));
    let period = (any_day(), proptest::option::of(0_u64..9_000), 0_u64..20_000);
    let choices = (
        proptest::sample::select(Gender::ALL.to_vec()),
        proptest::option::of(proptest::sample::select(EndReason::ALL.to_vec())),
        proptest::option::of("[a-z.]{1,9}[a-z]@[a-z]{1,9}\\.nl"),
        any::<bool>(),
    );
    (numbers, proptest::option::of(any_bsn()), any_name(), period, choices).prop_map(
        |(numbers, bsn, mut name, (start_date, days, age), (gender, reason, email, born))| {
            for part in [
                &mut name.initials,
                &mut name.prefix,
                &mut name.surname,
                &mut name.partner_prefix,
                &mut name.partner_surname,
            ] {
                *part = tidy(part);
            }
            if name.surname.is_empty() {
                name.surname = "Jansen".to_owned();
            }
            let (contract_number, relation_number, personnel_number, main) = numbers;
            let end_date = days.map(|days| start_date + chrono::Days::new(days));
            RosterRow {
                main_relation_number: main.filter(|main| *main != relation_number),
                contract_number,
                relation_number,
                bsn,
                name,
                birth_date: born
                    .then(|| start_date - chrono::Days::new(age))
                    .filter(|birth| *birth >= day("1850-01-01")),
                gender,
                start_date,
                end_date,
                end_reason: reason.filter(|_| end_date.is_some()),
                personnel_number: personnel_number.trim().to_owned(),
                email,
            }
        },
    )
}

proptest! {
    #[test]
    fn what_went_in_comes_out(row in any_row()) {
        let fields = to_fields(&row);
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        prop_assert_eq!(parse_row(&fields), Ok(row));
    }

    #[test]
    fn no_value_panics_or_is_told_back(values in proptest::collection::vec(".{0,24}", 17)) {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let _ = parse_row(&values);
        let _ = RosterHeader::read(&values);
    }
}
