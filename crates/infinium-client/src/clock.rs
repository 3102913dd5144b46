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
    #[cfg(test)]
    return tests::set(SystemTime::now());
    #[cfg(not(test))]
    SystemTime::now()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::{cell::Cell, fs, path::Path};

    use super::*;

    thread_local! {
        static STEP: Cell<(i8, Duration)> = const { Cell::new((0, Duration::ZERO)) };
    }

    /// Sets the wall clock of this thread: later by this time if `direction` is positive, earlier if it is negative.
    pub(crate) fn set_wall_clock(direction: i8, by: Duration) {
        STEP.set((direction, by));
    }

    pub(super) fn set(now: SystemTime) -> SystemTime {
        match STEP.get() {
            (1.., by) => now + by,
            (0, _) => now,
            (..0, by) => now - by,
        }
    }

    /// What may ask for the time of day: dates in headers, names of files, and random bytes. No wait is among them.
    const USES: [&str; 5] = [
        "hosted/host.rs",
        "hosted/transport.rs",
        "key.rs",
        "spool/open.rs",
        "transport/http.rs",
    ];

    #[test]
    fn only_dates_and_names_depend_on_the_time_of_day() {
        let sources = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
        let mut uses = Vec::new();
        let mut directories = vec![sources.to_owned()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    directories.push(path);
                    continue;
                }
                let code = fs::read_to_string(&path).unwrap();
                let asks = ["wall_clock", "SystemTime::now", "UNIX_EPOCH.elapsed"];
                if asks.iter().any(|name| code.contains(name)) {
                    let name = path.strip_prefix(sources).unwrap();
                    uses.push(name.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        uses.retain(|name| name != "clock.rs" && !name.starts_with("simulation/"));
        uses.sort();
        assert_eq!(uses, USES);
    }
}
