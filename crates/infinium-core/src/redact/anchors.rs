//! Finds the few bytes at which secrets can be recognized.

use super::blocks::{Anchors, BLOCK, Blocks, Wanted};

/// What is at a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// A byte from `:` to `@`, or a wanted [`Initial`](super::blocks::Initial).
    Sign,
    /// The thirteenth byte of a run of letters, digits, `_`, `-` and `.`.
    Token,
    /// The seventh byte of a run of digits and of what separates them.
    Number,
}

/// How many blocks are read at once. The first are fewer, because something may be found in them.
const MAX_BLOCKS: usize = 8;

/// Calls `visit` with each wanted anchor at or after `from`, in order, until it returns something.
///
/// Most blocks of ordinary text are left behind at once. Runs that begin before `from` are seen as if they began there.
#[inline]
pub(super) fn find_anchor<T>(
    bytes: &[u8],
    from: usize,
    wanted: Wanted,
    mut visit: impl FnMut(usize, Anchor) -> Option<T>,
) -> Option<T> {
    let mut found = [Anchors::default(); MAX_BLOCKS];
    let mut blocks = Blocks::new(bytes, from, wanted);
    let mut base = from;
    let mut room = 1;
    loop {
        let count = blocks.read(&mut found[..room]);
        if count == 0 {
            return None;
        }
        for anchors in &found[..count] {
            let mut left = anchors.signs | anchors.tokens | anchors.numbers;
            while left != 0 {
                let at = base + left.trailing_zeros() as usize;
                let bit = left & left.wrapping_neg();
                for (bits, anchor) in [
                    (anchors.signs, Anchor::Sign),
                    (anchors.tokens, Anchor::Token),
                    (anchors.numbers, Anchor::Number),
                ] {
                    if bits & bit != 0
                        && let Some(found) = visit(at, anchor)
                    {
                        return Some(found);
                    }
                }
                left ^= bit;
            }
            base += BLOCK;
        }
        room = (2 * room).min(MAX_BLOCKS);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{
            blocks::Initial,
            bytes::{NUMERIC, TOKEN, is},
        },
        Anchor::*,
        *,
    };

    const WANTED: Wanted = Wanted {
        signs: true,
        tokens: true,
        numbers: true,
        after_quotes: false,
        initial: Initial::AnyCase,
    };

    fn found(text: &[u8], from: usize, wanted: Wanted) -> Vec<(usize, Anchor)> {
        let mut found = Vec::new();
        let end = find_anchor(text, from, wanted, |at, anchor| {
            found.push((at, anchor));
            None::<()>
        });
        assert_eq!(end, None);
        found
    }

    #[test]
    fn finds_every_sign_at_any_offset_and_nothing_else() {
        let text: Vec<u8> = (0..=255).cycle().take(2_000).collect();
        let wanted = Wanted {
            tokens: false,
            numbers: false,
            after_quotes: true,
            ..WANTED
        };
        for from in [0, 1, 31, 32, 33, 500, 1_990, 1_999, 2_000, 2_001] {
            let expected: Vec<_> = (from..text.len())
                .filter(|&at| b":;<=>?@Bb".contains(&text[at]))
                .map(|at| (at, Sign))
                .collect();
            assert_eq!(found(&text, from, wanted), expected, "{from}");
        }
    }

    #[test]
    fn stops_when_something_is_found() {
        let first = find_anchor(b"a = b", 0, WANTED, |at, _| (at > 2).then_some(at));
        assert_eq!(first, Some(4));
    }

    #[test]
    fn leaves_out_what_follows_unescaped_quotes() {
        for offset in 0..140 {
            let text = format!("{}\":\\\":\"@\"b:", "~".repeat(offset));
            let signs = [4, 8, 9].map(|at| (at + offset, Sign));
            assert_eq!(found(text.as_bytes(), 0, WANTED), signs, "{offset}");
            // What is before the beginning counts, too.
            assert_eq!(found(text.as_bytes(), offset + 1, WANTED), signs);
            assert_eq!(found(text.as_bytes(), offset + 4, WANTED), signs);
            assert_eq!(found(text.as_bytes(), offset + 8, WANTED), signs[1..]);
        }
    }

    #[test]
    fn finds_tokens_and_numbers_at_any_offset() {
        for offset in 0..140 {
            let at = |text: &str| {
                let text = format!("{}{text}", "~".repeat(offset));
                let found = found(text.as_bytes(), 0, WANTED);
                let found = found.into_iter();
                let anchors = found.map(|(at, anchor)| (at - offset, anchor));
                anchors.collect::<Vec<_>>()
            };
            assert_eq!(at("!sk-a1_x2.c3D4e5!x-1"), [(13, Token)]);
            assert_eq!(at("!sk-a1_x2.c3!"), []);
            let two = [(13, Token), (31, Token)];
            assert_eq!(at("/gpt-4o-2024x11x20/gpt-4o-2024x08x06"), two);
            assert_eq!(at("x(20) 555-0143x"), [(7, Number)]);
            assert_eq!(at("+4915,11+1 202-555-0143=1"), [(12, Number), (23, Sign)]);
            assert_eq!(at("x123456x"), []);
            assert_eq!(at("1234567890123"), [(6, Number), (12, Token)]);
        }
    }

    #[test]
    fn begins_runs_where_the_search_begins() {
        let text = format!("{}{}", "x".repeat(80), "1".repeat(40));
        for from in 0..80 {
            let expected = [(from + 12, Token), (86, Number)];
            let found = found(text.as_bytes(), from, WANTED);
            let mut expected = expected.to_vec();
            expected.sort_by_key(|(at, _)| *at);
            assert_eq!(found, expected);
        }
    }

    /// The same, found byte by byte.
    fn found_slowly(text: &[u8], from: usize, wanted: Wanted) -> Vec<(usize, Anchor)> {
        let before = |at: usize| text.get(at.wrapping_sub(1)).copied();
        let is_sign = |at: usize| match text[at] {
            b'B' => true,
            b'b' => wanted.initial == Initial::AnyCase,
            b':'..=b'@' => {
                let is_after = before(at) == Some(b'"') && before(at - 1) != Some(b'\\');
                wanted.after_quotes || !is_after
            }
            _ => false,
        };
        // How long the run is that ends at a position.
        let run = |at: usize, class: u16| {
            let run = text[from..=at].iter().rev();
            run.take_while(|&&byte| is(byte, class)).count()
        };
        let mut found = Vec::new();
        for at in from..text.len() {
            let anchors = [
                (wanted.signs && is_sign(at), Sign),
                (wanted.tokens && run(at, TOKEN) == 13, Token),
                (wanted.numbers && run(at, NUMERIC) == 7, Number),
            ];
            let anchors = anchors.into_iter().filter(|(is, _)| *is);
            found.extend(anchors.map(|(_, anchor)| (at, anchor)));
        }
        found
    }

    /// Bytes of few kinds, many of them in runs.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let bytes = prop::sample::select(b"ax-_.19 +(/,*\"\\:=@bB\xC3\n".to_vec());
        let runs = (bytes, prop_oneof![4 => 1..3_usize, 1 => 1..40_usize]);
        let runs = prop::collection::vec(runs, 0..120);
        runs.prop_map(|runs| {
            runs.into_iter()
                .flat_map(|(byte, count)| vec![byte; count])
                .collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(2000)))]

        #[test]
        fn finds_what_is_found_byte_by_byte(
            text in bytes(),
            from in any::<prop::sample::Index>(),
            flags in any::<[bool; 5]>(),
        ) {
            let [signs, tokens, numbers, after_quotes, any_case] = flags;
            let initial = if any_case { Initial::AnyCase } else { Initial::Capital };
            let wanted = Wanted { signs, tokens, numbers, after_quotes, initial };
            let from = from.index(text.len() + 1);
            prop_assert_eq!(found(&text, from, wanted), found_slowly(&text, from, wanted));
        }
    }
}
