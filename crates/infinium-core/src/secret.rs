//! Keeps credentials out of all text that people read.

use std::fmt;

use crate::wire::{Cursor, string};

/// Replaces a secret.
const HIDDEN: &str = "[redacted]";
/// In bytes. Shorter secrets are replaced only where they are the whole text.
const SHORT: usize = 4;

/// A text that prints as `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the secret text, for a header.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns `text` with this secret replaced.
    pub fn redact(&self, text: &str) -> String {
        // A prompt key may have only one or two letters, which also occur inside ordinary words.
        if self.0.len() < SHORT && self.0 != text {
            return text.to_owned();
        }
        text.replace(&self.0, HIDDEN)
    }

    /// Returns valid JSON with this secret replaced, regardless of how its strings are escaped.
    pub(crate) fn redact_json(&self, json: &str) -> String {
        let mut out = String::with_capacity(json.len());
        let mut cursor = Cursor::new(json);
        while let Some(piece) = cursor.piece() {
            let plain = match piece.starts_with('"') {
                true => string::decode(piece),
                false => piece.into(),
            };
            let redacted = self.redact(&plain);
            if redacted == plain {
                out.push_str(piece);
            } else {
                out.push_str(&serde_json::Value::from(redacted).to_string());
            }
        }
        out
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn shows_in_no_form() {
        let secret = Secret::new("a\"b\\c-secret");
        assert_eq!(format!("{secret:?} {secret:#?}"), "[redacted] [redacted]");
        assert_eq!(secret.redact("x a\"b\\c-secret y"), "x [redacted] y");
    }

    #[test]
    fn is_found_in_json_however_it_is_written() {
        let secret = Secret::new("a\"b\\c/secret");
        for json in [
            r#"{"m":"a\"b\\c/secret"}"#,
            r#"{"m":"a\"b\\c\/secret"}"#,
            r#"{"m":"\u0061\u0022b\u005Cc\u002fsecret"}"#,
        ] {
            assert_eq!(secret.redact_json(json), r#"{"m":"[redacted]"}"#);
        }
        let json = r#"[{"x a\"b\\c/secret" : ["\\", "",1.50 ,null]}]"#;
        let redacted = r#"[{"x [redacted]" : ["\\", "",1.50 ,null]}]"#;
        assert_eq!(secret.redact_json(json), redacted);
        let digits = Secret::new("12345678");
        let json = r#"{"a":12345678,"b":[912345678e1,"12\u003345678"],"c":1234567}"#;
        let redacted = r#"{"a":"[redacted]","b":["9[redacted]e1","[redacted]"],"c":1234567}"#;
        assert_eq!(digits.redact_json(json), redacted);
    }

    #[test]
    fn leaves_words_whole_if_it_is_a_letter() {
        let secret = Secret::new("e");
        let json = r#"{"message":"access denied for key","e":"e"}"#;
        let redacted = r#"{"message":"access denied for key","[redacted]":"[redacted]"}"#;
        assert_eq!(secret.redact_json(json), redacted);
    }
}
