//! Codes of an app (TOTP, RFC 6238: SHA-1, six digits, half a minute): what every app can show. That SHA-1 collides does
//! not weaken them, because the code is keyed (RFC 6238, 1.2; RFC 4226, B.2).

use base64::{Engine, engine::general_purpose::STANDARD};
use collectief_data::second_factor::{self as data, SealedSecrets};
use collectief_domain::{
    ids::AccountId,
    second_factor::{STEP_SECONDS, TotpSetup, in_groups, open_steps},
};
use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Builder, Secret};

use crate::{Portal, ServiceError, secret};

/// The bytes of a secret: as many as the hash has (RFC 4226, 4).
const SECRET_BYTES: usize = 20;

/// A new secret, encrypted for this account.
pub(super) fn new_secret(portal: &Portal, account: AccountId) -> Result<Vec<u8>, ServiceError> {
    let secret = STANDARD.encode(secret::random::<SECRET_BYTES>()?);
    Ok(portal.db().keys().seal_secret(&secret, &place(account))?)
}

/// What the cipher text of a secret belongs to.
fn place(account: AccountId) -> String {
    format!("totp:{account}")
}

fn open(portal: &Portal, account: AccountId, sealed: &[u8]) -> Result<Secret, ServiceError> {
    let secret = portal.db().keys().open_secret(sealed, &place(account));
    let bytes = secret.and_then(|secret| STANDARD.decode(secret).ok());
    let bytes = bytes.ok_or_else(|| ServiceError::Internal("the secret of an app cannot be read".to_owned()))?;
    Ok(Secret::new(bytes.into()))
}

/// Encrypts the secrets anew that an older key made. Returns of how many accounts.
pub(crate) async fn renew_secrets(portal: &Portal) -> Result<u64, ServiceError> {
    let keys = portal.db().keys();
    let mut renewed = 0;
    let mut after = AccountId(0);
    loop {
        let page = data::sealed_secrets(portal.db(), after, 100).await?;
        let Some(last) = page.last() else { return Ok(renewed) };
        after = last.account;
        let txn = portal.db().begin().await?;
        for before in &page {
            let anew = |sealed: &Option<Vec<u8>>| match sealed {
                Some(sealed) => Ok(Some(keys.renew_secret(sealed, &place(before.account))?.unwrap_or(sealed.clone()))),
                None => Ok::<_, ServiceError>(None),
            };
            let after = SealedSecrets {
                account: before.account,
                in_use: anew(&before.in_use)?,
                pending: anew(&before.pending)?,
            };
            if after != *before {
                renewed += u64::from(data::reseal(&txn, before, &after).await?);
            }
        }
        txn.commit().await?;
    }
}

/// The step whose code this is, of those that are open now and lie after `last_used`.
pub(super) fn step_of(
    portal: &Portal,
    account: AccountId,
    sealed: &[u8],
    code: &str,
    last_used: i64,
) -> Result<Option<i64>, ServiceError> {
    let secret = open(portal, account, sealed)?;
    Ok(find_step(secret, code, portal.clock().millis_elsewhere(), last_used))
}

fn find_step(secret: Secret, code: &str, now: i64, last_used: i64) -> Option<i64> {
    // One step at a time, so that a code that two of them share is not taken for the one that was used.
    let totp = Builder::new().with_secret(secret).with_skew(0).build_noncompliant();
    open_steps(now, last_used)
        .find(|step| u64::try_from(step * STEP_SECONDS).is_ok_and(|second| totp.check(code, second).is_some()))
}

/// What an app needs to be set up with a secret.
pub(super) fn setup(
    portal: &Portal,
    account: AccountId,
    email: &str,
    sealed: &[u8],
) -> Result<TotpSetup, ServiceError> {
    let secret = open(portal, account, sealed)?;
    let typed = in_groups(&secret.to_base32(), ' ');
    // What an app shows above the code; a colon would end the one or the other.
    let without_colon = |text: &str| text.replace(':', " ");
    let totp = Builder::new()
        .with_secret(secret)
        .with_issuer(Some(without_colon(portal.brand())))
        .with_account_name(without_colon(email))
        .build();
    let url = totp.and_then(|totp| totp.to_url()).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let code = QrCode::with_error_correction_level(&url, EcLevel::M);
    let code = code.map_err(|error| ServiceError::Internal(error.to_string()))?;
    let width = code.width();
    Ok(TotpSetup {
        secret: typed,
        size: u32::try_from(width).unwrap_or_default(),
        path: path(&code.to_colors(), width),
    })
}

/// The dark squares as an SVG path, a rectangle for those that lie side by side.
fn path(colors: &[Color], width: usize) -> String {
    use std::fmt::Write;
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|color| **color == Color::Dark).count();
            if run > 0 {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
            }
            x += run.max(1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use collectief_data::{account as accounts, testing};
    use collectief_domain::{
        actor::{Role, Roles},
        date::Date,
    };
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Limits,
        account::{Contracts, NewAccount, add},
        clock::Clock,
    };

    // asvs = "11.2.2"
    #[tokio::test]
    async fn a_secret_in_use_and_one_being_set_up_outlive_the_key_that_made_them() {
        for database in testing::databases().await {
            let with_keys = |numbers: &[u8]| {
                let db = database.db.with_keys(testing::keys_of(numbers));
                let clock = Clock::standing_on(Date::from_ymd_opt(2026, 11, 1).unwrap());
                Portal::new(db, clock, Limits::default(), "Collectief".to_owned(), false)
            };
            let before = with_keys(&[1]);
            let email = "hr@linde.example";
            let new = NewAccount {
                email: email.to_owned(),
                name: "Hanna Rozema".to_owned(),
                contracts: Contracts::All,
                roles: Roles::NONE.with(Role::Administrative),
                password: None,
            };
            add(&before, new).await.unwrap();
            let account = accounts::credentials(before.db(), email).await.unwrap().unwrap().id;
            let [in_use, pending] = [(); 2].map(|()| new_secret(&before, account).unwrap());
            let txn = before.db().begin().await.unwrap();
            data::begin(&txn, account, in_use.clone(), 1).await.unwrap();
            assert!(data::activate(&txn, account, &in_use, 1, 1).await.unwrap());
            data::begin(&txn, account, pending.clone(), 2).await.unwrap();
            txn.commit().await.unwrap();

            let both = with_keys(&[1, 2]);
            assert_eq!(renew_secrets(&both).await.unwrap(), 1, "{}", database.name);
            assert_eq!(renew_secrets(&both).await.unwrap(), 0, "{}", database.name);

            let after = with_keys(&[2]);
            let kept = data::owner(after.db(), account).await.unwrap().unwrap();
            let kept = [kept.totp.unwrap().secret_cipher, kept.pending.unwrap().0];
            for (was, is) in [in_use, pending].iter().zip(&kept) {
                assert!(open(&after, account, was).is_err(), "{}", database.name);
                let read = |portal, sealed| open(portal, account, sealed).unwrap().to_base32();
                assert_eq!(read(&before, was), read(&after, is), "{}", database.name);
            }
        }
    }

    fn secret() -> Secret {
        Secret::new(Box::from(*b"12345678901234567890"))
    }

    /// RFC 6238, appendix B, of which apps show the last six digits.
    // asvs = "6.5.4"
    #[test]
    fn codes_are_those_of_the_standard() {
        for (second, code) in [
            (59_i64, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = second / STEP_SECONDS;
            assert_eq!(find_step(secret(), code, second * 1000, 0), Some(step), "{second}");
            assert_eq!(find_step(secret(), code, second * 1000, step), None, "{second}: used");
            assert_eq!(find_step(secret(), "000000", second * 1000, 0), None, "{second}");
            assert_eq!(find_step(secret(), &code[..5], second * 1000, 0), None, "{second}");
        }
    }

    #[test]
    fn the_path_covers_the_dark_squares() {
        let (d, l) = (Color::Dark, Color::Light);
        assert_eq!(path(&[d, d, l, l, l, d, d, l, d], 3), "M0 0h2v1h-2zM2 1h1v1h-1zM0 2h1v1h-1zM2 2h1v1h-1z");
    }

    proptest! {
        // asvs = "6.5.5, 6.5.8"
        #[test]
        fn a_code_is_taken_half_a_minute_early_or_late_and_no_more(
            second in 100_i64..4_000_000_000, apart in -5_i64..=5, last_used in 0_i64..200_000_000,
        ) {
            let step = second / STEP_SECONDS;
            let totp = Builder::new().with_secret(secret()).build_noncompliant();
            let of = |step: i64| totp.generate(u64::try_from(step * STEP_SECONDS).unwrap_or_default()).to_string();
            let code = of(step + apart);
            let found = find_step(secret(), &code, second * 1000, last_used);
            // Two steps may share a code, once in a million times.
            let expected = (step - 1..=step + 1).find(|open| *open > last_used && of(*open) == code);
            prop_assert_eq!(found, expected);
            if (-1..=1).contains(&apart) && step + apart > last_used {
                prop_assert!(found.is_some());
            }
        }
    }
}
