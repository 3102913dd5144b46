//! The option `redact`, as another language passes it.

use serde::Deserialize;

use super::{kinds::Kinds, names::normalize, redactor::Redactor, scan::Scan};
use crate::{
    error::{Error, Result},
    option_id::OptionId,
};

/// In characters.
const MAX_REPLACEMENT: usize = 100;

const DEFAULT_REPLACEMENT: &str = "[redacted]";

/// What a client replaces in every task before it is sent or stored.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedactOptions {
    /// Names of [`Kinds::PRESETS`].
    pub presets: Vec<String>,
    /// Names of members whose values are replaced, in any spelling. Each has a letter or a digit.
    pub keys: Vec<String>,
    /// What is written instead: 1 to 100 characters, not blank, without quotes, backslashes, control characters, and
    /// anything that the presets find. Default `[redacted]`.
    pub replacement: Option<String>,
}

impl RedactOptions {
    /// Converts the options to a redactor. `None` if they choose nothing.
    ///
    /// # Errors
    /// `Configuration` of [`OptionId::Redact`], with the member that is wrong.
    pub fn into_redactor(self) -> Result<Option<Redactor>> {
        let mut kinds = Kinds::NONE;
        for (index, name) in self.presets.iter().enumerate() {
            let Some(kind) = Kinds::named(name) else {
                let names: Vec<_> = Kinds::PRESETS
                    .iter()
                    .map(|(name, _)| format!("'{name}'"))
                    .collect();
                let names = names.join(", ");
                let shown = crate::printable(name);
                return wrong(&format!(
                    "presets[{index}] must be one of {names} (got '{shown}')"
                ));
            };
            kinds = kinds.with(kind);
        }
        for (index, name) in self.keys.iter().enumerate() {
            if normalize(name).is_empty() {
                return wrong(&format!("keys[{index}] must contain a letter or a digit"));
            }
        }
        let replacement = self.replacement.as_deref().unwrap_or(DEFAULT_REPLACEMENT);
        if replacement.trim().is_empty() || replacement.chars().count() > MAX_REPLACEMENT {
            return wrong(&format!(
                "replacement must have 1 to {MAX_REPLACEMENT} characters and not be blank"
            ));
        }
        if replacement.contains(|c: char| matches!(c, '"' | '\\') || c.is_control()) {
            return wrong(
                "replacement must contain no double quotes, backslashes or control characters: it is written into JSON",
            );
        }
        let redactor = Redactor::new(kinds, &self.keys, replacement);
        if redactor.finds(&Scan::new(&redactor.rules, replacement, 0, "")) {
            return wrong("replacement must not look like what the presets hide");
        }
        let is_needed = kinds != Kinds::NONE || !self.keys.is_empty();
        Ok(is_needed.then_some(redactor))
    }
}

fn wrong<T>(problem: &str) -> Result<T> {
    Err(Error::misconfigured_member(OptionId::Redact, problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error_kind::ErrorKind;

    fn redactor(json: &str) -> Result<Option<Redactor>> {
        let options: RedactOptions = serde_json::from_str(json).unwrap();
        options.into_redactor()
    }

    #[test]
    fn takes_presets_keys_and_a_replacement() {
        let json = r#"{"presets":["email","ip","email"],"keys":["pass-word"],"replacement":"+++"}"#;
        let redactor = redactor(json).unwrap().unwrap();
        let text = r#"a@b.org 10.0.0.1 4111111111111111 {"password":1}"#;
        assert_eq!(
            redactor.redact(text),
            r#"+++ +++ 4111111111111111 {"password":"+++"}"#
        );
    }

    #[test]
    fn has_a_default_replacement_and_does_nothing_without_choices() {
        let redactor_of_keys = redactor(r#"{"keys":["a"]}"#).unwrap().unwrap();
        assert_eq!(
            redactor_of_keys.redact(r#"{"A":1}"#),
            r#"{"A":"[redacted]"}"#
        );
        for nothing in [
            "{}",
            r#"{"presets":[],"keys":[]}"#,
            r#"{"replacement":"x"}"#,
        ] {
            assert!(redactor(nothing).unwrap().is_none());
        }
    }

    #[test]
    fn names_the_member_that_is_wrong_and_why() {
        let long = format!(r#"{{"replacement":"{}"}}"#, "x".repeat(101));
        for (json, message) in [
            (
                r#"{"presets":["email","mail\n"]}"#,
                "redact.presets[1] must be one of 'email', 'phone', 'creditCard', 'iban', 'ip', 'jwt', 'apiKey', \
                 'privateKey', 'urlCredentials' (got 'mail",
            ),
            (
                r#"{"keys":["a","_-"]}"#,
                "redact.keys[1] must contain a letter or a digit",
            ),
            (
                r#"{"replacement":" "}"#,
                "redact.replacement must have 1 to 100 characters",
            ),
            (
                r#"{"replacement":""}"#,
                "redact.replacement must have 1 to 100 characters",
            ),
            (&long, "redact.replacement must have 1 to 100 characters"),
            (
                r#"{"replacement":"a\"b"}"#,
                "redact.replacement must contain no double quotes",
            ),
            (
                r#"{"replacement":"a\\b"}"#,
                "redact.replacement must contain no double quotes",
            ),
            (
                r#"{"replacement":"a\nb"}"#,
                "redact.replacement must contain no double quotes",
            ),
            (
                r#"{"presets":["email"],"replacement":"x@example.org"}"#,
                "redact.replacement must not look like what the presets hide",
            ),
        ] {
            let error = redactor(json).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert_eq!(error.option(), Some(OptionId::Redact));
            assert!(error.message().starts_with(message), "{error}");
        }
    }
}
