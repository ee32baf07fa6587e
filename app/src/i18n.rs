//! Every text in both languages, checked when the program is compiled.
//!
//! `build.rs` turns `locales/*/*.json` into the struct [`Texts`]. A page takes it once, `let t = use_texts();`, and
//! reads fields and calls methods: `t.signin().title`, `t.participants().found(2_967)`. The language cannot change while a
//! page stands: choosing another one is a form post that loads the page anew, so no text is wrapped in a signal.

use std::fmt::Display;

pub use collectief_domain::actor::Language;
use collectief_domain::{date::Date, field::FieldCode};
use leptos::prelude::*;

use crate::ui::format;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The texts in a language.
pub fn texts(language: Language) -> &'static Texts {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
    }
}

/// The texts in the language of the page.
pub fn use_texts() -> &'static Texts {
    texts(use_language())
}

/// The language of the page.
pub fn use_language() -> Language {
    use_context::<Language>().unwrap_or_default()
}

/// What is wrong with a field, in words that say how to put it right.
pub fn field_code(t: &Texts, code: FieldCode) -> String {
    let t = t.field();
    match code {
        FieldCode::Required => t.required.to_owned(),
        FieldCode::TooLong { max } => t.too_long(max),
        FieldCode::NotADate => t.not_a_date.to_owned(),
        FieldCode::NoSuchDay { month, year, days } => {
            t.no_such_day(format::month_name(use_language(), month as usize - 1), year, days)
        }
        FieldCode::DateTooEarly { first } => t.date_too_early(format::date(first)),
        FieldCode::DateTooLate { last } => t.date_too_late(format::date(last)),
        FieldCode::NotAMonth => t.not_a_month.to_owned(),
        FieldCode::RangeReversed => t.range_reversed.to_owned(),
        FieldCode::RangeTooLong { months } => t.range_too_long(months),
        FieldCode::BsnLength => t.bsn_length.to_owned(),
        FieldCode::BsnEleven => t.bsn_eleven.to_owned(),
        FieldCode::NotDigits => t.not_digits.to_owned(),
        FieldCode::ForbiddenCharacter => t.forbidden_character.to_owned(),
        FieldCode::UnknownChoice => t.unknown_choice.to_owned(),
        FieldCode::NotAnEmail => t.not_an_email.to_owned(),
        FieldCode::UnknownContract => t.unknown_contract.to_owned(),
        FieldCode::TooShort { min } => t.too_short(min),
        FieldCode::Guessable => t.guessable.to_owned(),
        FieldCode::NothingToSearch => t.nothing_to_search.to_owned(),
        FieldCode::OwnWords => t.own_words.to_owned(),
        FieldCode::NoRights => t.no_rights.to_owned(),
        FieldCode::NotFinancial => t.not_financial.to_owned(),
        FieldCode::LastManager => t.last_manager.to_owned(),
        FieldCode::MainAccount => t.main_account.to_owned(),
        FieldCode::MainAccountManages => t.main_account_manages.to_owned(),
        FieldCode::ChangedMeanwhile => t.changed_meanwhile.to_owned(),
        FieldCode::WrongCode => t.wrong_code.to_owned(),
        FieldCode::PasskeyRefused => t.passkey_refused.to_owned(),
        FieldCode::PasskeysEnough { max } => t.passkeys_enough(max),
        FieldCode::MailedEnough => t.mailed_enough.to_owned(),
        FieldCode::KvkLength => t.kvk_length.to_owned(),
        FieldCode::NotAPhone => t.not_a_phone.to_owned(),
        FieldCode::NoRoles => t.no_roles.to_owned(),
        FieldCode::OutOfRange => t.out_of_range.to_owned(),
        FieldCode::Taken => t.taken.to_owned(),
        FieldCode::UnknownAccount => t.unknown_account.to_owned(),
        FieldCode::OwnAccount => t.own_account.to_owned(),
        FieldCode::WrongPassword => t.wrong_password.to_owned(),
        FieldCode::TriedTooOften { minutes } => t.tried_too_often(u64::from(minutes)),
        FieldCode::SameAddress => t.same_address.to_owned(),
        FieldCode::NotAPostcode => t.not_a_postcode.to_owned(),
        FieldCode::NotAHouseNumber => t.not_a_house_number.to_owned(),
        FieldCode::NobodyAdded => t.nobody_added.to_owned(),
        FieldCode::ParticipatesAlready => t.participates_already.to_owned(),
        FieldCode::NothingChanged => t.nothing_changed.to_owned(),
        FieldCode::BsnOfSomeoneElse => t.bsn_of_someone_else.to_owned(),
    }
}

/// A day in words, `zondag 1 november 2026`, in the language of the page.
pub fn long_date(date: Date) -> String {
    format::long_date(use_language(), date)
}

/// A whole number with the thousands separator of the language.
fn number(language: Language, n: u64) -> String {
    format::number(language, n)
}

/// Fills the placeholders of a text.
fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            use std::fmt::Write;
            // Writing to a string cannot fail.
            let _ = write!(filled, "{value}");
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once_and_values_are_left_as_they_are() {
        assert_eq!(fill("Wacht {n} seconden, {wie}", &[("n", &5), ("wie", &"{n}")]), "Wacht 5 seconden, {n}");
        assert_eq!(fill("Zonder", &[]), "Zonder");
    }

    #[test]
    fn both_languages_say_what_is_wrong() {
        let code = FieldCode::NoSuchDay { month: 2, year: 1981, days: 28 };
        assert_eq!(field_code(texts(Language::Nl), code), "Vul een dag in die bestaat: februari 1981 had 28 dagen");
    }
}
