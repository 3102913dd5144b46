//! How much a client's directory holds at most: the length of its lock file. Other processes read it without listing the
//! directory, however many files there are.

use std::{io, sync::Mutex};

use super::disk::{Durability, Lock};
use crate::sync::LockExt;

/// A byte of the lock file stands for this many bytes of tasks.
const UNIT: u64 = 1_024;
/// The number of bytes that are reserved at a time, so that few tasks change the lock file.
const STEP: u64 = 64 * UNIT;

/// The room that a client has reserved in its directory.
#[derive(Debug, Default)]
pub(super) struct Reservation(Mutex<Reserved>);

#[derive(Debug, Default)]
struct Reserved {
    used: u64,
    reserved: u64,
}

impl Reservation {
    /// Reserves room for a file. It must be written afterwards: this process may end at any moment.
    pub(super) fn add(&self, lock: &dyn Lock, size: u64, durability: Durability) -> io::Result<()> {
        let mut room = self.0.lock_unpoisoned();
        let used = room.used.saturating_add(size);
        if used > room.reserved || room.reserved == 0 {
            let length = used.saturating_add(STEP).div_ceil(UNIT);
            lock.set_length(length, durability)?;
            room.reserved = length.saturating_mul(UNIT);
        }
        room.used = used;
        Ok(())
    }

    /// A file was removed. Its room is used for others.
    pub(super) fn remove(&self, size: u64) {
        let mut room = self.0.lock_unpoisoned();
        room.used = room.used.saturating_sub(size);
    }
}

/// Returns the maximum size of a directory whose lock file has this length. `None` if nothing was ever reserved.
pub(super) fn maximum(length: u64) -> Option<u64> {
    (length > 0).then(|| length.saturating_mul(UNIT))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use super::*;

    #[derive(Debug, Default)]
    struct Length(AtomicU64, AtomicU64);

    impl Lock for Length {
        fn set_length(&self, length: u64, _: Durability) -> io::Result<()> {
            self.0.store(length, Relaxed);
            self.1.fetch_add(1, Relaxed);
            Ok(())
        }
    }

    impl Length {
        fn maximum(&self) -> u64 {
            maximum(self.0.load(Relaxed)).unwrap()
        }
    }

    #[test]
    fn is_never_less_than_what_is_written_and_changes_rarely() {
        let (reservation, lock) = (Reservation::default(), Length::default());
        for written in 1..=10_000 {
            reservation.add(&lock, 700, Durability::Written).unwrap();
            assert!((700 * written..=700 * written + STEP + UNIT).contains(&lock.maximum()));
        }
        assert!(lock.1.load(Relaxed) <= 110, "{lock:?}");
    }

    #[test]
    fn does_not_grow_when_files_are_removed() {
        let (reservation, lock) = (Reservation::default(), Length::default());
        for _ in 0..10_000 {
            reservation.add(&lock, 700, Durability::Written).unwrap();
            reservation.remove(700);
        }
        assert_eq!(lock.1.load(Relaxed), 1);
    }
}
