//! The file format of a task: its idempotency key, a digest that proves it is complete, and its body.
//!
//! Three lines (the format, the idempotency key, a digest of the key and the body, in hex), and after them the body
//! as it goes over the wire. The format is readable text. A file counts as a task only if it is complete.

use ring::digest::{SHA256, digest};

use super::disk::{Entry, Kind};
use infinium_core::MAX_PAYLOAD_SIZE;

const FORMAT: &str = "infinium-o2 task 1";
/// The maximum size of a file in bytes. The three lines use 121 bytes, because a key is a UUID.
pub(super) const MAX_SIZE: u64 = MAX_PAYLOAD_SIZE as u64 + 256;

/// A task as it was submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// The same key for every attempt.
    pub(crate) key: String,
    pub(crate) body: Vec<u8>,
}

/// Returns the content of the file for a task. `key` must not contain line breaks.
pub(super) fn encode(key: &str, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(FORMAT.len() + key.len() + body.len() + 70);
    for line in [FORMAT, key, &seal(key, body)] {
        out.extend_from_slice(line.as_bytes());
        out.push(b'\n');
    }
    out.extend_from_slice(body);
    out
}

/// Whether a file may contain a task, decided without opening it.
pub(super) fn may_be(entry: &Entry) -> bool {
    entry.kind == Kind::File && entry.size <= MAX_SIZE
}

/// Parses the task. Returns `None` if any byte differs from what was written.
pub(super) fn decode(content: &[u8]) -> Option<Record> {
    let mut lines = content.splitn(4, |&byte| byte == b'\n');
    let format = lines.next()?;
    let key = std::str::from_utf8(lines.next()?).ok()?;
    let sealed = lines.next()?;
    let body = lines.next()?;
    let whole = format == FORMAT.as_bytes() && sealed == seal(key, body).as_bytes();
    whole.then(|| Record {
        key: key.to_owned(),
        body: body.to_vec(),
    })
}

fn seal(key: &str, body: &[u8]) -> String {
    hex(&[key.as_bytes(), b"\n", body].concat())
}

/// Returns the SHA-256 of `bytes`, in hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn round_trips(key in "[0-9a-f-]{0,36}", body in any::<Vec<u8>>()) {
            let record = decode(&encode(&key, &body));
            prop_assert_eq!(record, Some(Record { key, body }));
        }

        #[test]
        fn never_parses_a_damaged_file(
            body in any::<Vec<u8>>(),
            at in any::<prop::sample::Index>(),
            change in 1..=255_u8,
        ) {
            let whole = encode("0f1e", &body);
            let at = at.index(whole.len());
            prop_assert_eq!(decode(&whole[..at]), None);
            let mut changed = whole;
            changed[at] ^= change;
            prop_assert_eq!(decode(&changed), None);
        }

        #[test]
        fn is_never_larger_than_what_is_read(key in "[0-9a-f-]{0,36}") {
            let content = encode(&key, &vec![b' '; MAX_PAYLOAD_SIZE]);
            prop_assert!(content.len() as u64 <= MAX_SIZE);
        }

        #[test]
        fn takes_any_bytes(bytes in any::<Vec<u8>>()) {
            prop_assert_eq!(decode(&bytes), None);
        }
    }
}
