//! Answers that are kept, so that a form that is sent twice does its work once.

use std::fmt::Write as _;

use collectief_data::deregistration as stored;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Portal, ServiceError, SignedIn};

/// The key under which an answer is kept. What the form says is in it: a key that a browser kept on a form that was
/// then filled in differently does not get the old answer. The hash is keyed, for a form may hold a BSN, and all BSNs
/// there are can be tried.
pub(crate) fn answer_key(
    portal: &Portal,
    operation: &str,
    key: &str,
    form: &impl Serialize,
) -> Result<String, ServiceError> {
    let mut text = format!("{operation}:{key}:");
    for byte in &portal.db().keys().keyed_hash(b"form", to_json(form)?.as_bytes())[..16] {
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

pub(crate) async fn earlier_answer<T: DeserializeOwned>(
    portal: &Portal,
    signed_in: &SignedIn,
    key: &str,
) -> Result<Option<T>, ServiceError> {
    match stored::answer_find(portal.db(), signed_in.account(), key).await? {
        Some(answer) => serde_json::from_str(&answer)
            .map(Some)
            .map_err(|_| ServiceError::Internal("a kept answer cannot be read".to_owned())),
        None => Ok(None),
    }
}

pub(crate) fn to_json(value: &impl Serialize) -> Result<String, ServiceError> {
    serde_json::to_string(value).map_err(|_| ServiceError::Internal("a value cannot be written as JSON".to_owned()))
}
