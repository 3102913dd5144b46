//! The outcome of one attempt.

use std::{
    error::Error as StdError,
    time::{Duration, SystemTime},
};

use crate::retry_after;

/// A complete answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long the platform asks to wait, from now on.
    pub retry_after: Option<Duration>,
    /// `None` if the body is not UTF-8 or was too large to read.
    pub body: Option<String>,
}

/// The headers of an answer that matter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'a> {
    /// `Retry-After`.
    pub retry_after: Option<&'a str>,
    /// `Date`.
    pub date: Option<&'a str>,
}

impl Answer {
    /// Reads an answer. `body` is `None` if it was too large. `clock` is only called if the time of day matters.
    pub fn read(
        status: u16,
        headers: Headers<'_>,
        body: Option<Vec<u8>>,
        clock: impl FnOnce() -> SystemTime,
    ) -> Self {
        let retry_after = headers.retry_after.and_then(|value| {
            // A date in `Retry-After` refers to the server's clock, so it is compared with the header `Date`.
            let now = headers
                .date
                .and_then(|date| httpdate::parse_http_date(date).ok());
            retry_after::parse(value, now.unwrap_or_else(clock))
        });
        let body = body
            .and_then(|body| String::from_utf8(body).ok())
            .map(without_byte_order_mark);
        Self {
            status,
            retry_after,
            body,
        }
    }
}

/// Removes the byte order mark that some servers put before UTF-8.
fn without_byte_order_mark(mut text: String) -> String {
    const MARK: &str = "\u{feff}";
    if text.starts_with(MARK) {
        text.drain(..MARK.len());
    }
    text
}

/// Why there is no complete answer.
#[derive(Debug)]
pub enum Failure {
    /// The attempt exceeded its time limit.
    Timeout,
    /// The connection failed.
    Network {
        /// What failed, and what to do about it. It becomes the message.
        problem: String,
        /// The code that Node.js uses for the same failure, as in `ECONNREFUSED`.
        code: Option<&'static str>,
        /// Whether the request used a connection that had been idle, and that the server may have closed long before.
        stale: bool,
        /// The error of the operating system or the protocol.
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl Failure {
    /// Creates the failure of a connection.
    pub fn network(
        problem: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::Network {
            problem: problem.into(),
            code: None,
            stale: false,
            source: source.into(),
        }
    }

    /// The same failure, with the code that Node.js uses for it.
    #[must_use]
    pub fn with_code(mut self, known: Option<&'static str>) -> Self {
        if let Self::Network { code, .. } = &mut self {
            *code = known;
        }
        self
    }

    /// The same failure, of a connection that had been idle if `stale`.
    #[must_use]
    pub fn with_stale(mut self, is_stale: bool) -> Self {
        if let Self::Network { stale, .. } = &mut self {
            *stale = is_stale;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: Headers<'_>, body: Option<&[u8]>) -> Answer {
        let clock = || httpdate::parse_http_date("Mon, 23 Nov 2026 09:30:00 GMT").unwrap();
        Answer::read(429, headers, body.map(<[u8]>::to_vec), clock)
    }

    #[test]
    fn compares_a_date_with_the_clock_of_the_server() {
        let until = Some("Mon, 23 Nov 2026 09:31:00 GMT");
        for (retry_after, date, seconds) in [
            (Some("7"), None, Some(7)),
            (until, None, Some(60)),
            (until, Some("Mon, 23 Nov 2026 09:30:50 GMT"), Some(10)),
            (until, Some("some day"), Some(60)),
            (Some("soon"), None, None),
            (None, Some("Mon, 23 Nov 2026 09:30:50 GMT"), None),
        ] {
            let answer = read(Headers { retry_after, date }, None);
            assert_eq!(answer.retry_after, seconds.map(Duration::from_secs));
        }
    }

    #[test]
    fn takes_text_without_its_mark_and_nothing_else() {
        for (body, text) in [
            (Some(b"\xef\xbb\xbf{}".as_slice()), Some("{}")),
            (Some(b"{}"), Some("{}")),
            (Some(b"\xff"), None),
            (None, None),
        ] {
            assert_eq!(read(Headers::default(), body).body.as_deref(), text);
        }
    }
}
