//! The clocks of the platform.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[expect(
    clippy::disallowed_methods,
    reason = "the platform always runs in real time"
)]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// Milliseconds since 1970-01-01 UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "the platform always runs in real time"
)]
pub(crate) fn unix_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A time in ISO 8601, in UTC and with milliseconds. Times before 1970 become its first instant.
pub(crate) fn iso(unix_ms: i64) -> String {
    let since = Duration::from_millis(unix_ms.try_into().unwrap_or(0));
    humantime::format_rfc3339_millis(UNIX_EPOCH + since).to_string()
}

/// Milliseconds since 1970 of a date (`2026-11-23`), a date and time in UTC, or a number of
/// milliseconds.
pub(crate) fn parse(text: &str) -> Option<i64> {
    if let Ok(ms) = text.parse() {
        return Some(ms);
    }
    let midnight = format!("{text}T00:00:00Z");
    let utc = format!("{}Z", text.trim_end_matches('Z'));
    let parsed =
        humantime::parse_rfc3339_weak(&utc).or_else(|_| humantime::parse_rfc3339_weak(&midnight));
    let since = parsed.ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::{iso, parse};

    #[test]
    fn reads_dates_and_milliseconds() {
        for (text, ms) in [
            ("1970-01-02", Some(86_400_000)),
            ("1970-01-01T00:01:00Z", Some(60_000)),
            ("1970-01-01T00:01:00", Some(60_000)),
            ("1970-01-01 00:00:00.5", Some(500)),
            ("1234", Some(1234)),
            ("soon", None),
        ] {
            assert_eq!(parse(text), ms, "{text}");
        }
    }

    #[test]
    fn writes_iso_8601() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_426_200_123, "2026-11-23T09:30:00.123Z"),
        ] {
            assert_eq!(iso(ms), text);
        }
    }
}
