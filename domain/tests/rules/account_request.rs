//! "Account aanvragen": what can be asked, how it fits, and what can be decided.

use collectief_domain::{
    account_request::{
        AccountRequestForm, Decision, DecisionForm, REASON_MAX, RequestMatch, RequestState, check_reason, match_of,
        parse_phone,
    },
    actor::{Role, Roles},
    employer::KvkNumber,
    field::FieldCode,
};

fn form() -> AccountRequestForm {
    AccountRequestForm {
        organisatie: " Zorggroep De Linde ".to_owned(),
        kvk: "9000 0011".to_owned(),
        contract: "23595".to_owned(),
        naam: "Wietske Hoekstra".to_owned(),
        email: " Wietske@linde.example".to_owned(),
        telefoon: "06 - 12345678".to_owned(),
        rol: "administratief,accountbeheer".to_owned(),
        ..AccountRequestForm::default()
    }
}

#[test]
fn a_request_is_read_whatever_the_spaces() {
    let asked = form().parse().unwrap();
    assert_eq!((asked.organisation.as_str(), asked.kvk_number.as_str()), ("Zorggroep De Linde", "90000011"));
    assert_eq!((asked.email.as_str(), asked.contract_number.as_str()), ("Wietske@linde.example", "23595"));
    assert_eq!(asked.roles, Roles::NONE.with(Role::Administrative).with(Role::AccountManagement));
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let errors = AccountRequestForm::default().parse().err().unwrap();
    let fields: Vec<&str> = errors.0.iter().map(|error| error.field.as_ref()).collect();
    assert_eq!(fields, ["organisatie", "kvk", "contract", "naam", "email", "telefoon", "rol"]);
    for (change, field, code) in [
        (AccountRequestForm { kvk: "1234567".to_owned(), ..form() }, "kvk", FieldCode::KvkLength),
        (AccountRequestForm { kvk: "1234567a".to_owned(), ..form() }, "kvk", FieldCode::KvkLength),
        (AccountRequestForm { contract: "1234".to_owned(), ..form() }, "contract", FieldCode::TooShort { min: 5 }),
        (AccountRequestForm { email: "a b@c".to_owned(), ..form() }, "email", FieldCode::NotAnEmail),
        (AccountRequestForm { naam: "A\nBcc: b".to_owned(), ..form() }, "naam", FieldCode::ForbiddenCharacter),
        (AccountRequestForm { organisatie: "x".repeat(201), ..form() }, "organisatie", FieldCode::TooLong { max: 200 }),
        (AccountRequestForm { telefoon: "bel mij".to_owned(), ..form() }, "telefoon", FieldCode::NotAPhone),
        (AccountRequestForm { rol: String::new(), ..form() }, "rol", FieldCode::NoRoles),
        (AccountRequestForm { rol: "helpdesk".to_owned(), ..form() }, "rol", FieldCode::UnknownChoice),
    ] {
        assert_eq!(change.parse().err().unwrap().on(field), Some(code), "{field}");
    }
}

#[test]
fn telephone_numbers() {
    for good in ["0612345678", "06 12345678", "+31 6 1234 5678", "(030) 123 45 67", "030-1234567"] {
        assert!(parse_phone(good).is_ok(), "{good}");
    }
    for (bad, code) in [
        ("", FieldCode::Required),
        ("123456", FieldCode::NotAPhone),
        ("06+12345678", FieldCode::NotAPhone),
        ("06 12345678 of 9", FieldCode::NotAPhone),
        ("1234567890123456789012345678901", FieldCode::TooLong { max: 30 }),
    ] {
        assert_eq!(parse_phone(bad), Err(code), "{bad}");
    }
}

#[test]
fn a_program_gives_itself_away_and_a_form_is_known_by_its_key() {
    assert!(!form().is_by_program() && form().key().is_none());
    assert!(AccountRequestForm { website: "x".to_owned(), ..form() }.is_by_program());
    assert_eq!(AccountRequestForm { sleutel: " k ".to_owned(), ..form() }.key(), Some("k"));
    assert_eq!(AccountRequestForm { sleutel: "k".repeat(101), ..form() }.key(), None);
    assert_eq!(format!("{:?}", form()), "AccountRequestForm");
}

#[test]
fn how_a_request_fits() {
    for (employer, expected) in [
        (None, RequestMatch::NoContract),
        (Some(None), RequestMatch::EmployerUnknown),
        (Some(Some("90000011")), RequestMatch::Fits),
        (Some(Some("90000022")), RequestMatch::OtherEmployer),
    ] {
        assert_eq!(match_of("90000011", employer), expected);
    }
}

#[test]
fn a_kvk_number_is_eight_digits_which_only_people_write_apart() {
    assert_eq!(KvkNumber::from_digits("90000011").unwrap().as_str(), "90000011");
    for typed in ["90.00.00.11", " 9000 0011 "] {
        assert_eq!(KvkNumber::parse(typed).unwrap().as_str(), "90000011");
        assert_eq!(KvkNumber::from_digits(typed), None, "{typed}");
    }
    for wrong in ["", "9000001", "900000111", "9000001a", "٩٠٠٠٠٠١١", "90000011\n"] {
        assert!(KvkNumber::parse(wrong).is_err() && KvkNumber::from_digits(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn a_decision_names_rights_or_a_reason_and_the_version_that_was_seen() {
    let approve = DecisionForm {
        actie: "goedkeuren".to_owned(),
        versie: "2".to_owned(),
        gezien: "23595:0,24001:1".to_owned(),
        recht: "23595:administratief".to_owned(),
        ..DecisionForm::default()
    };
    let (version, decision) = approve.parse().unwrap();
    let Decision::Approve(roles) = decision else { panic!("it approves") };
    assert_eq!((version, roles.len(), roles["23595"]), (2, 1, Roles::NONE.with(Role::Administrative)));

    let refuse =
        DecisionForm { actie: "afwijzen".to_owned(), reden: " Onbekend.\r\nBel ons ".to_owned(), ..approve.clone() };
    assert_eq!(refuse.parse().unwrap(), (2, Decision::Refuse("Onbekend.\nBel ons".to_owned())));

    for (wrong, field, code) in [
        (DecisionForm { recht: String::new(), ..approve.clone() }, "recht", FieldCode::NoRights),
        (DecisionForm { recht: "99999:financieel".to_owned(), ..approve.clone() }, "recht", FieldCode::UnknownChoice),
        (DecisionForm { versie: "x".to_owned(), ..approve.clone() }, "recht", FieldCode::ChangedMeanwhile),
        (DecisionForm { actie: String::new(), ..approve.clone() }, "recht", FieldCode::UnknownChoice),
        (DecisionForm { reden: "  ".to_owned(), ..refuse.clone() }, "reden", FieldCode::Required),
    ] {
        assert_eq!(wrong.parse().err().unwrap().on(field), Some(code), "{field}");
    }
    assert_eq!(check_reason(&"x".repeat(1_001)), Err(FieldCode::TooLong { max: REASON_MAX }));
    assert_eq!(check_reason("a\u{7}"), Err(FieldCode::ForbiddenCharacter));
}

#[test]
fn states_are_read_back() {
    for state in RequestState::ALL {
        assert_eq!(RequestState::from_code(state.code()), Some(state));
    }
    assert_eq!(RequestState::from_code("anders"), None);
}
