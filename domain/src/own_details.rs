//! "Mijn gegevens" (PRODUCT.md A11): what somebody sees and changes of the own account, whatever the roles.

use serde::{Deserialize, Serialize};

use crate::{
    account::{LinkPurpose, check_email, check_name},
    actor::Language,
    date::{Date, format_dutch},
    device::Device,
    field::{FieldCode, FieldErrors},
    ids::SessionId,
    password::check_typed,
    reminder::{ReminderWishes, RemindersForm},
};

/// The most characters of a telephone number, signs between the digits included.
pub const TELEPHONE_MAX: u32 = 30;

/// How many digits a telephone number has: the fewest with an area code, and the most there are (ITU-T E.164).
const TELEPHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// What one can do on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Saving name, telephone and language.
    Save,
    /// Asking to sign in with another address.
    AskEmail,
    /// Taking that back while it is not confirmed.
    WithdrawEmail,
    /// Asking to have reminders sent to another address, or to one's own.
    AskReminders,
    /// Taking that back while it is not confirmed.
    WithdrawReminders,
    /// Saying how one wants to be reminded.
    SetWishes,
    /// Choosing another password.
    ChangePassword,
    /// Ending one other session.
    EndSession,
    /// "Overal uitloggen": ending every other session.
    EndOthers,
}

impl Deed {
    /// Everything that can be done.
    pub const ALL: [Self; 9] = [
        Self::Save,
        Self::AskEmail,
        Self::WithdrawEmail,
        Self::AskReminders,
        Self::WithdrawReminders,
        Self::SetWishes,
        Self::ChangePassword,
        Self::EndSession,
        Self::EndOthers,
    ];

    /// The word for it in [`DetailsForm::actie`].
    pub const fn code(self) -> &'static str {
        match self {
            Self::Save => "gegevens",
            Self::AskEmail => "email",
            Self::WithdrawEmail => "email-intrekken",
            Self::AskReminders => "herinneringen",
            Self::WithdrawReminders => "herinneringen-intrekken",
            Self::SetWishes => "hoe-herinneren",
            Self::ChangePassword => "wachtwoord",
            Self::EndSession => "sessie",
            Self::EndOthers => "overal-uitloggen",
        }
    }

    /// What has this [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.code() == code)
    }
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Name, telephone and language are as typed.
    Saved,
    /// A link was mailed to the address that was typed.
    Asked,
    /// An address that waited to be confirmed is forgotten.
    Withdrawn,
    /// One signs in with the new address.
    EmailChanged,
    /// Reminders go to another address.
    RemindersChanged,
    /// One is reminded as was said.
    WishesSaved,
    /// The password is the new one.
    PasswordChanged,
    /// One session ended.
    SessionEnded,
    /// All other sessions ended.
    OthersEnded,
}

impl Done {
    /// Everything that can be done.
    pub const ALL: [Self; 9] = [
        Self::Saved,
        Self::Asked,
        Self::Withdrawn,
        Self::EmailChanged,
        Self::RemindersChanged,
        Self::WishesSaved,
        Self::PasswordChanged,
        Self::SessionEnded,
        Self::OthersEnded,
    ];

    /// The word for it in the address of the page that follows.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Saved => "opgeslagen",
            Self::Asked => "gemaild",
            Self::Withdrawn => "ingetrokken",
            Self::EmailChanged => "e-mailadres",
            Self::RemindersChanged => "herinneringen",
            Self::WishesSaved => "herinneren",
            Self::PasswordChanged => "wachtwoord",
            Self::SessionEnded => "uitgelogd",
            Self::OthersEnded => "overal-uitgelogd",
        }
    }

    /// What has this [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.code() == code)
    }
}

/// What is posted from the page, as it was typed; each deed has its own fields.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DetailsForm {
    /// The [`code`](Deed::code) of what is to be done.
    pub actie: String,
    /// Name.
    pub naam: String,
    /// Telephone number.
    pub telefoon: String,
    /// The tag of the language.
    pub taal: String,
    /// A new address to sign in with.
    pub email: String,
    /// The present password, with which that is asked for; never shown, logged or sent back.
    pub wachtwoord_bij_email: String,
    /// The address for reminders.
    pub herinneringen: String,
    /// How often one wants to be reminded.
    pub hoe: String,
    /// First day of an absence.
    pub afwezig_van: String,
    /// Last day of it.
    pub afwezig_tot: String,
    /// The address of the colleague who is reminded meanwhile.
    pub vervanger: String,
    /// The present password, to choose another one; never shown, logged or sent back.
    pub huidig_wachtwoord: String,
    /// The new password; never shown, logged or sent back.
    pub nieuw_wachtwoord: String,
    /// The id of a session.
    pub sessie: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for DetailsForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DetailsForm")
    }
}

/// What somebody is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Details<'a> {
    /// Name.
    pub name: &'a str,
    /// Telephone number; empty for none.
    pub telephone: &'a str,
    /// The language of the pages and the mail.
    pub language: Language,
}

impl DetailsForm {
    /// Name, telephone and language.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse_details(&self) -> Result<Details<'_>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let (name, telephone) = (self.naam.trim(), self.telefoon.trim());
        errors.take("naam", check_name(name));
        errors.take("telefoon", check_telephone(telephone));
        let language = errors.take("taal", Language::from_tag(&self.taal).ok_or(FieldCode::UnknownChoice));
        errors.or(Details { name, telephone, language: language.unwrap_or_default() })
    }

    /// The new address to sign in with, in any form; a password goes with it.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn parse_email(&self) -> Result<&str, FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = self.email.trim();
        errors.take("email", check_email(email));
        errors.take("wachtwoord_bij_email", check_typed(&self.wachtwoord_bij_email));
        errors.or(email)
    }

    /// The address for reminders, in any form; `None` for one's own.
    ///
    /// # Errors
    /// What is wrong with the field.
    pub fn parse_reminders(&self) -> Result<Option<&str>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let address = Some(self.herinneringen.trim()).filter(|address| !address.is_empty());
        if let Some(address) = address {
            errors.take("herinneringen", check_email(address));
        }
        errors.or(address)
    }

    /// How one wants to be reminded, as it was typed.
    pub fn wishes(&self) -> RemindersForm {
        RemindersForm {
            hoe: self.hoe.clone(),
            afwezig_van: self.afwezig_van.clone(),
            afwezig_tot: self.afwezig_tot.clone(),
            vervanger: self.vervanger.clone(),
        }
    }

    /// Checks that both passwords were typed. Whether the present one is right, and the new one good, is seen later.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn check_passwords(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.take("huidig_wachtwoord", check_typed(&self.huidig_wachtwoord));
        errors.take("nieuw_wachtwoord", check_typed(&self.nieuw_wachtwoord));
        errors.or(())
    }

    /// The same form without passwords: what is shown again.
    #[must_use]
    pub fn without_passwords(self) -> Self {
        Self {
            wachtwoord_bij_email: String::new(),
            huidig_wachtwoord: String::new(),
            nieuw_wachtwoord: String::new(),
            ..self
        }
    }
}

/// Checks a telephone number, in any usual way of writing it; none at all is fine too.
///
/// # Errors
/// [`FieldCode::TooLong`] or [`FieldCode::NotAPhone`].
pub fn check_telephone(telephone: &str) -> Result<(), FieldCode> {
    if telephone.is_empty() {
        return Ok(());
    }
    if telephone.chars().count() > TELEPHONE_MAX as usize {
        return Err(FieldCode::TooLong { max: TELEPHONE_MAX });
    }
    let digits = telephone.chars().filter(char::is_ascii_digit).count();
    let rest = telephone.strip_prefix('+').unwrap_or(telephone);
    let is_written = rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.'));
    if is_written && TELEPHONE_DIGITS.contains(&digits) { Ok(()) } else { Err(FieldCode::NotAPhone) }
}

/// An address that waits to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingAddress {
    /// The address.
    pub address: String,
    /// The day it was asked for.
    pub asked_on: Date,
}

/// A session of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// The session.
    pub id: SessionId,
    /// On what device.
    pub device: Device,
    /// The day it began.
    pub begun: Date,
    /// The day it was last used.
    pub last_used: Date,
    /// Whether it is the one in which the page is shown.
    pub is_this: bool,
}

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetailsView {
    /// Name.
    pub name: String,
    /// Telephone number; empty for none.
    pub telephone: String,
    /// The language of the pages and the mail.
    pub language: Language,
    /// The address that one signs in with.
    pub email: String,
    /// The one that will take its place once it is confirmed.
    pub pending_email: Option<PendingAddress>,
    /// The address for reminders; `None` is one's own.
    pub reminders: Option<String>,
    /// The one that will take its place once it is confirmed.
    pub pending_reminders: Option<PendingAddress>,
    /// How one wants to be reminded.
    pub wishes: ReminderWishes,
    /// Whether there is anything that one could be reminded of.
    pub is_reminded: bool,
    /// The fewest characters of a new password.
    pub fewest: u32,
    /// Whether a code of an app is asked after the password.
    pub has_second_factor: bool,
    /// The sessions, this one first, then by their last use.
    pub sessions: Vec<SessionRow>,
}

impl DetailsView {
    /// What the fields of the page show first.
    pub fn form(&self) -> DetailsForm {
        DetailsForm {
            naam: self.name.clone(),
            telefoon: self.telephone.clone(),
            taal: self.language.tag().to_owned(),
            herinneringen: self.reminders.clone().unwrap_or_default(),
            hoe: self.wishes.mode.code().to_owned(),
            afwezig_van: self.wishes.absent.map(|(from, _)| format_dutch(from)).unwrap_or_default(),
            afwezig_tot: self.wishes.absent.map(|(_, until)| format_dutch(until)).unwrap_or_default(),
            vervanger: self.wishes.deputy.as_ref().map(|(email, _)| email.clone()).unwrap_or_default(),
            ..DetailsForm::default()
        }
    }
}

/// What the page shows on which a new address is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmView {
    /// The new address.
    pub address: String,
    /// The address that one signs in with at this moment.
    pub email: String,
}

/// What confirming an address does.
pub const fn confirmed(purpose: LinkPurpose) -> Option<Done> {
    match purpose {
        LinkPurpose::EmailChange => Some(Done::EmailChanged),
        LinkPurpose::ReminderAddress => Some(Done::RemindersChanged),
        LinkPurpose::Activation | LinkPurpose::Reset | LinkPurpose::Unblock | LinkPurpose::Identity => None,
    }
}
