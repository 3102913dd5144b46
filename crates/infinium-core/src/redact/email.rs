//! Addresses of e-mail.

use std::ops::Range;

use super::{
    bytes::{DIGIT, HEX, WORD, after_escape, is, is_at},
    kinds::Kinds,
    scan::Scan,
};

/// In bytes: the limits of the standard.
const MAX_LOCAL: usize = 64;
const MAX_DOMAIN: usize = 255;

/// Endings of files, which follow an `@` in the names of pictures and modules: `logo@2x.png`.
const FILES: [&str; 16] = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "js", "ts", "mjs", "cjs", "jsx", "tsx", "json",
    "css", "html", "tgz",
];

impl Scan<'_> {
    /// The address around this `@`.
    pub(super) fn email(&self, at: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        // Most of what is not an address shows here.
        if !self.has(Kinds::EMAIL) {
            return None;
        }
        let next = *bytes.get(at + 1)?;
        if at <= floor || (next.is_ascii() && !is(next, WORD)) {
            return None;
        }
        let start = self.local_start(at, floor)?;
        let domain = self.domain(at + 1)?;
        let local = &bytes[start..at];
        // The user of repositories.
        (local != b"git").then_some(start..domain.end)
    }

    fn local_start(&self, at: usize, floor: usize) -> Option<usize> {
        let mut start = at;
        for (index, c) in self.text[floor..at].char_indices().rev() {
            let fits = c.is_ascii_alphanumeric() || "._%+-".contains(c) || is_letter(c);
            if !fits || at - floor - index > MAX_LOCAL {
                break;
            }
            start = floor + index;
        }
        start = after_escape(self.bytes, start, at);
        let is_encoded = self.bytes[start] == b'%' && is_at(self.bytes, start + 1, HEX);
        if is_encoded && is_at(self.bytes, start + 2, HEX) && start + 3 < at {
            start += 3;
        }
        // An address begins with none of these.
        let first = self.text[start..at].find(|c: char| !".-%".contains(c))?;
        Some(start + first)
    }

    /// The domain that begins at a position: labels, the last of them in letters.
    fn domain(&self, start: usize) -> Option<Range<usize>> {
        let rest = &self.text[start..];
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.' || is_letter(c);
        let length = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        if length > MAX_DOMAIN {
            return None;
        }
        let domain = rest[..length].trim_end_matches(['.', '-']);
        let (mut first, mut second, mut last, mut count) = ("", "", "", 0);
        for label in domain.split('.') {
            if label.is_empty() || label.starts_with('-') {
                return None;
            }
            match count {
                0 => first = label,
                1 => second = label,
                _ => {}
            }
            last = label;
            count += 1;
        }
        let is_name =
            last.starts_with("xn--") || last.chars().all(|c| !c.is_ascii_digit() && c != '-');
        let is_file = FILES.iter().any(|file| last.eq_ignore_ascii_case(file));
        let is_domain = count >= 2
            && is_name
            && last.chars().count() >= 2
            && !is_file
            && !is_version(first.as_bytes(), second.as_bytes());
        is_domain.then_some(start..start + domain.len())
    }
}

/// A letter of an alphabet with spaces between words, beyond ASCII.
fn is_letter(c: char) -> bool {
    !c.is_ascii() && c < '\u{590}' && c.is_alphanumeric()
}

/// Whether labels are a version, as in `package@1.0.0-beta.next`, and no domain such as `163.com`.
fn is_version(first: &[u8], second: &[u8]) -> bool {
    let is_number = |label: &[u8]| !label.is_empty() && label.iter().all(|&byte| is(byte, DIGIT));
    let is_scaled = first.strip_suffix(b"x").is_some_and(is_number);
    let is_tag = first.strip_prefix(b"v").is_some_and(is_number);
    is_scaled || is_tag || (is_number(first) && is_at(second, 0, DIGIT))
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::EMAIL, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    #[test]
    fn finds_addresses() {
        for (text, expected) in [
            ("ada@example.org", "***"),
            (
                "Write to <Ada.Love-lace+x@mail.example.co.uk>, now.",
                "Write to <***>, now.",
            ),
            ("ada@example.org.", "***."),
            (
                "ada@example.org, bob@example.org;c_d@163.com",
                "***, ***;***",
            ),
            ("mailto:ada@example.org?subject=x", "mailto:***?subject=x"),
            (r#"{"a":"\nada@example.org\n"}"#, r#"{"a":"\n***\n"}"#),
            (r#"{"a":"\u00e9ada@example.org"}"#, r#"{"a":"\u00e9***"}"#),
            ("jörg@müller.de", "***"),
            ("联系ada@example.org吧", "联系***吧"),
            ("'ada@xn--mnchen-3ya.xn--p1ai'", "'***'"),
            ("q=%22ada@example.org%22", "q=%22***%22"),
            ("a@b.co@c.de", "***@c.de"),
            ("…ada@example.org…", "…***…"),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
        let long = format!("{}@example.org", "a".repeat(70));
        assert_eq!(redact(&long), format!("{}***", "a".repeat(6)));
    }

    #[test]
    fn leaves_what_is_no_address() {
        for text in [
            "npm i lodash@4.17.21 react@next openai@^6.49.0 a@1.0.0-beta.next x@v4.beta",
            "logo@2x.png icon@3x.example @user @scope/package a@b a @ b.com",
            "git@github.com:o/r.git image@sha256:0123456789",
            "x@.com a@-b.com @example.org a@b..com a@1.2.3.4 @media(min-width:1px)",
            "https://medium.com/@user 50%@home",
            "A@B.T x@y.c",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
