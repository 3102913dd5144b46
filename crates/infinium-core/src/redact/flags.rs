//! Values after the flags of programs: `--password hunter2`, `--token=…` is an assignment.

use std::ops::Range;

use super::{
    bytes::{NAME, run_end},
    kinds::Kinds,
    named::blanks,
    scan::Scan,
    secret_names::{Secrecy, secrecy},
};

/// In bytes. This far before a flag its program is searched for.
const MAX_COMMAND: usize = 256;

/// Flags of `curl` with a user and a password, and with cookies.
const CURL: [(&str, u8); 6] = [
    ("-u", b':'),
    ("--user", b':'),
    ("-U", b':'),
    ("--proxy-user", b':'),
    ("-b", b'='),
    ("--cookie", b'='),
];

impl Scan<'_> {
    /// The first value after a flag with the name of a secret, if the flag is before `limit`.
    pub(super) fn flag(&self, floor: usize, limit: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        if !self.has(Kinds::NAMED) {
            return None;
        }
        let mut at = floor;
        while let Some(found) = memchr::memmem::find(bytes.get(at..limit)?, b" -") {
            let start = at + found + 1;
            let end = run_end(bytes, start, NAME);
            at = end.min(limit);
            let value = end + blanks(bytes, end);
            if value == end {
                continue;
            }
            let name = &self.text[start..end];
            let kind = match name.strip_prefix("--") {
                Some(name) => secrecy(name.as_bytes()),
                None => Secrecy::None,
            };
            let secret = match kind {
                Secrecy::None => self.curl_value(start, name, value),
                kind => self.secret_value(value, kind),
            };
            if secret.is_some() {
                return secret;
            }
        }
        None
    }

    fn curl_value(&self, flag: usize, name: &str, start: usize) -> Option<Range<usize>> {
        let (_, sign) = CURL.iter().find(|(curl, _)| *curl == name)?;
        let command = &self.bytes[flag.saturating_sub(MAX_COMMAND)..flag];
        let is_curl = command.windows(4).any(|word| word == b"curl");
        let quoted = self.quoted_value(start);
        let value = quoted.unwrap_or_else(|| start..self.word_end(start));
        let text = &self.bytes[value.clone()];
        let has_both = text.iter().skip(1).any(|byte| byte == sign);
        (is_curl && has_both && !self.is_placeholder(value.clone())).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    #[test]
    fn hides_values_of_flags() {
        let redactor = Redactor::new(Kinds::NAMED, &[""; 0], "***");
        for (text, expected) in [
            (
                "gh auth login --with-token abc12345 -x",
                "gh auth login --with-token *** -x",
            ),
            (
                "mysql --password 'a b' --user root",
                "mysql --password '***' --user root",
            ),
            (
                "x --api-key abc12345 --secret def12345",
                "x --api-key *** --secret ***",
            ),
            (
                "x --max-tokens 12345678 --token --password prompt",
                "x --max-tokens 12345678 --token --password prompt",
            ),
        ] {
            assert_eq!(redactor.redact(text), expected);
            assert_eq!(redactor.redact(expected), expected);
        }
    }
}
