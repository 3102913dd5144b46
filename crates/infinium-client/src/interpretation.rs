//! Interpretations: the platform's assessment of a trace.

use std::time::Duration;

use serde_json::value::RawValue;

use crate::{
    call::Call,
    clock::CENTURY,
    pipeline::RequestClass,
    runtime::{Instant, sleep, timeout_at},
    url_path::check_segment,
};
use infinium_core::{ApiResponse, Error, ErrorKind, Result, wire};

impl Call {
    /// Fetches the interpretation of a trace without waiting for it. If it is not ready or the trace is unknown, the
    /// response has `success: false`.
    ///
    /// # Errors
    /// `Validation` of `traceId`, or the errors of any request except `NotFound`.
    pub async fn interpretation(&self, trace_id: &str) -> Result<ApiResponse> {
        self.until_ended(self.poll_interpretation(trace_id)).await
    }

    /// Fetches the interpretation of a trace every `interval` until it is ready.
    ///
    /// # Errors
    /// `Timeout` after `limit`, which also ends a request in flight. `Validation` of `traceId`. The errors of any
    /// request except `NotFound`, because an unknown trace may become known later.
    pub async fn wait_for_interpretation(
        &self,
        trace_id: &str,
        limit: Duration,
        interval: Duration,
    ) -> Result<ApiResponse> {
        let deadline = Instant::now() + limit.min(CENTURY);
        let poll = async {
            loop {
                let response = self.poll_interpretation(trace_id).await?;
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
        self.until_ended(wait).await
    }

    async fn poll_interpretation(&self, trace_id: &str) -> Result<ApiResponse> {
        let segment = check_segment("traceId", trace_id)?;
        let pipeline = self.pipeline();
        let request = pipeline
            .requests
            .read_of_agent(&["interpreted-result", segment])?;
        let resource = format!("trace {segment}");
        let context = pipeline.context(RequestClass::Read, &resource);
        match self.read(&request, &context).await {
            Ok(answer) => {
                let mut response = ApiResponse::from_answer(answer);
                response.success = response.data.as_deref().is_some_and(is_ready);
                if !response.success && response.message == ApiResponse::SUCCESS {
                    response.message = "the interpretation is not ready".to_owned();
                }
                Ok(response)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(ApiResponse::from_error(&error))
            }
            Err(error) => Err(error),
        }
    }
}

fn is_ready(data: &RawValue) -> bool {
    wire::member(data.get(), "interpretedTraceResult").is_some_and(|result| result != "null")
}
