//! Passwords and keys in connection strings: `Server=db;User Id=sa;Password=…;`, `host=db user=ada password=…`,
//! `DefaultEndpointsProtocol=https;AccountKey=…`.

use std::ops::Range;

use super::{
    bytes::{ALPHA, SPACE, WORD, before, char_boundary, is, is_at, is_before, run_end, run_start},
    kinds::Kinds,
    names::normalize,
    scan::Scan,
};

/// In bytes, of a value and of the pairs beside it.
const MAX_VALUE: usize = 256;

/// Names that occur only in connection strings.
const KEYS: [&str; 4] = [
    "accountkey",
    "sharedaccesskey",
    "sharedaccesssignature",
    "sharedsecretvalue",
];

/// Names that are secret in a connection string. Elsewhere they may be code.
const PASSWORDS: [&str; 6] = ["password", "passwd", "pwd", "accesskey", "apikey", "secret"];

/// What other pairs of a connection string are named like.
const NEIGHBOURS: [&str; 14] = [
    "server",
    "datasource",
    "host",
    "hostaddr",
    "user",
    "username",
    "userid",
    "uid",
    "database",
    "initialcatalog",
    "dbname",
    "endpoint",
    "driver",
    "port",
];

impl Scan<'_> {
    /// The value after this `=`, if it is the password or key of a connection string.
    pub(super) fn connection_password(&self, equals: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        if !self.has(Kinds::CONNECTION_STRING) {
            return None;
        }
        let name_end = equals - usize::from(is_before(bytes, equals, SPACE) && equals > floor);
        if name_end <= floor || !is_before(bytes, name_end, ALPHA) {
            return None;
        }
        let start = run_start(
            bytes,
            name_end,
            floor.max(name_end.saturating_sub(24)),
            WORD,
        );
        let name = normalize(&self.text[start..name_end]);
        let is_key = KEYS.contains(&&*name);
        if !is_key && !PASSWORDS.contains(&&*name) {
            return None;
        }
        let value_start = run_end(bytes, equals + 1, SPACE).min(equals + 2);
        let in_semicolons = self.value_end(value_start, b';');
        let in_spaces = self.value_end(value_start, b' ');
        // In a sentence, a value is one word.
        let in_sentence = is_before(bytes, run_start(bytes, start, floor, SPACE), WORD);
        let end = if is_key {
            in_spaces.min(in_semicolons)
        } else if !(in_sentence && in_spaces < in_semicolons)
            && self.has_neighbour(start, in_semicolons, b';')
        {
            in_semicolons
        } else if name_end == equals
            && before(bytes, in_spaces) != Some(b',')
            && self.has_neighbour(start, in_spaces, b' ')
        {
            in_spaces
        } else {
            return None;
        };
        let value = value_start..end;
        (!value.is_empty() && !self.is_placeholder(value.clone())).then_some(value)
    }

    /// The end of a value that ends with this separator, with its line, or with the string around it. A value in single
    /// quotes ends with the second of them.
    fn value_end(&self, start: usize, separator: u8) -> usize {
        let limit = self.bytes.len().min(start + MAX_VALUE);
        let rest = self.bytes.get(start..limit).unwrap_or_default();
        let ends = |byte: u8| byte < b' ' || b"\"'`\\<>".contains(&byte);
        if let Some(quoted) = rest.strip_prefix(b"'")
            && let Some(length) = quoted.iter().position(|&byte| ends(byte))
            && quoted[length] == b'\''
        {
            return start + length + 2;
        }
        let stops = |byte: u8| byte == separator || ends(byte);
        let length = rest.iter().position(|&byte| stops(byte));
        let end = start + length.unwrap_or(rest.len());
        char_boundary(self.text, end)
    }

    /// Whether the pair before or after is one of a connection string.
    fn has_neighbour(&self, start: usize, end: usize, separator: u8) -> bool {
        self.is_neighbour_before(start, separator) || self.is_neighbour_after(end, separator)
    }

    fn is_neighbour_before(&self, start: usize, separator: u8) -> bool {
        let before = &self.bytes[start.saturating_sub(MAX_VALUE)..start];
        let text = before.trim_ascii_end();
        let text = match separator {
            b';' => text.strip_suffix(b";"),
            // Arguments of a function are separated by commas.
            _ => (text.len() < before.len() && !text.ends_with(b",")).then_some(text),
        };
        let Some(text) = text else { return false };
        let stops = |byte: &u8| *byte == separator || b"\"'`\\?\n".contains(byte);
        let from = text.iter().rposition(stops).map_or(0, |at| at + 1);
        is_pair(text[from..].trim_ascii_start())
    }

    fn is_neighbour_after(&self, end: usize, separator: u8) -> bool {
        let rest = &self.bytes[end..self.bytes.len().min(end + MAX_VALUE)];
        let Some(rest) = rest.strip_prefix(&[separator]) else {
            return false;
        };
        let length = rest
            .iter()
            .position(|&byte| byte == separator || byte == b'\\');
        is_pair(rest[..length.unwrap_or(rest.len())].trim_ascii_start())
    }
}

/// Whether a text begins with the name of a pair of a connection string, and `=`.
fn is_pair(text: &[u8]) -> bool {
    let Some(equals) = text.iter().position(|&byte| byte == b'=') else {
        return false;
    };
    let name = text[..equals].trim_ascii();
    // `jdbc:sqlserver://host;user=sa;password=x`: the first pair has no name.
    let is_name = |byte: &u8| is(*byte, WORD | SPACE);
    let name = normalize(&String::from_utf8_lossy(name));
    text[..equals].iter().all(is_name) && NEIGHBOURS.contains(&&*name) && is_at(text, 0, ALPHA)
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::CONNECTION_STRING, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    #[test]
    fn hides_passwords_and_keys() {
        for (text, expected) in [
            (
                "Server=tcp:db,1433;User Id=sa;Password=a b=c;Encrypt=yes;",
                "Server=tcp:db,1433;User Id=sa;Password=***;Encrypt=yes;",
            ),
            ("Password=x;Server=db", "Password=***;Server=db"),
            (
                "Driver={SQL Server}; UID = sa; PWD = s3cret",
                "Driver={SQL Server}; UID = sa; PWD = ***",
            ),
            (
                "jdbc:sqlserver://h:1433;user=sa;password=x",
                "jdbc:sqlserver://h:1433;user=sa;password=***",
            ),
            (
                "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc+/==;EndpointSuffix=x",
                "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=***;EndpointSuffix=x",
            ),
            (
                "Endpoint=sb://n.example/;SharedAccessKeyName=Root;SharedAccessKey=abc=",
                "Endpoint=sb://n.example/;SharedAccessKeyName=Root;SharedAccessKey=***",
            ),
            (
                "host=db port=5432 password=s3cret dbname=x",
                "host=db port=5432 password=*** dbname=x",
            ),
            ("password='a b' host=db", "password=*** host=db"),
            (
                r#"{"c":"Server=db;Pwd=x\ny","d":1}"#,
                r#"{"c":"Server=db;Pwd=***\ny","d":1}"#,
            ),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_code_and_prose() {
        for text in [
            "connect(user=name, password=secret, host=h)",
            "const password = 'x'; let a=1;password=b;c=2",
            "password=hunter2",
            "Password=${DB_PASSWORD};Server=db AccountKey=<key>",
            "if (user==password) password=other",
            "Server=db;Password=;Encrypt=yes",
            "the password=value pair; Server=db",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
