//! User and password in URLs of any scheme: `mongodb://user:password@host`.

use std::ops::Range;

use super::{
    bytes::{ALPHA, NAME, SPACE, WORD, before, is, is_at, is_before, run_start},
    kinds::Kinds,
    scan::Scan,
};

/// A password with a `/` of its own is searched for this far, in bytes.
const MAX_PASSWORD: usize = 256;

/// In bytes. Longer schemes are not looked at.
const MAX_SCHEME: usize = 24;

const DATABASES: [&str; 12] = [
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "mongodb+srv",
    "redis",
    "rediss",
    "amqp",
    "amqps",
    "mssql",
    "clickhouse",
];

/// Addresses that are secret after these words.
const WEBHOOKS: [&str; 5] = [
    "hooks.slack.com/services/",
    "hooks.slack.com/workflows/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "api.telegram.org/bot",
];

/// In bytes. The secret part of no such address is shorter.
const MIN_HOOK: usize = 20;

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
                b'\'' | b'`' if separator.is_some() && at.is_none() && !self.is_in(byte, colon) => {
                }
                _ if !ends_host(byte) => {}
                _ => {
                    end = index;
                    break;
                }
            }
        }
        let is_database = self.is_database(colon);
        // Users write passwords with a slash, although it should be escaped. A port is a number.
        if at.is_none()
            && let Some(separator) = separator
            && matches!(bytes.get(end), Some(b'/' | b'?' | b'#'))
            && !is_port(&bytes[separator + 1..end])
        {
            at = self.late_at(end, is_database);
        }
        let at = at?;
        // What follows is no host, but the rest of a password with `@` and `/`.
        let at = if is_database || self.has_odd_port(at + 1, end) {
            self.late_at(end.max(at), is_database).unwrap_or(at)
        } else {
            at
        };
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

    /// The secret part of the path, if this colon is the one of a URL to which everyone can send messages.
    pub(super) fn webhook(&self, colon: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        if !self.has(Kinds::URL_CREDENTIALS) {
            return None;
        }
        let start = slash(bytes, slash(bytes, colon + 1)?)?;
        let rest = self.text.get(start..)?;
        let hook = WEBHOOKS.iter().find(|hook| rest.starts_with(**hook))?;
        let start = start + hook.len();
        let is_path = |byte: u8| is(byte, NAME) || byte == b'/' || byte == b':';
        let path = bytes[start..].iter().take_while(|&&byte| is_path(byte));
        let value = start..start + path.count();
        (value.len() >= MIN_HOOK && !self.is_placeholder(value.clone())).then_some(value)
    }

    /// The `@` after a password with unescaped slashes: the first one, or the last one where no path has any.
    fn late_at(&self, from: usize, is_database: bool) -> Option<usize> {
        let rest = &self.bytes[from..self.bytes.len().min(from + MAX_PASSWORD)];
        let stops = |byte: u8| is(byte, SPACE) || b"\"'`\\<>".contains(&byte);
        let end = rest.iter().position(|&byte| stops(byte));
        let rest = &rest[..end.unwrap_or(rest.len())];
        let mut signs = rest.iter();
        let found = if is_database {
            signs.rposition(|&byte| byte == b'@')
        } else {
            signs.position(|&byte| byte == b'@')
        };
        found.map(|found| from + found)
    }

    /// Whether the URL is in quotes of this kind.
    fn is_in(&self, quote: u8, colon: usize) -> bool {
        let scheme = run_start(self.bytes, colon, colon.saturating_sub(MAX_SCHEME), NAME);
        before(self.bytes, scheme) == Some(quote)
    }

    /// Whether this host has a port that is no number.
    fn has_odd_port(&self, start: usize, end: usize) -> bool {
        let host = self.bytes.get(start..end).unwrap_or_default();
        let port = host.iter().rposition(|&byte| byte == b':');
        !host.starts_with(b"[") && port.is_some_and(|port| !is_port(&host[port + 1..]))
    }

    /// Whether the URL is one of a database, whose path has no `@`.
    fn is_database(&self, colon: usize) -> bool {
        let start = run_start(self.bytes, colon, colon.saturating_sub(MAX_SCHEME), NAME);
        let scheme = &self.text[start..colon];
        DATABASES.iter().any(|one| scheme.ends_with(one))
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
            (
                "(https://hooks.slack.com/services/T00000000/B00000000/abcdEFGH1234) x",
                "(https://hooks.slack.com/services/***) x",
            ),
            (
                "https://api.telegram.org/bot123456789:AAabcdefghijkl/send?a=b",
                "https://api.telegram.org/bot***?a=b",
            ),
            ("postgres://u:p@ss:w/rd@host/db", "postgres://***@host/db"),
            ("https://u:p@ss:w/rd@host/db", "https://***@host/db"),
            (
                "postgres://u:a/b/c@d@host:5432/db",
                "postgres://***@host:5432/db",
            ),
            ("postgres://u:*12@host/db", "postgres://***@host/db"),
            ("postgres://u:[12]@host/db", "postgres://***@host/db"),
            ("mysql://u:it's@host/db", "mysql://***@host/db"),
            ("https://u:p@host/@scope/pkg", "https://***@host/@scope/pkg"),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_urls_without_credentials() {
        for text in [
            "https://example.org:8080/@scope/package",
            "https://hooks.slack.com/services/ https://discord.com/api/webhooks/<id>/<token>",
            "'http://localhost:3000',a@b 'postgres://host:5432/db' and ada@example.org",
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
