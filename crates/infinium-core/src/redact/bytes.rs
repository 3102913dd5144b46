//! Classes of bytes, and what surrounds a position: escapes, quotes and boundaries of words.
//!
//! Texts may be JSON, JSON within JSON, or no JSON at all. A quote that is escaped `k` times has `2^k - 1` backslashes
//! before it, so the backslashes tell the level of a quote, without decoding anything.

/// Letters, digits and `_`.
pub(super) const WORD: u16 = 1;
/// What keys and tokens consist of: a word, `-` and `.`.
pub(super) const TOKEN: u16 = 2;
pub(super) const DIGIT: u16 = 4;
pub(super) const HEX: u16 = 8;
/// What formatted numbers consist of: digits, and the characters between their groups.
pub(super) const NUMERIC: u16 = 16;
/// What the names of parameters consist of.
pub(super) const NAME: u16 = 32;
pub(super) const SPACE: u16 = 64;
pub(super) const ALPHA: u16 = 128;
/// The quotes of JSON, of JavaScript, and of its templates.
pub(super) const QUOTE: u16 = 256;

const CLASSES: [u16; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "less than 256")]
        let byte = at as u8;
        classes[at] = match byte {
            b'0'..=b'9' => WORD | TOKEN | DIGIT | HEX | NUMERIC | NAME,
            b'a'..=b'f' | b'A'..=b'F' => WORD | TOKEN | HEX | NAME | ALPHA,
            b'g'..=b'z' | b'G'..=b'Z' => WORD | TOKEN | NAME | ALPHA,
            b'_' => WORD | TOKEN | NAME,
            b'-' | b'.' => TOKEN | NUMERIC | NAME,
            b' ' => NUMERIC | SPACE,
            b'(' | b')' | b'/' | b'+' => NUMERIC,
            b'\n' | b'\r' | b'\t' => SPACE,
            b'"' | b'\'' | b'`' => QUOTE,
            _ => 0,
        };
        at += 1;
    }
    classes
};

/// The deepest level of JSON within JSON that is looked into.
const MAX_LEVEL: u32 = 6;

/// Whether a byte is of one of these classes.
#[inline]
pub(super) fn is(byte: u8, classes: u16) -> bool {
    CLASSES[byte as usize] & classes != 0
}

/// Whether the byte at a position is of one of these classes. False outside of the text.
#[inline]
pub(super) fn is_at(bytes: &[u8], at: usize, classes: u16) -> bool {
    bytes.get(at).is_some_and(|&byte| is(byte, classes))
}

/// Whether the byte before a position is of one of these classes. False at the beginning.
#[inline]
pub(super) fn is_before(bytes: &[u8], at: usize, classes: u16) -> bool {
    at > 0 && is(bytes[at - 1], classes)
}

/// The byte before a position.
pub(super) fn before(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at.checked_sub(1)?).copied()
}

/// The end of the run of bytes of these classes that begins at a position.
pub(super) fn run_end(bytes: &[u8], at: usize, classes: u16) -> usize {
    let run = bytes[at..].iter().take_while(|&&byte| is(byte, classes));
    at + run.count()
}

/// The start of the run of bytes of these classes that ends at a position, not before `floor`.
pub(super) fn run_start(bytes: &[u8], at: usize, floor: usize, classes: u16) -> usize {
    let run = bytes[floor.min(at)..at].iter().rev();
    at - run.take_while(|&&byte| is(byte, classes)).count()
}

/// Whether the text goes on with these bytes, in any case of letters.
pub(super) fn continues_with(bytes: &[u8], at: usize, word: &[u8]) -> bool {
    let here = bytes.get(at..at + word.len());
    here.is_some_and(|here| here.eq_ignore_ascii_case(word))
}

/// Where a run that starts at `start` begins without what belongs to an escape: `\n`, `\u00e9`, or `%3D` of a URL.
pub(super) fn after_escape(bytes: &[u8], start: usize, end: usize) -> usize {
    let length = match before(bytes, start) {
        Some(b'\\')
            if bytes[start..].starts_with(b"u") && run_end(bytes, start + 1, HEX) > start + 4 =>
        {
            5
        }
        Some(b'\\') if is_at(bytes, start, ALPHA) => 1,
        Some(b'%') if is_at(bytes, start, HEX) && is_at(bytes, start + 1, HEX) => 2,
        _ => 0,
    };
    (start + length).min(end)
}

/// Whether a word may begin at a position: what is before it is no part of a word, or belongs to an escape.
pub(super) fn starts_word(bytes: &[u8], at: usize) -> bool {
    if !is_before(bytes, at, WORD) {
        return true;
    }
    let escape = at >= 2 && bytes[at - 2] == b'\\' && b"nrtbf".contains(&bytes[at - 1]);
    let unicode = at >= 6 && bytes[at - 6] == b'\\' && bytes[at - 5] == b'u';
    escape || unicode
}

/// Whether a word may end at a position.
pub(super) fn ends_word(bytes: &[u8], at: usize) -> bool {
    !is_at(bytes, at, WORD)
}

/// Whether a value begins or ends at a position: there is a quote, an escape, or nothing more.
pub(super) fn is_edge(byte: Option<u8>) -> bool {
    matches!(byte, None | Some(b'"' | b'\'' | b'`' | b'\\'))
}

/// How many bytes a quote of this level has before itself, all of them backslashes.
pub(super) fn slashes(level: u32) -> usize {
    (1 << level) - 1
}

/// The level of the quote at a position: how often it is escaped. A value that ends in backslashes adds more of them
/// before its quote, but in pairs of the next level.
pub(super) fn quote_level(bytes: &[u8], quote: usize, floor: usize) -> u32 {
    let run = bytes[floor.min(quote)..quote].iter().rev();
    let count = run.take_while(|&&byte| byte == b'\\').count();
    count.trailing_ones().min(MAX_LEVEL)
}

/// Skips white space after a position, also if it is escaped as often as text at this level is.
pub(super) fn skip_space(bytes: &[u8], mut at: usize, level: u32) -> usize {
    loop {
        at = run_end(bytes, at, SPACE);
        let Some(escapes) = level.checked_sub(1).map(|outer| 1 << outer) else {
            return at;
        };
        let run = bytes[at..].iter().take_while(|&&byte| byte == b'\\');
        if run.count() != escapes || !matches!(bytes.get(at + escapes), Some(b'n' | b'r' | b't')) {
            return at;
        }
        at += escapes + 1;
    }
}

/// Skips white space before a position, also if it is escaped.
pub(super) fn skip_space_back(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = run_start(bytes, at, 0, SPACE);
        if at >= 2 && matches!(bytes[at - 1], b'n' | b'r' | b't') && bytes[at - 2] == b'\\' {
            let run = bytes[..at - 1].iter().rev();
            at -= 1 + run.take_while(|&&byte| byte == b'\\').count();
        } else {
            return at;
        }
    }
}

/// The end of the string of this level whose content begins at `from`: its closing quote, the one of a string around
/// it if it was cut, or the end of the text.
pub(super) fn string_end(bytes: &[u8], from: usize, level: u32) -> usize {
    let mut at = from;
    while let Some(found) = bytes[at..].iter().position(|&byte| byte == b'"') {
        let quote = at + found;
        let found = quote_level(bytes, quote, from);
        if found <= level {
            return quote - slashes(found);
        }
        at = quote + 1;
    }
    bytes.len()
}

/// The last boundary of a character at or before a position.
pub(super) fn char_boundary(text: &str, at: usize) -> usize {
    let boundaries = (0..=at).rev();
    boundaries
        .take(4)
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_level_of_a_quote_by_its_backslashes() {
        let mut text = "a\\".to_owned();
        for level in 0..4 {
            text = serde_json::to_string(&text).unwrap();
            let quote = text.len() - 1;
            assert_eq!(quote_level(text.as_bytes(), quote, 0), 0, "{text}");
            let inner = text[..quote].rfind('"').unwrap();
            if level > 0 {
                assert_eq!(
                    quote_level(text.as_bytes(), inner, 0),
                    level.min(1),
                    "{text}"
                );
            }
        }
        let nested = r#""{\"a\":\"x\\\\\",\"b\":\"{\\\"c\\\":1}\"}""#;
        let levels: Vec<_> = nested
            .match_indices('"')
            .map(|(at, _)| quote_level(nested.as_bytes(), at, 0))
            .collect();
        assert_eq!(levels, [0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 1, 0]);
    }

    #[test]
    fn ends_a_string_at_its_own_quote_or_at_that_of_the_string_around_it() {
        let text = r#"a\"b\\","c""#;
        assert_eq!(string_end(text.as_bytes(), 0, 0), 6);
        let nested = r#"x\\\"y\\\\\",\"z"#;
        assert_eq!(
            &nested[..string_end(nested.as_bytes(), 0, 1)],
            r#"x\\\"y\\\\"#
        );
        let cut = r#"x\\\"y","z""#;
        assert_eq!(&cut[..string_end(cut.as_bytes(), 0, 1)], r#"x\\\"y"#);
        assert_eq!(string_end(b"no end", 0, 0), 6);
    }

    #[test]
    fn begins_words_after_escapes() {
        for (text, begins) in [
            (r"\nword", true),
            (r"\u00e9word", true),
            ("xword", false),
            (" word", true),
            ("word", true),
            ("\u{e9}word", true),
        ] {
            let at = text.len() - 4;
            assert_eq!(starts_word(text.as_bytes(), at), begins, "{text}");
        }
    }
}
