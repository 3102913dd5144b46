//! Finds the few bytes at which secrets can be recognized.

/// How many bytes are compared at once.
const BLOCK: usize = 32;

/// At most this many different bytes are searched for.
pub(super) const MAX_NEEDLES: usize = 6;

/// The positions of some bytes in a text, in order.
///
/// It compares whole blocks, in a loop that compilers turn into vector instructions: most blocks of ordinary text are
/// left behind at once.
pub(super) struct Anchors<'a> {
    bytes: &'a [u8],
    needles: [u8; MAX_NEEDLES],
    /// Where the current block begins.
    base: usize,
    /// One bit for each byte of the block that was found, at the lowest place of its byte.
    found: [u64; BLOCK / 8],
    word: usize,
}

impl<'a> Anchors<'a> {
    /// `needles` must not contain 0, which fills the last block.
    pub(super) fn new(bytes: &'a [u8], from: usize, needles: [u8; MAX_NEEDLES]) -> Self {
        let mut anchors = Self {
            bytes,
            needles,
            base: from,
            found: [0; BLOCK / 8],
            word: 0,
        };
        anchors.load();
        anchors
    }

    fn load(&mut self) {
        let rest = self.bytes.get(self.base..).unwrap_or_default();
        let mut last = [0; BLOCK];
        let block = rest.first_chunk().unwrap_or_else(|| {
            last[..rest.len()].copy_from_slice(rest);
            &last
        });
        let [a, b, c, d, e, f] = self.needles;
        let mut found = [0_u8; BLOCK];
        for (found, &byte) in found.iter_mut().zip(block) {
            *found = u8::from(byte == a)
                | u8::from(byte == b)
                | u8::from(byte == c)
                | u8::from(byte == d)
                | u8::from(byte == e)
                | u8::from(byte == f);
        }
        for (word, bytes) in self.found.iter_mut().zip(found.as_chunks().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        self.word = 0;
    }
}

impl Iterator for Anchors<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            while let Some(word) = self.found.get_mut(self.word) {
                if *word != 0 {
                    let at = self.base + self.word * 8 + word.trailing_zeros() as usize / 8;
                    *word &= *word - 1;
                    return Some(at);
                }
                self.word += 1;
            }
            self.base += BLOCK;
            if self.base >= self.bytes.len() {
                return None;
            }
            self.load();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_needle_at_any_offset_and_nothing_else() {
        let needles = *b":=@bB@";
        let text: Vec<u8> = (1..=255).cycle().take(2_000).collect();
        for from in [0, 1, 31, 32, 33, 500, 1_990, 1_999, 2_000] {
            let expected: Vec<_> = (from..text.len())
                .filter(|&at| needles.contains(&text[at]))
                .collect();
            let found: Vec<_> = Anchors::new(&text, from, needles).collect();
            assert_eq!(found, expected, "{from}");
        }
        assert_eq!(Anchors::new(b"", 0, needles).count(), 0);
    }
}
