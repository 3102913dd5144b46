//! International bank account numbers.

use std::ops::Range;

use super::{
    bytes::{ALPHA, DIGIT, WORD, ends_word, is, is_at, starts_word},
    scan::Scan,
};

/// In bytes, with a space after every fourth.
const MAX_LENGTH: usize = 42;

/// Countries and the lengths of their numbers.
const LENGTHS: &[u8] = b"AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29\
    ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21\
    LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27\
    SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

impl Scan<'_> {
    /// The number that begins before a run of digits, and whose first groups are letters: `GB82 WEST 1234…`.
    pub(super) fn iban_before(&self, run: usize, floor: usize) -> Option<Range<usize>> {
        let from = floor.max(run.saturating_sub(MAX_LENGTH));
        let fits = |byte: &&u8| byte.is_ascii_uppercase() || is(**byte, DIGIT) || **byte == b' ';
        let length = self.bytes[from..run].iter().rev().take_while(fits).count();
        (run - length..run).find_map(|start| self.iban(start))
    }

    /// The number that begins at a position.
    pub(super) fn iban(&self, start: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let &[first, second, third, fourth] = bytes.get(start..)?.first_chunk()?;
        let is_start =
            is(first, ALPHA) && is(second, ALPHA) && is(third, DIGIT) && is(fourth, DIGIT);
        if !is_start || first.is_ascii_lowercase() != second.is_ascii_lowercase() {
            return None;
        }
        let is_upper = first.is_ascii_uppercase();
        let country = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
        let (lengths, _) = LENGTHS.as_chunks::<4>();
        let &[_, _, tens, ones] = lengths.iter().find(|entry| entry.starts_with(&country))?;
        let wanted = usize::from(tens - b'0') * 10 + usize::from(ones - b'0');
        if !starts_word(bytes, start) {
            return None;
        }
        let (mut at, mut count, mut rest, mut tail) = (start, 0, 0, [0; 4]);
        while count < wanted {
            let byte = *bytes.get(at)?;
            // Groups of four, separated by one space each.
            if byte == b' ' && count > 0 && bytes[at - 1] != b' ' {
                at += 1;
                continue;
            }
            let is_number = is(byte, DIGIT) || (is_upper && byte.is_ascii_uppercase());
            if !is_number && count >= 2 {
                return None;
            }
            // The country and the checksum count as the last four.
            match tail.get_mut(count) {
                Some(place) => *place = byte,
                None => rest = remainder(rest, byte),
            }
            count += 1;
            at += 1;
        }
        let sum = tail.iter().fold(rest, |rest, &byte| remainder(rest, byte));
        (sum == 1 && ends_word(bytes, at) && !self.is_longer(at)).then_some(start..at)
    }

    /// Whether more of a serial number follows.
    fn is_longer(&self, at: usize) -> bool {
        self.bytes.get(at) == Some(&b'-') && is_at(self.bytes, at + 1, WORD)
    }
}

fn remainder(rest: u32, byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte.to_ascii_uppercase() - b'A') + 10) % 97,
    }
}

#[cfg(test)]
mod tests {
    use super::LENGTHS;
    use crate::redact::{Kinds, Redactor};

    fn redact(text: &str) -> String {
        Redactor::new(Kinds::IBAN, &[""; 0], "***")
            .redact(text)
            .into_owned()
    }

    #[test]
    fn finds_numbers_by_country_and_checksum() {
        for iban in [
            "DE89370400440532013000",
            "DE89 3704 0044 0532 0130 00",
            "de89370400440532013000",
            "GB82 WEST 1234 5698 7654 32",
            "GB82WEST12345698765432",
            "FR1420041010050500013M02606",
            "FR14 2004 1010 0505 0001 3M02 606",
            "NL91ABNA0417164300",
            "NO93 8601 1117 947",
            "MT84MALT011000012345MTLCAST001S",
            "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
            "BE68539007547034",
            "CH93 0076 2011 6238 5295 7",
            "SC18 SSCB 1101 0000 0000 0000 1497 USD",
        ] {
            for (before, after) in [
                ("", ""),
                ("IBAN: ", "."),
                ("TO ACCOUNT ", " by"),
                (r"\n", r"\n"),
                ("(", ")"),
                ("\"", "\""),
            ] {
                let text = format!("{before}{iban}{after}");
                assert_eq!(redact(&text), format!("{before}***{after}"));
            }
        }
        assert!(LENGTHS.as_chunks::<4>().0.is_sorted());
    }

    #[test]
    fn leaves_what_has_no_valid_checksum() {
        for text in [
            "DE89370400440532013001 DE8937040044053201300 XX89370400440532013000",
            "GB82 WEST 1234 5698 7654 33 aDE89370400440532013000 DE89370400440532013000X",
            "DE 89 3704 0044 De89370400440532013000 AT12 34",
            "be71096123456769 deadbeef12345678 IN 2024 2025 2026 IS12 ITEMS 1234567890",
        ] {
            let expected = text.replace("be71096123456769", "***");
            assert_eq!(redact(text), expected);
        }
    }
}
