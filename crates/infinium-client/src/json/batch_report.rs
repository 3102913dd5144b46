//! Converts the report of a batch to JSON. `lib/client/batch.ts` creates a `BatchResult` from it.

use serde::{Serialize, ser::SerializeSeq};
use serde_json::value::RawValue;

use super::error::ErrorDescription;
use crate::batch::BatchReport;
use infinium_core::{ApiResponse, Error};

/// The outcome of each task of a batch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BatchDescription<'a> {
    total_tasks: usize,
    successful_tasks: usize,
    failed_tasks: usize,
    results: Results<'a>,
    errors: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_by: Option<ErrorDescription<'a>>,
}

impl<'a> From<&'a BatchReport> for BatchDescription<'a> {
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
            stopped_by: report.stopped_by.as_ref().map(ErrorDescription::from),
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
    error: ErrorDescription<'a>,
}
