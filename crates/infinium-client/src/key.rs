//! Idempotency keys.

use std::{
    cell::RefCell,
    time::{SystemTime, UNIX_EPOCH},
};

use ring::rand::{SecureRandom, SystemRandom};
use uuid::{Builder, Uuid};

use crate::clock::wall_clock;

/// The number of keys for which random bytes are fetched at once. Asking the operating system for each key would take
/// as long as reading the answer to a request.
const AT_ONCE: usize = 64;

thread_local! {
    static RANDOM: RefCell<Vec<[u8; 16]>> = const { RefCell::new(Vec::new()) };
}

/// The idempotency key of a task: a random UUID, the same for every attempt.
pub(crate) fn new_key() -> String {
    let key = match RANDOM.with_borrow_mut(next) {
        Some(bytes) => Builder::from_random_bytes(mixed(bytes, wall_clock())).into_uuid(),
        None => Uuid::new_v4(),
    };
    key.hyphenated().to_string()
}

fn next(left: &mut Vec<[u8; 16]>) -> Option<[u8; 16]> {
    if left.is_empty() {
        let mut bytes = [0; 16 * AT_ONCE];
        SystemRandom::new().fill(&mut bytes).ok()?;
        left.extend_from_slice(bytes.as_chunks().0);
    }
    left.pop()
}

/// Mixes the time into random bytes. A snapshot of a virtual machine may be restored twice, and then both copies have
/// the same bytes in memory.
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

    use super::*;

    #[test]
    fn makes_other_keys_of_the_same_random_bytes_at_another_time() {
        let now = wall_clock();
        let later = now + std::time::Duration::from_nanos(100);
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
