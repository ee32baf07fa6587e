use collectief_domain::{
    account::SignInForm,
    actor::{Channel, Language, Right, Role, Roles},
    contract::ContractNumber,
    field::{FieldCode, FieldErrors},
    frame::Theme,
    ids::ParticipationId,
    mutation::{MutationKind, MutationState},
};
use proptest::prelude::*;

#[test]
fn stored_words_are_read_back() {
    for role in Role::ALL {
        assert_eq!(Role::from_code(role.code()), Some(role));
    }
    for channel in [Channel::Portal, Channel::Import, Channel::Operator, Channel::Demo] {
        assert_eq!(Channel::from_code(channel.code()), Some(channel));
    }
    for language in [Language::Nl, Language::En] {
        assert_eq!(Language::from_tag(language.tag()), Some(language));
    }
    for theme in [Theme::Auto, Theme::Light, Theme::Dark] {
        assert_eq!(Theme::from_code(theme.code()), theme);
    }
    for kind in [
        MutationKind::Deregistration,
        MutationKind::DeregistrationWithdrawn,
        MutationKind::PersonnelNumber,
        MutationKind::Roster,
    ] {
        assert_eq!(MutationKind::from_code(kind.code()), Some(kind));
    }
    for state in [MutationState::Requested, MutationState::Processed, MutationState::Withdrawn] {
        assert_eq!(MutationState::from_code(state.code()), Some(state));
    }
    assert_eq!(Role::from_code(""), None);
    assert_eq!(Language::from_tag("de"), None);
    assert_eq!(MutationKind::from_code("Deregistration"), None);
}

#[test]
fn roles_combine() {
    let both: Roles = [Role::Administrative, Role::AccountManagement].into_iter().collect();
    assert!(both.has(Role::Administrative) && both.has(Role::AccountManagement) && !both.has(Role::Financial));
    assert_eq!(Roles::from_bits(both.bits()), both);
    assert_eq!(Roles::from_bits(0xff), Role::ALL.into_iter().collect());
    assert_eq!(Roles::NONE.with(Role::Financial).with(Role::Financial), Roles::from_bits(Role::Financial.bit()));
    for right in [Right::SeeParticipants, Right::RevealBsn, Right::ChangeParticipants, Right::SeeUsage] {
        assert_eq!(right.role(), Role::Administrative);
    }
}

#[test]
fn a_contract_number_has_five_to_twelve_digits() {
    for (text, read) in [
        (" 23595 ", Ok("23595")),
        ("012345678901", Ok("012345678901")),
        ("", Err(FieldCode::Required)),
        ("1234", Err(FieldCode::TooShort { min: 5 })),
        ("1234567890123", Err(FieldCode::TooLong { max: 12 })),
        ("23 595", Err(FieldCode::NotDigits)),
        ("２３５９５", Err(FieldCode::NotDigits)),
    ] {
        assert_eq!(
            ContractNumber::parse(text).as_ref().map(ContractNumber::as_str).map_err(|code| *code),
            read,
            "{text}"
        );
    }
}

#[test]
fn signing_in_needs_both_fields() {
    let form = |email: &str, wachtwoord: &str| SignInForm {
        email: email.into(),
        wachtwoord: wachtwoord.into(),
        naar: String::new(),
    };
    assert_eq!(form("a@example.nl", "x").check(), Ok(()));
    let errors = form(" ", "").check().expect_err("nothing is filled in");
    assert_eq!(errors.on("email"), Some(FieldCode::Required));
    assert_eq!(errors.on("wachtwoord"), Some(FieldCode::Required));
    let errors = form(&"a".repeat(255), &"x".repeat(1025)).check().expect_err("too long");
    assert_eq!(errors.on("email"), Some(FieldCode::TooLong { max: 254 }));
    assert_eq!(errors.on("wachtwoord"), Some(FieldCode::TooLong { max: 256 }), "so many always fit in 1,024 bytes");
    assert_eq!(form("a@example.nl", &"x".repeat(1024)).check(), Ok(()));
}

#[test]
fn errors_travel_and_are_found_by_field() {
    let mut errors = FieldErrors::default();
    assert!(errors.is_empty());
    assert_eq!(errors.take("einddatum", Ok::<_, FieldCode>(1)), Some(1));
    assert_eq!(errors.take::<u8>("einddatum", Err(FieldCode::NoSuchDay { month: 2, year: 2026, days: 28 })), None);
    errors.push("einddatum", FieldCode::Required);
    let json = serde_json::to_string(&errors).expect("json");
    let read: FieldErrors = serde_json::from_str(&json).expect("errors");
    assert_eq!(read, errors);
    assert_eq!(read.on("einddatum"), Some(FieldCode::NoSuchDay { month: 2, year: 2026, days: 28 }));
    assert_eq!(read.on("reden"), None);
    assert_eq!(errors.or(()), Err(read));
}

proptest! {
    #[test]
    fn ids_are_numbers(number: i64) {
        let id = ParticipationId(number);
        prop_assert_eq!(id.to_string().parse(), Ok(id));
        prop_assert_eq!(serde_json::to_string(&id).expect("json"), number.to_string());
    }
}
