//! Idempotency keys.

use std::{
    cell::RefCell,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use uuid::Builder;

use crate::{clock::wall_clock, runtime::fill_random};

/// The number of keys for which random bytes are fetched at once. A call of the operating system takes about as long as
/// all other work for a key.
const AT_ONCE: usize = 16;
/// How long fetched bytes are used. If a snapshot of a virtual machine is restored twice, both copies have the same bytes
/// in memory. So bytes must not wait there for later keys.
const LIFETIME: Duration = Duration::from_millis(1);

thread_local! {
    static RANDOM: RefCell<Pool> = const { RefCell::new(Pool { fetched: UNIX_EPOCH, bytes: Vec::new() }) };
}

/// Random bytes that were fetched in advance.
#[derive(Debug)]
struct Pool {
    fetched: SystemTime,
    bytes: Vec<[u8; 16]>,
}

/// The idempotency key of a task: a random UUID, the same for every attempt.
pub(crate) fn new_key() -> String {
    let now = wall_clock();
    let bytes = RANDOM.with_borrow_mut(|pool| pool.next(now));
    // Keys must differ, but nobody has to be unable to guess them.
    let bytes = bytes.unwrap_or_else(|| fastrand::u128(..).to_le_bytes());
    let key = Builder::from_random_bytes(mixed(bytes, now)).into_uuid();
    key.hyphenated().to_string()
}

impl Pool {
    fn next(&mut self, now: SystemTime) -> Option<[u8; 16]> {
        // A clock that was set back says nothing about the age.
        let age = now.duration_since(self.fetched).unwrap_or(Duration::MAX);
        if self.bytes.is_empty() || age > LIFETIME {
            self.bytes.clear();
            let mut bytes = [0; 16 * AT_ONCE];
            if !fill_random(&mut bytes) {
                return None;
            }
            self.bytes.extend_from_slice(bytes.as_chunks().0);
            self.fetched = now;
        }
        self.bytes.pop()
    }
}

/// Mixes the time into random bytes. After a restore, an operating system that does not notice it may also repeat its
/// random bytes.
fn mixed(mut bytes: [u8; 16], now: SystemTime) -> [u8; 16] {
    let since_1970 = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    for (byte, time) in bytes.iter_mut().zip(since_1970.as_nanos().to_le_bytes()) {
        *byte ^= time;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn uses_random_bytes_for_a_moment_only() {
        let now = wall_clock();
        let mut pool = Pool {
            fetched: now,
            bytes: vec![[7; 16]; 3],
        };
        assert_eq!(pool.next(now + LIFETIME), Some([7; 16]));
        assert_ne!(pool.next(now + 2 * LIFETIME), Some([7; 16]));
        assert_eq!(pool.bytes.len(), AT_ONCE - 1);
        pool.bytes.fill([7; 16]);
        assert_ne!(
            pool.next(now - LIFETIME),
            Some([7; 16]),
            "the clock was set back"
        );
    }

    #[test]
    fn makes_other_keys_of_the_same_random_bytes_at_another_time() {
        let now = wall_clock();
        let later = now + Duration::from_nanos(100);
        assert_ne!(mixed([7; 16], now), mixed([7; 16], later));
        assert_eq!(mixed([7; 16], now), mixed([7; 16], now));
    }

    #[test]
    fn makes_no_key_twice() {
        let make = || (0..1_000).map(|_| new_key()).collect::<Vec<_>>();
        let others = std::thread::spawn(make);
        let mut keys: HashSet<_> = make().into_iter().collect();
        keys.extend(others.join().unwrap());
        assert_eq!(keys.len(), 2_000);
        let uuids = keys.iter().map(|key| key.parse::<Uuid>().unwrap());
        assert!(uuids.into_iter().all(|uuid| uuid.get_version_num() == 4));
    }
}
