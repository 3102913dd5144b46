//! Standard output and standard error.

use std::io::{self, Write};

/// Writes to standard output. An error means that the reader has seen enough, as `head` has.
pub(super) fn try_print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Like [`try_print`], for commands that end soon anyway.
pub(super) fn print(text: &str) {
    let _ = try_print(text);
}

/// A text of a trace without characters that control a terminal, except for line breaks and tabs.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\t' => character,
            other if other.is_control() => ' ',
            other => other,
        })
        .collect()
}

#[expect(clippy::print_stderr, reason = "this is a program")]
pub(super) fn print_error(message: &str) {
    eprintln!("infinium-local: {message}");
}

/// `1 trace`, `2 traces`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_texts_from_controlling_the_terminal() {
        assert_eq!(printable("a\u{1b}[31m\r\u{9b}1m\tb\n"), "a [31m  1m\tb\n");
    }
}
