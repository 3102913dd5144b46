//! Tracks which reqwest connections have brought an answer, and when.

use std::{
    collections::HashMap, error::Error as StdError, net::SocketAddr, sync::Mutex, time::Duration,
};

use http::Extensions;
use hyper_util::client::legacy::{self, connect::HttpInfo};
use tokio::time::Instant;

use crate::{sync::LockExt, transport::incoming::FRESH};

/// The time of the last complete answer of each connection, by its local address.
#[derive(Debug, Default)]
pub(super) struct Answered(Mutex<HashMap<SocketAddr, Instant>>);

impl Answered {
    /// Records an answer. Forgets connections without an answer for `max_idle`, which reqwest has closed.
    pub(super) fn note(&self, connection: SocketAddr, max_idle: Duration) {
        let mut times = self.0.lock_unpoisoned();
        times.retain(|_, at| at.elapsed() < max_idle);
        times.insert(connection, Instant::now());
    }

    /// Whether a request that began at `began` failed on a connection that was already idle at that time.
    pub(super) fn was_idle(&self, error: &reqwest::Error, began: Instant) -> bool {
        let times = self.0.lock_unpoisoned();
        connection_of(error)
            .and_then(|connection| times.get(&connection))
            .is_some_and(|at| began.saturating_duration_since(*at) >= FRESH)
    }
}

/// Returns the connection on which a request failed, if the request was sent at all.
fn connection_of(error: &reqwest::Error) -> Option<SocketAddr> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<legacy::Error>() {
            let mut extras = Extensions::new();
            error.connect_info()?.get_extras(&mut extras);
            return Some(extras.get::<HttpInfo>()?.local_addr());
        }
        cause = error.source();
    }
    None
}
