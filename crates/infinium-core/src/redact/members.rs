//! Whole values of members of JSON objects, found by the name of the member, at any level of JSON within JSON.

use super::{
    bytes::{quote_level, skip_space, skip_space_back, slashes, string_end},
    kinds::Kinds,
    scan::{Found, Scan},
    secret_names::{Secrecy, secrecy},
};

/// In bytes. Longer names are not looked at.
const MAX_NAME: usize = 128;

/// The end of a text that was cut.
const ELLIPSIS: &str = "...";

impl Scan<'_> {
    /// The value of the member whose name is before this colon, if its name is one of those that are hidden.
    ///
    /// A text that was cut may end in the middle of a value, which then ends with the text.
    pub(super) fn member(&self, colon: usize, floor: usize) -> Option<Found> {
        let bytes = self.bytes;
        let after_name = skip_space_back(bytes, colon);
        if after_name <= floor || bytes[after_name - 1] != b'"' {
            return None;
        }
        let quote = after_name - 1;
        let level = quote_level(bytes, quote, floor);
        if level < self.level {
            return None;
        }
        let end = quote - slashes(level);
        let from = floor.max(end.saturating_sub(MAX_NAME));
        let start = from + bytes[from..end].iter().rposition(|&byte| byte == b'"')? + 1;
        let opens = quote_level(bytes, start - 1, floor) == level;
        if !opens {
            return None;
        }
        let name = self.text.get(start..end)?;
        let value = skip_space(bytes, colon + 1, level);
        if self.rules.names.contains(name) {
            return self.value(value, level);
        }
        let kind = if self.has(Kinds::NAMED) {
            secrecy(name.as_bytes())
        } else {
            Secrecy::None
        };
        if kind == Secrecy::None {
            return None;
        }
        self.value(value, level)
            .filter(|found| self.is_secret(found, kind))
    }

    /// Whether the value of a member with such a name is hidden. Numbers and objects with the name of counts are not.
    fn is_secret(&self, found: &Found, kind: Secrecy) -> bool {
        let text = &self.text[found.range.clone()];
        let is_flag = text == "true" || text == "false";
        match kind {
            Secrecy::None => false,
            Secrecy::Text => {
                found.quotes.is_none() && !text.bytes().all(|byte| byte.is_ascii_digit())
            }
            Secrecy::Whole => !(text.starts_with("${") || found.quotes.is_some() && is_flag),
        }
    }

    fn value(&self, start: usize, level: u32) -> Option<Found> {
        let content = start + slashes(level) + 1;
        let opens = self.bytes.get(start..content)?;
        if matches!(opens.split_last(), Some((b'"', rest)) if rest.iter().all(|&byte| byte == b'\\'))
        {
            let end = self.without_ellipsis(content, string_end(self.bytes, content, level));
            let hidden = end == content || self.rules.is_replaced(&self.text[content..]);
            return (!hidden).then(|| Found::within(content..end));
        }
        let end = match self.bytes[start] {
            b'{' | b'[' => self.container_end(start, level),
            _ => self.literal_end(start),
        };
        let end = self.without_ellipsis(start, end);
        let is_null = self.text.get(start..end)? == "null";
        (end > start && !is_null).then_some(Found {
            range: start..end,
            quotes: Some(level),
        })
    }

    /// Leaves the mark of a cut text visible.
    fn without_ellipsis(&self, start: usize, end: usize) -> usize {
        let cut = end == self.bytes.len() && self.text[start..end].ends_with(ELLIPSIS);
        if cut { end - ELLIPSIS.len() } else { end }
    }

    fn literal_end(&self, start: usize) -> usize {
        let rest = &self.bytes[start..];
        let literal = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
        start + literal.count()
    }

    /// The end of an object or array. If it is cut, it ends with the string around it, or with the text.
    fn container_end(&self, start: usize, level: u32) -> usize {
        let (mut depth, mut in_string) = (0_usize, false);
        for (at, &byte) in self.bytes.iter().enumerate().skip(start) {
            match byte {
                b'"' => {
                    let found = quote_level(self.bytes, at, start);
                    if found < level {
                        return at - slashes(found);
                    }
                    in_string ^= found == level;
                }
                b'{' | b'[' if !in_string => depth += 1,
                b'}' | b']' if !in_string => {
                    depth -= 1;
                    if depth == 0 {
                        return at + 1;
                    }
                }
                _ => {}
            }
        }
        self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        let names = ["password", "api_key", "card"];
        let redactor = Redactor::new(Kinds::NONE, &names, "[redacted]");
        redactor.redact(text).into_owned()
    }

    #[test]
    fn hides_values_of_any_type() {
        for (text, expected) in [
            (r#"{"password":"x"}"#, r#"{"password":"[redacted]"}"#),
            (
                r#"{"a":1,"Pass-Word" : "x\"y\\","b":2}"#,
                r#"{"a":1,"Pass-Word" : "[redacted]","b":2}"#,
            ),
            (r#"{"card":12.5e3}"#, r#"{"card":"[redacted]"}"#),
            (r#"{"card":true,"b":[]}"#, r#"{"card":"[redacted]","b":[]}"#),
            (
                r#"{"card":{"a":["}"],"b":{}},"c":1}"#,
                r#"{"card":"[redacted]","c":1}"#,
            ),
            ("{\"card\": [\n1, 2]}", "{\"card\": \"[redacted]\"}"),
            (
                r#"{"apiKey":"a","API-KEY":"b"}"#,
                r#"{"apiKey":"[redacted]","API-KEY":"[redacted]"}"#,
            ),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_other_members_and_empty_values() {
        for text in [
            r#"{"passwords":"x","card_number":1,"key":"x"}"#,
            r#"{"password":null,"card":"","api_key":"[Hidden]"}"#,
            r#"a password: x, a "password" and "card" too: no"#,
            r#""card":"#,
            r#"":"":"#,
            r#"{"a":"password","b":"x"}"#,
        ] {
            let redacted = redact(text);
            let harmless = text.replace("\"card\" too: no", "");
            if harmless == text {
                assert_eq!(redacted, text);
            }
        }
    }

    #[test]
    fn hides_values_in_json_within_json() {
        let mut text = r#"{"user":"ada","password":"x","card":[1,"2"],"end":"\\"}"#.to_owned();
        let mut hidden =
            r#"{"user":"ada","password":"[redacted]","card":"[redacted]","end":"\\"}"#.to_owned();
        for level in 0..5 {
            assert_eq!(redact(&text), hidden, "{level}");
            text = format!("{{\"body\":{}}}", serde_json::Value::from(text));
            hidden = format!("{{\"body\":{}}}", serde_json::Value::from(hidden));
        }
        let pretty = "{\n  \"card\":\n    12\n}";
        let outer = serde_json::Value::from(pretty).to_string();
        assert_eq!(redact(&outer), r#""{\n  \"card\":\n    \"[redacted]\"\n}""#);
    }

    #[test]
    fn hides_values_that_were_cut() {
        for (text, expected) in [
            (r#"{"password":"sec..."#, r#"{"password":"[redacted]..."#),
            (r#"{"password":"sec"#, r#"{"password":"[redacted]"#),
            (r#"{"card":{"a":"b","c"..."#, r#"{"card":"[redacted]"..."#),
            (r#"{"card":123..."#, r#"{"card":"[redacted]"..."#),
            (
                r#"{"body":"{\"password\":\"sec","next":"x"}"#,
                r#"{"body":"{\"password\":\"[redacted]","next":"x"}"#,
            ),
            (
                r#"{"body":"{\"card\":{\"a\":\"b","next":"x"}"#,
                r#"{"body":"{\"card\":\"[redacted]\"","next":"x"}"#,
            ),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }
}
