//! The header `Retry-After`: RFC 9110, section 10.2.3.

use std::time::{Duration, SystemTime};

/// How long it asks to wait, counted from `now`; `None` if it cannot be read.
pub(crate) fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if value.bytes().next()?.is_ascii_digit() {
        // Whole seconds by the standard; fractions are sent by some and do no harm.
        let seconds = value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let seconds: f64 = value.parse().ok().filter(|_| seconds)?;
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    // A time that has passed asks for no wait at all.
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_and_dates() {
        let now = httpdate::parse_http_date("Mon, 23 Nov 2026 09:30:00 GMT").unwrap();
        for (value, wait) in [
            ("0", Some(0.0)),
            ("120", Some(120.0)),
            (" 2 ", Some(2.0)),
            ("1.5", Some(1.5)),
            ("Mon, 23 Nov 2026 09:31:30 GMT", Some(90.0)),
            ("Monday, 23-Nov-26 09:31:30 GMT", Some(90.0)),
            ("Mon Nov 23 09:31:30 2026", Some(90.0)),
            ("Mon, 23 Nov 2026 09:00:00 GMT", Some(0.0)),
            ("", None),
            ("-1", None),
            ("soon", None),
            ("1e3", None),
            ("12 s", None),
            ("0x10", None),
        ] {
            assert_eq!(
                parse(value, now),
                wait.map(Duration::from_secs_f64),
                "{value}"
            );
        }
        assert_eq!(
            parse("99999999999999999999999999", now),
            Some(Duration::MAX)
        );
    }
}
