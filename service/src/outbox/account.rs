//! The words of mail about an account that somebody is to get, or to use: links, and access that was given or refused.

use collectief_domain::{account::LinkPurpose, actor::Language};

use super::words::Words;
use crate::{account_request::ConfirmMail, link::LinkMail, portal::Reach};

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
        (Language::Nl, LinkPurpose::Identity) => (
            "Koppel eHerkenning aan uw account",
            vec![
                format!(
                    "Iemand heeft met eHerkenning ingelogd en wil dat koppelen aan uw account in {brand}. Was u dat? \
                     Bevestig het dan op deze pagina, in dezelfde browser:"
                ),
                url.clone(),
                "De link werkt één keer, een uur lang. Daarna logt u met eHerkenning in zonder wachtwoord.".to_owned(),
                "Was u dit niet? Dan hoeft u niets te doen: zonder uw bevestiging wordt er niets gekoppeld.".to_owned(),
            ],
        ),
        (Language::En, LinkPurpose::Identity) => (
            "Link eHerkenning to your account",
            vec![
                format!(
                    "Somebody signed in with eHerkenning and wants to link it to your account in {brand}. Was that you? \
                     Then confirm it on this page, in the same browser:"
                ),
                url.clone(),
                "The link works once, for an hour. After that you sign in with eHerkenning without a password.".to_owned(),
                "Was this not you? Then you need not do anything: nothing is linked unless you confirm it.".to_owned(),
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
        (Language::Nl, LinkPurpose::EmailChange) => (
            "Bevestig uw nieuwe e-mailadres",
            confirm_paragraphs_nl(
                &format!("U wilt met dit e-mailadres inloggen in {brand}. Bevestig het op deze pagina:"),
                url,
            ),
        ),
        (Language::En, LinkPurpose::EmailChange) => (
            "Confirm your new e-mail address",
            confirm_paragraphs_en(
                &format!("You want to sign in to {brand} with this e-mail address. Confirm it on this page:"),
                url,
            ),
        ),
        (Language::Nl, LinkPurpose::ReminderAddress) => (
            "Bevestig dit adres voor herinneringen",
            confirm_paragraphs_nl(
                &format!(
                    "Een medewerker wil herinneringen van {brand} op dit e-mailadres ontvangen. De medewerker bevestigt \
                     het op deze pagina:"
                ),
                url,
            ),
        ),
        (Language::En, LinkPurpose::ReminderAddress) => (
            "Confirm this address for reminders",
            confirm_paragraphs_en(
                &format!(
                    "A member of staff wants reminders of {brand} at this e-mail address. That person confirms it on \
                     this page:"
                ),
                url,
            ),
        ),
    };
    paragraphs.insert(0, greeting(*language, name.as_deref()));
    paragraphs.push(closing(*language, brand));
    Words { subject: subject.to_owned(), paragraphs, link: Some(url.clone()) }
}

/// Whoever reads this may be a stranger, and learns of nobody's account.
fn confirm_paragraphs_nl(why: &str, url: &str) -> Vec<String> {
    vec![
        why.to_owned(),
        url.to_owned(),
        "De link werkt één keer, een dag lang. Is daar inloggen nodig, doe dat dan met het e-mailadres waarmee u tot nu \
         toe inlogt."
            .to_owned(),
        "Zegt dit u niets? Dan hoeft u niets te doen: zonder bevestiging verandert er niets.".to_owned(),
    ]
}

/// As [`confirm_paragraphs_nl`].
fn confirm_paragraphs_en(why: &str, url: &str) -> Vec<String> {
    vec![
        why.to_owned(),
        url.to_owned(),
        "The link works once, for a day. Where it asks you to sign in, use the e-mail address that you sign in with until \
         now."
            .to_owned(),
        "Does this mean nothing to you? Then you need not do anything: without confirmation nothing changes.".to_owned(),
    ]
}

/// The mail to an address that has an account, and that somebody wanted to use for another one.
pub(super) fn taken_words(language: Language, brand: &str) -> Words {
    let (subject, text, otherwise) = match language {
        Language::Nl => (
            "Dit e-mailadres heeft al een account",
            format!(
                "Iemand heeft gevraagd om met dit e-mailadres in te loggen op een ander account in {brand}. Dat kan niet: \
                 dit adres heeft al een account. Er is niets gewijzigd."
            ),
            "Was u dit zelf? Log dan in met dit adres, of kies een ander adres voor het andere account. Was u dit niet? \
             Dan hoeft u niets te doen.",
        ),
        Language::En => (
            "This e-mail address has an account already",
            format!(
                "Somebody asked to sign in with this e-mail address on another account in {brand}. That cannot be: this \
                 address has an account already. Nothing was changed."
            ),
            "Was this you? Then sign in with this address, or choose another one for the other account. Was this not you? \
             Then you need not do anything.",
        ),
    };
    let paragraphs = vec![greeting(language, None), text, otherwise.to_owned(), closing(language, brand)];
    Words { subject: subject.to_owned(), paragraphs, link: None }
}

/// The mail that tells the owner of an account that it may be used for more contracts.
pub(super) fn granted_words(
    contracts: &[String],
    by: Option<&str>,
    language: Language,
    brand: &str,
    reach: &Reach,
) -> Words {
    let (subject, told, how) = match language {
        Language::Nl => (
            "U hebt toegang gekregen tot een contract",
            match by {
                Some(by) => format!("{by} heeft u in {brand} toegang gegeven tot:"),
                None => format!("U hebt in {brand} toegang gekregen tot:"),
            },
            "Log in met het e-mailadres en het wachtwoord die u al gebruikt.",
        ),
        Language::En => (
            "You were given access to a contract",
            match by {
                Some(by) => format!("{by} gave you access in {brand} to:"),
                None => format!("You were given access in {brand} to:"),
            },
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

pub(super) fn greeting(language: Language, name: Option<&str>) -> String {
    match (language, name) {
        (Language::Nl, Some(name)) => format!("Beste {name},"),
        (Language::Nl, None) => "Goedendag,".to_owned(),
        (Language::En, Some(name)) => format!("Dear {name},"),
        (Language::En, None) => "Hello,".to_owned(),
    }
}

pub(super) fn closing(language: Language, brand: &str) -> String {
    match language {
        Language::Nl => format!("Met vriendelijke groet,\n{brand}"),
        Language::En => format!("Kind regards,\n{brand}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_gave_access_is_named_where_it_was_a_colleague() {
        let words = |stored: &str| {
            let Ok(super::super::Content::AccessGranted { contracts, by }) = serde_json::from_str(stored) else {
                panic!("{stored}")
            };
            granted_words(&contracts, by.as_deref(), Language::Nl, "Collectief", &Reach::default()).paragraphs[1]
                .clone()
        };
        // As it was stored before the insurer could be meant.
        let by = r#"{"kind":"access_granted","contracts":["23595 · De Linde"],"by":"S. de Vries"}"#;
        assert_eq!(words(by), "S. de Vries heeft u in Collectief toegang gegeven tot:");
        let nobody = r#"{"kind":"access_granted","contracts":["23595 · De Linde"],"by":null}"#;
        assert_eq!(words(nobody), "U hebt in Collectief toegang gekregen tot:");
    }

    #[test]
    fn every_mail_has_its_link_once_and_nothing_personal_in_its_subject() {
        for purpose in LinkPurpose::ALL {
            for language in [Language::Nl, Language::En] {
                for blocked in [false, true] {
                    let url = "https://portaal.example/x/token".to_owned();
                    let name = Some("S. de Vries".to_owned());
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
