//! The names of files in a spool.

/// The name of the directory for files that are not tasks.
pub(super) const CORRUPT: &str = "corrupt";
const EXTENSION: &str = ".task";

/// Returns the name of a file. Names sort in the order of their numbers.
pub(super) fn name_of(number: u64) -> String {
    format!("{number:016x}{EXTENSION}")
}

/// Returns the number of the file with this name, or `None` if the name is not ours.
pub(super) fn number_of(name: &str) -> Option<u64> {
    let number = u64::from_str_radix(name.strip_suffix(EXTENSION)?, 16).ok()?;
    (name_of(number) == name).then_some(number)
}
