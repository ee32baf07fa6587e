//! Addresses of lists: what stands after the `?`.

/// Writes a query string: names and values percent-encoded, empty values left out.
#[derive(Debug, Default)]
pub struct QueryString(String);

impl QueryString {
    /// Adds a field, unless its value is empty.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let value = value.trim();
        if value.is_empty() {
            return self;
        }
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.push_encoded(name);
        self.0.push('=');
        self.push_encoded(value);
        self
    }

    /// The query string, without the `?`; empty when there is no field.
    pub fn finish(self) -> String {
        self.0
    }

    /// Everything but the unreserved characters of RFC 3986 is encoded.
    fn push_encoded(&mut self, text: &str) {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                self.0.push(char::from(byte));
            } else {
                self.0.push('%');
                self.0.push(char::from(HEX[usize::from(byte >> 4)]));
                self.0.push(char::from(HEX[usize::from(byte & 0xf)]));
            }
        }
    }
}
