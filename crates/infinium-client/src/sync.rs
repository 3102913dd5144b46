//! Locks.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks that ignore poison.
///
/// A thread that panics while it holds a lock poisons it. What the locks of this crate guard is consistent after each
/// statement, so others can go on: a panic ends one call, and not the client.
pub(crate) trait LockExt<T> {
    /// Waits for the lock.
    fn lock_unpoisoned(&self) -> MutexGuard<'_, T>;
}

impl<T> LockExt<T> for Mutex<T> {
    #[inline]
    fn lock_unpoisoned(&self) -> MutexGuard<'_, T> {
        self.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
