//! Who may be given or lose which rights (PRODUCT.md A7 to A9).

use collectief_domain::{
    account_management::{AccountForm, CONTRACTS_SHOWN, ContractFacts, decide, seen},
    actor::{Role, Roles},
    field::FieldCode,
};
use proptest::prelude::*;

const NONE: Roles = Roles::NONE;
const HR: Roles = Roles::NONE.with(Role::Administrative);
const MONEY: Roles = Roles::NONE.with(Role::Financial);
const MANAGER: Roles = Roles::NONE.with(Role::AccountManagement);

fn facts(roles: Roles) -> ContractFacts {
    ContractFacts { borderel_payment: true, roles, has_other_manager: true, is_main: false, is_self: false }
}

#[test]
fn rights_are_given_and_taken_by_the_rules() {
    let alone = |roles| ContractFacts { has_other_manager: false, ..facts(roles) };
    let myself = |roles| ContractFacts { is_self: true, ..facts(roles) };
    let unpaid = |roles| ContractFacts { borderel_payment: false, ..facts(roles) };
    let main = |roles| ContractFacts { is_main: true, ..facts(roles) };
    let own_main = |roles| ContractFacts { is_main: true, is_self: true, ..facts(roles) };
    let cases = [
        (facts(NONE), HR.or(MONEY).or(MANAGER), Ok(())),
        (facts(HR.or(MANAGER)), NONE, Ok(())),
        // The last one stays, whoever asks; as long as that is so, anything else may change.
        (alone(MANAGER), NONE, Err(FieldCode::LastManager)),
        (alone(MANAGER.or(HR)), HR, Err(FieldCode::LastManager)),
        (alone(MANAGER.or(HR)), MANAGER, Ok(())),
        (ContractFacts { has_other_manager: false, ..myself(MANAGER) }, NONE, Err(FieldCode::LastManager)),
        (myself(MANAGER), HR, Ok(())),
        // Where the employer does not pay there is nothing financial; what was given before can be taken, or stay.
        (unpaid(NONE), MONEY, Err(FieldCode::NotFinancial)),
        (unpaid(HR), HR.or(MONEY), Err(FieldCode::NotFinancial)),
        (unpaid(MONEY), MONEY.or(HR), Ok(())),
        (unpaid(MONEY), NONE, Ok(())),
        // The main account.
        (main(MANAGER), MANAGER.or(HR), Err(FieldCode::MainAccount)),
        (main(MANAGER), NONE, Err(FieldCode::MainAccount)),
        (main(MANAGER), MANAGER, Ok(())),
        (own_main(MANAGER.or(HR)), MANAGER, Ok(())),
        (own_main(MANAGER.or(HR)), HR, Err(FieldCode::MainAccountManages)),
    ];
    for (facts, asked, expected) in cases {
        assert_eq!(decide(facts, asked), expected, "{facts:?} {asked:?}");
    }
}

#[test]
fn boxes_are_read_for_exactly_the_contracts_that_were_shown() {
    let form = |gezien: &str, recht: &str| AccountForm {
        gezien: gezien.to_owned(),
        recht: recht.to_owned(),
        ..AccountForm::default()
    };
    let asked = form("23595:4,24177:1", "23595:administratief,23595:accountbeheer").asked().unwrap();
    assert_eq!(
        asked.into_iter().collect::<Vec<_>>(),
        [("23595".to_owned(), HR.or(MANAGER)), ("24177".to_owned(), NONE),]
    );
    for (gezien, recht) in [
        ("23595:0", "24177:financieel"),
        ("23595:0", "23595:insurer"),
        ("23595:0", "23595"),
        ("23595", ""),
        ("23595:x", ""),
    ] {
        assert_eq!(form(gezien, recht).asked(), Err(FieldCode::UnknownChoice), "{gezien} {recht}");
    }
    let many = |count| (0..count).map(|number| format!("{}:0", 10_000 + number)).collect::<Vec<_>>().join(",");
    assert!(form(&many(CONTRACTS_SHOWN), "").asked().is_ok());
    assert_eq!(form(&many(CONTRACTS_SHOWN + 1), "").asked(), Err(FieldCode::UnknownChoice));
}

#[test]
fn a_new_user_has_a_name_and_an_address() {
    let form = |naam: &str, email: &str| AccountForm {
        naam: naam.to_owned(),
        email: email.to_owned(),
        ..AccountForm::default()
    };
    assert_eq!(form(" Ans de Boer ", " ans@linde.example").parse_person(), Ok(("Ans de Boer", "ans@linde.example")));
    for (naam, email, field, code) in [
        ("", "ans@linde.example", "naam", FieldCode::Required),
        ("Ans\nBcc: x@y", "ans@linde.example", "naam", FieldCode::ForbiddenCharacter),
        ("Ans", "ans", "email", FieldCode::NotAnEmail),
        ("Ans", "", "email", FieldCode::Required),
    ] {
        let errors = form(naam, email).parse_person().unwrap_err();
        assert_eq!((errors.0.len(), errors.on(field)), (1, Some(code)), "{naam} {email}");
    }
    let long = "é".repeat(101);
    assert_eq!(
        form(&long, "a@b.example").parse_person().unwrap_err().on("naam"),
        Some(FieldCode::TooLong { max: 100 })
    );
}

fn any_roles() -> impl Strategy<Value = Roles> {
    (0_u8..8).prop_map(Roles::from_bits)
}

proptest! {
    #[test]
    fn a_contract_never_loses_its_last_manager(
        roles in any_roles(), asked in any_roles(), borderel_payment: bool, is_main: bool, is_self: bool,
    ) {
        let facts = ContractFacts { borderel_payment, roles, has_other_manager: false, is_main, is_self };
        if decide(facts, asked).is_ok() && roles.has(Role::AccountManagement) {
            prop_assert!(asked.has(Role::AccountManagement));
        }
    }

    #[test]
    fn nobody_else_touches_the_main_account(
        roles in any_roles(), asked in any_roles(), borderel_payment: bool, has_other_manager: bool,
    ) {
        let facts = ContractFacts { borderel_payment, roles, has_other_manager, is_main: true, is_self: false };
        prop_assert_eq!(decide(facts, asked).is_ok(), roles == asked);
    }

    #[test]
    fn what_was_shown_comes_back_as_it_was(rights in proptest::collection::btree_map("[0-9]{5,12}", any_roles(), 0..=CONTRACTS_SHOWN)) {
        let gezien = seen(rights.iter().map(|(number, roles)| (number.as_str(), *roles)));
        let form = AccountForm { gezien, ..AccountForm::default() };
        prop_assert_eq!(form.shown(), Ok(rights));
    }
}
