//! Long runs of letters and digits, which keys and tokens are.

use super::{
    api_key::api_key_end,
    bytes::{TOKEN, after_escape, is, is_at, is_before, run_end},
    jwt::jwt_end,
    kinds::Kinds,
    scan::{Found, Scan},
};

/// In bytes. No key is shorter.
const MIN_RUN: usize = 13;

impl Scan<'_> {
    /// The first key or token at or after a position.
    ///
    /// Words are shorter than keys. If the byte where the shortest key would end is no part of one, none of the bytes
    /// before it begins one, so most bytes of a text are not read at all.
    pub(super) fn token(&self, floor: usize) -> Option<Found> {
        let bytes = self.bytes;
        let mut from = floor;
        if is_before(bytes, from, TOKEN) {
            from = run_end(bytes, from, TOKEN);
        }
        let mut last = from + MIN_RUN - 1;
        while last < bytes.len() {
            if !is(bytes[last], TOKEN) {
                from = last + 1;
                last += MIN_RUN;
                continue;
            }
            let mut start = last;
            while start > from && is(bytes[start - 1], TOKEN) {
                start -= 1;
            }
            let mut end = last + 1;
            while end - start < MIN_RUN && is_at(bytes, end, TOKEN) {
                end += 1;
            }
            if end - start == MIN_RUN {
                end = run_end(bytes, end, TOKEN);
                if let Some(found) = self.token_in(start, end) {
                    return Some(found);
                }
            }
            from = end;
            last = end + MIN_RUN;
        }
        None
    }

    fn token_in(&self, start: usize, end: usize) -> Option<Found> {
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
        Some(Found::within(start..end))
    }
}
