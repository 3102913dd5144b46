//! Decodes JSON strings, and replaces lone surrogates.

use std::borrow::Cow;

/// Decodes a quoted string. A lone surrogate becomes U+FFFD.
pub(crate) fn chars(quoted: &str) -> impl Iterator<Item = char> + '_ {
    let inside = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or("");
    let mut rest = inside.chars();
    std::iter::from_fn(move || match rest.next()? {
        '\\' => Some(match rest.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let text = rest.as_str();
                let (decoded, length) = unit(text);
                rest = text[length..].chars();
                decoded
            }
            plain => plain,
        }),
        plain => Some(plain),
    })
}

/// Returns the text of a quoted string.
pub(crate) fn decode(quoted: &str) -> Cow<'_, str> {
    if quoted.contains('\\') {
        Cow::Owned(chars(quoted).collect())
    } else {
        Cow::Borrowed(&quoted[1..quoted.len() - 1])
    }
}

/// Decodes the four hex digits of an escape. Returns the character and the number of bytes consumed: four, or ten if
/// a second escape completes the surrogate pair.
fn unit(text: &str) -> (char, usize) {
    let digits = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
    let first = digits(text).unwrap_or(0xFFFD);
    if let Some(plain) = char::from_u32(first) {
        return (plain, 4);
    }
    let second = text
        .get(4..)
        .and_then(|rest| digits(rest.strip_prefix("\\u")?));
    match second {
        Some(low @ 0xDC00..=0xDFFF) if first < 0xDC00 => {
            let code = 0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00);
            (char::from_u32(code).unwrap_or('\u{FFFD}'), 10)
        }
        _ => ('\u{FFFD}', 4),
    }
}

/// Returns the length in bytes of the first `max` characters of a quoted string, with its opening quote. No escape is
/// cut.
pub(crate) fn prefix(quoted: &str, max: usize) -> usize {
    let mut rest = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or("");
    for _ in 0..max {
        let length = match rest.chars().next() {
            None => break,
            Some('\\') if rest[1..].starts_with('u') => 2 + unit(&rest[2..]).1,
            Some('\\') => 2,
            Some(c) => c.len_utf8(),
        };
        rest = rest.get(length..).unwrap_or("");
    }
    quoted.len() - 1 - rest.len()
}

/// Whether `json` may contain an escaped surrogate. Cheap; never a false negative.
pub(crate) fn has_surrogate(json: &str) -> bool {
    json.as_bytes()
        .windows(3)
        .any(|bytes| matches!(bytes, [b'\\', b'u', b'd' | b'D']))
}

/// Appends a piece of valid JSON, with U+FFFD for every lone surrogate.
pub fn push_repaired(out: &mut Vec<u8>, json: &str) {
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.extend_from_slice(before.as_bytes());
        let length = match escape.strip_prefix("\\u") {
            None => 2,
            Some(digits) => 2 + unit(digits).1,
        };
        let (escape, after) = escape.split_at(length);
        if length == 6 && unit(&escape[2..]).0 == '\u{FFFD}' {
            out.extend_from_slice("\u{FFFD}".as_bytes());
        } else {
            out.extend_from_slice(escape.as_bytes());
        }
        rest = after;
    }
    out.extend_from_slice(rest.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(json: &str) -> String {
        let mut out = Vec::new();
        push_repaired(&mut out, json);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn decodes_every_escape() {
        assert_eq!(
            decode(r#""a\n\t\r\b\f\"\\\/\u0041é\ud83d\ude00""#),
            "a\n\t\r\u{8}\u{c}\"\\/Aé😀"
        );
        assert_eq!(decode(r#""\ud83d""#), "\u{FFFD}");
        assert_eq!(decode(r#""\ude00\ud83d\u0041""#), "\u{FFFD}\u{FFFD}A");
        assert_eq!(decode(r#""""#), "");
    }

    #[test]
    fn cuts_between_characters() {
        let quoted = r#""a\n\u0041é\ud83d\ude00\ud83db""#;
        let cuts: Vec<_> = (0..9).map(|max| &quoted[..prefix(quoted, max)]).collect();
        let ends = [
            "\"",
            "a",
            "\\n",
            "\\u0041",
            "é",
            "\\ud83d\\ude00",
            "\\ud83d",
            "b",
            "",
        ];
        for (max, end) in ends.into_iter().enumerate() {
            assert_eq!(cuts[max], ends[..=max].concat(), "{end}");
        }
    }

    #[test]
    fn repairs_only_lone_surrogates() {
        assert_eq!(repaired(r#""\ud83d""#), "\"\u{FFFD}\"");
        assert_eq!(repaired(r#""\ud83d\ude00""#), r#""\ud83d\ude00""#);
        assert_eq!(
            repaired(r#""\\ud83d\uD83D!\udc00""#),
            "\"\\\\ud83d\u{FFFD}!\u{FFFD}\""
        );
        assert_eq!(
            repaired(r#""\ud83d\ud83d\ude00\n""#),
            "\"\u{FFFD}\\ud83d\\ude00\\n\""
        );
    }
}
