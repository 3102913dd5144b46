use super::*;

#[test]
fn accepts_exactly_what_is_json() {
    for text in [
        "{}",
        "[]",
        "0",
        "-0",
        "1e9",
        "-1.5E-3",
        "\"\"",
        "null",
        " [ 1 , {\"a\" : [ ] } ] ",
        r#""\u00e9\ud83d\/\b\"""#,
        "[[[]],{\"\":{}}]",
        "\"\u{7f}é\"",
    ] {
        assert!(Cursor::is_json(text), "{text}");
    }
    for text in [
        "",
        " ",
        "{",
        "[1,]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "nul",
        "nulll",
        "\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\u{1}\"",
        "\"a\u{1f}bcdefgh\"",
        "[1}",
        "{\"a\":1]",
        "1 2",
        "NaN",
        "'a'",
        "\u{feff}{}",
        "[,1]",
        "-",
    ] {
        assert!(!Cursor::is_json(text), "{text}");
    }
}

#[test]
fn agrees_with_serde_json_on_any_text() {
    use proptest::prelude::*;
    let pieces = prop::collection::vec(
        prop_oneof![
            Just("{"),
            Just("}"),
            Just("["),
            Just("]"),
            Just(","),
            Just(":"),
            Just("\"a\""),
            Just("\""),
            Just("1"),
            Just("-0.5e3"),
            Just("null"),
            Just("true"),
            Just(" "),
            Just("\\u0041"),
            Just("\u{b}"),
            Just("é"),
        ],
        0..12,
    );
    proptest!(ProptestConfig::with_cases(ProptestConfig::default().cases.max(4000)), |(pieces in pieces)| {
        let text = pieces.concat();
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(Cursor::is_json(&text), theirs, "{}", text);
    });
}

#[test]
fn skips_a_million_levels_without_recursion() {
    let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    assert!(Cursor::is_json(&deep));
    assert!(!Cursor::is_json(&deep[1..]));
}

#[test]
fn finds_the_first_special_byte_at_any_offset() {
    for length in 0..40 {
        for at in 0..length {
            for special in [b'"', b'\\', 0, 0x1f] {
                let mut bytes = vec![b' '; length];
                bytes[at] = special;
                assert_eq!(plain_prefix(&bytes), at);
            }
        }
        assert_eq!(plain_prefix(&vec![0xff; length]), length);
        assert_eq!(plain_prefix(&vec![b'!'; length]), length);
    }
}
