//! The time of day. All waits and measurements use Tokio's clock instead, which tests can pause.

use std::time::{Duration, SystemTime};

/// Stands for "never". Much longer durations cannot be added to an instant.
pub(crate) const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The current calendar time, for dates in headers and for file names.
#[expect(
    clippy::disallowed_methods,
    reason = "reads the time of day; no wait depends on it"
)]
pub(crate) fn wall_clock() -> SystemTime {
    SystemTime::now()
}
