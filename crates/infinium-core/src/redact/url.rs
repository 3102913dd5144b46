//! User and password in URLs of any scheme: `mongodb://user:password@host`.

use std::ops::Range;

use super::{
    bytes::{ALPHA, SPACE, WORD, is, is_at, is_before},
    kinds::Kinds,
    scan::Scan,
};

/// A password with a `/` of its own is searched for this far, in bytes.
const MAX_PASSWORD: usize = 256;

/// Schemes whose user name is not secret if there is no password.
const LOGINS: [&[u8]; 4] = [b"ssh", b"sftp", b"scp", b"rsync"];

impl Scan<'_> {
    /// What is between `://` and the last `@` of the host, if this colon is the one of a URL.
    pub(super) fn user_info(&self, colon: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        if !self.has(Kinds::URL_CREDENTIALS) || !is_before(bytes, colon, WORD) || colon <= floor {
            return None;
        }
        let start = slash(bytes, slash(bytes, colon + 1)?)?;
        let (mut at, mut separator, mut end) = (None, None, bytes.len());
        for (index, &byte) in bytes.iter().enumerate().skip(start) {
            match byte {
                b'@' => at = Some(index),
                b':' if separator.is_none() => separator = Some(index),
                b')' | b',' | b';' | b']' if separator.is_some() && at.is_none() => {}
                _ if !ends_host(byte) => {}
                _ => {
                    end = index;
                    break;
                }
            }
        }
        // Users write passwords with a slash, although it should be escaped. A port is a number.
        if at.is_none()
            && let Some(separator) = separator
            && matches!(bytes.get(end), Some(b'/' | b'?' | b'#'))
            && !is_port(&bytes[separator + 1..end])
        {
            at = self.late_at(end);
        }
        let at = at?;
        let is_host = is_at(bytes, at + 1, WORD) || bytes.get(at + 1) == Some(&b'[');
        let separator = separator.filter(|&separator| separator < at);
        let secret = separator.map_or(start, |separator| separator + 1)..at;
        let is_login = separator.is_none() && self.is_login(colon, start..at);
        let named = separator.is_some_and(|separator| separator > start);
        if !is_host || start == at || is_login || (named && secret.is_empty()) {
            return None;
        }
        (!self.is_placeholder(secret) && !self.is_placeholder(start..at)).then_some(start..at)
    }

    /// The `@` after a password with unescaped slashes.
    fn late_at(&self, from: usize) -> Option<usize> {
        let rest = &self.bytes[from..self.bytes.len().min(from + MAX_PASSWORD)];
        let stops = |byte: u8| is(byte, SPACE) || b"\"'`\\<>@".contains(&byte);
        let length = rest.iter().position(|&byte| stops(byte))?;
        (rest[length] == b'@').then_some(from + length)
    }

    /// Whether a user name without a password is one that everyone may know: `ssh://git@host`.
    fn is_login(&self, colon: usize, user: Range<usize>) -> bool {
        let scheme = &self.bytes[..colon];
        let ends = |login: &&[u8]| {
            let start = scheme.len().checked_sub(login.len());
            start.is_some_and(|start| scheme[start..].eq_ignore_ascii_case(login))
        };
        self.bytes[user] == *b"git" || LOGINS.iter().any(ends)
    }
}

/// The position after a slash, which JSON may escape.
fn slash(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let escapes = rest.iter().take_while(|&&byte| byte == b'\\').count();
    (rest.get(escapes) == Some(&b'/')).then_some(at + escapes + 1)
}

fn ends_host(byte: u8) -> bool {
    is(byte, SPACE) || byte < b' ' || b"/?#\"'`<>\\),;]|^".contains(&byte)
}

/// Whether it is a port, or stands for one in a document.
fn is_port(text: &[u8]) -> bool {
    let number = text.iter().all(u8::is_ascii_digit);
    number || text.eq_ignore_ascii_case(b"port") || !text.iter().any(|&byte| is(byte, ALPHA))
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
    fn keeps_scheme_and_host() {
        for (text, expected) in [
            ("mongodb://user:PASSWORD@h", "mongodb://***@h"),
            (
                "see postgres://a:b@db.internal:5432/x?y=1.",
                "see postgres://***@db.internal:5432/x?y=1.",
            ),
            ("redis://:pa55@[::1]:6379/0", "redis://***@[::1]:6379/0"),
            (
                "https://t0ken@github.com/o/r.git",
                "https://***@github.com/o/r.git",
            ),
            ("amqp://u:p%40w@h/v", "amqp://***@h/v"),
            ("ftp://me@mail.example:p@ss@host/f", "ftp://***@host/f"),
            ("mysql://root:a/b?c#d@db/x", "mysql://***@db/x"),
            (
                "mongodb+srv://u:p,w;x@h1:1,h2:2/db",
                "mongodb+srv://***@h1:1,h2:2/db",
            ),
            (
                r#"{"u":"https:\/\/a:b@c\/d"}"#,
                r#"{"u":"https:\/\/***@c\/d"}"#,
            ),
            (
                r"x\nhttps://a:b@c.example\nhttp://d:e@f",
                r"x\nhttps://***@c.example\nhttp://***@f",
            ),
            (
                "(http://a:b@c) 'http://d:e@f'",
                "(http://***@c) 'http://***@f'",
            ),
            ("http://ü:ß@host", "http://***@host"),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_urls_without_credentials() {
        for text in [
            "https://example.org:8080/@scope/package",
            "https://medium.com/@user, see user@example.org",
            "http://localhost:PORT/@vite/client",
            "ssh://git@github.com/o/r.git https://git@host/x sftp://ada@host",
            "postgres://user:${PASSWORD}@host mysql://root:$DB_PASSWORD@h redis://<user>:<password>@h",
            "https://[redacted]@host http://u:[Hidden]@host http://u:***@h",
            "http://a.com,b@c.com http://a.com) b@c http://a:1]@",
            "std::vector<a>@b file:///a@b c://@d e:/f@g",
            "https://example.org/?q=a:b@c#d@e",
            "{\"a\":\"http://b:8080\",\"c\":\"d@e\"}",
            "http://user:@host",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
