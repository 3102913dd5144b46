//! One call in flight, and the delivery of one task.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderValue, Method, Uri};
use tokio_util::sync::CancellationToken;

use crate::{
    cancel::unless_cancelled,
    client::Shared,
    config::RetryOnRateLimit,
    error::{Error, ErrorKind, Result},
    key::new_key,
    limit::Slot,
    log::Level,
    response::ApiResponse,
    retry::{self, Context},
    stats::Entry,
    transport::{Answer, Failure, Http, Request},
    wait_group::WaitGuard,
    wire,
};

/// A task as JSON with keys in camelCase.
pub trait TaskText {
    /// Lets `read` see the text.
    fn read<R>(&self, read: impl FnOnce(&str) -> R) -> R;
}

impl<T: AsRef<str>> TaskText for T {
    fn read<R>(&self, read: impl FnOnce(&str) -> R) -> R {
        read(self.as_ref())
    }
}

/// One call: in flight from [`Client::begin`](crate::Client::begin) until it is dropped or has its result.
#[derive(Debug)]
pub struct Call {
    shared: Arc<Shared>,
    http: Http,
    cancel: CancellationToken,
    /// Whether anybody has the token.
    can_end: bool,
    now: Option<String>,
    _flight: WaitGuard,
}

impl Call {
    pub(crate) fn new(shared: Arc<Shared>, http: Http, flight: WaitGuard) -> Self {
        Self {
            shared,
            http,
            cancel: CancellationToken::new(),
            can_end: false,
            now: None,
            _flight: flight,
        }
    }

    /// Lets `token` end the call: what is in flight is dropped, its connection closed.
    #[must_use]
    pub fn cancelled_by(mut self, token: CancellationToken) -> Self {
        self.cancel = token;
        self.can_end = true;
        self
    }

    /// Gives a task without `currentDatetime` this time, in ISO 8601.
    #[must_use]
    pub fn at(mut self, now: impl Into<String>) -> Self {
        self.now = Some(now.into());
        self
    }

    /// Sends one task.
    ///
    /// # Errors
    /// Any kind but `Configuration` and `NotSent`.
    pub async fn send(&self, task: impl TaskText) -> Result<ApiResponse> {
        let entry = self.shared.ledger.submit();
        self.send_in(None, entry, task).await
    }

    pub(crate) async fn send_in(
        &self,
        slot: Option<Slot>,
        entry: Entry,
        task: impl TaskText,
    ) -> Result<ApiResponse> {
        let stop = CancellationToken::new();
        let sent = self.deliver(task, self.retries_rate_limit(), &stop, slot);
        let result = sent.await.map_err(|(error, _)| error);
        entry.settled(&result);
        result
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Waits for what the call needs to begin, if there is still somebody who wants it to.
    ///
    /// # Errors
    /// `Cancelled`.
    pub(crate) async fn until_wanted<T>(&self, wait: impl Future<Output = T>) -> Result<T> {
        if !self.can_end {
            return Ok(wait.await);
        }
        let outcome = unless_cancelled(&self.cancel, wait).await;
        outcome.ok_or_else(cancelled)
    }

    pub(crate) fn until_cancelled<T>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> impl Future<Output = Result<T>> {
        let unless_closed = unless_cancelled(&self.shared.closed, work);
        unless_cancelled(&self.cancel, unless_closed).map(|outcome| match outcome {
            Some(Some(result)) => result,
            Some(None) => {
                let message = "the client was closed before there was an answer";
                Err(Error::new(ErrorKind::Closed, message))
            }
            None => Err(cancelled()),
        })
    }

    /// Delivers one task. `stop` ends waiting, but not what is in flight.
    ///
    /// # Errors
    /// Also with the name of the task, if it has one, for whoever has to tell many apart.
    pub(crate) async fn deliver(
        &self,
        task: impl TaskText,
        retry_rate_limit: bool,
        stop: &CancellationToken,
        slot: Option<Slot>,
    ) -> Result<ApiResponse, (Error, Option<String>)> {
        let shared = self.shared();
        let payload = task.read(|json| {
            wire::encode(json, self.now.as_deref()).map_err(|error| (error, wire::task_name(json)))
        })?;
        // The text may be large, and what follows may take minutes.
        drop(task);
        let key = new_key();
        let stored = shared
            .spool
            .as_ref()
            .and_then(|spool| spool.store(&key, &payload.body));
        let request = shared.trace_request(&key, Bytes::from(payload.body));
        let context = shared.context(retry_rate_limit, &shared.resource);
        let result = self
            .until_cancelled(shared.exchange(&self.http, &request, &context, stop, slot))
            .await;
        // Whatever became of it, its caller knows now.
        if let Some(stored) = stored {
            stored.remove();
        }
        match result {
            Ok(answer) => {
                shared.background.delivered();
                Ok(ApiResponse::from_answer(answer))
            }
            Err(error) => {
                let name = std::str::from_utf8(&request.body)
                    .ok()
                    .and_then(wire::task_name);
                Err((error, name))
            }
        }
    }

    /// A GET with the agent's credentials.
    pub(crate) fn agent_request(&self, uri: Uri) -> Request {
        Request {
            method: Method::GET,
            uri,
            headers: self.shared().agent_headers.clone(),
            key: None,
            body: Bytes::new(),
        }
    }

    /// Sends until answered; `stop` ends waiting, but not what is in flight.
    pub(crate) async fn exchange(
        &self,
        request: &Request,
        context: &Context<'_>,
        stop: &CancellationToken,
    ) -> Result<Answer> {
        let shared = self.shared();
        shared
            .exchange(&self.http, request, context, stop, None)
            .await
    }

    /// Whether single requests wait and try again on 429.
    pub(crate) fn retries_rate_limit(&self) -> bool {
        self.shared().retry_on_rate_limit == RetryOnRateLimit::Always
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.shared().timeout
    }
}

fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "the call was cancelled")
}

impl Shared {
    /// A request that delivers the task with this body.
    pub(crate) fn trace_request(&self, key: &str, body: Bytes) -> Request {
        Request {
            method: Method::POST,
            uri: self.trace_uri.clone(),
            headers: self.trace_headers.clone(),
            key: HeaderValue::from_str(key).ok(),
            body,
        }
    }

    /// How a request with the agent's credentials is judged.
    pub(crate) fn context<'a>(&'a self, retry_rate_limit: bool, resource: &'a str) -> Context<'a> {
        Context {
            max_retries: self.retrier.policy.max_retries,
            retry_rate_limit,
            resource,
            credentials: "agentId and agentSecret",
            timeout: self.timeout,
            secret: &self.secret,
        }
    }

    /// Whether tasks that nobody waits for one by one wait and try again on 429.
    pub(crate) fn retries_rate_limit_in_batch(&self) -> bool {
        self.retry_on_rate_limit != RetryOnRateLimit::Never
    }

    pub(crate) async fn exchange(
        &self,
        http: &Http,
        request: &Request,
        context: &Context<'_>,
        stop: &CancellationToken,
        slot: Option<Slot>,
    ) -> Result<Answer> {
        let attempt = |number| self.attempt(http, request, number);
        self.retrier
            .run(&self.gate, context, stop, slot, attempt)
            .await
            .inspect_err(|error| {
                if error.kind() == ErrorKind::NotSent {
                    return;
                }
                self.log.line(Level::Error, || {
                    format!("{} {}: {error}", request.method, request.uri)
                });
            })
    }

    async fn attempt(
        &self,
        http: &Http,
        request: &Request,
        attempt: u32,
    ) -> Result<Answer, Failure> {
        let log = &self.log;
        let started = tokio::time::Instant::now();
        log.line(Level::Debug, || {
            format!("{} {} (attempt {attempt})", request.method, request.uri)
        });
        // Others can be answered while no task is taken, and the other way round.
        let is_task = request.method == Method::POST;
        if is_task {
            self.background.asked(self.requests.count() == 0);
        }
        let under_way = self.requests.add();
        let outcome = http.send(request).await;
        drop(under_way);
        if is_task && let Some(answered) = retry::is_answered(&outcome) {
            self.background.heard(answered);
        }
        log.line(Level::Info, || {
            let took = started.elapsed().as_millis();
            let end = match &outcome {
                Ok(answer) => answer.status.to_string(),
                Err(Failure::Timeout) => "timeout".to_owned(),
                Err(Failure::Network { problem, .. }) => (*problem).to_owned(),
            };
            format!("{} {} -> {end} in {took} ms", request.method, request.uri)
        });
        outcome
    }
}
