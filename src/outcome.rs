//! Results and errors as JSON, for `lib/failure.js` to make JavaScript's own objects of.

use std::{error::Error as StdError, io};

use infinium_client::{ApiResponse, BatchReport, Error, ErrorKind};
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
