//! What is known of the addresses of a host: which one works, and which ones have failed lately.

use std::{net::SocketAddr, sync::Mutex, time::Duration};

use tokio::time::Instant;

use crate::sync::LockExt;

/// An address that has failed is tried last for this long.
const SUSPECT_FOR: Duration = Duration::from_secs(60);

/// The addresses of the few hosts that a client connects to.
#[derive(Debug, Default)]
pub(super) struct Addresses(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The address that worked last.
    working: Option<SocketAddr>,
    suspects: Vec<(SocketAddr, Instant)>,
}

impl Addresses {
    /// The order in which addresses are tried: the one that worked last, then the others with alternating families
    /// (RFC 8305, section 4), then those that have failed lately, the longest ago first.
    pub(super) fn order(&self, found: Vec<SocketAddr>) -> Vec<SocketAddr> {
        let mut state = self.0.lock_unpoisoned();
        state.suspects.retain(|(_, at)| at.elapsed() < SUSPECT_FOR);
        let failed_at = |address: &SocketAddr| {
            let suspect = state.suspects.iter().find(|(other, _)| other == address);
            suspect.map(|(_, at)| *at)
        };
        let mut ordered = interleave(found);
        // Both sorts are stable.
        ordered.sort_by_key(|address| state.working != Some(*address));
        ordered.sort_by_key(failed_at);
        ordered
    }

    /// A connection to this address was opened, or has brought an answer.
    pub(super) fn works(&self, address: SocketAddr) {
        self.0.lock_unpoisoned().working = Some(address);
    }

    /// A connection to this address has brought an answer, so it does not only accept connections.
    pub(super) fn answers(&self, address: SocketAddr) {
        let mut state = self.0.lock_unpoisoned();
        if !state.suspects.is_empty() {
            state.suspects.retain(|(other, _)| *other != address);
        }
    }

    /// An exchange with this address has failed, or nothing came back in time.
    pub(super) fn suspect(&self, address: SocketAddr) {
        let mut state = self.0.lock_unpoisoned();
        state.suspects.retain(|(other, _)| *other != address);
        state.suspects.push((address, Instant::now()));
        state.working.take_if(|working| *working == address);
    }

    /// The same for whichever address worked last.
    pub(super) fn suspect_working(&self) {
        let working = self.0.lock_unpoisoned().working;
        if let Some(address) = working {
            self.suspect(address);
        }
    }
}

/// Alternates between the families, beginning with the one that the system prefers.
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let Some(first) = addresses.first().map(SocketAddr::is_ipv6) else {
        return addresses;
    };
    let (preferred, other): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == first);
    let length = preferred.len() + other.len();
    let (mut preferred, mut other) = (preferred.into_iter(), other.into_iter());
    let mut mixed = Vec::with_capacity(length);
    while mixed.len() < length {
        mixed.extend(preferred.next());
        mixed.extend(other.next());
    }
    mixed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn tries_the_working_address_first_and_the_failed_ones_last() {
        let found = || list(&["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"]);
        let [a, b, c] = found()[..] else {
            unreachable!()
        };
        let addresses = Addresses::default();
        assert_eq!(addresses.order(found()), [a, b, c]);
        addresses.works(c);
        assert_eq!(addresses.order(found()), [c, a, b]);
        addresses.suspect(c);
        assert_eq!(addresses.order(found()), [a, b, c]);
        tokio::time::advance(Duration::from_secs(1)).await;
        addresses.suspect(a);
        assert_eq!(addresses.order(found()), [b, c, a]);
        // It accepts connections again, but that was never its problem.
        addresses.works(a);
        assert_eq!(addresses.order(found()), [b, c, a]);
        addresses.answers(a);
        assert_eq!(addresses.order(found()), [a, b, c]);
        addresses.suspect_working();
        assert_eq!(addresses.order(found()), [b, c, a]);
        tokio::time::advance(SUSPECT_FOR).await;
        assert_eq!(addresses.order(found()), [a, b, c]);
    }

    #[test]
    fn alternates_between_families() {
        let found = list(&["[::1]:1", "[::2]:1", "[::3]:1", "10.0.0.1:1", "10.0.0.2:1"]);
        let mixed = list(&["[::1]:1", "10.0.0.1:1", "[::2]:1", "10.0.0.2:1", "[::3]:1"]);
        assert_eq!(interleave(found), mixed);
        assert!(interleave(Vec::new()).is_empty());
    }
}
