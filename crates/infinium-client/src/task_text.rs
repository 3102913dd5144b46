//! The text of a task.

use infinium_core::{Error, ErrorKind, MAX_PAYLOAD_SIZE, Result};

/// The maximum length of a text in UTF-16 units. A longer task cannot become small enough by leaving out what is empty,
/// and copying it might need more memory than there is.
const MAX_UNITS: usize = 32 * 1024 * 1024;

/// Checks the length of a task's text, in UTF-16 units, before it is copied.
///
/// # Errors
/// `PayloadTooLarge`.
pub fn check_length(units: usize) -> Result<()> {
    if units <= MAX_UNITS {
        return Ok(());
    }
    let message = format!(
        "a task of {units} characters is too large: at most {MAX_PAYLOAD_SIZE} bytes can be sent"
    );
    Err(Error::new(ErrorKind::PayloadTooLarge, message).with_payload_size(units))
}

/// A task as JSON with keys in camelCase.
pub trait TaskText {
    /// Calls `read` with the text and returns its result.
    fn read<R>(&self, read: impl FnOnce(&str) -> R) -> R;
}

impl<T: AsRef<str>> TaskText for T {
    fn read<R>(&self, read: impl FnOnce(&str) -> R) -> R {
        read(self.as_ref())
    }
}
