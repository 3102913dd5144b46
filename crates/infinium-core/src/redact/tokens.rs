//! Long runs of letters and digits, which keys and tokens are.

use std::ops::Range;

use super::{
    api_key::api_key_end,
    bytes::{TOKEN, after_escape, is_before, run_end, run_start},
    jwt::jwt_end,
    kinds::Kinds,
    scan::Scan,
};

/// In bytes. No key is shorter.
const MIN_RUN: usize = 13;

impl Scan<'_> {
    /// The key or token around this position. If there is none, `resume` becomes the end of the run of letters and digits:
    /// no later position in it is looked at again.
    pub(super) fn token(
        &self,
        at: usize,
        floor: usize,
        resume: &mut usize,
    ) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let start = run_start(bytes, at, floor, TOKEN);
        let end = run_end(bytes, at, TOKEN);
        *resume = end;
        // What is left of a run whose beginning was replaced is no token.
        let is_rest = start == floor && is_before(bytes, start, TOKEN);
        if end - start < MIN_RUN || is_rest {
            None
        } else {
            self.token_in(start, end)
        }
    }

    fn token_in(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let bytes = self.bytes;
        let start = after_escape(bytes, start, end);
        let first = bytes[start..end]
            .iter()
            .position(|byte| !b".-_".contains(byte))?;
        let start = start + first;
        let jwt = if self.has(Kinds::JWT) {
            jwt_end(bytes, start)
        } else {
            None
        };
        let end = match jwt {
            Some(end) => end,
            None if self.has(Kinds::API_KEY) => api_key_end(bytes, start, end)?,
            None => return None,
        };
        Some(start..end)
    }
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
