//! The header `Retry-After`: RFC 9110, section 10.2.3.

use std::time::{Duration, SystemTime};

/// Parses the wait, relative to `now`. Returns `None` if the header is invalid.
pub(crate) fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if value.bytes().next()?.is_ascii_digit() {
        // The standard allows whole seconds only; some servers send fractions.
        let seconds = value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let seconds: f64 = value.parse().ok().filter(|_| seconds)?;
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    // A date in the past asks for no wait.
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn any_text_is_a_wait_or_nothing(
            text in prop_oneof![any::<String>(), "[0-9.]{0,40}", "[A-Za-z0-9:, -]{0,40}"],
            now in 0..=u64::from(u32::MAX),
        ) {
            parse(&text, SystemTime::UNIX_EPOCH + Duration::from_secs(now));
        }

        #[test]
        fn any_bytes_are_a_wait_or_nothing(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            parse(&String::from_utf8_lossy(&bytes), SystemTime::UNIX_EPOCH);
        }

        #[test]
        fn waits_exactly_the_given_seconds(seconds in 0..=1_u64 << 53) {
            let wait = parse(&seconds.to_string(), SystemTime::UNIX_EPOCH);
            prop_assert_eq!(wait, Some(Duration::from_secs(seconds)));
        }

        #[test]
        fn waits_until_the_date(now in 0..253_402_300_800_u64, then in 0..253_402_300_800_u64) {
            let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            let wait = parse(&httpdate::fmt_http_date(at(then)), at(now));
            prop_assert_eq!(wait, Some(Duration::from_secs(then.saturating_sub(now))));
        }
    }
}
