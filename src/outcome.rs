//! Results and errors as JSON, for `lib/failure.js` to make JavaScript's own objects of.

use std::{collections::BTreeMap, error::Error as StdError, io};

use infinium_client::{ApiResponse, BatchReport, DropReason, Error, ErrorKind, SpoolStats, Stats};
use serde::{Serialize, ser::SerializeSeq};
use serde_json::value::RawValue;

pub(crate) fn to_json(value: &impl Serialize) -> String {
    // Only types with failing `Serialize` or maps with other keys than strings fail here: none of ours.
    serde_json::to_string(value).unwrap_or_default()
}

/// An error, without its class.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Described<'a> {
    kind: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout_duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actual_size: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_data: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<Original>,
}

/// What the operating system or a protocol had to say.
#[derive(Serialize)]
struct Original {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

impl<'a> From<&'a Error> for Described<'a> {
    fn from(error: &'a Error) -> Self {
        Self {
            kind: kind(error.kind()),
            message: error.message(),
            status_code: error.status(),
            field: error.field(),
            retry_after: error.retry_after().map(|wait| wait.as_secs_f64()),
            timeout_duration: error.timeout().map(|limit| limit.as_secs_f64() * 1000.0),
            actual_size: error.payload_size(),
            response_data: error.body(),
            original: error.source().map(original),
        }
    }
}

/// The kinds as `lib/failure.js` knows them.
fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Configuration => "configuration",
        ErrorKind::Validation => "validation",
        ErrorKind::PayloadTooLarge => "payloadTooLarge",
        ErrorKind::Authentication => "authentication",
        ErrorKind::NotFound => "notFound",
        ErrorKind::RateLimit => "rateLimit",
        ErrorKind::Server => "server",
        ErrorKind::Network => "network",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Cancelled => "cancelled",
        _ => "other",
    }
}

fn original(source: &(dyn StdError + 'static)) -> Original {
    let chain: Vec<_> = std::iter::successors(Some(source), |&error| error.source()).collect();
    let io = chain
        .iter()
        .rev()
        .find_map(|error| error.downcast_ref::<io::Error>());
    let messages: Vec<_> = chain.iter().map(ToString::to_string).collect();
    Original {
        message: messages.join(": "),
        code: io.and_then(|error| code(error.kind())),
    }
}

/// The codes that Node.js gives to the same failures.
fn code(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::ConnectionRefused => "ECONNREFUSED",
        io::ErrorKind::ConnectionReset => "ECONNRESET",
        io::ErrorKind::ConnectionAborted => "ECONNABORTED",
        io::ErrorKind::BrokenPipe => "EPIPE",
        io::ErrorKind::TimedOut => "ETIMEDOUT",
        io::ErrorKind::HostUnreachable => "EHOSTUNREACH",
        io::ErrorKind::NetworkUnreachable => "ENETUNREACH",
        _ => return None,
    })
}

/// A batch, without the class of its errors.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Batch<'a> {
    total_tasks: usize,
    successful_tasks: usize,
    failed_tasks: usize,
    results: Results<'a>,
    errors: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_by: Option<Described<'a>>,
}

impl<'a> From<&'a BatchReport> for Batch<'a> {
    fn from(report: &'a BatchReport) -> Self {
        let successful_tasks = report
            .results
            .iter()
            .filter(|result| result.is_ok())
            .count();
        Self {
            total_tasks: report.results.len(),
            successful_tasks,
            failed_tasks: report.results.len() - successful_tasks,
            results: Results(&report.results),
            errors: &report.errors,
            stopped_by: report.stopped_by.as_ref().map(Described::from),
        }
    }
}

struct Results<'a>(&'a [Result<ApiResponse, Error>]);

impl Serialize for Results<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_seq(Some(self.0.len()))?;
        for result in self.0 {
            match result {
                Ok(response) => out.serialize_element(response)?,
                Err(error) => out.serialize_element(&Failed {
                    success: false,
                    status_code: error.status(),
                    message: error.message(),
                    data: error.body(),
                    error: error.into(),
                })?,
            }
        }
        out.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failed<'a> {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<u16>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    error: Described<'a>,
}

/// The counts of a client, with the names that they have in JavaScript.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    submitted: u64,
    delivered: u64,
    failed: u64,
    failed_by_error: BTreeMap<&'static str, u64>,
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

impl From<&Stats> for Counts {
    fn from(stats: &Stats) -> Self {
        let mut failed_by_error = BTreeMap::new();
        for (kind, count) in &stats.failed {
            *failed_by_error.entry(class(*kind)).or_default() += count;
        }
        let dropped_by_reason = stats.dropped.iter();
        let dropped_by_reason = dropped_by_reason.map(|(why, count)| (reason(*why), *count));
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
            failed_by_error,
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

/// The classes that `lib/failure.js` makes of these kinds.
fn class(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Validation => "ValidationError",
        ErrorKind::PayloadTooLarge => "PayloadTooLargeError",
        ErrorKind::Authentication => "AuthenticationError",
        ErrorKind::NotFound => "NotFoundError",
        ErrorKind::RateLimit => "RateLimitError",
        ErrorKind::Server => "ServerError",
        ErrorKind::Network => "NetworkError",
        ErrorKind::Timeout => "TimeoutError",
        // What a signal is aborted with, unless its owner gives another reason.
        ErrorKind::Cancelled => "AbortError",
        _ => "InfiniumError",
    }
}

fn reason(reason: DropReason) -> &'static str {
    match reason {
        DropReason::QueueFull => "queueFull",
        DropReason::Closed => "closed",
        DropReason::LeftInSpool => "leftInSpool",
        _ => "abandoned",
    }
}
