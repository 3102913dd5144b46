//! Numbers of payment cards.

use std::ops::Range;

use super::{
    bytes::{DIGIT, WORD, before, ends_word, is_at, is_before, run_end, starts_word},
    scan::Scan,
};

const MAX_DIGITS: usize = 19;

/// How the digits of cards are grouped.
const GROUPS: [&[usize]; 6] = [
    &[4, 4, 4, 4, 3],
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 6, 4],
    &[4, 4, 4, 1],
    &[6, 10],
];

impl Scan<'_> {
    /// The number of a card that begins at a position.
    pub(super) fn card(&self, start: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let previous = before(bytes, start);
        let is_part = previous == Some(b'.')
            || (previous == Some(b'-') && is_before(bytes, start - 1, WORD))
            || !starts_word(bytes, start);
        if is_part || !is_at(bytes, start, DIGIT) {
            return None;
        }
        let end = run_end(bytes, start, DIGIT);
        if end - start >= 13 {
            // A negative number is no card.
            return (previous != Some(b'-') && self.is_card(start, end, b'-'))
                .then_some(start..end);
        }
        let separator = *bytes.get(end)?;
        if separator != b' ' && separator != b'-' {
            return None;
        }
        let ends = GROUPS
            .iter()
            .filter_map(|groups| grouped_end(bytes, start, groups, separator));
        let mut ends = ends.filter(|&end| self.is_card(start, end, separator));
        ends.next().map(|end| start..end)
    }

    fn is_card(&self, start: usize, end: usize, separator: u8) -> bool {
        let bytes = self.bytes;
        let mut digits = [0; MAX_DIGITS];
        let mut count = 0;
        for byte in bytes[start..end]
            .iter()
            .filter(|byte| byte.is_ascii_digit())
        {
            let Some(digit) = digits.get_mut(count) else {
                return false;
            };
            *digit = byte - b'0';
            count += 1;
        }
        let digits = &digits[..count];
        let goes_on = match bytes.get(end) {
            Some(b'.') => is_at(bytes, end + 1, WORD),
            Some(b'-') => separator == b'-' && is_at(bytes, end + 1, WORD),
            _ => !ends_word(bytes, end),
        };
        !goes_on && has_issuer(digits) && luhn(digits) && !is_article(digits)
    }
}

/// The end of groups of these sizes, with this separator between them.
fn grouped_end(bytes: &[u8], start: usize, groups: &[usize], separator: u8) -> Option<usize> {
    let mut at = start;
    for (index, &size) in groups.iter().enumerate() {
        if index > 0 {
            if bytes.get(at) != Some(&separator) {
                return None;
            }
            at += 1;
        }
        let end = run_end(bytes, at, DIGIT);
        if end - at != size {
            return None;
        }
        at = end;
    }
    Some(at)
}

/// Whether an issuer has cards that begin so and have this length.
fn has_issuer(digits: &[u8]) -> bool {
    let number = |count| {
        digits
            .iter()
            .take(count)
            .fold(0, |all, &digit| all * 10 + u32::from(digit))
    };
    let (two, three, four, six) = (number(2), number(3), number(4), number(6));
    match digits.len() {
        13 => digits[0] == 4,
        14 => matches!(three, 300..=305) || matches!(two, 36 | 38 | 39),
        15 => matches!(two, 34 | 37),
        16..=19 => {
            let is_long = matches!(two, 62 | 81)
                || matches!(four, 3528..=3589 | 2200..=2204 | 6011)
                || matches!(two, 50 | 56..=61 | 63..=69)
                || (digits.len() == 19 && digits[0] == 4);
            is_long
                || (digits.len() == 16
                    && (digits[0] == 4
                        || matches!(two, 51..=55 | 65 | 82)
                        || matches!(four, 2221..=2720)
                        || matches!(six, 622_126..=622_925)))
        }
        _ => false,
    }
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, &digit)| match u32::from(digit) << (index % 2) {
            doubled @ 10.. => doubled - 9,
            plain => plain,
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|&digit| digit != digits[0])
}

/// Whether it is the number of an article, whose 13 digits have a checksum of their own.
fn is_article(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(index, &digit)| u32::from(digit) * if index % 2 == 0 { 1 } else { 3 })
        .sum();
    digits.len() == 13 && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::CREDIT_CARD, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    #[test]
    fn finds_cards_by_issuer_and_checksum() {
        for card in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "4222222222222",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "3782 822463 10005",
            "6011111111111117",
            "3056 930902 5904",
            "3530111333300000",
            "6200000000000005",
            "4000 0566 5566 5556",
            "2200 0000 0000 0004",
        ] {
            for (before, after) in [
                ("", ""),
                ("card ", "."),
                ("x: ", ", 12/27"),
                (r"\n", r"\n"),
                ("(", ")"),
                ("12 ", " 123"),
                ("#", "..."),
            ] {
                let text = format!("{before}{card}{after}");
                assert_eq!(redact(&text), format!("{before}***{after}"));
            }
        }
    }

    #[test]
    fn puts_quotes_where_a_number_was() {
        for (text, expected) in [
            (
                r#"{"card":4111111111111111,"b":1}"#,
                r#"{"card":"***","b":1}"#,
            ),
            (r#"{"card": 4111111111111111 }"#, r#"{"card": "***" }"#),
            ("[4111111111111111,5555555555554444]", "[\"***\",\"***\"]"),
            (
                r#"{"a":"[4111111111111111,1]","b":[1, 4111111111111111]}"#,
                r#"{"a":"[***,1]","b":[1, "***"]}"#,
            ),
            (
                r#"{"a":"{\"card\":4111111111111111}"}"#,
                r#"{"a":"{\"card\":\"***\"}"}"#,
            ),
            (r#"{"card":4111111111111111..."#, r#"{"card":"***"..."#),
            (
                "{\n  \"card\":\n    4111111111111111\n}",
                "{\n  \"card\":\n    \"***\"\n}",
            ),
            (
                "cards: 4111111111111111, 5555555555554444, x",
                "cards: ***, ***, x",
            ),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_other_numbers() {
        for text in [
            "4111111111111112 1234567890123456 9999999999999995 0000000000000000 4444444444444444",
            "1732354200000 1732354200000000 1732354200000000000 423456789012345678 1445078208190291973",
            "41111111111111111 x4111111111111111 4111111111111111x 4111111111111111.5 1.4111111111111111",
            "3f2b8c1e-6a4d-4111-9111-111111111111 4111-1111-1111-1111-1111 4111 1111 1111 111",
            "4006381333931 978-3-16-148410-0 ISBN 9783161484100 4,111,111,111,111,111",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
