//! Private keys in PEM, also with line breaks spelled out, and without their end.

use std::ops::Range;

use super::{
    bytes::{char_boundary, is_edge, quote_level, skip_space, slashes},
    kinds::Kinds,
    scan::Scan,
};

/// In bytes: `-----BEGIN ENCRYPTED PRIVATE KEY BLOCK-----` and the like are shorter.
const MAX_LABEL: usize = 48;
/// What follows the first line of a key is longer than a word, unless it is a line by itself.
const MIN_LINE: usize = 32;

impl Scan<'_> {
    /// The key that begins with the dashes before this `B`, up to its last line, or else to the end of its string.
    pub(super) fn private_key(&self, at: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        if !bytes[at..].starts_with(b"BEGIN ") || !self.has(Kinds::PRIVATE_KEY) {
            return None;
        }
        let before = &bytes[floor..at];
        let dashed = before.strip_suffix(b" ").unwrap_or(before);
        let dashes = dashed.iter().rev().take_while(|&&byte| byte == b'-');
        let dashes = dashes.count();
        let label_start = at + b"BEGIN ".len();
        let label = &bytes[label_start..bytes.len().min(label_start + MAX_LABEL)];
        let fits =
            |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b' ';
        let length = label.iter().take_while(fits).count();
        let label_end = label_start + length;
        let closing = bytes[label_end..].iter().take_while(|&&byte| byte == b'-');
        let body = label_end + closing.count();
        let is_key = label[..length]
            .windows(11)
            .any(|part| part == b"PRIVATE KEY");
        if dashes < 4 || !is_key || body - label_end < 4 {
            return None;
        }
        let start = floor + dashed.len() - dashes;
        self.is_body(body).then(|| start..self.key_end(body))
    }

    /// Whether lines of a key follow, or nothing, and no sentence about keys.
    fn is_body(&self, at: usize) -> bool {
        let bytes = self.bytes;
        let start = skip_space(bytes, at, 1);
        let rest = &bytes[start..];
        let is_base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
        let length = rest.iter().take_while(is_base64).count();
        let is_whole_line = match rest.get(length) {
            Some(b'-' | b':' | b'.' | b'\n' | b'\r') => true,
            next => is_edge(next.copied()),
        };
        length >= MIN_LINE || is_whole_line
    }

    fn key_end(&self, body: usize) -> usize {
        let bytes = self.bytes;
        let mut at = body;
        while let Some(found) = bytes[at..]
            .iter()
            .position(|&byte| byte == b'-' || byte == b'"')
        {
            at += found;
            if bytes[at] == b'"' {
                return at - slashes(quote_level(bytes, at, body));
            }
            let dashes = bytes[at..].iter().take_while(|&&byte| byte == b'-').count();
            at += dashes;
            let label = bytes[at..].strip_prefix(b" ").unwrap_or(&bytes[at..]);
            if dashes >= 4 && label.starts_with(b"END ") {
                let text = &label[..label.len().min(MAX_LABEL)];
                let end = text.iter().position(|&byte| byte == b'-' || byte == b'"');
                let end = bytes.len() - label.len() + end.unwrap_or(text.len());
                let end = end
                    + bytes[end..]
                        .iter()
                        .take_while(|&&byte| byte == b'-')
                        .count();
                return char_boundary(self.text, end);
            }
        }
        bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::PRIVATE_KEY, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    const BODY: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nabc+/==";

    #[test]
    fn hides_whole_keys() {
        for label in ["", "RSA ", "EC ", "ENCRYPTED ", "OPENSSH "] {
            let key = format!(
                "-----BEGIN {label}PRIVATE KEY-----\n{BODY}\n-----END {label}PRIVATE KEY-----"
            );
            assert_eq!(redact(&format!("a {key}\nb")), "a ***\nb");
            let spelled_out = key.replace('\n', "\\n");
            assert_eq!(redact(&format!("a {spelled_out} b {key}")), "a *** b ***");
            let mut json = format!("{{\"key\":{},\"b\":\"-\"}}", serde_json::Value::from(key));
            let mut hidden = r#"{"key":"***","b":"-"}"#.to_owned();
            for _ in 0..3 {
                assert_eq!(redact(&json), hidden);
                json = serde_json::Value::from(json).to_string();
                hidden = serde_json::Value::from(hidden).to_string();
            }
        }
        let pgp = format!(
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n{BODY}\n-----END PGP PRIVATE KEY BLOCK-----"
        );
        assert_eq!(redact(&pgp), "***");
        let ssh2 = format!(
            "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: \n{BODY}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----"
        );
        assert_eq!(redact(&ssh2), "***");
        let line = "-----BEGIN PRIVATE KEY----- MIIEvQIBADANBgkqhkiG9w0BAQEFAASC x -----END PRIVATE KEY----- y";
        assert_eq!(redact(line), "*** y");
    }

    #[test]
    fn hides_keys_that_were_cut() {
        for (text, expected) in [
            ("a -----BEGIN PRIVATE KEY-----\nMIIE", "a ***"),
            ("a -----BEGIN PRIVATE KEY-----", "a ***"),
            ("a -----BEGIN PRIVATE KEY-----\nMIIEvQ\nab...", "a ***"),
            (
                r#"{"a":"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4\n\nMII","b":1}"#,
                r#"{"a":"***","b":1}"#,
            ),
            (
                r#"{"a":"{\"k\":\"-----BEGIN PRIVATE KEY-----\\nMII","b":1}"#,
                r#"{"a":"{\"k\":\"***","b":1}"#,
            ),
            ("-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIV", "***"),
            ("-----BEGIN PRIVATE KEY-----\nMII\n-----END É", "***"),
        ] {
            assert_eq!(redact(text), expected);
        }
        let odd = format!(
            "-----BEGIN PRIVATE KEY-----\nMII\n-----END {}",
            "É".repeat(40)
        );
        assert_eq!(redact(&odd).trim_end_matches('É'), "***");
    }

    #[test]
    fn leaves_public_keys_certificates_and_sentences() {
        for text in [
            "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
            "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----",
            "a file that begins with -----BEGIN PRIVATE KEY----- is a private key",
            "BEGIN PRIVATE KEY, and --BEGIN PRIVATE KEY--",
            "------- BEGINNING",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
