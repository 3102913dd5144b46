//! What the platform made of a trace.

use std::time::Duration;

use serde_json::value::RawValue;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::{
    call::Call,
    client::{MAX_SEGMENT, join, to_uri},
    clock::CENTURY,
    error::{Error, ErrorKind, Result},
    response::ApiResponse,
    wire,
};

impl Call {
    /// Looks once for the interpretation of a trace. If it is not ready, or the trace is not known,
    /// the response has `success: false`.
    ///
    /// # Errors
    /// `Validation` of `traceId`; what any request can meet, but `NotFound`.
    pub async fn interpretation(&self, trace_id: &str) -> Result<ApiResponse> {
        self.until_cancelled(self.look(trace_id)).await
    }

    /// Looks for the interpretation of a trace every `interval`, until it is ready.
    ///
    /// # Errors
    /// `Timeout` after `limit`, which also cuts a request in flight; `Validation` of `traceId`; what
    /// any request can meet, but `NotFound`: a trace that is not known yet may be later.
    pub async fn wait_for_interpretation(
        &self,
        trace_id: &str,
        limit: Duration,
        interval: Duration,
    ) -> Result<ApiResponse> {
        let deadline = Instant::now() + limit.min(CENTURY);
        let poll = async {
            loop {
                let response = self.look(trace_id).await?;
                if response.success {
                    return Ok(response);
                }
                sleep(interval.min(CENTURY)).await;
            }
        };
        let wait = async {
            timeout_at(deadline, poll).await.unwrap_or_else(|_| {
                let message = format!(
                    "no interpretation of trace {trace_id} within {} ms; wait longer or ask again later",
                    limit.as_millis()
                );
                Err(Error::new(ErrorKind::Timeout, message).with_timeout(limit))
            })
        };
        self.until_cancelled(wait).await
    }

    async fn look(&self, trace_id: &str) -> Result<ApiResponse> {
        let segment = check_segment("traceId", trace_id)?;
        let url = join(&self.shared().agent_url, &["interpreted-result", segment]);
        let uri = to_uri(&url)?;
        let resource = format!("trace {segment}");
        let request = self.agent_request(uri);
        let context = self.shared().context(self.retries_rate_limit(), &resource);
        match self
            .exchange(&request, &context, &CancellationToken::new())
            .await
        {
            Ok(answer) => {
                let mut response = ApiResponse::from_answer(answer);
                response.success = response.data.as_deref().is_some_and(is_ready);
                if !response.success && response.message == ApiResponse::SUCCESS {
                    response.message = "the interpretation is not ready".to_owned();
                }
                Ok(response)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(ApiResponse {
                success: false,
                status: 404,
                message: error.message().to_owned(),
                data: error.body().map(ToOwned::to_owned),
            }),
            Err(error) => Err(error),
        }
    }
}

fn is_ready(data: &RawValue) -> bool {
    wire::member(data.get(), "interpretedTraceResult").is_some_and(|result| result != "null")
}

/// Checks an argument that becomes a segment of the path.
///
/// # Errors
/// `Validation` of `field`.
pub(crate) fn check_segment<'a>(field: &str, value: &'a str) -> Result<&'a str> {
    let trimmed = value.trim();
    // These two mean other directories, however they are encoded.
    let is_place = matches!(trimmed, "" | "." | "..");
    // URLs lose some of these.
    let problem = if is_place || trimmed.chars().any(char::is_control) {
        format!("must be an id (got {trimmed:?})")
    } else if trimmed.len() > MAX_SEGMENT {
        format!(
            "must be an id of at most {MAX_SEGMENT} bytes (got {})",
            trimmed.len()
        )
    } else {
        return Ok(trimmed);
    };
    let message = format!("{field} {problem}");
    Err(Error::of_field(ErrorKind::Validation, field, message))
}
