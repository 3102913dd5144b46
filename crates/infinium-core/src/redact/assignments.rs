//! Values that are assigned to names of secrets: environment variables, as programs print them and files hold them,
//! settings, flags and single parameters: `STRIPE_API_KEY=…`, `--password=…`, `access_token=…`.

use std::ops::Range;

use super::{
    bytes::{NAME, SPACE, after_escape, run_start},
    kinds::Kinds,
    named::blanks,
    scan::Scan,
    secret_names::{Secrecy, secrecy},
};

/// In bytes. Longer names are not looked at.
const MAX_NAME: usize = 60;

impl Scan<'_> {
    /// The value after this `=`, if it is assigned to a name of a secret.
    pub(super) fn assigned(&self, equals: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        if !self.has(Kinds::NAMED) {
            return None;
        }
        let end = run_start(bytes, equals, floor.max(equals.saturating_sub(1)), SPACE);
        let from = floor.max(end.saturating_sub(MAX_NAME));
        let start = run_start(bytes, end.max(from), from, NAME);
        let start = after_escape(bytes, start, end.max(start));
        let kind = secrecy(bytes.get(start..end)?);
        if kind == Secrecy::None {
            return None;
        }
        // There are spaces on both sides, or on none.
        let gap = equals - end;
        self.secret_value(equals + 1 + blanks(bytes, equals + 1).min(gap), kind)
    }
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::NAMED, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    #[test]
    fn hides_values_of_variables_and_settings() {
        for (text, expected) in [
            (
                "STRIPE_API_KEY=abc12345 PORT=1",
                "STRIPE_API_KEY=*** PORT=1",
            ),
            (
                "PORT=1\nDB_PASSWORD=hunter22\nA=b",
                "PORT=1\nDB_PASSWORD=***\nA=b",
            ),
            ("export GH_TOKEN='a b'; x", "export GH_TOKEN='***'; x"),
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
            ("--api-key=abc12345 -x", "--api-key=*** -x"),
            ("access_token=abc12345", "access_token=***"),
            (
                "//registry/:_authToken=abc12345",
                "//registry/:_authToken=***",
            ),
            ("/p;jsessionid=abc12345", "/p;jsessionid=***"),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_other_variables_and_code() {
        for text in [
            "CACHE_KEY=user:12345 API_KEY=your-key MY_TOKEN=$OTHER_TOKEN A_SECRET=<secret-key>",
            "API_KEY=os.environ[\"KEY1\"] MY_TOKEN=get(12345678) MY_SECRET==abc12345",
            "MAX_TOKENS=12345678 DB_PASSWORD= X_PASSWORD=a KEY=abc12345",
            "token = this.tokens.first2, secret => abc12345, author=abc12345 passage=abc12345",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
