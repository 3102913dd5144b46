//! What all requests share.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{access::Access, fault_script::FaultScript, rate_limiter::RateLimiter, store::Store};

pub(crate) struct State {
    pub(crate) access: Access,
    pub(crate) body_timeout: Duration,
    pub(crate) store: Store,
    pub(crate) faults: FaultScript,
    pub(crate) rate_limiter: Option<RateLimiter>,
    pub(crate) agents: HashMap<String, String>,
    pub(crate) interpret_after: Duration,
    pub(crate) prompts: Option<PathBuf>,
    pub(crate) counts: Mutex<Counts>,
}

impl State {
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
