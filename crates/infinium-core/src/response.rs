//! Successful answers of the platform.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::{answer::Answer, error::Error, wire};

/// A successful answer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiResponse {
    /// Whether the call had its intended effect.
    pub success: bool,
    /// The HTTP status of the answer.
    #[serde(rename = "statusCode")]
    pub status: u16,
    /// The platform's message, or `Success`.
    pub message: String,
    /// The platform's JSON, unchanged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<RawValue>>,
}

impl ApiResponse {
    /// The message of an answer without one.
    pub const SUCCESS: &str = "Success";

    /// Creates a response for a failure that is not an error for the caller.
    #[must_use]
    pub fn from_error(error: &Error) -> Self {
        Self {
            success: false,
            status: error.status().unwrap_or_default(),
            message: error.message().to_owned(),
            data: error.body().map(ToOwned::to_owned),
        }
    }

    /// Creates a response from a success whose body is empty or JSON.
    pub fn from_answer(answer: Answer) -> Self {
        let data = answer
            .body
            .and_then(|body| RawValue::from_string(body).ok());
        let said = data
            .as_deref()
            .and_then(|data| wire::text(wire::member(data.get(), "message")?));
        let message = said.map_or_else(|| Self::SUCCESS.to_owned(), Cow::into_owned);
        Self {
            success: true,
            status: answer.status,
            message,
            data,
        }
    }
}
