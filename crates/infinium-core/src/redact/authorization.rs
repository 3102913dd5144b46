//! Credentials after the names of the schemes Basic and Bearer, anywhere.

use std::ops::Range;

use super::{
    bytes::{
        ALPHA, DIGIT, SPACE, TOKEN, before, continues_with, is, is_at, is_edge, run_end,
        starts_word,
    },
    kinds::Kinds,
    scan::Scan,
};

/// What follows the names of headers and schemes in sentences and documents.
const WORDS: [&[u8]; 19] = [
    b"auth",
    b"authentication",
    b"authorization",
    b"token",
    b"tokens",
    b"scheme",
    b"schemes",
    b"header",
    b"headers",
    b"bonds",
    b"shares",
    b"format",
    b"required",
    b"optional",
    b"missing",
    b"undefined",
    b"string",
    b"bearer",
    b"credentials",
];

impl Scan<'_> {
    /// The token after the word "Basic" or "Bearer" that begins at this `B`.
    pub(super) fn authorization(&self, at: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let is_bearer = match bytes.get(at + 1)? {
            b'e' | b'E' if continues_with(bytes, at, b"bearer") => true,
            b'a' | b'A' if continues_with(bytes, at, b"basic") => false,
            _ => return None,
        };
        if !self.has(Kinds::AUTHORIZATION) || at < floor || !starts_word(bytes, at) {
            return None;
        }
        let scheme_end = at + if is_bearer { 6 } else { 5 };
        let mut start = run_end(bytes, scheme_end, SPACE);
        // In the query of a URL.
        for space in [&b"%20"[..], b"+"] {
            let is_space = start == scheme_end && bytes[scheme_end..].starts_with(space);
            start += if is_space { space.len() } else { 0 };
        }
        if start == scheme_end {
            return None;
        }
        let rest = &bytes[start..];
        let is_token = |byte: &&u8| is(**byte, TOKEN) || b"~+/=".contains(byte);
        let token = &rest[..rest.iter().take_while(is_token).count()];
        let end = start + token.len();
        let is_whole = is_edge(before(bytes, at)) && is_edge(bytes.get(end).copied());
        let is_secret = if is_bearer {
            let has_digit = token.iter().any(|&byte| is(byte, DIGIT));
            (has_digit && token.len() >= 6)
                || (token.len() >= 20 && is_mixed(token))
                || (is_whole && token.len() >= 4 && !is_word(token))
        } else {
            is_basic(token)
                || (token.len() >= 8 && token.ends_with(b"="))
                || (token.len() >= 12 && is_random(token) && is_mixed(token))
        };
        (is_secret && !self.is_placeholder(start..end)).then_some(start..end)
    }
}

/// Whether a text is a common word.
pub(super) fn is_word(text: &[u8]) -> bool {
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a text is base64 of a user, a colon and a password, or of its beginning.
fn is_basic(token: &[u8]) -> bool {
    let (mut bits, mut count, mut colon, mut length) = (0_u32, 0, false, 0);
    for &byte in token {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' | b'.' => break,
            _ => return false,
        };
        bits = (bits << 6 | u32::from(six)) & 0xFFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            let decoded = bits >> count & 0xFF;
            if !(0x20..0x7F).contains(&decoded) {
                return false;
            }
            colon |= decoded == u32::from(b':');
            length += 1;
        }
    }
    colon && length >= 3
}

/// Whether a text looks like a key, and not like a word.
pub(super) fn is_random(text: &[u8]) -> bool {
    text.len() >= 8 && text.iter().any(|&byte| is(byte, DIGIT))
}

fn is_mixed(text: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| text.iter().any(kind);
    has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && is_at(text, 0, ALPHA)
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        let kinds = Kinds::AUTHORIZATION.with(Kinds::COOKIE);
        Redactor::new(kinds, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(redact(text), *expected);
            assert_eq!(redact(expected), *expected);
        }
    }

    #[test]
    fn hides_tokens_after_their_scheme() {
        check(&[
            (
                "with Bearer abc123, of course",
                "with Bearer ***, of course",
            ),
            (
                r#"["authorization","Bearer abcd"]"#,
                r#"["authorization","Bearer ***"]"#,
            ),
            ("sent bearer a1b2c3d4 twice", "sent bearer *** twice"),
            ("a=Bearer%20abc12345&b", "a=Bearer%20***&b"),
            ("a=Bearer+abc12345&b", "a=Bearer+***&b"),
            ("BEARER abcDEFghiJKLmnoPQRstu", "BEARER ***"),
            ("as Basic dXNlcjpwYXNz and", "as Basic *** and"),
            (r"a\nBasic dTpw\n", r"a\nBasic ***\n"),
            ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Basic ***"),
            ("Basic abcdefg=", "Basic ***"),
            ("Basic dXNlcjpwYXNz...", "Basic ***"),
        ]);
    }

    #[test]
    fn leaves_sentences_and_code() {
        for text in [
            "Bearer authentication is easier than Basic auth; a bearer of news, basic usage2",
            "Bearer tokens",
            "Bearer <token> Bearer ${token} Bearer $TOKEN Bearer {token} `Bearer ${x}`",
            "Authorization: required for all, Authorization: see the guide",
            "Authorization: required",
            "Authorization: basic concepts explained",
            "headers: { Authorization: `Bearer ${token}`, Cookie: cookies }",
            "Cookie: we use cookies=yes? No. Cookies: a=b, authorization: string;",
            "x-api-key: required",
            "numbers: 1, able, basically, Basic1 Bearer",
            "Basic authentication, Basic HTML and Basic Instinct",
            r#"{"authorization":null,"cookie":"","x":"Cookie: "}"#,
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
