//! Which connections have not been used for a while.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// A connection that was used within this time has hardly been closed since.
const FRESH: Duration = Duration::from_millis(100);

/// When each connection was last used. Connections are known by their address on this side, which no two
/// have in common.
#[derive(Debug)]
pub(super) struct Idle {
    used: Mutex<HashMap<SocketAddr, Instant>>,
    forget_after: Duration,
}

impl Idle {
    /// Connections that are idle for `forget_after` are closed, and of no interest any more.
    pub(super) fn new(forget_after: Duration) -> Self {
        Self {
            used: Mutex::default(),
            forget_after,
        }
    }

    /// The connection brought an answer.
    pub(super) fn used(&self, connection: SocketAddr) {
        let now = Instant::now();
        let mut used = self.lock();
        if used.len() == used.capacity() {
            used.retain(|_, at| now.duration_since(*at) < self.forget_after);
        }
        used.insert(connection, now);
    }

    /// The connection broke; returns whether it had brought answers, but none for a while.
    pub(super) fn broke(&self, connection: SocketAddr) -> bool {
        let used = self.lock().remove(&connection);
        used.is_some_and(|at| at.elapsed() >= FRESH)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SocketAddr, Instant>> {
        // A guess is all this is for, so any state will do.
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn knows_what_was_idle() {
        let idle = Idle::new(Duration::from_secs(30));
        let [one, other] = [1, 2].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        idle.used(one);
        idle.used(other);
        assert!(!idle.broke(one));
        tokio::time::advance(FRESH).await;
        assert!(idle.broke(other));
        // Of what is new there is nothing to say.
        assert!(!idle.broke(other));
    }

    #[tokio::test(start_paused = true)]
    async fn forgets_what_is_long_gone() {
        let idle = Idle::new(Duration::from_secs(30));
        for port in 1..=10_000 {
            idle.used(SocketAddr::from(([127, 0, 0, 1], port)));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert!(idle.lock().len() < 1_000);
    }
}
