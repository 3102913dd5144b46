//! Secrets in environment variables, as programs print them and files hold them: `STRIPE_API_KEY=…`.

use std::ops::Range;

use super::{
    authorization::is_random,
    bytes::{SPACE, TOKEN, WORD, after_escape, is_before, run_end, run_start, starts_word},
    kinds::Kinds,
    scan::Scan,
};

/// In bytes. Longer names are not looked at.
const MAX_NAME: usize = 64;

/// What names of secrets end in.
const ENDS: [&[u8]; 10] = [
    b"API_KEY",
    b"ACCESS_KEY",
    b"SECRET_KEY",
    b"PRIVATE_KEY",
    b"SIGNING_KEY",
    b"ENCRYPTION_KEY",
    b"_TOKEN",
    b"_SECRET",
    b"_PASSWORD",
    b"_PASSWD",
];

/// Names in files that are written in small letters.
const NAMES: [&[u8]; 2] = [b"aws_secret_access_key", b"aws_session_token"];

impl Scan<'_> {
    /// The value after this `=`, if it is assigned to a variable with the name of a secret, in capitals.
    pub(super) fn variable(&self, equals: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        if !self.has(Kinds::ENVIRONMENT) {
            return None;
        }
        let end = run_start(bytes, equals, floor.max(equals.saturating_sub(1)), SPACE);
        let from = floor.max(end.saturating_sub(MAX_NAME));
        let start = run_start(bytes, end, from, WORD);
        let start = after_escape(bytes, start, end);
        let name = &bytes[start..end];
        let is_secret = if name.iter().any(u8::is_ascii_lowercase) {
            NAMES.contains(&name)
        } else {
            end == equals && ENDS.iter().any(|last| name.ends_with(last))
        };
        if !is_secret || (is_before(bytes, start, TOKEN) && !starts_word(bytes, start)) {
            return None;
        }
        // There are spaces on both sides, or on none.
        let gap = equals - end;
        let value = self.unquoted(run_end(bytes, equals + 1, SPACE).min(equals + 1 + gap));
        let value = value..self.word_end(value);
        let text = &bytes[value.clone()];
        // A comparison, a call or an element of an array.
        let is_code = text.starts_with(b"=") || text.iter().any(|byte| b"()[]{}".contains(byte));
        let is_password = name.ends_with(b"_PASSWORD") && text.len() >= 6;
        let is_value = !is_code && (is_random(text) || is_password);
        (is_value && !self.is_placeholder(value.clone())).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::ENVIRONMENT, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    #[test]
    fn hides_values_of_variables() {
        for (text, expected) in [
            (
                "STRIPE_API_KEY=abc12345 PORT=1",
                "STRIPE_API_KEY=*** PORT=1",
            ),
            (
                "PORT=1\nDB_PASSWORD=hunter\nA=b",
                "PORT=1\nDB_PASSWORD=***\nA=b",
            ),
            ("export GH_TOKEN='abc12345'; x", "export GH_TOKEN='***'; x"),
            (
                "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPx",
                "AWS_SECRET_ACCESS_KEY=***",
            ),
            (
                "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPx",
                "aws_secret_access_key = ***",
            ),
            (
                r#"{"env":"A=1\nMY_SECRET=abc12345\nB=2"}"#,
                r#"{"env":"A=1\nMY_SECRET=***\nB=2"}"#,
            ),
            (
                r#"{"env":["MY_SECRET=\"abc12345\"","B=2"]}"#,
                r#"{"env":["MY_SECRET=\"***\"","B=2"]}"#,
            ),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_other_variables_and_code() {
        for text in [
            "CACHE_KEY=user:12345 API_KEY=your-key MY_TOKEN=$OTHER_TOKEN A_SECRET=<secret1234>",
            "API_KEY=os.environ[\"KEY1\"] MY_TOKEN=get(12345678) MY_SECRET==abc12345",
            "MAX_TOKENS=12345678 DB_PASSWORD= X_PASSWORD=a KEY=abc12345",
            "api_key = abc12345 my_token=abc12345",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
