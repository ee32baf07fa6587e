//! How server functions carry what they take and answer: JSON, read the same way as what a page brings along.
//!
//! The framework's own JSON codec reads bytes, and its resources read text; each of the two would have the browser load
//! its own copy of the code that reads every form, row and view. Here both read text.

use std::str;

use leptos::{
    serde_json,
    server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post},
};
use serde::{Serialize, de::DeserializeOwned};

/// What server functions name as their `input` and `output`.
pub type Json = Post<JsonText>;

/// JSON, read as text.
pub struct JsonText;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_string(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        // What is not text cannot be JSON either, and the reader says so of nothing at all.
        serde_json::from_str(str::from_utf8(&bytes).unwrap_or_default())
    }
}
