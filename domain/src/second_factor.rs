//! The second step of signing in (PRODUCT.md A11): a code that an app shows for half a minute (TOTP, RFC 6238), a
//! [passkey](crate::passkey), or one of the recovery codes that were kept for when those are gone.

use serde::{Deserialize, Serialize};

use crate::{
    date::Date,
    field::{FieldCode, FieldErrors},
    ids::EmployerId,
    passkey::{NewPasskeyView, PasskeyView},
};

/// For how many seconds an app shows a code (RFC 6238, 4.1).
pub const STEP_SECONDS: i64 = 30;

/// The number of digits of a code.
pub const CODE_DIGITS: usize = 6;

/// For how many minutes somebody whose password was right may fill in the second step.
pub const PENDING_MINUTES: i64 = 10;

/// How many recovery codes are made at once.
pub const RECOVERY_CODES: usize = 10;

/// The number of letters and digits of a recovery code. Each stands for five bits, so that a code has 120: more than can
/// be guessed by whoever has its hash, however fast that is made (OWASP ASVS 5.0, 6.5.2 asks 112).
pub const RECOVERY_CODE_LENGTH: usize = 24;

/// So many of them stand together when a code or a secret is shown.
const GROUP: usize = 4;

/// With what somebody came in beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// A code of an app.
    Totp,
    /// A recovery code.
    RecoveryCode,
    /// A passkey.
    Passkey,
}

impl SecondFactor {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Totp, Self::RecoveryCode, Self::Passkey];

    /// The stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::Passkey => "passkey",
        }
    }

    /// The one with this [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.code() == code)
    }
}

/// The steps of RFC 6238 whose codes are taken at a moment in Unix milliseconds: the one of now and its neighbours, because
/// clocks differ and typing takes time; never one that was used, nor one before it.
pub fn open_steps(now: i64, last_used: i64) -> impl Iterator<Item = i64> {
    let now = now.div_euclid(1000 * STEP_SECONDS);
    (now - 1..=now + 1).filter(move |step| *step > last_used)
}

/// What was typed as a code, told apart by its form. Spaces and hyphens do not count, for people type codes in groups.
#[derive(Clone, PartialEq, Eq)]
pub enum TypedCode {
    /// The digits that an app shows.
    App(String),
    /// A recovery code, in lower case and without what stands between its groups.
    Recovery(String),
}

impl TypedCode {
    /// Reads what was typed; `None` when it can be neither.
    pub fn read(typed: &str) -> Option<Self> {
        // Long enough for any code in any groups; nothing longer is looked at.
        if typed.len() > 100 {
            return None;
        }
        let bare: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if bare.len() == CODE_DIGITS && bare.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::App(bare));
        }
        let bare = bare.to_ascii_lowercase();
        let is_code =
            bare.len() == RECOVERY_CODE_LENGTH && bare.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        is_code.then_some(Self::Recovery(bare))
    }
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::App(_) => "App",
            Self::Recovery(_) => "Recovery",
        })
    }
}

/// Text in groups of four, with `between` in between.
pub fn in_groups(text: &str, between: char) -> String {
    let mut grouped = String::with_capacity(text.len() + text.len() / GROUP);
    for (place, character) in text.chars().enumerate() {
        if place > 0 && place % GROUP == 0 {
            grouped.push(between);
        }
        grouped.push(character);
    }
    grouped
}

/// What somebody comes with at a second step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Offered<'a> {
    /// What was typed as a code.
    Code {
        /// The field that it was typed in.
        field: &'static str,
        /// What stands in it.
        typed: &'a str,
    },
    /// What the browser says of a passkey, as JSON.
    Passkey(&'a str),
}

impl<'a> Offered<'a> {
    /// A passkey where the browser has shown one, else a code where one was typed.
    fn of(passkey: &'a str, field: &'static str, typed: &'a str) -> Option<Self> {
        match (passkey, typed.trim()) {
            ("", "") => None,
            ("", typed) => Some(Self::Code { field, typed }),
            (passkey, _) => Some(Self::Passkey(passkey)),
        }
    }

    /// The field that is told of when it is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Code { field, .. } => field,
            Self::Passkey(_) => "passkey",
        }
    }

    /// What is told when it is wrong.
    pub const fn refusal(self) -> FieldCode {
        match self {
            Self::Code { .. } => FieldCode::WrongCode,
            Self::Passkey(_) => FieldCode::PasskeyRefused,
        }
    }
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for Offered<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.field())
    }
}

/// With what an account can take its second step, beside a recovery code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondStepMeans {
    /// An app shows codes.
    pub app: bool,
    /// There are passkeys, and they can be used here.
    pub passkeys: bool,
}

/// The form of the second step, as it was typed: one of the two codes, or a passkey.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SecondStepForm {
    /// The code that the app shows.
    pub code: String,
    /// A recovery code.
    pub herstelcode: String,
    /// What the browser says of a passkey, as JSON.
    pub passkey: String,
    /// The page of our own that was asked for before signing in.
    pub naar: String,
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for SecondStepForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecondStepForm")
    }
}

impl SecondStepForm {
    /// What was filled in.
    ///
    /// # Errors
    /// When nothing was.
    pub fn offered(&self) -> Result<Offered<'_>, FieldErrors> {
        let code = Offered::of(&self.passkey, "code", &self.code);
        code.or_else(|| Offered::of("", "herstelcode", &self.herstelcode)).ok_or_else(|| {
            let mut errors = FieldErrors::default();
            errors.push("code", FieldCode::Required);
            errors
        })
    }
}

/// What came of the second step, other than success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondStepRefusal {
    /// Nothing was filled in, or the code is not right.
    Invalid(FieldErrors),
    /// Too many wrong passwords and codes: the account is blocked, and this says how to go on.
    Blocked,
    /// Too many tries; wait so many seconds.
    TooMany {
        /// Seconds to wait.
        seconds: u32,
    },
    /// The password was not filled in lately, or not in this browser: one signs in again.
    Gone,
}

/// What an app needs to be set up with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpSetup {
    /// The secret in groups, to be typed.
    pub secret: String,
    /// How many squares the QR code is wide and high, without the margin around it.
    pub size: u32,
    /// The dark squares of the QR code, as an SVG path in which a square is one by one.
    pub path: String,
}

/// It prints nothing of the secret.
impl std::fmt::Debug for TotpSetup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSetup")
    }
}

/// How the second step of an account stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorView {
    /// Since which day an app is set up; `None` while there is none.
    pub since: Option<Date>,
    /// The passkeys, in the order in which they were added.
    pub passkeys: Vec<PasskeyView>,
    /// Whether passkeys can be used here.
    pub offers_passkeys: bool,
    /// How many recovery codes were not used yet.
    pub recovery_codes: u32,
    /// Whether the account must have a second step.
    pub is_required: bool,
    /// Whether the password is shorter than one may be that is all there is to signing in.
    pub password_is_short: bool,
    /// The app that is being set up.
    pub setup: Option<TotpSetup>,
    /// The passkey that is being added.
    pub new_passkey: Option<NewPasskeyView>,
}

impl SecondFactorView {
    /// Since which day there is a second step; `None` while there is none.
    pub fn on_since(&self) -> Option<Date> {
        self.passkeys.iter().map(|passkey| passkey.added).chain(self.since).min()
    }
}

/// What is posted to the page of the second step.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SecondFactorForm {
    /// What is to be done.
    pub actie: String,
    /// The password of the account.
    pub wachtwoord: String,
    /// A code of the app that is set up, or a recovery code.
    pub code: String,
    /// The first code of an app that is being set up.
    pub nieuwe_code: String,
    /// What the browser says of a passkey, as JSON, in the place of a code.
    pub passkey: String,
    /// What the browser says of a passkey that it made, as JSON.
    pub nieuwe_passkey: String,
    /// What a new passkey is called.
    pub naam: String,
    /// The passkey that it is about, by its id.
    pub welke: String,
}

impl SecondFactorForm {
    /// What was filled in as a proof of the second step that there is, if anything was.
    pub fn offered(&self) -> Option<Offered<'_>> {
        Offered::of(&self.passkey, "code", &self.code)
    }
}

/// It prints nothing of what was typed.
impl std::fmt::Debug for SecondFactorForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecondFactorForm")
    }
}

/// An employer, and whether it asks a second step of everybody with a role on its contracts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmployerPolicy {
    /// The employer.
    pub id: EmployerId,
    /// Its name.
    pub name: String,
    /// Whether a second step is required.
    pub is_required: bool,
    /// How many with a role on its contracts have no second step yet.
    pub without: u32,
}

/// What is posted to the page on which a second step is required.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EmployerPolicyForm {
    /// The employer's id.
    pub werkgever: String,
    /// `ja` to require it.
    pub verplicht: String,
}
