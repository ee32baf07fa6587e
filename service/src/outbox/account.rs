//! The words of mail about an account: links, and what happened to its password.

use collectief_domain::{
    account::LinkPurpose,
    actor::Language,
    date::{Date, format_dutch},
};

use super::Words;
use crate::{account_request::ConfirmMail, link::LinkMail, portal::Reach};

/// A mail with a link.
pub(super) fn link_words(mail: &LinkMail, brand: &str) -> Words {
    let LinkMail { purpose, url, name, language, blocked } = mail;
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
                    "Uw account in {brand} is geblokkeerd, omdat er vijf keer een verkeerd wachtwoord is ingevuld. \
                     Maak het weer vrij op deze pagina:"
                ),
                url.clone(),
                "De link werkt één keer, een dag lang. Daarna logt u in met het wachtwoord dat u had. Weet u dat niet \
                 meer? Gebruik dan \"Wachtwoord vergeten\" op de inlogpagina."
                    .to_owned(),
                "Was u dit niet? Uw wachtwoord is niet geraden en blijft geldig.".to_owned(),
            ],
        ),
        (Language::En, LinkPurpose::Unblock) => (
            "Your account is blocked",
            vec![
                format!(
                    "Your account in {brand} is blocked, because a wrong password was filled in five times. Unblock it \
                     on this page:"
                ),
                url.clone(),
                "The link works once, for a day. After that you sign in with the password you had. Do you no longer \
                 know it? Then use \"Forgotten your password?\" on the sign-in page."
                    .to_owned(),
                "Was this not you? Your password was not guessed and stays valid.".to_owned(),
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

/// The mail with the link that proves the address of who asks for an account.
pub(super) fn confirm_words(mail: &ConfirmMail, language: Language, brand: &str) -> Words {
    let ConfirmMail { url, name, contract_number } = mail;
    let (subject, told, then, otherwise) = match language {
        Language::Nl => (
            "Bevestig uw aanvraag",
            format!(
                "U hebt een account in {brand} aangevraagd voor contract {contract_number}. Bevestig dat op deze pagina:"
            ),
            "De link werkt zeven dagen. Daarna bekijkt onze helpdesk uw aanvraag, en krijgt u bericht.",
            "Hebt u niets aangevraagd? Dan hoeft u niets te doen: zonder bevestiging doen wij niets met de aanvraag.",
        ),
        Language::En => (
            "Confirm your request",
            format!("You asked for an account in {brand} for contract {contract_number}. Confirm that on this page:"),
            "The link works for seven days. After that our helpdesk looks at your request, and you will hear from us.",
            "Did you not ask for anything? Then you need not do anything: without confirmation we do nothing with it.",
        ),
    };
    let paragraphs = vec![
        greeting(language, Some(name)),
        told,
        url.clone(),
        then.to_owned(),
        otherwise.to_owned(),
        closing(language, brand),
    ];
    Words { subject: subject.to_owned(), paragraphs, link: Some(url.clone()) }
}

/// The mail that tells somebody that no account is given.
pub(super) fn refused_words(
    name: &str,
    contract_number: &str,
    reason: &str,
    language: Language,
    brand: &str,
    reach: &Reach,
) -> Words {
    let desk = reach.help_desk.as_ref().map(|desk| format!(": {desk}")).unwrap_or_default();
    let (subject, told, question) = match language {
        Language::Nl => (
            "Uw aanvraag voor een account",
            format!("Wij hebben u geen account in {brand} gegeven voor contract {contract_number}. De reden:"),
            format!("Klopt dit volgens u niet? Neem dan contact op met onze helpdesk{desk}."),
        ),
        Language::En => (
            "Your request for an account",
            format!("We have not given you an account in {brand} for contract {contract_number}. The reason:"),
            format!("Do you think that this is not right? Then contact our helpdesk{desk}."),
        ),
    };
    let paragraphs = vec![greeting(language, Some(name)), told, reason.to_owned(), question, closing(language, brand)];
    Words { subject: subject.to_owned(), paragraphs, link: None }
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
                    let words =
                        link_words(&LinkMail { purpose, url: url.clone(), name, language, blocked }, "Collectief");
                    assert_eq!(words.paragraphs.iter().filter(|text| text.contains(&url)).count(), 1);
                    assert_eq!(words.link.as_deref(), Some(url.as_str()));
                    assert!(!words.subject.contains("Vries") && !words.subject.contains("token"), "{}", words.subject);
                }
            }
        }
    }
}
