//! What all requests share.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    access::{Access, local_url},
    fault_script::FaultScript,
    rate_limiter::RateLimiter,
    store::Store,
};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) address: SocketAddr,
    pub(crate) access: Access,
    pub(crate) body_timeout: Duration,
    pub(crate) store: Arc<Store>,
    pub(crate) faults: FaultScript,
    pub(crate) rate_limiter: Option<RateLimiter>,
    pub(crate) agents: HashMap<String, String>,
    pub(crate) interpret_after: Duration,
    pub(crate) prompts: Option<PathBuf>,
    pub(crate) counts: Mutex<Counts>,
}

impl State {
    /// The address of the pages, with the token if one is needed.
    pub(crate) fn viewer(&self) -> String {
        let url = local_url(self.address);
        match &self.access.token {
            Some(token) => format!("{url}/?token={token}"),
            None => format!("{url}/"),
        }
    }

    /// What this program is, and where: for people, and for a second one that finds the port taken.
    pub(crate) fn about(&self) -> Value {
        json!({
            "name": "infinium-local",
            "version": env!("CARGO_PKG_VERSION"),
            "port": self.address.port(),
            "url": format!("{}/api/v1", local_url(self.address)),
            "viewer": self.viewer(),
            "database": self.store.path().map(|path| path.display().to_string()),
        })
    }

    pub(crate) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What has happened since the start, as `GET /local/stats` returns it.
#[derive(Clone, Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    /// Requests that sent a trace, whatever the answer was.
    pub(crate) arrivals: u64,
    /// Traces that were new.
    pub(crate) stored: u64,
    /// Traces whose idempotency key was already stored.
    pub(crate) duplicates: u64,
    /// Answers by status.
    pub(crate) by_status: BTreeMap<u16, u64>,
}
