//! Replacing the key that encrypts, while the portal runs.
//!
//! The key is in the keys file before this begins, and every server was started with it. Each piece is a transaction of
//! its own, and whatever the newest key made is left alone: a rotation that was cut off is simply started again.

use collectief_data::rotation;

use crate::{
    Portal, Request, ServiceError,
    audit::{self, About, AuditKind},
    enrol, link, second_factor,
};

/// What a rotation came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rotation {
    /// The number of the key that made everything now.
    pub key: u8,
    /// BSNs that were looked at.
    pub bsns: u64,
    /// BSNs that were encrypted anew.
    pub renewed_bsns: u64,
    /// Tokens of links, secrets of apps that show codes, and what was filled in on the open pages, that were encrypted anew.
    pub renewed_secrets: u64,
}

/// Encrypts anew what older keys made, and then notes that only the newest key is needed. `progress` is told how far it
/// is after each piece.
///
/// # Errors
/// [`ServiceError::Internal`] when something cannot be decrypted with the keys that are there; what was done stays done.
pub async fn rotate(portal: &Portal, progress: &mut (dyn FnMut(Rotation) + Send)) -> Result<Rotation, ServiceError> {
    let mut done = Rotation { key: portal.db().keys().current(), ..Rotation::default() };
    // Whoever wrote something with an older key meanwhile is found by going round once more.
    loop {
        let before = done.renewed_bsns + done.renewed_secrets;
        done.bsns = 0;
        let mut after = 0;
        while let Some(piece) = rotation::renew_bsns(portal.db(), after).await? {
            after = piece.last;
            done.bsns += piece.looked_at;
            done.renewed_bsns += piece.renewed;
            progress(done);
        }
        done.renewed_secrets += link::renew_tokens(portal).await?
            + second_factor::renew_secrets(portal).await?
            + enrol::renew_secrets(portal).await?;
        if done.renewed_bsns + done.renewed_secrets == before {
            break;
        }
    }
    let txn = portal.db().begin().await?;
    portal.db().note_keys(&txn).await?;
    let details = format!("key {}, {} BSNs and {} other secrets", done.key, done.renewed_bsns, done.renewed_secrets);
    let rotated = audit::event_of_nobody(portal, &Request::internal("keys rotate"), AuditKind::KeysRotated);
    audit::append(&txn, [rotated.details(details)]);
    txn.commit().await?;
    Ok(done)
}
