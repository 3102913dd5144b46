//! Idempotency keys.

use std::cell::RefCell;

use ring::rand::{SecureRandom, SystemRandom};
use uuid::{Builder, Uuid};

/// The number of keys for which random bytes are fetched at once. Asking the operating system for each key would take
/// as long as reading the answer to a request.
const AT_ONCE: usize = 64;

thread_local! {
    static RANDOM: RefCell<Vec<[u8; 16]>> = const { RefCell::new(Vec::new()) };
}

/// The idempotency key of a task: a random UUID, the same for every attempt.
pub(crate) fn new_key() -> String {
    let key = match RANDOM.with_borrow_mut(next) {
        Some(bytes) => Builder::from_random_bytes(bytes).into_uuid(),
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

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
