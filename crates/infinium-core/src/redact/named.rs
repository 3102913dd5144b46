//! Values after a name and a colon: lines of headers and of YAML, inspected objects, arguments in code.

use std::ops::Range;

use super::{
    authorization::{is_random, is_word},
    bytes::{
        DIGIT, NAME, WORD, after_escape, before, char_boundary, is, is_at, quote_level, run_end,
        run_start, slashes, string_end,
    },
    kinds::Kinds,
    scan::Scan,
    secret_names::{Secrecy, secrecy},
};

/// In bytes. Longer names are not looked at.
const MAX_NAME: usize = 60;
/// In bytes. This much of a word tells whether it is a secret.
const MAX_WORD: usize = 1024;
/// In bytes. Longer tags are not looked at.
const MAX_TAG: usize = 200;

impl Scan<'_> {
    /// The value after this colon, if its name is that of a secret.
    pub(super) fn named(&self, colon: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        if !self.has(Kinds::NAMED) {
            return None;
        }
        let quoted = matches!(before(bytes, colon), Some(b'\'' | b'"'));
        let mut end = colon - usize::from(quoted);
        while quoted && before(bytes, end) == Some(b'\\') {
            end -= 1;
        }
        let from = floor.max(end.saturating_sub(MAX_NAME));
        let start = run_start(bytes, end.max(from), from, NAME);
        let start = after_escape(bytes, start, end.max(start));
        let kind = secrecy(bytes.get(start..end)?);
        if kind == Secrecy::None {
            return None;
        }
        let value = colon + 1 + blanks(bytes, colon + 1);
        self.secret_value(value, kind)
    }

    /// The value of a secret that begins at a position. Quotes are left out. Without quotes it must look like a key.
    pub(super) fn secret_value(&self, start: usize, kind: Secrecy) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let quoted = self.quoted_value(start);
        let value = quoted
            .clone()
            .unwrap_or_else(|| start..self.sentence_word_end(start));
        let text = &bytes[value.clone()];
        let is_count = kind == Secrecy::Text && starts_with_count(text);
        let is_secret = match &quoted {
            Some(_) => !is_word(text) && !is_literal(text) && !is_template(text),
            None => is_random(text) && !is_code(text),
        };
        let is_secret = is_secret && !is_count && !self.is_placeholder(value.clone());
        is_secret.then(|| {
            let is_cut = quoted.is_none() && value.len() + 4 > MAX_WORD;
            if is_cut {
                start..self.word_end(start)
            } else {
                value
            }
        })
    }

    /// The end of a word, without the signs with which a sentence goes on after it.
    fn sentence_word_end(&self, start: usize) -> usize {
        let limit = char_boundary(self.text, self.bytes.len().min(start + MAX_WORD));
        let word = &self.bytes[start..self.word_end_within(start, limit)];
        let is_call = word.iter().any(|byte| b"([{".contains(byte));
        let signs = word.iter().rev();
        let signs = signs.take_while(|byte| !is_call && b")]}.:!?".contains(byte));
        start + word.len() - signs.count()
    }

    /// The text of an element of XML with the name of a secret, if this sign ends its first tag.
    pub(super) fn element(&self, close: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let from = floor.max(close.saturating_sub(MAX_TAG));
        let open = from + bytes[from..close].iter().rposition(|&byte| byte == b'<')?;
        let mut start = open + 1;
        let mut end = run_end(bytes, start, NAME);
        if bytes.get(end) == Some(&b':') {
            start = end + 1;
            end = run_end(bytes, start, NAME);
        }
        if end > close || secrecy(&bytes[start..end]) != Secrecy::Whole {
            return None;
        }
        let length = bytes[close + 1..].iter().position(|&byte| byte == b'<')?;
        let value = close + 1..close + 1 + length;
        let last = self.text[value.end..].strip_prefix("</")?;
        let is_secret = last.starts_with(&self.text[open + 1..end]) && !value.is_empty();
        (is_secret && !self.is_placeholder(value.clone())).then_some(value)
    }

    /// What is between the quotes that begin at a position, and end in the same line.
    pub(super) fn quoted_value(&self, start: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let escapes = bytes
            .get(start..)?
            .iter()
            .take_while(|&&byte| byte == b'\\');
        let quote = start + escapes.count();
        let content = quote + 1;
        let end = match bytes.get(quote)? {
            b'"' => {
                let level = quote_level(bytes, quote, start);
                if slashes(level) != quote - start {
                    return None;
                }
                // It may be the end of the string that the name is in.
                let end = string_end(bytes, content, level);
                let closes = bytes.get(end + slashes(level)) == Some(&b'"');
                let line = bytes[content..end].iter().all(|&byte| byte >= b' ');
                let is_value = closes
                    && line
                    && !matches!(bytes.get(content), Some(b',' | b'}' | b']' | b':'));
                is_value.then_some(end)?
            }
            quote_sign @ (b'\'' | b'`') if quote == start => {
                let rest = &bytes[content..];
                let ends = |byte: &u8| byte == quote_sign || *byte < b' ' || *byte == b'"';
                let length = rest.iter().position(ends)?;
                (rest[length] == *quote_sign).then_some(content + length)?
            }
            _ => return None,
        };
        (end > content).then_some(content..end)
    }
}

/// Whether a value is a number, perhaps with other parameters after it.
fn starts_with_count(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|&&byte| is(byte, DIGIT)).count();
    digits > 0 && !is_at(text, digits, WORD)
}

/// How many blanks there are.
pub(super) fn blanks(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().take_while(|&&byte| byte == b' ').count()
}

/// Whether a value is a template that contains no secret itself: `Bearer ${token}`.
fn is_template(text: &[u8]) -> bool {
    text.windows(2).any(|pair| pair == b"${")
}

/// What many languages and protocols write in place of a secret.
const LITERALS: [&[u8]; 8] = [
    b"true",
    b"false",
    b"none",
    b"null",
    b"undefined",
    b"include",
    b"omit",
    b"same-origin",
];

/// Whether a value is a literal, and no secret.
pub(super) fn is_literal(text: &[u8]) -> bool {
    LITERALS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a value is a comparison, a call, an element of an array, or the member of an object.
fn is_code(text: &[u8]) -> bool {
    let is_name = |part: &[u8]| {
        part.len() <= 20
            && part
                .first()
                .is_some_and(|&byte| byte == b'_' || byte.is_ascii_alphabetic())
    };
    text.starts_with(b"=")
        || text.starts_with(b">")
        || text.iter().any(|byte| b"()[]{}".contains(byte))
        || (text.contains(&b'.') && text.split(|&byte| byte == b'.').all(is_name))
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
    fn hides_values_after_the_names_of_secrets() {
        for (text, expected) in [
            (
                "X-RapidAPI-Key: abc12345\r\nA: b",
                "X-RapidAPI-Key: ***\r\nA: b",
            ),
            (
                "cf-access-client-secret: abc12345",
                "cf-access-client-secret: ***",
            ),
            (
                "db:\n  password: hunter2hunter2\n  port: 1",
                "db:\n  password: ***\n  port: 1",
            ),
            (
                "{ password: 'a b', port: 1 }",
                "{ password: '***', port: 1 }",
            ),
            (
                "{ 'x-api-key': 'abc', n: 1 }",
                "{ 'x-api-key': '***', n: 1 }",
            ),
            (
                r#"{"q":"login(password: \"a b\", n: 1)"}"#,
                r#"{"q":"login(password: \"***\", n: 1)"}"#,
            ),
            (
                "x (cause: Error: token: abc12345).",
                "x (cause: Error: token: ***).",
            ),
            (
                "<a><password>x y</password></a>",
                "<a><password>***</password></a>",
            ),
            (
                "<w:Password Type='t'>abc</w:Password>",
                "<w:Password Type='t'>***</w:Password>",
            ),
            ("login(password: \"hunter\")", "login(password: \"***\")"),
            (
                r#"{"password":"x y","a":"b"}"#,
                r#"{"password":"***","a":"b"}"#,
            ),
            (
                r#"{ "password" : "x", "auth": {"a":1} }"#,
                r#"{ "password" : "***", "auth": "***" }"#,
            ),
            (
                r#"{\"apiKey\":\"x\",\"a\":1}"#,
                r#"{\"apiKey\":\"***\",\"a\":1}"#,
            ),
            (
                r#"{"pin_otp":1,"otp":123456}"#,
                r#"{"pin_otp":1,"otp":"***"}"#,
            ),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_sentences_counts_and_code() {
        for text in [
            "password: required, token: invalid, API key: missing, secret: see the docs",
            "{ password: string; token?: string | null }",
            "{ token: process.env.TOKEN1, secret: getSecret1(), apiKey: config.keys.key1 }",
            r#"{"max_tokens":4096,"tokens":"12","usage":{"tokens":{"prompt":5}},"password":true,"secret":null}"#,
            "<label>Password</label> Map<Token> a<b> <token></token> <author>abc</author>",
            "max_tokens=12345678&temperature=0.7 max_tokens: 4096",
            "{ tokens: 12345678, maxTokens: '5', token: null }",
            r#"{"tokenizer":"abc12345","author":"abc12345","secretary":"abc12345","eos_token":"</s>"}"#,
            "author: abc12345 secretary: abc12345 next_token: abc12345",
            r#"{"a":"password:","b":"x1234567"}"#,
            r#"{"a":"password: ","b":"x1234567"}"#,
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
