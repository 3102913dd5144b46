//! Credentials in URLs that are themselves parameters of URLs: `?next=https%3A%2F%2Fhost%2F%3Ftoken%3D…`.

use std::ops::Range;

use super::{
    bytes::{HEX, NAME, before, char_boundary, is_at, run_start},
    kinds::Kinds,
    parameters::{MAX_NAME, is_harmless, secret_name},
    scan::Scan,
};

/// In bytes. Longer values are searched no further.
const MAX_VALUE: usize = 1024;

/// What may be encoded once or twice.
const PERCENT: [&str; 2] = ["%", "%25"];

impl Scan<'_> {
    /// The first such credentials, if they begin before `limit`.
    pub(super) fn encoded(&self, floor: usize, limit: usize) -> Option<Range<usize>> {
        if !self.has(Kinds::URL_CREDENTIALS) {
            return None;
        }
        let limit = limit.min(self.bytes.len());
        let mut at = floor;
        while let Some(found) = memchr::memchr(b'%', self.bytes.get(at..limit)?) {
            at += found;
            let secret = PERCENT.iter().find_map(|percent| {
                self.encoded_parameter(at, floor, percent)
                    .or_else(|| self.encoded_user_info(at, percent))
            });
            if secret.is_some() {
                return secret;
            }
            at += 1;
        }
        None
    }

    /// The value after this sign, if it is an encoded `=` after the name of a secret.
    fn encoded_parameter(&self, sign: usize, floor: usize, percent: &str) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let start = self.skip(sign, percent, b"3D")?;
        let from = floor.max(sign.saturating_sub(MAX_NAME));
        let mut name = run_start(bytes, sign, from, NAME);
        // The encoded `?` or `&` before the name.
        if before(bytes, name) == Some(b'%') {
            let twice = bytes[name..].starts_with(b"25");
            let skipped = name + if twice { 4 } else { 2 };
            if skipped > sign || !is_at(bytes, skipped - 1, HEX) {
                return None;
            }
            name = skipped;
        }
        let name = secret_name(&self.text[name..sign])?;
        let value = start..self.encoded_end(start, percent, &["26", "23", "20", "22", "27", "3C"]);
        let text = &bytes[value.clone()];
        let is_secret = !is_harmless(&name, text) && !self.is_placeholder(value.clone());
        is_secret.then_some(value)
    }

    /// User and password after this sign, if it is the one of an encoded `://`.
    fn encoded_user_info(&self, sign: usize, percent: &str) -> Option<Range<usize>> {
        let start = self.skip(sign, percent, b"3A")?;
        let start = self.skip(start, percent, b"2F")?;
        let start = self.skip(start, percent, b"2F")?;
        let end = self.encoded_end(start, percent, &["2F", "3F", "23", "20", "22", "26"]);
        let host = &self.text[start..end];
        let at = start + host.rfind(&format!("{percent}40"))?;
        (at > start && !self.is_placeholder(start..at)).then_some(start..at)
    }

    /// The position after an encoded byte, if it is this one.
    fn skip(&self, at: usize, percent: &str, code: &[u8]) -> Option<usize> {
        let rest = self.bytes.get(at..)?.strip_prefix(percent.as_bytes())?;
        let here = rest.get(..code.len())?;
        here.eq_ignore_ascii_case(code)
            .then_some(at + percent.len() + code.len())
    }

    /// The end of a part, at one of these encoded bytes, or where the parameter ends that it is in.
    fn encoded_end(&self, start: usize, percent: &str, codes: &[&str]) -> usize {
        let limit = self.bytes.len().min(start + MAX_VALUE);
        let end = char_boundary(self.text, self.parameter_end_within(start, limit));
        let text = &self.text[start..end];
        let stops = text.match_indices(percent).find(|(at, _)| {
            let code = text.get(at + percent.len()..at + percent.len() + 2);
            code.is_some_and(|code| codes.iter().any(|one| one.eq_ignore_ascii_case(code)))
        });
        start + stops.map_or(text.len(), |(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::URL_CREDENTIALS, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    #[test]
    fn hides_credentials_in_encoded_urls() {
        for (text, expected) in [
            (
                "https://h/?next=https%3A%2F%2Fx%2F%3Faccess_token%3Dabc%26b%3D1&c=2",
                "https://h/?next=https%3A%2F%2Fx%2F%3Faccess_token%3D***%26b%3D1&c=2",
            ),
            (
                "/?u=https%253a%252f%252fx%252f%253ftoken%253dabc%2526b%253d1",
                "/?u=https%253a%252f%252fx%252f%253ftoken%253d***%2526b%253d1",
            ),
            (
                "/?u=https%3A%2F%2Fa%3Ab%40host%2Fp",
                "/?u=https%3A%2F%2F***%40host%2Fp",
            ),
            ("/?state=token%3Dabc", "/?state=token%3D***"),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_other_encoded_texts() {
        for text in [
            "/?q=a%3Db%26page%3D2 100%3 %3D %3A%2F%2F %",
            "/?u=https%3A%2F%2Fhost%3A80%2Fada%40example.org",
            "%3Dtoken x%3Dtoken%26y",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
