//! What the platform answered.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::transport::Answer;

/// A successful answer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ApiResponse {
    /// Whether the call had the effect that it was made for.
    pub success: bool,
    /// The status of the answer.
    #[serde(rename = "statusCode")]
    pub status: u16,
    /// What the platform said, or `Success`.
    pub message: String,
    /// The platform's JSON as it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<RawValue>>,
}

/// The one key of an answer that is read here.
#[derive(serde::Deserialize)]
struct Said<'a> {
    #[serde(borrow, default)]
    message: Option<&'a RawValue>,
}

impl ApiResponse {
    /// The message of an answer that gives none.
    pub(crate) const SUCCESS: &str = "Success";

    /// From a success whose body is empty or JSON.
    pub(crate) fn from_answer(answer: Answer) -> Self {
        let data = answer
            .body
            .and_then(|body| RawValue::from_string(body).ok());
        let said = data
            .as_deref()
            .and_then(|data| serde_json::from_str::<Said<'_>>(data.get()).ok()?.message)
            .and_then(|message| serde_json::from_str::<String>(message.get()).ok());
        let message = said.unwrap_or_else(|| Self::SUCCESS.to_owned());
        Self {
            success: true,
            status: answer.status,
            message,
            data,
        }
    }
}
