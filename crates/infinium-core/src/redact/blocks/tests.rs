//! What is found, with all instructions that this processor has.

use super::*;

const WANTED: Wanted = Wanted {
    signs: true,
    tokens: true,
    numbers: true,
    after_quotes: false,
    initial: Initial::AnyCase,
};

/// The anchors of a text, block by block, as byte by byte they are found.
fn bytewise(text: &[u8], wanted: Wanted) -> Vec<Anchors> {
    let blocks = text.as_chunks().0;
    let mut out = vec![Anchors::default(); blocks.len()];
    find_bytewise(blocks, wanted, &mut Carried::default(), &mut out);
    out
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#[test]
fn finds_the_same_with_all_instructions() {
    use fearless_simd::Level;

    let level = Level::new();
    #[cfg(target_arch = "x86_64")]
    let levels = [
        level.as_sse2().map(Level::Sse2),
        level.as_sse4_2().map(Level::Sse4_2),
        level.as_avx2().map(Level::Avx2),
        level.as_avx512().map(Level::Avx512),
    ];
    #[cfg(target_arch = "aarch64")]
    let levels = [Some(level)];
    // Every byte after every other one, and in runs.
    let pairs = (0..=255).flat_map(|first| (0..=255).flat_map(move |second| [first, second]));
    let runs = (0..=255).flat_map(|byte| [byte; 14]);
    let text: Vec<u8> = pairs.chain(runs).collect();
    for shift in [0, 1, 31, 63] {
        let blocks = text[shift..].as_chunks().0;
        for (after_quotes, initial) in [(false, Initial::AnyCase), (true, Initial::Capital)] {
            let wanted = Wanted {
                after_quotes,
                initial,
                ..WANTED
            };
            let expected = bytewise(&text[shift..], wanted);
            for level in levels.into_iter().flatten() {
                let mut found = vec![Anchors::default(); blocks.len()];
                let mut carried = Carried::default();
                vectors::find_with(level, blocks, wanted, &mut carried, &mut found);
                assert!(found == expected, "{level:?} {shift}");
            }
        }
    }
}

#[test]
fn finds_only_what_is_wanted() {
    let text = [b"=b 1234567890 0123456789abcd \":".as_slice(), &[b' '; 64]].concat();
    let all = bytewise(&text, WANTED)[0];
    assert_eq!(all.signs, 0b11 | 1 << 25, "= and two letters");
    assert_eq!(all.tokens, 1 << 26);
    assert_eq!(all.numbers & 0xFFFF, 1 << 8);
    let none = Wanted {
        signs: false,
        tokens: false,
        numbers: false,
        ..WANTED
    };
    assert_eq!(bytewise(&text, none)[0], Anchors::default());
    let initial = Initial::Capital;
    let signs = Wanted {
        after_quotes: true,
        initial,
        ..WANTED
    };
    assert_eq!(bytewise(&text, signs)[0].signs, 1 | 1 << 30);
}

#[test]
fn reads_as_many_blocks_as_there_are_and_as_fit() {
    let text = vec![b'='; 3 * BLOCK + 5];
    let mut out = [Anchors::default(); 2];
    let mut blocks = Blocks::new(&text, 0, WANTED);
    assert_eq!(blocks.read(&mut out), 2);
    assert_eq!(out.map(|anchors| anchors.signs), [u64::MAX; 2]);
    assert_eq!(blocks.read(&mut out), 1);
    assert_eq!(out[0].signs, u64::MAX);
    assert_eq!(blocks.read(&mut out), 1);
    assert_eq!(out[0].signs, 0x1F);
    assert_eq!(blocks.read(&mut out), 0);
}
