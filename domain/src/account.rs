//! Accounts, signing in, and the links that are mailed to whoever cannot: the forms, and what can come of them.

use serde::{Deserialize, Serialize};

use crate::{
    field::{FieldCode, FieldErrors},
    password::check_typed,
};

/// The most bytes of an e-mail address (RFC 5321).
const EMAIL_MAX: usize = 254;

/// The most characters of the name of an account's owner.
pub const NAME_MAX: u32 = 100;

/// The number of wrong passwords after which an account is blocked (PRODUCT.md A5).
pub const WRONG_PASSWORDS_ALLOWED: u32 = 5;

/// The sign-in form, as it was typed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    /// E-mail address.
    pub email: String,
    /// Password; never shown, logged or sent back.
    pub wachtwoord: String,
    /// The page of our own that was asked for before signing in.
    pub naar: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for SignInForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInForm")
    }
}

/// What came of trying to sign in, other than success. The same for known and unknown addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInRefusal {
    /// Something was not filled in.
    Invalid(FieldErrors),
    /// The combination is not right.
    Wrong,
    /// Too many wrong passwords: the account is blocked, and this says how to go on.
    Blocked,
    /// Too many tries from here; wait so many seconds.
    TooMany {
        /// Seconds to wait.
        seconds: u32,
    },
}

/// What a link is for that was mailed to the owner of an account (PRODUCT.md A2 to A5, A11). It works once, for a limited
/// time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Setting the first password of a new account.
    Activation,
    /// Replacing a password that was forgotten; a block ends as well.
    Reset,
    /// Ending a block, with the password that the account has.
    Unblock,
    /// Linking the eHerkenning that somebody signed in with to the account (A2).
    Identity,
    /// Confirming a new address to sign in with, from that address.
    EmailChange,
    /// Confirming a new address for reminders, from that address.
    ReminderAddress,
}

impl LinkPurpose {
    /// Every purpose.
    pub const ALL: [Self; 6] =
        [Self::Activation, Self::Reset, Self::Unblock, Self::Identity, Self::EmailChange, Self::ReminderAddress];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Reset => "reset",
            Self::Unblock => "unblock",
            Self::Identity => "identity",
            Self::EmailChange => "email_change",
            Self::ReminderAddress => "reminder_address",
        }
    }

    /// Where the page behind a link is; its token comes after it.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Activation => "/activeren/",
            Self::Reset => "/wachtwoord-herstellen/",
            Self::Unblock => "/deblokkeren/",
            Self::Identity => "/eherkenning-koppelen/",
            Self::EmailChange => "/e-mailadres-bevestigen/",
            Self::ReminderAddress => "/herinneringsadres-bevestigen/",
        }
    }

    /// Whether the link stands for an address that waits to be confirmed. Only the account's owner can use it, signed in:
    /// whoever else has that mailbox, because the address was typed wrong, must not come to own the account.
    pub const fn confirms_address(self) -> bool {
        matches!(self, Self::EmailChange | Self::ReminderAddress)
    }

    /// For how many hours a link works.
    pub const fn hours(self) -> u32 {
        match self {
            Self::Activation => 7 * 24,
            Self::Reset | Self::Identity => 1,
            Self::Unblock | Self::EmailChange | Self::ReminderAddress => 24,
        }
    }
}

/// The form "Wachtwoord vergeten", as it was typed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AskLinkForm {
    /// E-mail address.
    pub email: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for AskLinkForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AskLinkForm")
    }
}

impl AskLinkForm {
    /// Checks that an address was typed.
    ///
    /// # Errors
    /// What is wrong with the field.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.take("email", check_email(self.email.trim()));
        errors.or(())
    }
}

/// Why no link is mailed. The same for known and unknown addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskLinkRefusal {
    /// No address was typed.
    Invalid(FieldErrors),
    /// Too many links were asked for from here; wait so many seconds.
    TooMany {
        /// Seconds to wait.
        seconds: u32,
    },
}

/// The form on which a password is chosen, as it was typed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewPasswordForm {
    /// The password; never shown, logged or sent back.
    pub wachtwoord: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for NewPasswordForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPasswordForm")
    }
}

/// What the page behind a link is told of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// The e-mail address that one signs in with.
    pub email: String,
    /// The fewest characters of a password that is chosen.
    pub fewest: u32,
}

/// What the page behind a link is told that links an identity of eHerkenning to the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityLinkView {
    /// The e-mail address of the account.
    pub email: String,
    /// Whether that identity was shown in this browser: only then can it be linked here.
    pub is_shown: bool,
    /// Whether the owner must sign in first: the account has a second step, which the identity will take the place of.
    pub must_sign_in: bool,
}

/// Checks that this can be an e-mail address on the internet, and that it cannot be more than one. Whether it arrives only
/// a mail can tell; a name without a dot, as of a host in the own building, is far more often a slip.
///
/// # Errors
/// [`FieldCode::Required`], [`FieldCode::TooLong`] or [`FieldCode::NotAnEmail`].
pub fn check_email(email: &str) -> Result<(), FieldCode> {
    if email.is_empty() {
        return Err(FieldCode::Required);
    }
    if email.len() > EMAIL_MAX {
        return Err(FieldCode::TooLong { max: EMAIL_MAX as u32 });
    }
    let strange = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '"' | ',' | ';');
    let valid = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.contains('@')
            && domain.contains('.')
            && domain.split('.').all(|label| !label.is_empty())
            && !email.chars().any(strange)
    });
    if valid { Ok(()) } else { Err(FieldCode::NotAnEmail) }
}

/// Checks the name of an account's owner, without spaces around it.
///
/// # Errors
/// [`FieldCode::Required`], [`FieldCode::TooLong`] or [`FieldCode::ForbiddenCharacter`].
pub fn check_name(name: &str) -> Result<(), FieldCode> {
    if name.is_empty() {
        Err(FieldCode::Required)
    } else if name.chars().count() > NAME_MAX as usize {
        Err(FieldCode::TooLong { max: NAME_MAX })
    } else if name.chars().any(char::is_control) {
        Err(FieldCode::ForbiddenCharacter)
    } else {
        Ok(())
    }
}

impl SignInForm {
    /// Checks that both fields are there and of a possible length.
    ///
    /// # Errors
    /// All that is wrong, by field.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.email.trim().is_empty() {
            errors.push("email", FieldCode::Required);
        } else if self.email.len() > EMAIL_MAX {
            errors.push("email", FieldCode::TooLong { max: EMAIL_MAX as u32 });
        }
        errors.take("wachtwoord", check_typed(&self.wachtwoord));
        errors.or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["a@b.c", "sanne.de.vries@zorggroep.example", "o'neill+hr@example.org"] {
            assert_eq!(check_email(good), Ok(()), "{good}");
        }
        for bad in [
            "a",
            "@b.c",
            "a@",
            "a@b",
            "a@b.c@d.e",
            "a b@c.d",
            "a@.c",
            "a@c.",
            "a@b..c",
            "a@b.c\nBcc: c@d.e",
            "a@b.c,c@d.e",
            "a@b.c;d",
            "a@b.c\0",
            "<a@b.c>",
        ] {
            assert_eq!(check_email(bad), Err(FieldCode::NotAnEmail), "{bad}");
        }
    }
}
