//! The back office: what staff may do, employers and contracts as they are typed, and the filter of the access log.

use collectief_domain::{
    access_log::LogForm,
    actor::Right,
    employer::{ContractForm, EmployerForm, check_viewing_reason},
    field::FieldCode,
    office::{OfficeDone, OfficeForm},
    staff::{StaffRight, StaffRole, StaffRoles},
};

use super::day;

#[test]
fn what_each_role_of_staff_may_do() {
    use StaffRight::{Find, KeepEmployers, SeeAccessLog, ServeAccounts, ViewAsEmployer};
    let all = [Find, ServeAccounts, ViewAsEmployer, KeepEmployers, SeeAccessLog];
    for (role, rights) in [
        (StaffRole::Helpdesk, &[Find, ServeAccounts, ViewAsEmployer][..]),
        (StaffRole::RelationshipManager, &[Find, ViewAsEmployer, KeepEmployers]),
        (StaffRole::SecurityOfficer, &[Find, SeeAccessLog]),
    ] {
        let roles: StaffRoles = [role].into_iter().collect();
        for right in all {
            assert_eq!(roles.allow(right), rights.contains(&right), "{role:?} {right:?}");
        }
        assert_eq!(StaffRole::from_code(role.code()), Some(role));
        assert_eq!(StaffRoles::from_bits(roles.bits()), roles);
    }
    for right in all {
        assert!(!StaffRoles::NONE.allow(right) && !StaffRoles::from_bits(0b1000).allow(right));
    }
    assert_eq!(StaffRole::from_code("administratief"), None);
}

// asvs = "8.3.3"
#[test]
fn whoever_looks_along_only_looks() {
    for (right, may) in [
        (Right::SeeParticipants, true),
        (Right::SeeUsage, true),
        (Right::RevealBsn, false),
        (Right::ChangeParticipants, false),
        (Right::ManageAccounts, false),
    ] {
        assert_eq!(right.is_for_viewing(), may, "{right:?}");
    }
}

#[test]
fn an_employer_has_a_name_and_a_kvk_number() {
    let form = EmployerForm { naam: " De Linde ".to_owned(), kvk: "90 00 00 11".to_owned(), ..EmployerForm::default() };
    let employer = form.parse().unwrap();
    assert_eq!(employer.seen(), "90000011|De Linde");
    let errors = EmployerForm::default().parse().unwrap_err();
    assert_eq!((errors.on("naam"), errors.on("kvk")), (Some(FieldCode::Required), Some(FieldCode::Required)));
    let main = EmployerForm { hoofdaccount: " a@b.example ".to_owned(), ..EmployerForm::default() };
    assert_eq!(main.parse_main(), Ok("a@b.example"));
    assert!(EmployerForm::default().parse_main().is_err());
}

#[test]
fn the_terms_of_a_contract() {
    let form = ContractForm {
        nummer: "23595".to_owned(),
        naam: "De Linde".to_owned(),
        ingangsdatum: "1-1-2026".to_owned(),
        einddatum: String::new(),
        borderel: "ja".to_owned(),
        terugwerkend: "90".to_owned(),
        sluitdag: "10".to_owned(),
        gezien: String::new(),
    };
    let (number, terms) = form.parse_new().unwrap();
    assert_eq!((number.as_str(), terms.start_date, terms.end_date), ("23595", day("2026-01-01"), None));
    // What a page shows is what it reads back.
    assert_eq!(terms.form("23595").parse().unwrap(), terms);

    for (wrong, field, code) in [
        (ContractForm { nummer: "12".to_owned(), ..form.clone() }, "nummer", FieldCode::TooShort { min: 5 }),
        (ContractForm { ingangsdatum: "ooit".to_owned(), ..form.clone() }, "ingangsdatum", FieldCode::NotADate),
        (
            ContractForm { einddatum: "31-12-2025".to_owned(), ..form.clone() },
            "einddatum",
            FieldCode::DateTooEarly { first: day("2026-01-01") },
        ),
        (ContractForm { terugwerkend: "-1".to_owned(), ..form.clone() }, "terugwerkend", FieldCode::NotDigits),
        (ContractForm { terugwerkend: "9999".to_owned(), ..form.clone() }, "terugwerkend", FieldCode::OutOfRange),
        (ContractForm { sluitdag: "29".to_owned(), ..form.clone() }, "sluitdag", FieldCode::OutOfRange),
        (ContractForm { sluitdag: String::new(), ..form.clone() }, "sluitdag", FieldCode::Required),
        (ContractForm { naam: String::new(), ..form.clone() }, "naam", FieldCode::Required),
    ] {
        assert_eq!(wrong.parse_new().unwrap_err().on(field), Some(code), "{field}");
    }
    assert_eq!(ContractForm::default().parse_new().unwrap_err().0.len(), 5);
}

#[test]
fn the_filter_of_the_log() {
    let form = LogForm {
        van: "1-11-2026".to_owned(),
        tot: "2-11-2026".to_owned(),
        account: "a@b.example".to_owned(),
        contract: "23595".to_owned(),
        voor: "17".to_owned(),
        ..LogForm::default()
    };
    let query = form.parse().unwrap();
    assert_eq!((query.from, query.until, query.before), (Some(day("2026-11-01")), Some(day("2026-11-02")), Some(17)));
    assert_eq!(form.from_newest().parse().unwrap().before, None);
    assert_eq!(LogForm::default().parse().unwrap(), collectief_domain::access_log::LogQuery::default());
    for (wrong, field, code) in [
        (LogForm { tot: "31-10-2026".to_owned(), ..form.clone() }, "tot", FieldCode::RangeReversed),
        (LogForm { account: "a".to_owned(), ..form.clone() }, "account", FieldCode::NotAnEmail),
        (LogForm { contract: "x".to_owned(), ..form.clone() }, "contract", FieldCode::NotDigits),
        (LogForm { voor: "x".to_owned(), ..form.clone() }, "voor", FieldCode::NotDigits),
        (LogForm { relatienummer: "1".repeat(31), ..form.clone() }, "relatienummer", FieldCode::TooLong { max: 30 }),
    ] {
        assert_eq!(wrong.parse().unwrap_err().on(field), Some(code), "{field}");
    }
}

// asvs = "14.2.1"
#[test]
fn what_may_be_a_bsn_gives_the_log_no_address() {
    let typed = |account: &str, contract: &str, relatienummer: &str| LogForm {
        account: account.to_owned(),
        contract: contract.to_owned(),
        relatienummer: relatienummer.to_owned(),
        ..LogForm::default()
    };
    for bsn in [
        typed("", "", "123456782"),
        typed("", "", " 1234.56.782"),
        typed("123456782@x.example", "", ""),
        typed("", "123456782", ""),
    ] {
        assert!(bsn.holds_bsn(), "{bsn:?}");
    }
    for other in [LogForm::default(), typed("hr@linde.example", "23595", "10000001"), typed("", "", "123456789")] {
        assert!(!other.holds_bsn(), "{other:?}");
    }
}

#[test]
fn the_reason_to_look_along_is_one_short_line() {
    assert_eq!(check_viewing_reason(" Zaak 4711 "), Ok("Zaak 4711"));
    for (typed, code) in [
        (" ".to_owned(), FieldCode::Required),
        ("x".repeat(201), FieldCode::TooLong { max: 200 }),
        ("Zaak\n4711".to_owned(), FieldCode::ForbiddenCharacter),
    ] {
        assert_eq!(check_viewing_reason(&typed), Err(code), "{typed:?}");
    }
}

#[test]
fn words_of_the_back_office() {
    for done in OfficeDone::ALL {
        assert_eq!(OfficeDone::from_code(done.code()), Some(done));
    }
    assert_eq!(OfficeForm { zoek: " ab ".to_owned() }.parse(), Ok("ab"));
    assert!(OfficeForm { zoek: "a".repeat(101) }.parse().is_err());
}
