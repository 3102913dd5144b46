//! The bytes of a text at which something may be recognized, block by block, one bit for each byte.
//!
//! Processors compare a whole block at once; which instructions this one has is found out while the program runs.

/// In bytes.
pub(super) const BLOCK: usize = 64;

/// What is searched for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) signs: bool,
    pub(super) tokens: bool,
    pub(super) numbers: bool,
    /// Whether a byte from `:` to `@` that follows a quote without a backslash is wanted, too.
    pub(super) after_quotes: bool,
    pub(super) initial: Initial,
}

/// A letter with which words begin that are searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Initial {
    /// `B`.
    Capital,
    /// `B` and `b`.
    AnyCase,
}

/// The anchors in a block. The lowest bit is that of the first byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Anchors {
    /// Bytes from `:` to `@`, and wanted initials.
    pub(super) signs: u64,
    /// The thirteenth byte of each run of letters, digits, `_`, `-` and `.`. Keys and tokens are no shorter.
    pub(super) tokens: u64,
    /// The seventh byte of each run of digits and of what separates them. Numbers are no shorter.
    pub(super) numbers: u64,
}

/// The classes of the bytes of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Classes {
    /// From `:` to `@`: a range costs less than its parts.
    signs: u64,
    initials: u64,
    quotes: u64,
    backslashes: u64,
    token: u64,
    numeric: u64,
}

/// Reads a text from a position on, block by block.
pub(super) struct Blocks<'a> {
    /// What is left of it.
    text: &'a [u8],
    wanted: Wanted,
    carried: Carried,
}

impl<'a> Blocks<'a> {
    /// Runs that begin before the position are read as if they began there.
    pub(super) fn new(text: &'a [u8], from: usize, wanted: Wanted) -> Self {
        let is = |back: usize, byte: u8| {
            let at = from.checked_sub(back);
            u64::from(at.is_some_and(|at| text.get(at) == Some(&byte)))
        };
        let carried = Carried {
            quotes: is(1, b'"'),
            backslashes: is(2, b'\\') | is(1, b'\\') << 1,
            ..Carried::default()
        };
        Self {
            text: text.get(from..).unwrap_or_default(),
            wanted,
            carried,
        }
    }

    /// Reads the next blocks, as many as there is room for. Returns how many they are; none at the end of the text.
    pub(super) fn read(&mut self, out: &mut [Anchors]) -> usize {
        let (blocks, rest) = self.text.as_chunks();
        let count = blocks.len().min(out.len());
        if count > 0 {
            find(&blocks[..count], self.wanted, &mut self.carried, out);
            self.text = &self.text[count * BLOCK..];
            return count;
        }
        if rest.is_empty() {
            return 0;
        }
        let mut padded = [0; BLOCK];
        padded[..rest.len()].copy_from_slice(rest);
        find(&[padded], self.wanted, &mut self.carried, out);
        self.text = &[];
        1
    }
}

/// What the end of a block means for the next one: for each step of a calculation, the bits that it shifts out.
#[derive(Clone, Copy, Debug, Default)]
struct Carried {
    quotes: u64,
    backslashes: u64,
    tokens: [u64; 5],
    numbers: [u64; 4],
}

impl Classes {
    #[inline(always)]
    fn anchors(&self, carried: &mut Carried, wanted: Wanted) -> Anchors {
        let after_quote = shift(self.quotes, 1, &mut carried.quotes)
            & !shift(self.backslashes, 2, &mut carried.backslashes);
        let skipped = after_quote & all_if(!wanted.after_quotes);
        let tokens = ends_of_runs(self.token, [1, 2, 4, 5], &mut carried.tokens);
        let numbers = ends_of_runs(self.numeric, [1, 2, 3], &mut carried.numbers);
        Anchors {
            signs: (self.signs & !skipped | self.initials) & all_if(wanted.signs),
            tokens: tokens & all_if(wanted.tokens),
            numbers: numbers & all_if(wanted.numbers),
        }
    }
}

/// Moves each bit to a later byte. Those that leave the block are carried to the next one.
#[inline(always)]
fn shift(bits: u64, by: u32, carried: &mut u64) -> u64 {
    let shifted = bits << by | *carried;
    *carried = bits >> (u64::BITS - by);
    shifted
}

/// The byte of each run at which it has this length: one more than the sum of the steps.
#[inline(always)]
fn ends_of_runs<const N: usize>(bits: u64, steps: [u32; N], carried: &mut [u64]) -> u64 {
    let mut runs = bits;
    for (step, carried) in steps.into_iter().zip(carried.iter_mut()) {
        runs &= shift(runs, step, carried);
    }
    match carried.last_mut() {
        Some(carried) => runs & !shift(runs, 1, carried),
        None => runs,
    }
}

/// All bits, or none.
#[inline(always)]
fn all_if(is: bool) -> u64 {
    if is { u64::MAX } else { 0 }
}

impl Initial {
    /// What to set in a byte, and what it then must be.
    #[inline(always)]
    fn pattern(self) -> (u8, u8) {
        match self {
            Self::Capital => (0, b'B'),
            Self::AnyCase => (0x20, b'b'),
        }
    }
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use vectors::find;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use find_bytewise as find;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod vectors {
    use fearless_simd::{Level, dispatch, mask8x64, prelude::*, u8x64};

    use super::{Anchors, BLOCK, Carried, Classes, Wanted};

    #[inline]
    pub(super) fn find(
        blocks: &[[u8; BLOCK]],
        wanted: Wanted,
        carried: &mut Carried,
        out: &mut [Anchors],
    ) {
        find_with(Level::new(), blocks, wanted, carried, out);
    }

    pub(super) fn find_with(
        level: Level,
        blocks: &[[u8; BLOCK]],
        wanted: Wanted,
        carried: &mut Carried,
        out: &mut [Anchors],
    ) {
        dispatch!(level, simd => fill(simd, blocks, wanted, carried, out));
    }

    #[inline(always)]
    fn fill<S: Simd>(
        simd: S,
        blocks: &[[u8; BLOCK]],
        wanted: Wanted,
        carried: &mut Carried,
        out: &mut [Anchors],
    ) {
        let (fold, letter) = wanted.initial.pattern();
        let mut state = *carried;
        for (bytes, anchors) in blocks.iter().zip(out) {
            let bytes = u8x64::simd_from(simd, *bytes);
            let is_token = is_from(bytes | 0x20, b'a', b'z')
                | is_from(bytes, b'0', b'9')
                | is_from(bytes, b'-', b'.')
                | bytes.simd_eq(b'_');
            let is_numeric = (is_from(bytes, b'(', b'9') | bytes.simd_eq(b' '))
                & !(bytes.simd_eq(b'*') | bytes.simd_eq(b','));
            let classes = Classes {
                signs: is_from(bytes, b':', b'@').to_bitmask(),
                initials: (bytes | fold).simd_eq(letter).to_bitmask(),
                quotes: bytes.simd_eq(b'"').to_bitmask(),
                backslashes: bytes.simd_eq(b'\\').to_bitmask(),
                token: is_token.to_bitmask(),
                numeric: is_numeric.to_bitmask(),
            };
            *anchors = classes.anchors(&mut state, wanted);
        }
        *carried = state;
    }

    /// No closure: those are not compiled for the instructions of their caller.
    #[inline(always)]
    fn is_from<S: Simd>(bytes: u8x64<S>, first: u8, last: u8) -> mask8x64<S> {
        (bytes - first).simd_le(last - first)
    }
}

/// The same, byte by byte.
#[cfg(any(test, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn find_bytewise(
    blocks: &[[u8; BLOCK]],
    wanted: Wanted,
    carried: &mut Carried,
    out: &mut [Anchors],
) {
    use super::bytes::{NUMERIC, TOKEN, is};

    let (fold, letter) = wanted.initial.pattern();
    for (bytes, anchors) in blocks.iter().zip(out) {
        let mut classes = Classes::default();
        for (index, &byte) in bytes.iter().enumerate() {
            let bit = |is: bool| u64::from(is) << index;
            classes.signs |= bit(matches!(byte, b':'..=b'@'));
            classes.initials |= bit(byte | fold == letter);
            classes.quotes |= bit(byte == b'"');
            classes.backslashes |= bit(byte == b'\\');
            classes.token |= bit(is(byte, TOKEN));
            classes.numeric |= bit(is(byte, NUMERIC));
        }
        *anchors = classes.anchors(carried, wanted);
    }
}

#[cfg(test)]
mod tests;
