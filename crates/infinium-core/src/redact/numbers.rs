//! Runs of digits and what separates their groups: card and phone numbers, bank accounts, addresses.

use std::ops::Range;

use super::{
    bytes::{
        DIGIT, NUMERIC, SPACE, is, is_at, is_before, quote_level, run_start, skip_space,
        skip_space_back,
    },
    kinds::Kinds,
    scan::{Found, Scan},
};

impl Scan<'_> {
    /// The first number of the chosen kinds in the run of digits and separators at this position.
    pub(super) fn number(&self, at: usize, floor: usize) -> Option<Found> {
        let bytes = self.bytes;
        let start = run_start(bytes, at, floor, NUMERIC);
        if self.has(Kinds::IBAN)
            && let Some(range) = self.iban_before(start, floor)
        {
            return Some(Found::within(range));
        }
        let begins = |at: usize, byte: u8| match byte {
            b'+' | b'(' => true,
            _ => is(byte, DIGIT) && (at == floor || !is_before(bytes, at, DIGIT)),
        };
        let run = bytes.iter().enumerate().skip(start);
        let range = run
            .take_while(|&(_, &byte)| is(byte, NUMERIC))
            .filter(|&(at, &byte)| begins(at, byte))
            .find_map(|(at, _)| self.number_at(at, floor))?;
        let quotes = self.quotes_of_number(range.start, range.end);
        Some(Found { range, quotes })
    }

    /// The number that begins at a position, or with two letters before it.
    fn number_at(&self, at: usize, floor: usize) -> Option<Range<usize>> {
        let iban = || self.iban(at.checked_sub(2).filter(|start| *start >= floor)?);
        None.or_else(|| if self.has(Kinds::IBAN) { iban() } else { None })
            .or_else(|| {
                if self.has(Kinds::CREDIT_CARD) {
                    self.card(at)
                } else {
                    None
                }
            })
            .or_else(|| {
                if self.has(Kinds::IP) {
                    self.ipv4(at)
                } else {
                    None
                }
            })
            .or_else(|| {
                if self.has(Kinds::PHONE) {
                    self.phone(at)
                } else {
                    None
                }
            })
    }

    /// The level of the quotes that a text needs in the place of a number of JSON.
    fn quotes_of_number(&self, start: usize, end: usize) -> Option<u32> {
        let bytes = self.bytes;
        if !bytes[start..end].iter().all(|&byte| is(byte, DIGIT)) {
            return None;
        }
        let next = skip_space(bytes, end, self.level);
        let is_last = matches!(bytes.get(next), None | Some(b',' | b']' | b'}'));
        if !is_last && !bytes[next..].starts_with(b"...") {
            // The white space may be escaped more often than is known.
            let escaped = bytes[next] == b'\\' && is_at(bytes, end, SPACE);
            if bytes[next] != b'\\' || escaped {
                return None;
            }
        }
        let previous = skip_space_back(bytes, start).checked_sub(1)?;
        match bytes[previous] {
            b':' => {
                let quote = skip_space_back(bytes, previous).checked_sub(1)?;
                let level = quote_level(bytes, quote, 0);
                let ends_name = level > self.level
                    || (level == self.level && self.is_in_string(start) != Some(true));
                (bytes[quote] == b'"' && ends_name).then_some(level)
            }
            b',' | b'[' if is_last && self.is_in_string(start) == Some(false) => Some(self.level),
            _ => None,
        }
    }

    /// Whether a position is inside a string of JSON. `None` if the text is no JSON. Positions must not decrease.
    fn is_in_string(&self, at: usize) -> Option<bool> {
        let (from, mut inside) = self.in_string.get();
        let first = skip_space(self.bytes, 0, self.level);
        if !matches!(self.bytes.get(first), Some(b'{' | b'[' | b'"')) {
            return None;
        }
        let quotes = (from..at).filter(|&quote| self.bytes[quote] == b'"');
        for quote in quotes {
            inside ^= quote_level(self.bytes, quote, 0) == self.level;
        }
        self.in_string.set((at.max(from), inside));
        Some(inside)
    }
}
