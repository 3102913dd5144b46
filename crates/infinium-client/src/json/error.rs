//! Describes errors in JSON. `lib/bridge/failure.ts` creates JavaScript errors from them.

use std::error::Error as StdError;

use serde::Serialize;
use serde_json::value::RawValue;

use infinium_core::{Error, ErrorKind, OptionId};

/// An error. Its kind determines the JavaScript class.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErrorDescription<'a> {
    kind: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    /// The id of an invalid option. The message begins with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    option: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout_duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actual_size: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_data: Option<&'a RawValue>,
    /// The code that Node.js uses for the same failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<Original>,
}

/// The error of the operating system or protocol that caused this error.
#[derive(Serialize)]
struct Original {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

impl<'a> From<&'a Error> for ErrorDescription<'a> {
    fn from(error: &'a Error) -> Self {
        Self {
            kind: kind_name(error.kind()),
            message: error.message(),
            status_code: error.status(),
            field: error.field(),
            option: error.option().map(OptionId::as_str),
            retry_after: error.retry_after().map(|wait| wait.as_secs_f64()),
            timeout_duration: error.timeout().map(|limit| limit.as_secs_f64() * 1000.0),
            actual_size: error.payload_size(),
            response_data: error.body(),
            original: (error.source()).map(|source| describe_source(source, error.code())),
            code: error.code(),
        }
    }
}

/// Returns the name of a kind, as in `ERROR_CLASSES` of `lib/bridge/failure.ts`.
pub(super) fn kind_name(kind: ErrorKind) -> &'static str {
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

fn describe_source(source: &(dyn StdError + 'static), code: Option<&'static str>) -> Original {
    let chain = std::iter::successors(Some(source), |&error| error.source());
    let messages: Vec<_> = chain.map(ToString::to_string).collect();
    Original {
        message: messages.join(": "),
        code,
    }
}
