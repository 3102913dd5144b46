//! Locks.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks that ignore poisoning.
///
/// A thread that panics while it holds a lock poisons it. The data behind the locks of this crate is consistent after
/// each statement, so other threads can continue: a panic ends one call, but not the client.
pub trait LockExt<T> {
    /// Waits for the lock, and ignores poisoning.
    fn lock_unpoisoned(&self) -> MutexGuard<'_, T>;

    /// Returns the value, and ignores poisoning.
    fn into_inner_unpoisoned(self) -> T;
}

impl<T> LockExt<T> for Mutex<T> {
    #[inline]
    fn lock_unpoisoned(&self) -> MutexGuard<'_, T> {
        self.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn into_inner_unpoisoned(self) -> T {
        self.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
