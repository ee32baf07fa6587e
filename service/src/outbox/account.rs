//! The words of mail about an account: links, and what happened to its password.

use collectief_domain::{
    account::LinkPurpose,
    actor::Language,
    date::{Date, format_dutch},
};

use super::{SecondFactorChange, Words};
use crate::{link::LinkMail, portal::Reach};

/// A mail with a link.
pub(super) fn link_words(mail: &LinkMail, brand: &str) -> Words {
    let LinkMail { purpose, url, name, language, blocked, has_second_factor } = mail;
    let (subject, mut paragraphs) = match (language, purpose) {
        (Language::Nl, LinkPurpose::Activation) => (
            "Activeer uw account",
            vec![
                format!("Voor u is een account gemaakt in {brand}. Kies uw wachtwoord op deze pagina:"),
                url.clone(),
                "De link werkt één keer, zeven dagen lang. Daarna vraagt u een nieuwe aan met \"Wachtwoord vergeten\" op \
                 de inlogpagina."
                    .to_owned(),
            ],
        ),
        (Language::En, LinkPurpose::Activation) => (
            "Activate your account",
            vec![
                format!("An account was made for you in {brand}. Choose your password on this page:"),
                url.clone(),
                "The link works once, for seven days. After that you can ask for a new one with \"Forgotten your \
                 password?\" on the sign-in page."
                    .to_owned(),
            ],
        ),
        (Language::Nl, LinkPurpose::Reset) => (
            "Kies een nieuw wachtwoord",
            vec![
                format!("Er is een nieuw wachtwoord aangevraagd voor uw account in {brand}. Kies het op deze pagina:"),
                url.clone(),
                "De link werkt één keer, een uur lang.".to_owned(),
                if *blocked {
                    "Uw account is nu geblokkeerd. Zodra u een nieuw wachtwoord hebt gekozen, is het weer vrij."
                } else {
                    "Uw oude wachtwoord blijft geldig tot u een nieuw hebt gekozen."
                }
                .to_owned(),
                "Hebt u dit niet aangevraagd? Dan hoeft u niets te doen.".to_owned(),
            ],
        ),
        (Language::En, LinkPurpose::Reset) => (
            "Choose a new password",
            vec![
                format!("A new password was asked for, for your account in {brand}. Choose it on this page:"),
                url.clone(),
                "The link works once, for an hour.".to_owned(),
                if *blocked {
                    "Your account is blocked now. It is free again as soon as you have chosen a new password."
                } else {
                    "Your old password stays valid until you have chosen a new one."
                }
                .to_owned(),
                "Did you not ask for this? Then you need not do anything.".to_owned(),
            ],
        ),
        (Language::Nl, LinkPurpose::Unblock) => (
            "Uw account is geblokkeerd",
            vec![
                format!(
                    "Uw account in {brand} is geblokkeerd, omdat er vijf keer een verkeerd wachtwoord{} is ingevuld. \
                     Maak het weer vrij op deze pagina:",
                    if *has_second_factor { " of een verkeerde code" } else { "" }
                ),
                url.clone(),
                "De link werkt één keer, een dag lang. Daarna logt u in met het wachtwoord dat u had. Weet u dat niet \
                 meer? Gebruik dan \"Wachtwoord vergeten\" op de inlogpagina."
                    .to_owned(),
                // A code is only asked of who knows the password.
                if *has_second_factor {
                    "Was u dit niet? Kies dan direct een nieuw wachtwoord met \"Wachtwoord vergeten\" op de inlogpagina: \
                     misschien kent iemand anders het. Zonder de code van uw app komt niemand binnen."
                } else {
                    "Was u dit niet? Uw wachtwoord is niet geraden en blijft geldig."
                }
                .to_owned(),
            ],
        ),
        (Language::En, LinkPurpose::Unblock) => (
            "Your account is blocked",
            vec![
                format!(
                    "Your account in {brand} is blocked, because a wrong password{} was filled in five times. Unblock it \
                     on this page:",
                    if *has_second_factor { " or a wrong code" } else { "" }
                ),
                url.clone(),
                "The link works once, for a day. After that you sign in with the password you had. Do you no longer \
                 know it? Then use \"Forgotten your password?\" on the sign-in page."
                    .to_owned(),
                if *has_second_factor {
                    "Was this not you? Then choose a new password at once with \"Forgotten your password?\" on the \
                     sign-in page: somebody else may know it. Without the code of your app nobody gets in."
                } else {
                    "Was this not you? Your password was not guessed and stays valid."
                }
                .to_owned(),
            ],
        ),
    };
    paragraphs.insert(0, greeting(*language, Some(name)));
    paragraphs.push(closing(*language, brand));
    Words { subject: subject.to_owned(), paragraphs, link: Some(url.clone()) }
}

/// The mail that tells the owner of an account that its password was changed.
pub(super) fn changed_words(on: Date, language: Language, brand: &str, reach: &Reach) -> Words {
    let on = format_dutch(on);
    let help = |before: &str| reach.help_desk.as_ref().map_or_else(String::new, |desk| format!("{before}{desk}"));
    let (subject, told, otherwise) = match language {
        Language::Nl => (
            "Uw wachtwoord is gewijzigd",
            format!(
                "Het wachtwoord van uw account in {brand} is gewijzigd op {on}. Op andere apparaten bent u uitgelogd."
            ),
            format!(
                "Was u dit niet? Kies dan direct een nieuw wachtwoord met \"Wachtwoord vergeten\" op de inlogpagina, en \
                 neem contact op met de helpdesk{}.",
                help(": ")
            ),
        ),
        Language::En => (
            "Your password was changed",
            format!(
                "The password of your account in {brand} was changed on {on}. You were signed out on other devices."
            ),
            format!(
                "Was this not you? Then choose a new password at once with \"Forgotten your password?\" on the sign-in \
                 page, and contact the helpdesk{}.",
                help(": ")
            ),
        ),
    };
    let paragraphs = vec![greeting(language, None), told, otherwise, closing(language, brand)];
    Words { subject: subject.to_owned(), paragraphs, link: None }
}

/// The mail that tells the owner of an account what happened to its second step.
pub(super) fn second_factor_words(
    on: Date,
    change: SecondFactorChange,
    language: Language,
    brand: &str,
    reach: &Reach,
) -> Words {
    use SecondFactorChange::{NewRecoveryCodes, RecoveryCodeUsed, Removed, Reset, SetUp};
    let on = format_dutch(on);
    let help = reach.help_desk.as_ref().map_or_else(String::new, |desk| format!(": {desk}"));
    let (subject, mut told, otherwise) = match language {
        Language::Nl => (
            match change {
                SetUp => "De tweede stap bij het inloggen staat aan",
                Removed | Reset { .. } => "De tweede stap bij het inloggen staat uit",
                NewRecoveryCodes => "U hebt nieuwe herstelcodes",
                RecoveryCodeUsed { .. } => "Er is een herstelcode gebruikt",
            },
            match change {
                SetUp => format!(
                    "Sinds {on} vraagt uw account in {brand} bij het inloggen een code van uw app. Op andere apparaten \
                     bent u uitgelogd."
                ),
                Removed => format!("Sinds {on} vraagt uw account in {brand} bij het inloggen geen tweede stap meer."),
                Reset { .. } => {
                    format!("De helpdesk heeft de tweede stap van uw account in {brand} op {on} weggehaald.")
                }
                NewRecoveryCodes => format!(
                    "Voor uw account in {brand} zijn op {on} nieuwe herstelcodes gemaakt. De oude werken niet meer."
                ),
                RecoveryCodeUsed { left } => format!(
                    "Op {on} is een herstelcode gebruikt van uw account in {brand}. Er zijn er nog {left} over. Nieuwe \
                     maakt u bij Mijn gegevens, onder Tweede stap."
                ),
            },
            format!(
                "Was u dit niet? Kies dan direct een nieuw wachtwoord met \"Wachtwoord vergeten\" op de inlogpagina, en \
                 neem contact op met de helpdesk{help}."
            ),
        ),
        Language::En => (
            match change {
                SetUp => "The second step of signing in is on",
                Removed | Reset { .. } => "The second step of signing in is off",
                NewRecoveryCodes => "You have new recovery codes",
                RecoveryCodeUsed { .. } => "A recovery code was used",
            },
            match change {
                SetUp => format!(
                    "Since {on} your account in {brand} asks a code of your app when you sign in. You were signed out on \
                     other devices."
                ),
                Removed => format!("Since {on} your account in {brand} asks no second step any more when you sign in."),
                Reset { .. } => format!("The helpdesk took away the second step of your account in {brand} on {on}."),
                NewRecoveryCodes => format!(
                    "New recovery codes were made on {on} for your account in {brand}. The old ones no longer work."
                ),
                RecoveryCodeUsed { left } => format!(
                    "A recovery code of your account in {brand} was used on {on}. {left} are left. You make new ones at \
                     My details, under Second step."
                ),
            },
            format!(
                "Was this not you? Then choose a new password at once with \"Forgotten your password?\" on the sign-in \
                 page, and contact the helpdesk{help}."
            ),
        ),
    };
    if let Reset { must_choose: true } = change {
        told.push_str(match language {
            Language::Nl => {
                " Uw wachtwoord is te kort voor inloggen zonder tweede stap. U krijgt een link om een nieuw te kiezen."
            }
            Language::En => {
                " Your password is too short to sign in without a second step. You will get a link to choose another."
            }
        });
    }
    let paragraphs = vec![greeting(language, None), told, otherwise, closing(language, brand)];
    Words { subject: subject.to_owned(), paragraphs, link: None }
}

/// The mail that tells the owner of an account that it may be used for more contracts.
pub(super) fn granted_words(contracts: &[String], by: &str, language: Language, brand: &str, reach: &Reach) -> Words {
    let (subject, told, how) = match language {
        Language::Nl => (
            "U hebt toegang gekregen tot een contract",
            format!("{by} heeft u in {brand} toegang gegeven tot:"),
            "Log in met het e-mailadres en het wachtwoord die u al gebruikt.",
        ),
        Language::En => (
            "You were given access to a contract",
            format!("{by} gave you access in {brand} to:"),
            "Sign in with the e-mail address and the password that you use already.",
        ),
    };
    let mut paragraphs = vec![greeting(language, None), told, contracts.join("\n"), how.to_owned()];
    paragraphs.extend(reach.address.clone());
    paragraphs.push(closing(language, brand));
    Words { subject: subject.to_owned(), paragraphs, link: reach.address.clone() }
}

fn greeting(language: Language, name: Option<&str>) -> String {
    match (language, name) {
        (Language::Nl, Some(name)) => format!("Beste {name},"),
        (Language::Nl, None) => "Goedendag,".to_owned(),
        (Language::En, Some(name)) => format!("Dear {name},"),
        (Language::En, None) => "Hello,".to_owned(),
    }
}

fn closing(language: Language, brand: &str) -> String {
    match language {
        Language::Nl => format!("Met vriendelijke groet,\n{brand}"),
        Language::En => format!("Kind regards,\n{brand}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_has_its_link_once_and_nothing_personal_in_its_subject() {
        for purpose in LinkPurpose::ALL {
            for language in [Language::Nl, Language::En] {
                for blocked in [false, true] {
                    let url = "https://portaal.example/x/token".to_owned();
                    let name = "S. de Vries".to_owned();
                    let has_second_factor = blocked;
                    let mail = LinkMail { purpose, url: url.clone(), name, language, blocked, has_second_factor };
                    let words = link_words(&mail, "Collectief");
                    assert_eq!(words.paragraphs.iter().filter(|text| text.contains(&url)).count(), 1);
                    assert_eq!(words.link.as_deref(), Some(url.as_str()));
                    assert!(!words.subject.contains("Vries") && !words.subject.contains("token"), "{}", words.subject);
                }
            }
        }
    }
}
