//! The second step of signing in: which codes are read, and when.

use collectief_domain::{
    field::FieldCode,
    password::{fewest, is_short},
    second_factor::{
        Offered, RECOVERY_CODE_LENGTH, STEP_SECONDS, SecondFactor, SecondStepForm, TypedCode, in_groups, open_steps,
    },
};
use proptest::prelude::*;

#[test]
fn a_code_is_known_by_its_form() {
    let app = |code: &str| Some(TypedCode::App(code.to_owned()));
    let recovery = |code: &str| Some(TypedCode::Recovery(code.to_owned()));
    let code = "abcdefghijklmnopqrstuvwx";
    for (typed, read) in [
        ("123456", app("123456")),
        (" 123 456 ", app("123456")),
        ("123-456", app("123456")),
        ("000000", app("000000")),
        ("", None),
        ("12345", None),
        ("1234567", None),
        ("１２３４５６", None),
        ("12345a", None),
        (code, recovery(code)),
        ("ABCD-EFGH-IJKL-MNOP-QRST-UVWX", recovery(code)),
        ("abcd efgh ijkl mnop qrst uvwx", recovery(code)),
        ("abcdefghijklmnopqrstuvw", None),
        // Digits that are mistaken for letters stand in no code.
        ("abcdefghijklmnopqrstuvw1", None),
    ] {
        assert_eq!(TypedCode::read(typed), read, "{typed}");
    }
    assert_eq!(TypedCode::read(&" ".repeat(101)), None);
    assert_eq!(format!("{:?}", app("123456")), "Some(App)", "it is never printed");
}

#[test]
fn the_field_that_was_filled_in_is_read() {
    let form = |code: &str, recovery: &str, passkey: &str| SecondStepForm {
        code: code.into(),
        herstelcode: recovery.into(),
        passkey: passkey.into(),
        naar: String::new(),
    };
    let code = |field, typed| Ok(Offered::Code { field, typed });
    assert_eq!(form(" 123456", "", "").offered(), code("code", "123456"));
    assert_eq!(form("", "abc", "").offered(), code("herstelcode", "abc"));
    assert_eq!(form("123456", "abc", "").offered(), code("code", "123456"));
    assert_eq!(form("123456", "abc", "{}").offered(), Ok(Offered::Passkey("{}")));
    let errors = form(" ", "", "").offered().expect_err("nothing is filled in");
    assert_eq!(errors.on("code"), Some(FieldCode::Required));
    assert_eq!(format!("{:?}", form("123456", "", "").offered()), "Ok(code)", "it is never printed");
}

#[test]
fn stored_words_are_read_back() {
    for factor in SecondFactor::ALL {
        assert_eq!(SecondFactor::from_code(factor.code()), Some(factor));
    }
    assert_eq!(SecondFactor::from_code(""), None);
}

// asvs = "6.2.1"
#[test]
fn a_password_may_be_shorter_beside_a_second_step() {
    assert_eq!((fewest(false), fewest(true)), (15, 8));
    assert!(is_short("veertien teken") && !is_short("vijftien tekens"));
}

proptest! {
    // asvs = "6.5.1, 6.5.5"
    #[test]
    fn open_steps_are_now_and_its_neighbours_that_were_not_used(now in 0_i64..4_000_000_000_000, used in -3_i64..=3) {
        let step = now / (1000 * STEP_SECONDS);
        let open: Vec<i64> = open_steps(now, step + used).collect();
        let expected: Vec<i64> = [step - 1, step, step + 1].into_iter().filter(|open| *open > step + used).collect();
        prop_assert_eq!(open, expected);
    }

    #[test]
    fn groups_are_taken_apart_again(code in "[a-z2-7]{24}") {
        let grouped = in_groups(&code, '-');
        prop_assert_eq!(grouped.len(), RECOVERY_CODE_LENGTH + 5);
        prop_assert_eq!(TypedCode::read(&grouped), Some(TypedCode::Recovery(code)));
    }
}
