//! Finds the few bytes at which secrets can be recognized.

/// How many bytes are compared at once, and how many before and after each it is compared with.
const BLOCK: usize = 64;
const BEHIND: usize = 2;
const AHEAD: usize = 6;

type Window = [u8; BEHIND + BLOCK + AHEAD];

/// A byte from `:` to `@`, a `B` or a `b`.
pub(super) const SIGN: u8 = 1;
/// A byte between a letter and a digit, a `-` or a `_`: keys and tokens have at least one of them.
pub(super) const TOKEN: u8 = 0x40;
/// A byte that seven digits and separators may begin with.
pub(super) const NUMBER: u8 = 2;

/// What is searched for.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// A set of the kinds above.
    pub(super) kinds: u8,
    /// Whether a byte from `:` to `@` that follows a quote without a backslash is wanted, too.
    pub(super) after_quotes: bool,
}

/// Calls `visit` with the position, at or after `from`, of each byte of the wanted kinds, and its kinds, in order, until it
/// returns something.
///
/// It compares whole blocks, in a loop that compilers turn into vector instructions: most blocks of ordinary text are
/// left behind at once.
#[inline]
pub(super) fn find_anchor<T>(
    bytes: &[u8],
    from: usize,
    wanted: Wanted,
    mut visit: impl FnMut(usize, u8) -> Option<T>,
) -> Option<T> {
    let mut base = from;
    let mut padded = [0; BEHIND + BLOCK + AHEAD];
    while base < bytes.len() {
        let whole = base
            .checked_sub(BEHIND)
            .and_then(|start| bytes[start..].first_chunk());
        let window = whole.unwrap_or_else(|| {
            padded = [0; BEHIND + BLOCK + AHEAD];
            let behind = base.min(BEHIND);
            let rest = &bytes[base - behind..bytes.len().min(base + BLOCK + AHEAD)];
            padded[BEHIND - behind..][..rest.len()].copy_from_slice(rest);
            &padded
        });
        let kinds = classify(window, wanted);
        for (half, words) in kinds
            .as_chunks()
            .0
            .as_chunks::<{ BLOCK / 16 }>()
            .0
            .iter()
            .enumerate()
        {
            let words = words.map(u64::from_le_bytes);
            if words.iter().fold(0, |all, word| all | word) == 0 {
                continue;
            }
            for (index, mut word) in words.into_iter().enumerate() {
                while word != 0 {
                    let byte = word.trailing_zeros() / 8;
                    let at = base + half * BLOCK / 2 + index * 8 + byte as usize;
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "the other bytes are not needed"
                    )]
                    let kind = (word >> (8 * byte)) as u8;
                    if let Some(found) = visit(at, kind) {
                        return Some(found);
                    }
                    word &= !(0xFF << (8 * byte));
                }
            }
        }
        base += BLOCK;
    }
    None
}

/// The wanted kinds of each byte of a block.
#[inline(always)]
fn classify(window: &Window, wanted: Wanted) -> [u8; BLOCK] {
    let mut kinds = [0; BLOCK];
    let skipped = all_if(!wanted.after_quotes);
    for (index, kind) in kinds.iter_mut().enumerate() {
        let at = index + BEHIND;
        let (byte, next) = (window[at], window[at + 1]);
        let after_quote = all_if((window[at - 1] == b'"') & (window[at - 2] != b'\\')) & skipped;
        // A range costs less than its parts. Between `:` and `@` there are also `;`, `<`, `>` and `?`.
        let range = all_if(byte.wrapping_sub(b':') <= b'@' - b':');
        let sign = range & !after_quote | all_if(byte | 0x20 == b'b');
        // Letters have the bit of the kind, digits do not. A few other bytes that have it do no harm.
        let mark = all_if((byte == b'-') | (byte == b'_'));
        let token = (digit(byte) & next) | (digit(next) & byte) | mark;
        // From a space to `9`: what separates digits is among these bytes.
        let distance = |ahead: usize| window[at + ahead].wrapping_sub(b' ');
        let farthest = distance(0).max(distance(AHEAD / 2)).max(distance(AHEAD));
        let number = all_if(farthest <= b'9' - b' ');
        *kind = (sign & SIGN | token & TOKEN | number & NUMBER) & wanted.kinds;
    }
    kinds
}

/// All bits for a digit.
#[inline(always)]
fn digit(byte: u8) -> u8 {
    all_if(byte.wrapping_sub(b'0') <= 9)
}

/// All bits, or none.
#[inline(always)]
fn all_if(is: bool) -> u8 {
    if is { 0xFF } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &[u8], from: usize, kinds: u8) -> Vec<(usize, u8)> {
        let mut found = Vec::new();
        let wanted = Wanted {
            kinds,
            after_quotes: kinds == SIGN,
        };
        let end = find_anchor(text, from, wanted, |at, kind| {
            found.push((at, kind));
            None::<()>
        });
        assert_eq!(end, None);
        found
    }

    #[test]
    fn finds_every_sign_at_any_offset_and_nothing_else() {
        let text: Vec<u8> = (0..=255).cycle().take(2_000).collect();
        for from in [0, 1, 31, 32, 33, 500, 1_990, 1_999, 2_000, 2_001] {
            let expected: Vec<_> = (from..text.len())
                .filter(|&at| b":;<=>?@Bb".contains(&text[at]))
                .map(|at| (at, SIGN))
                .collect();
            assert_eq!(found(&text, from, SIGN), expected, "{from}");
        }
    }

    #[test]
    fn stops_when_something_is_found() {
        let wanted = Wanted {
            kinds: SIGN,
            after_quotes: true,
        };
        let first = find_anchor(b"a = b", 0, wanted, |at, _| (at > 2).then_some(at));
        assert_eq!(first, Some(4));
    }

    #[test]
    fn leaves_out_what_follows_unescaped_quotes() {
        for offset in 0..140 {
            let text = format!("{}\":\\\":\"@\"b:", "x".repeat(offset));
            let found = found(text.as_bytes(), 0, SIGN | TOKEN);
            let found: Vec<_> = found.into_iter().map(|(at, _)| at - offset).collect();
            assert_eq!(found, [4, 8, 9], "{offset}");
        }
    }

    #[test]
    fn finds_tokens_and_numbers_at_any_offset() {
        for offset in 0..140 {
            let at = |text: &str, wanted| {
                let text = format!("{}{text}", "x".repeat(offset));
                let found = found(text.as_bytes(), 0, wanted);
                found
                    .into_iter()
                    .map(|(at, _)| at - offset)
                    .collect::<Vec<_>>()
            };
            assert_eq!(at("!a1b!_-c.2", TOKEN), [1, 2, 5, 6]);
            assert_eq!(at("x(20) 555-0143x", NUMBER), [1, 2, 3, 4, 5, 6, 7]);
            assert_eq!(at("x123456x", NUMBER), [0; 0]);
        }
    }
}
