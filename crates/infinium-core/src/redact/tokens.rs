//! Long runs of letters and digits, which keys and tokens are.

use std::ops::Range;

use super::{
    api_key::{api_key_end, may_begin_key},
    bytes::{TOKEN, after_escape, before, is_before, run_end},
    jwt::jwt_end,
    kinds::Kinds,
    scan::Scan,
};

/// In bytes. No key is shorter.
const MIN_RUN: usize = 13;

impl Scan<'_> {
    /// The key or token in the run of letters and digits whose thirteenth byte is at this position.
    pub(super) fn token(&self, at: usize, floor: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let run = at + 1 - MIN_RUN;
        let is_odd =
            b".-_".contains(&bytes[run]) || matches!(before(bytes, run), Some(b'\\' | b'%'));
        let start = if is_odd {
            let run = after_escape(bytes, run, at);
            let skipped = bytes[run..].iter();
            run + skipped.take_while(|byte| b".-_".contains(byte)).count()
        } else {
            run
        };
        // What is left of a run whose beginning was replaced is no token.
        let is_rest = || run == floor && is_before(bytes, run, TOKEN);
        if !may_begin_key(&bytes[start..]) || is_rest() {
            return None;
        }
        let end = run_end(bytes, at, TOKEN);
        let token_end = if start < end {
            self.token_end(start, end)
        } else {
            None
        };
        token_end
            .filter(|_| is_mixed(&bytes[run..], end - run))
            .map(|end| start..end)
    }

    fn token_end(&self, start: usize, end: usize) -> Option<usize> {
        let jwt = || jwt_end(self.bytes, start);
        let jwt = if self.has(Kinds::JWT) { jwt() } else { None };
        jwt.or_else(|| {
            let key = || api_key_end(self.bytes, start, end);
            if self.has(Kinds::API_KEY) {
                key()
            } else {
                None
            }
        })
    }
}

/// Whether a run of this length has a `-`, a `_`, or a letter and a digit side by side. What follows it counts, too.
fn is_mixed(text: &[u8], length: usize) -> bool {
    // Letters have this bit, digits do not. A few other bytes that have it do no harm.
    let is_letter = |byte: u8| byte & 0x40 != 0;
    text.iter()
        .take(length + 1)
        .enumerate()
        .any(|(index, &byte)| {
            let next = text.get(index + 1).copied().unwrap_or_default();
            matches!(byte, b'-' | b'_')
                || (byte.is_ascii_digit() && is_letter(next))
                || (next.is_ascii_digit() && is_letter(byte))
        })
}

#[cfg(test)]
mod tests {
    use crate::redact::{Kinds, Redactor};

    #[test]
    fn finds_keys_at_any_offset() {
        let redactor = Redactor::new(Kinds::API_KEY, &[""; 0], "***");
        for key in [
            "sk-abc123def456",
            "sk-abc123def4567",
            "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        ] {
            for before in 0..40 {
                for word in ["a b ", "word ", "a,bcdefghijklm ", "(", "été "] {
                    let before: String = word.chars().cycle().take(before).chain([' ']).collect();
                    for after in ["", " ", " more", " and more words"] {
                        let text = format!("{before}{key}{after}");
                        assert_eq!(redactor.redact(&text), format!("{before}***{after}"));
                    }
                }
            }
        }
    }
}
