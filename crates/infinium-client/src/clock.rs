//! The time of day. Everything that waits or measures uses tokio's clock, which tests can stop.

use std::time::{Duration, SystemTime};

/// Stands for "never". Much longer durations cannot be added to an instant.
pub(crate) const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Now, as the calendar has it: for dates in headers and names of files.
#[expect(
    clippy::disallowed_methods,
    reason = "this is about the time of day, and decides no wait"
)]
pub(crate) fn wall_clock() -> SystemTime {
    SystemTime::now()
}
