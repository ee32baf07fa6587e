//! What the owner of an account is told by mail that was done with it, so that whoever did not do it can act at once.

use collectief_domain::{
    actor::Language,
    date::{Date, format_dutch},
};

use super::{
    account::{closing, greeting},
    content::SecondFactorChange,
    words::Words,
};
use crate::portal::Reach;

/// What the owner of an account is told by mail, so that whoever did not do it can act at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The password was replaced.
    PasswordChanged,
    /// Somebody wants to sign in with another address.
    EmailChangeAsked,
    /// One signs in with another address.
    EmailChanged,
    /// Reminders go to another address.
    RemindersChanged,
    /// An identity of eHerkenning signs in to the account.
    IdentityLinked,
    /// An identity of eHerkenning no longer does.
    IdentityUnlinked,
}

/// The mail that tells the owner of an account what was done with it on this day.
pub(super) fn told_words(told: Told, on: Date, language: Language, brand: &str, reach: &Reach) -> Words {
    let on = format_dutch(on);
    let help = |before: &str| reach.help_desk.as_ref().map_or_else(String::new, |desk| format!("{before}{desk}"));
    let (subject, text) = match (language, told) {
        (Language::Nl, Told::PasswordChanged) => (
            "Uw wachtwoord is gewijzigd",
            format!(
                "Het wachtwoord van uw account in {brand} is gewijzigd op {on}. Op andere apparaten bent u uitgelogd."
            ),
        ),
        (Language::En, Told::PasswordChanged) => (
            "Your password was changed",
            format!(
                "The password of your account in {brand} was changed on {on}. You were signed out on other devices."
            ),
        ),
        (Language::Nl, Told::EmailChangeAsked) => (
            "Uw e-mailadres wordt gewijzigd",
            format!(
                "Op {on} is gevraagd om het e-mailadres van uw account in {brand} te wijzigen. Dat gebeurt pas als het \
                 nieuwe adres is bevestigd. Tot dan logt u in met dit adres."
            ),
        ),
        (Language::En, Told::EmailChangeAsked) => (
            "Your e-mail address is being changed",
            format!(
                "On {on} it was asked to change the e-mail address of your account in {brand}. That is done once the \
                 new address is confirmed. Until then you sign in with this address."
            ),
        ),
        (Language::Nl, Told::EmailChanged) => (
            "Uw e-mailadres is gewijzigd",
            format!(
                "Het e-mailadres van uw account in {brand} is gewijzigd op {on}. U logt voortaan in met het nieuwe \
                 adres. Met dit adres kan dat niet meer."
            ),
        ),
        (Language::En, Told::EmailChanged) => (
            "Your e-mail address was changed",
            format!(
                "The e-mail address of your account in {brand} was changed on {on}. From now on you sign in with the \
                 new address. With this one that is no longer possible."
            ),
        ),
        (Language::Nl, Told::RemindersChanged) => (
            "Uw adres voor herinneringen is gewijzigd",
            format!(
                "Het adres waar {brand} herinneringen voor u naartoe stuurt, is gewijzigd op {on}. U logt in zoals u \
                 gewend bent."
            ),
        ),
        (Language::En, Told::RemindersChanged) => (
            "Your address for reminders was changed",
            format!("The address to which {brand} sends your reminders was changed on {on}. You sign in as before."),
        ),
        (Language::Nl, Told::IdentityLinked) => (
            "eHerkenning is aan uw account gekoppeld",
            format!(
                "Op {on} is eHerkenning aan uw account in {brand} gekoppeld. U kunt daar voortaan mee inloggen, zonder \
                 wachtwoord."
            ),
        ),
        (Language::En, Told::IdentityLinked) => (
            "eHerkenning was linked to your account",
            format!(
                "On {on} eHerkenning was linked to your account in {brand}. From now on you can sign in with it, \
                 without a password."
            ),
        ),
        (Language::Nl, Told::IdentityUnlinked) => (
            "eHerkenning is van uw account ontkoppeld",
            format!("Op {on} is eHerkenning van uw account in {brand} ontkoppeld. U kunt er niet meer mee inloggen."),
        ),
        (Language::En, Told::IdentityUnlinked) => (
            "eHerkenning was unlinked from your account",
            format!(
                "On {on} eHerkenning was unlinked from your account in {brand}. You can no longer sign in with it."
            ),
        ),
    };
    let otherwise = match (language, told) {
        // Another password would not keep that identity out.
        (Language::Nl, Told::IdentityLinked) => format!(
            "Was u dit niet? Ontkoppel eHerkenning dan direct op de pagina \"Mijn gegevens\", en neem contact op met de \
             helpdesk{}.",
            help(": ")
        ),
        (Language::En, Told::IdentityLinked) => format!(
            "Was this not you? Then unlink eHerkenning at once on the page \"My details\", and contact the helpdesk{}.",
            help(": ")
        ),
        // Whoever no longer has the address cannot be mailed a link there.
        (Language::Nl, Told::EmailChanged) => {
            format!("Was u dit niet? Neem dan direct contact op met de helpdesk{}.", help(": "))
        }
        (Language::En, Told::EmailChanged) => {
            format!("Was this not you? Then contact the helpdesk at once{}.", help(": "))
        }
        (Language::Nl, _) => format!(
            "Was u dit niet? Kies dan direct een nieuw wachtwoord met \"Wachtwoord vergeten\" op de inlogpagina, en neem \
             contact op met de helpdesk{}.",
            help(": ")
        ),
        (Language::En, _) => format!(
            "Was this not you? Then choose a new password at once with \"Forgotten your password?\" on the sign-in page, \
             and contact the helpdesk{}.",
            help(": ")
        ),
    };
    let paragraphs = vec![greeting(language, None), text, otherwise, closing(language, brand)];
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
    use SecondFactorChange::{NewRecoveryCodes, PasskeyAdded, PasskeyRemoved, RecoveryCodeUsed, Removed, Reset, SetUp};
    let on = format_dutch(on);
    let help = reach.help_desk.as_ref().map_or_else(String::new, |desk| format!(": {desk}"));
    let (subject, mut told, otherwise) = match language {
        Language::Nl => (
            match change {
                SetUp => "De tweede stap bij het inloggen staat aan",
                PasskeyAdded => "Er is een passkey toegevoegd",
                PasskeyRemoved => "Er is een passkey verwijderd",
                Removed | Reset { .. } => "De tweede stap bij het inloggen staat uit",
                NewRecoveryCodes => "U hebt nieuwe herstelcodes",
                RecoveryCodeUsed { .. } => "Er is een herstelcode gebruikt",
            },
            match change {
                SetUp => format!(
                    "Sinds {on} vraagt uw account in {brand} bij het inloggen een code van uw app. Op andere apparaten \
                     bent u uitgelogd."
                ),
                PasskeyAdded => format!(
                    "Sinds {on} kunt u bij het inloggen op uw account in {brand} ook een passkey gebruiken die toen is \
                     toegevoegd. Op andere apparaten bent u uitgelogd."
                ),
                PasskeyRemoved => format!(
                    "Op {on} is een passkey van uw account in {brand} verwijderd. Daarmee kunt u niet meer inloggen. Op \
                     andere apparaten bent u uitgelogd."
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
                PasskeyAdded => "A passkey was added",
                PasskeyRemoved => "A passkey was removed",
                Removed | Reset { .. } => "The second step of signing in is off",
                NewRecoveryCodes => "You have new recovery codes",
                RecoveryCodeUsed { .. } => "A recovery code was used",
            },
            match change {
                SetUp => format!(
                    "Since {on} your account in {brand} asks a code of your app when you sign in. You were signed out on \
                     other devices."
                ),
                PasskeyAdded => format!(
                    "Since {on} you can also sign in to your account in {brand} with a passkey that was added then. You \
                     were signed out on other devices."
                ),
                PasskeyRemoved => format!(
                    "A passkey of your account in {brand} was removed on {on}. You can no longer sign in with it. You \
                     were signed out on other devices."
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
