//! Standard output and standard error.

use std::io::{self, Write};

pub(super) fn print(text: &str) {
    let mut out = io::stdout().lock();
    // The reader may have seen enough, as `head` has.
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

#[expect(clippy::print_stderr, reason = "this is a program")]
pub(super) fn print_error(message: &str) {
    eprintln!("infinium-local: {message}");
}

/// `1 trace`, `2 traces`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
