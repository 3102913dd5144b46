//! Values of `Authorization`, `Cookie` and similar headers, in the text of requests and in inspected objects.

use std::ops::Range;

use super::{
    authorization::{is_random, is_word},
    bytes::{SPACE, TOKEN, WORD, after_escape, before, is, is_at, is_edge, run_end, run_start},
    kinds::Kinds,
    scan::Scan,
};

/// Headers whose value is a scheme and credentials.
const AUTHORIZATION: [&[u8]; 2] = [b"authorization", b"proxy-authorization"];

/// Headers whose value is a key.
const KEYS: [&[u8]; 10] = [
    b"x-api-key",
    b"api-key",
    b"x-auth-token",
    b"x-access-token",
    b"x-goog-api-key",
    b"x-amz-security-token",
    b"private-token",
    b"x-vault-token",
    b"ocp-apim-subscription-key",
    b"x-csrf-token",
];

/// Schemes that are followed by one token.
const TOKEN_SCHEMES: [&[u8]; 12] = [
    b"basic",
    b"bearer",
    b"token",
    b"apikey",
    b"api-key",
    b"key",
    b"bot",
    b"jwt",
    b"dpop",
    b"negotiate",
    b"ntlm",
    b"sharedkey",
];

/// Schemes that are followed by parameters, up to the end of the line.
const PARAMETER_SCHEMES: [&[u8]; 6] = [
    b"digest",
    b"aws4-hmac-sha256",
    b"hawk",
    b"oauth",
    b"signature",
    b"sharedaccesssignature",
];

/// In bytes. Names of cookies are shorter.
const MAX_NAME: usize = 256;

impl Scan<'_> {
    /// The credentials of the header whose name is before this colon, in the text of a request or an inspected object.
    pub(super) fn header(&self, colon: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        // All names end in one of these. Most colons are left behind here.
        let quoted = matches!(before(bytes, colon), Some(b'\'' | b'"'));
        let mut end = colon - usize::from(quoted);
        while quoted && before(bytes, end) == Some(b'\\') {
            end -= 1;
        }
        let ends = [b"on", b"ie", b"ey", b"en"];
        let tail = bytes.get(floor..end)?.last_chunk::<2>()?;
        if !ends.contains(&&tail.map(|byte| byte | 0x20)) {
            return None;
        }
        let from = floor.max(end.saturating_sub(32));
        let start = run_start(bytes, end, from, TOKEN);
        let start = after_escape(bytes, start, end);
        let name = &bytes[start..end];
        let is_one_of = |names: &[&[u8]]| names.iter().any(|one| name.eq_ignore_ascii_case(one));
        let value = run_end(bytes, colon + 1, SPACE);
        if is_one_of(&[b"cookie", b"set-cookie"]) {
            return self.cookies(value);
        }
        if !self.has(Kinds::AUTHORIZATION) {
            return None;
        }
        if is_one_of(&AUTHORIZATION) {
            return self.credentials(value, start);
        }
        if !is_one_of(&KEYS) {
            return None;
        }
        let key = self.unquoted(value);
        let key = key..self.word_end(key);
        let is_key = is_random(&bytes[key.clone()]) && !self.is_placeholder(key.clone());
        is_key.then_some(key)
    }

    /// The position after the quote that a value may begin with. A quote with anything else after it ends the string
    /// that the header is in.
    pub(super) fn unquoted(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let escapes = rest.iter().take_while(|&&byte| byte == b'\\').count();
        match rest.get(escapes) {
            Some(b'"') if is_at(rest, escapes + 1, WORD) => at + escapes + 1,
            Some(b'\'' | b'`') if escapes == 0 => at + 1,
            _ => at,
        }
    }

    /// The end of a word: at white space, a quote or an escape.
    pub(super) fn word_end(&self, start: usize) -> usize {
        self.word_end_within(start, self.bytes.len())
    }

    pub(super) fn word_end_within(&self, start: usize, limit: usize) -> usize {
        let rest = self.bytes.get(start..limit).unwrap_or_default();
        let ends = |byte: u8| is(byte, SPACE) || byte < b' ' || b"\"'`\\<>,;".contains(&byte);
        let length = rest.iter().position(|&byte| ends(byte));
        start + length.unwrap_or(rest.len())
    }

    /// The credentials in the value of an `Authorization` header. The scheme is kept.
    fn credentials(&self, value: usize, name: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let start = self.unquoted(value);
        let first = start..self.word_end(start);
        let scheme = &bytes[first.clone()];
        let is_one_of = |names: &[&[u8]]| names.iter().any(|one| scheme.eq_ignore_ascii_case(one));
        let next = run_end(bytes, first.end, SPACE);
        let found = if is_one_of(&TOKEN_SCHEMES) {
            let token = next..self.word_end(next);
            if self.is_prose(token.clone()) {
                return None;
            }
            token
        } else if is_one_of(&PARAMETER_SCHEMES) {
            next..self.line_end(next)
        } else {
            let second = next..self.word_end(next);
            let is_quoted = start > value && is_edge(bytes.get(first.end).copied());
            let is_line = is_edge(before(bytes, name)) || before(bytes, name) == Some(b'\n');
            let ends_line =
                is_edge(bytes.get(first.end).copied()) || matches!(bytes[first.end], b'\r' | b'\n');
            let is_alone = is_quoted || (is_line && ends_line);
            if is_random(scheme) || (is_alone && scheme.len() >= 6 && !is_word(scheme)) {
                first
            } else if is_random(&bytes[second.clone()]) && next == first.end + 1 {
                second
            } else {
                return None;
            }
        };
        (!self.is_placeholder(found.clone())).then_some(found)
    }

    /// Whether a word is part of a sentence: it is a common one, or others follow.
    fn is_prose(&self, word: Range<usize>) -> bool {
        let text = &self.bytes[word.clone()];
        let goes_on = self.bytes.get(word.end) == Some(&b' ')
            && self
                .bytes
                .get(word.end + 1)
                .is_some_and(u8::is_ascii_lowercase);
        is_word(text) || (goes_on && text.iter().all(u8::is_ascii_lowercase))
    }

    /// The end of a line, or of the string that it is in. Pairs such as `name="value"` are part of it.
    pub(super) fn line_end(&self, start: usize) -> usize {
        let bytes = self.bytes;
        let mut at = start;
        while let Some(found) = bytes.get(at..).and_then(|rest| {
            rest.iter()
                .position(|&byte| byte < b' ' || b"\"'`\\".contains(&byte))
        }) {
            at += found;
            let escapes = bytes[at..]
                .iter()
                .take_while(|&&byte| byte == b'\\')
                .count();
            let quote = at + escapes;
            let opens = bytes.get(quote) == Some(&b'"')
                && before(bytes, at) == Some(b'=')
                && is_at(bytes, quote + 1, WORD);
            let close = opens
                .then(|| self.closing_quote(quote + 1, escapes))
                .flatten();
            match close {
                Some(close) => at = close + 1,
                None => return at,
            }
        }
        bytes.len()
    }

    /// The next quote with that many backslashes before it, in the same line.
    fn closing_quote(&self, from: usize, escapes: usize) -> Option<usize> {
        let rest = &self.bytes[from..];
        let stop = rest
            .iter()
            .position(|&byte| byte < b' ' || byte == b'"' || byte == b'\\')?;
        let run = rest[stop..]
            .iter()
            .take_while(|&&byte| byte == b'\\')
            .count();
        let is_quote = run == escapes && rest.get(stop + run) == Some(&b'"');
        is_quote.then_some(from + stop + run)
    }

    /// The cookies in the value of a `Cookie` or `Set-Cookie` header, up to the end of its line.
    pub(super) fn cookies(&self, value: usize) -> Option<Range<usize>> {
        if !self.has(Kinds::COOKIE) {
            return None;
        }
        // Inspected objects have arrays of cookies.
        let is_array = self.bytes.get(value) == Some(&b'[');
        let first = run_end(self.bytes, value + usize::from(is_array), SPACE);
        let start = self.unquoted(first);
        let rest = self.bytes.get(start..)?;
        let is_name = |byte: &&u8| byte.is_ascii_graphic() && !b"=;,\"'\\<>()".contains(byte);
        let name = rest.iter().take(MAX_NAME).take_while(is_name).count();
        if name == 0 || rest.get(name) != Some(&b'=') || self.is_placeholder(start..start + name) {
            return None;
        }
        Some(start..self.line_end(start))
    }
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
    fn hides_values_of_headers_in_requests() {
        check(&[
            (
                "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer abc.def\r\nCookie: a=b; c=d\r\nAccept: */*\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ***\r\nCookie: ***\r\nAccept: */*\r\n\r\n",
            ),
            (
                r#"{"_header":"GET /\r\nauthorization: token abc12345\r\ncookie: a=b\r\n\r\n","x":1}"#,
                r#"{"_header":"GET /\r\nauthorization: token ***\r\ncookie: ***\r\n\r\n","x":1}"#,
            ),
            (
                "Proxy-Authorization: Basic dTpw\nSet-Cookie: sid=abc; Path=/; HttpOnly\nx",
                "Proxy-Authorization: Basic ***\nSet-Cookie: ***\nx",
            ),
            ("Authorization: abcdefgh\nx", "Authorization: ***\nx"),
            ("Authorization: 0123456789abcdef", "Authorization: ***"),
            (
                "Authorization: Custom 0123456789abcdef",
                "Authorization: Custom ***",
            ),
            (
                "Authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, SignedHeaders=host, Signature=ab\r\nx",
                "Authorization: AWS4-HMAC-SHA256 ***\r\nx",
            ),
            (
                "Authorization: Digest username=\"ada\", response=\"66\", nc=1\nx",
                "Authorization: Digest ***\nx",
            ),
            (
                r#"{"a":"Authorization: Digest username=\"ada\", nc=1","b":"x=\"y\""}"#,
                r#"{"a":"Authorization: Digest ***","b":"x=\"y\""}"#,
            ),
            (
                "curl -H 'X-Api-Key: abcdef123456' -H 'Cookie: a=b' x",
                "curl -H 'X-Api-Key: ***' -H 'Cookie: ***' x",
            ),
            ("Cookie: a=\"b\"; c=d", "Cookie: ***"),
        ]);
    }

    #[test]
    fn hides_values_of_headers_in_inspected_objects() {
        check(&[
            (
                "{ authorization: 'Bearer abcdef', x: 1 }",
                "{ authorization: 'Bearer ***', x: 1 }",
            ),
            (
                "{ 'proxy-authorization': 'abcdefgh', x: 1 }",
                "{ 'proxy-authorization': '***', x: 1 }",
            ),
            ("{ cookie: 'a=b; c=d', x: 1 }", "{ cookie: '***', x: 1 }"),
            (
                "{ 'set-cookie': [ 'a=b; Path=/' ] }",
                "{ 'set-cookie': [ '***' ] }",
            ),
            (
                r#"{"headers":{"authorization":"Basic dTpw"}}"#,
                r#"{"headers":{"authorization":"Basic ***"}}"#,
            ),
            (
                r#"{\"cookie\":\"a=b\",\"c\":1}"#,
                r#"{\"cookie\":\"***\",\"c\":1}"#,
            ),
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
