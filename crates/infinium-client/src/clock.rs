//! The time of day. All waits and measurements use Tokio's clock instead, which tests can pause.

use std::time::Duration;
#[cfg(not(target_family = "wasm"))]
use std::time::SystemTime;

/// Stands for "never". Much longer durations cannot be added to an instant.
pub(crate) const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

#[cfg(target_family = "wasm")]
pub(crate) use crate::hosted::host::wall_clock;

/// The current calendar time, for dates in headers and for file names.
#[cfg(not(target_family = "wasm"))]
#[expect(
    clippy::disallowed_methods,
    reason = "reads the time of day; no wait depends on it"
)]
pub(crate) fn wall_clock() -> SystemTime {
    SystemTime::now()
}
