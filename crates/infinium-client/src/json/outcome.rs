//! The outcomes of calls.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    batch_report::BatchDescription, error::ErrorDescription, stats::StatsDescription, text::to_json,
};
use crate::{batch::BatchReport, stats::Stats};
use infinium_core::{Error, ErrorKind, LogLine, Result};

/// The maximum size of a result in bytes. V8's strings have at most 512 Mi characters, fewer in older versions.
const MAX_RESULT_SIZE: usize = 200 * 1024 * 1024;

/// How a call has ended.
#[derive(Debug)]
pub enum Outcome {
    /// Its result.
    Resolved(String),
    /// Its error.
    Rejected(String),
}

/// Returns the outcome of a call whose result is JSON.
#[must_use]
pub fn outcome(result: Result<String>) -> Outcome {
    match result {
        // JavaScript could not hold it as a string.
        Ok(result) if result.len() > MAX_RESULT_SIZE => {
            let size = result.len();
            let problem =
                format!("the result is too large for JavaScript ({size} bytes); ask for less");
            Outcome::Rejected(describe_error(&Error::new(ErrorKind::Unexpected, problem)))
        }
        Ok(result) => Outcome::Resolved(result),
        Err(error) => Outcome::Rejected(describe_error(&error)),
    }
}

/// Describes an error. `lib/bridge/failure.ts` makes a JavaScript error of it.
#[must_use]
pub fn describe_error(error: &Error) -> String {
    to_json(&ErrorDescription::from(error))
}

/// Writes a response, or any other result that is made of texts and numbers.
pub fn of_response(response: &impl Serialize) -> String {
    to_json(response)
}

/// Describes a batch. `lib/client/batch.ts` makes a `BatchResult` of it.
#[must_use]
pub fn of_batch(report: &BatchReport) -> String {
    to_json(&BatchDescription::from(report))
}

/// Writes a line of the log: its text, and on a second line its numbers, if it has any.
#[must_use]
pub fn of_line(LogLine { mut text, numbers }: LogLine) -> String {
    if !numbers.is_empty() {
        text.push('\n');
        text.push_str(&to_json(&numbers.into_iter().collect::<BTreeMap<_, _>>()));
    }
    text
}

/// Describes counts. `lib/client/stats.ts` makes `ClientStats` of them.
#[must_use]
pub fn of_stats(stats: &Stats) -> String {
    to_json(&StatsDescription::from(stats))
}
