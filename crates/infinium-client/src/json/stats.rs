//! Converts the counts of a client to JSON. `lib/client/stats.ts` creates `ClientStats` from them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::error::kind_name;
use crate::stats::{SpoolStats, Stats};

/// The counts of a client, with JavaScript names. Unlike in JavaScript, failures are counted by error kind.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatsDescription {
    submitted: u64,
    delivered: u64,
    failed: u64,
    failed_by_kind: BTreeMap<&'static str, u64>,
    dropped: u64,
    dropped_by_reason: BTreeMap<&'static str, u64>,
    pending: u64,
    oldest_age_ms: f64,
    bytes: u64,
    in_flight: u64,
    retries: u64,
    limiter_waits: u64,
    spool: SpoolCounts,
}

#[derive(Serialize)]
struct SpoolCounts {
    tasks: u64,
    bytes: u64,
    adopted: u64,
    corrupted: u64,
    refused: u64,
}

impl From<&Stats> for StatsDescription {
    fn from(stats: &Stats) -> Self {
        let mut failed_by_kind = BTreeMap::new();
        for (kind, count) in &stats.failed {
            *failed_by_kind.entry(kind_name(*kind)).or_default() += count;
        }
        let dropped_by_reason = stats.dropped.iter();
        let dropped_by_reason = dropped_by_reason.map(|(reason, count)| (reason.name(), *count));
        let SpoolStats {
            tasks,
            bytes,
            adopted,
            corrupted,
            refused,
            ..
        } = stats.spool;
        Self {
            submitted: stats.submitted,
            delivered: stats.delivered,
            failed: stats.failed.values().sum(),
            failed_by_kind,
            dropped: stats.dropped.values().sum(),
            dropped_by_reason: dropped_by_reason.collect(),
            pending: stats.pending,
            oldest_age_ms: stats.oldest.unwrap_or_default().as_secs_f64() * 1000.0,
            bytes: stats.bytes,
            in_flight: stats.in_flight,
            retries: stats.retries,
            limiter_waits: stats.limiter_waits,
            spool: SpoolCounts {
                tasks,
                bytes,
                adopted,
                corrupted,
                refused,
            },
        }
    }
}
