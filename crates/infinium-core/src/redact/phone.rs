//! Phone numbers: international ones, usual national ones, and any that are called so.

use std::ops::Range;

use super::{
    bytes::{DIGIT, NUMERIC, WORD, before, ends_word, is_at, is_before, run_start, starts_word},
    names::normalize,
    scan::Scan,
};

const MAX_DIGITS: usize = 15;

/// Names of phone numbers, and words before them, end so.
const WORDS: [&str; 13] = [
    "phone",
    "phonenumber",
    "telephone",
    "telefon",
    "tel",
    "mobile",
    "mobil",
    "cell",
    "fax",
    "handy",
    "whatsapp",
    "msisdn",
    "sms",
];

/// Digits in groups, as they are written.
struct Groups {
    /// The number of digits in each group.
    sizes: [usize; MAX_DIGITS],
    count: usize,
    digits: usize,
    /// Whether all groups have the same separator.
    is_regular: bool,
    separator: u8,
    end: usize,
}

impl Scan<'_> {
    /// The phone number that begins at a position, with its `+` or parenthesis.
    pub(super) fn phone(&self, start: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let previous = before(bytes, start);
        let is_part = matches!(previous, Some(b'+' | b'.' | b'@'))
            || (matches!(previous, Some(b'-' | b'/')) && is_before(bytes, start - 1, WORD))
            || !starts_word(bytes, start);
        if is_part {
            return None;
        }
        let groups = read_groups(bytes, start)?;
        let ends = ends_word(bytes, groups.end)
            && !(matches!(bytes.get(groups.end), Some(b'-' | b'.' | b'/'))
                && is_at(bytes, groups.end + 1, WORD));
        let is_phone = ends
            && match bytes[start] {
                b'+' => is_international(bytes, start, &groups),
                _ if is_american(bytes, start, &groups) => {
                    groups.separator != b' ' || self.is_named(start)
                }
                _ if is_national(bytes, start, &groups) => true,
                _ => {
                    (7..=MAX_DIGITS).contains(&groups.digits)
                        && !(groups.count == 1 && previous == Some(b'-'))
                        && !is_date(&groups)
                        && self.is_named(start)
                }
            };
        is_phone.then_some(start..groups.end)
    }

    /// Whether the words or the name before a position say that a phone number follows.
    fn is_named(&self, start: usize) -> bool {
        let (word, before) = self.word_before(start, 6);
        let is_number = ["number", "no", "nr"]
            .iter()
            .any(|text| word.eq_ignore_ascii_case(text));
        let word = if is_number {
            self.word_before(before, 1).0
        } else {
            word
        };
        let word = normalize(word);
        WORDS
            .iter()
            .any(|name| word.ends_with(name) && (name.len() >= 5 || word.len() == name.len()))
    }

    /// The word before a position and what separates them, and where it begins. A text by itself is named by its
    /// member.
    fn word_before(&self, at: usize, max_gap: usize) -> (&str, usize) {
        let bytes = self.bytes;
        let gap = bytes[at.saturating_sub(max_gap)..at].iter().rev();
        let end = at
            - gap
                .take_while(|&&byte| b" :=\"'\\.#+(".contains(&byte))
                .count();
        if end == 0 {
            return (self.label, 0);
        }
        let start = run_start(bytes, end, end.saturating_sub(32), WORD);
        (&self.text[start..end], start)
    }
}

/// Reads digits and their separators: one character each, except around parentheses.
fn read_groups(bytes: &[u8], start: usize) -> Option<Groups> {
    let mut groups = Groups {
        sizes: [0; MAX_DIGITS],
        count: 0,
        digits: 0,
        is_regular: true,
        separator: 0,
        end: start,
    };
    let mut at = start + usize::from(bytes[start] == b'+');
    loop {
        let gap = at;
        while is_at(bytes, at, NUMERIC) && !is_at(bytes, at, DIGIT) && at - gap < 3 {
            at += 1;
        }
        if !is_at(bytes, at, DIGIT) || !is_gap(&bytes[gap..at], groups.count == 0) {
            break;
        }
        if groups.count > 0 {
            let separator = bytes[gap];
            groups.is_regular &=
                at - gap == 1 && (groups.count == 1 || separator == groups.separator);
            groups.separator = separator;
        }
        let group = at;
        while is_at(bytes, at, DIGIT) {
            at += 1;
        }
        if groups.digits + at - group > MAX_DIGITS {
            return None;
        }
        groups.sizes[groups.count] = at - group;
        groups.digits += at - group;
        groups.count += 1;
        groups.end = at;
    }
    (groups.digits >= 7).then_some(groups)
}

fn is_gap(gap: &[u8], is_first: bool) -> bool {
    match gap {
        [] => is_first,
        b"(" => true,
        [b' ' | b'-' | b'.' | b'/' | b')'] => !is_first,
        [b' ' | b')', b'(' | b' ' | b'-'] => !is_first && gap != b"  ",
        b") (" | b" (0" => !is_first,
        _ => false,
    }
}

fn is_international(bytes: &[u8], start: usize, groups: &Groups) -> bool {
    let wanted = match bytes.get(start + 1) {
        Some(b'1' | b'7') => 11..=11,
        Some(b'2'..=b'9') => 9..=MAX_DIGITS,
        _ => return false,
    };
    // `+49 (0)30 1234567`: the digit in parentheses is not dialed from abroad.
    wanted.contains(&groups.digits)
}

/// `(202) 555-0143`, `202-555-0143`, `1-202-555-0143`.
fn is_american(bytes: &[u8], start: usize, groups: &Groups) -> bool {
    let digits: Vec<u8> = bytes[start..groups.end]
        .iter()
        .copied()
        .filter(u8::is_ascii_digit)
        .collect();
    let (sizes, digits) = match &groups.sizes[..groups.count] {
        [1, rest @ ..] if digits[0] == b'1' => (rest, &digits[1..]),
        sizes => (sizes, &digits[..]),
    };
    let has_area = sizes == [3, 3, 4] && digits[0] >= b'2' && digits[3] >= b'2';
    has_area
        && (groups.is_regular || bytes[start..groups.end].contains(&b')'))
        && groups.separator != b'/'
}

/// `030 1234567`, `0151-23456789`, `020 7946 0958`, `06 12 34 56 78`, `0049 30 1234567`.
fn is_national(bytes: &[u8], start: usize, groups: &Groups) -> bool {
    let sizes = &groups.sizes[..groups.count];
    let second = bytes.get(start + 1);
    let starts = bytes[start] == b'0' && is_at(bytes, start + 1, DIGIT);
    let abroad = second == Some(&b'0') && is_at(bytes, start + 2, DIGIT) && groups.digits >= 11;
    let is_plausible = match sizes {
        [2, 2, 2, 2, 2] => true,
        [first, rest @ ..] => {
            (2..=5).contains(first)
                && (1..=3).contains(&rest.len())
                && rest.iter().all(|&size| size >= 2)
                && rest.iter().any(|&size| size >= 3)
        }
        [] => false,
    };
    starts
        && groups.is_regular
        && (second != Some(&b'0') || abroad)
        && (10..=MAX_DIGITS - 1).contains(&groups.digits)
        && is_plausible
}

/// A date, perhaps with more numbers after it.
fn is_date(groups: &Groups) -> bool {
    let sizes = &groups.sizes[..groups.count];
    sizes.starts_with(&[4, 2, 2]) || sizes.starts_with(&[2, 2, 4]) || sizes.starts_with(&[1, 2, 4])
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::PHONE, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    #[test]
    fn finds_numbers_in_the_usual_forms() {
        for phone in [
            "+4915112345678",
            "+49 151 12345678",
            "+49 (0)30 1234567",
            "+49-30-1234-567",
            "+1 (202) 555-0143",
            "+1-202-555-0143",
            "+12025550143",
            "+33 6 12 34 56 78",
            "+47 12 34 56 78",
            "+44 20 7946 0958",
            "+86 138 0013 8000",
            "(202) 555-0143",
            "(202)555-0143",
            "202-555-0143",
            "202.555.0143",
            "1-202-555-0143",
            "030 12345678",
            "0151-23456789",
            "0151/23456789",
            "020 7946 0958",
            "06 12 34 56 78",
            "06.12.34.56.78",
            "03-1234-5678",
            "0049 30 12345678",
        ] {
            for (before, after) in [
                ("", ""),
                ("call ", "."),
                ("x: ", ", y"),
                (r"\n", r"\n"),
                ("\"", "\""),
                ("tel:", " "),
            ] {
                let text = format!("{before}{phone}{after}");
                assert_eq!(redact(&text), format!("{before}***{after}"));
            }
        }
    }

    #[test]
    fn finds_any_number_that_is_called_a_phone_number() {
        for (text, expected) in [
            ("Tel. 202 555 0143", "Tel. ***"),
            ("Phone number: 2025550143", "Phone number: ***"),
            ("phone_number=2025550143", "phone_number=***"),
            (
                r#"{"customerPhone":"2025550143","fax": "0301234567"}"#,
                r#"{"customerPhone":"***","fax": "***"}"#,
            ),
            (r#"{"phone":2025550143,"n":1}"#, r#"{"phone":"***","n":1}"#),
            ("tel:12345678", "tel:***"),
        ] {
            assert_eq!(redact(text), expected);
            assert_eq!(redact(expected), expected);
        }
    }

    #[test]
    fn leaves_other_numbers() {
        for text in [
            "2026-11-23 09:30:00 23.11.2026 11/23/2026 01.02.2026 2026-11-23T09:30:00+01:00 +0200",
            "1320 245 1565 1,234,567.89 $1234567.00 +12.5 % 10-20 (2024) 2024-2025 3.14159265",
            "3f2b8c1e-6a4d-4f0b-9c7e-2d1a5b6c7d8e 12345678-1234-1234-1234-123456789012 1.2.3 10.0.0.1",
            "978-3-16-148410-0 123-4567890-1234567 4111 1111 1111 1111 123-45-6789 52.5200 13.4050",
            "x+4915112345678 1732354200000 00123456789 0123456789 202-555-014 102-555-0143 +0123456789",
            "12345678 202 555 0143 555-0143 a202-555-0143 202-555-0143-1 phone: 2026-11-23 hotel 12345678",
            "+1234567 +10 12345678 1.202.555.0143.5 [1, 2, 3] 01 02 03 04",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
