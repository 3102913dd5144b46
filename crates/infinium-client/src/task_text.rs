//! The text of a task.

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
