//! Text of others, made safe to print.

use std::borrow::Cow;

/// Escapes what could forge a line of a log, move the cursor of a terminal, or reverse what is read: control characters,
/// line separators, and characters that change the direction of text.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unprintable(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_could_forge_a_line() {
        assert!(matches!(printable("Größe 漢字 😀"), Cow::Borrowed(_)));
        let forged = "a\nERROR b\u{1b}[2J\u{202e}c\u{2028}d";
        assert_eq!(printable(forged), r"a\nERROR b\u{1b}[2J\u{202e}c\u{2028}d");
    }
}
