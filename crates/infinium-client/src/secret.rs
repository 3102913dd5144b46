//! Credentials, kept out of everything that people read.

use std::fmt;

/// A text that prints as `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// `text` without this secret in it, as it is or as JSON would write it.
    pub(crate) fn redact(&self, text: &str) -> String {
        let quoted = serde_json::Value::from(self.expose()).to_string();
        let escaped = &quoted[1..quoted.len() - 1];
        text.replace(self.expose(), "[redacted]")
            .replace(escaped, "[redacted]")
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
        assert_eq!(
            secret.redact(r#"{"m":"a\"b\\c-secret"}"#),
            r#"{"m":"[redacted]"}"#
        );
    }
}
