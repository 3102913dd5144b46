//! The client: what is shared by all calls, and one call in flight.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Uri,
    header::{ACCEPT, CONTENT_TYPE, USER_AGENT},
};
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use crate::{
    cancel::unless_cancelled,
    config::{self, Checked, Config, RetryOnRateLimit},
    error::{Error, ErrorKind, Result},
    in_flight::InFlight,
    limit::{Gate, Slot},
    log::{Level, Log},
    model::TaskData,
    queue::Queue,
    response::ApiResponse,
    retry::{self, Backoff, Context, Policy},
    secret::Secret,
    transport::{Answer, Failure, Http, Request},
    wire,
};

const AGENT_ID: HeaderName = HeaderName::from_static("x-agent-id");
const AGENT_KEY: HeaderName = HeaderName::from_static("x-agent-key");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Delivers tasks to the platform. Clones share everything: limits, connections, what is in flight.
#[derive(Clone, Debug)]
pub struct Client(Arc<Shared>);

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) base_url: Url,
    pub(crate) agent_url: Url,
    trace_uri: Uri,
    /// What does not exist if the platform answers 404.
    resource: String,
    agent_headers: HeaderMap,
    pub(crate) user_agent: HeaderValue,
    secret: Secret,
    timeout: std::time::Duration,
    policy: Policy,
    retry_on_rate_limit: RetryOnRateLimit,
    pub(crate) gate: Arc<Gate>,
    log: Log,
    in_flight: InFlight,
    queue: Queue,
    /// `None` once closed.
    http: Mutex<Option<Http>>,
}

impl Client {
    /// Sets a client up. Nothing is sent yet.
    ///
    /// # Errors
    /// `Configuration`, naming the option in [`Error::field`].
    pub fn new(config: Config) -> Result<Self> {
        let Checked {
            agent_id,
            secret_header,
            user_agent,
            base_url,
        } = config.check()?;
        let http = Http::new(&config, &base_url)?;
        let agent = config.agent_id.trim().to_owned();
        let agent_url = join(&base_url, &["agents", &agent]);
        let mut agent_headers = HeaderMap::new();
        agent_headers.insert(AGENT_ID, agent_id);
        agent_headers.insert(AGENT_KEY, secret_header);
        agent_headers.insert(USER_AGENT, user_agent.clone());
        agent_headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let log = Log(config.logger);
        let rate = config.rate_limiting.then_some(config.requests_per_second);
        Ok(Self(Arc::new(Shared {
            trace_uri: to_uri(&join(&agent_url, &["trace"]))?,
            agent_url,
            base_url,
            resource: format!("agent {agent}"),
            agent_headers,
            user_agent,
            secret: config.agent_secret,
            timeout: config.timeout,
            policy: Policy {
                max_retries: config.max_retries,
                backoff: Backoff {
                    first: config.retry_delay,
                    most: config.max_retry_delay,
                },
                max_retry_after: config.max_retry_after,
            },
            retry_on_rate_limit: config.retry_on_rate_limit,
            gate: Arc::new(Gate::new(config.max_concurrency, rate, log.clone())),
            log,
            in_flight: InFlight::default(),
            queue: Queue::default(),
            http: Mutex::new(Some(http)),
        })))
    }

    /// Begins a call. From now on it counts as in flight, whenever it is first polled.
    ///
    /// # Errors
    /// `Closed` after [`close`](Client::close).
    pub fn begin(&self) -> Result<Call> {
        let http = self.0.lock_http().clone().ok_or_else(|| {
            Error::new(
                ErrorKind::Closed,
                "the client is closed; make a new one to send more",
            )
        })?;
        self.0.in_flight.add();
        Ok(Call {
            shared: self.0.clone(),
            http,
            cancel: CancellationToken::new(),
            now: None,
            patient: false,
        })
    }

    /// Sends one task.
    ///
    /// # Errors
    /// Any kind but `Configuration`, `Cancelled` and `NotSent`.
    pub async fn send(&self, task: &TaskData) -> Result<ApiResponse> {
        let json = serde_json::to_string(task)
            .map_err(|error| Error::unreadable("task", format!("task cannot be read: {error}")))?;
        self.begin()?.send(json).await
    }

    /// Sends one task in its turn, and calls `done` with what became of it, on whatever thread. Until
    /// then the task takes no more room than its text, however many there are.
    ///
    /// `call` is in flight until `done` has returned.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub fn submit(
        &self,
        call: Call,
        task: impl TaskText + Send + 'static,
        done: impl FnOnce(Result<ApiResponse>) + Send + 'static,
    ) {
        self.0.queue.push(&self.0.gate, call, task, done);
    }

    /// Whether the base URL sends credentials in the clear to another machine.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        self.0.base_url.scheme() == "http" && !config::is_loopback(&self.0.base_url)
    }

    /// Waits until nothing is in flight.
    pub fn flush(&self) -> impl Future<Output = ()> + Send + 'static {
        let shared = self.0.clone();
        async move { shared.in_flight.none().await }
    }

    /// Lets nothing new begin, waits until nothing is in flight, and closes all connections.
    ///
    /// Calling it again is fine.
    pub fn close(&self) -> impl Future<Output = ()> + Send + 'static {
        drop(self.0.lock_http().take());
        self.flush()
    }
}

impl Shared {
    fn lock_http(&self) -> std::sync::MutexGuard<'_, Option<Http>> {
        self.http.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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

/// One call: in flight from [`Client::begin`] until it is dropped or has its result.
#[derive(Debug)]
pub struct Call {
    shared: Arc<Shared>,
    http: Http,
    pub(crate) cancel: CancellationToken,
    now: Option<String>,
    patient: bool,
}

impl Drop for Call {
    fn drop(&mut self) {
        self.shared.in_flight.remove();
    }
}

impl Call {
    /// Lets `token` end the call: what is in flight is dropped, its connection closed.
    #[must_use]
    pub fn cancelled_by(mut self, token: CancellationToken) -> Self {
        self.cancel = token;
        self
    }

    /// Lets the call wait and try again on 429 as a batch does: for what nobody waits for.
    #[must_use]
    pub fn patient(mut self) -> Self {
        self.patient = true;
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
    /// Any kind but `Configuration`, `Closed` and `NotSent`.
    pub async fn send(&self, task: impl TaskText) -> Result<ApiResponse> {
        self.send_in(None, task).await
    }

    pub(crate) async fn send_in(
        &self,
        slot: Option<Slot>,
        task: impl TaskText,
    ) -> Result<ApiResponse> {
        let stop = CancellationToken::new();
        let retry = if self.patient {
            self.retries_rate_limit_in_batch()
        } else {
            self.retries_rate_limit()
        };
        let sent = self.deliver(task, retry, &stop, slot).await;
        sent.map_err(|(error, _)| error)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(crate) async fn until_cancelled<T>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        match unless_cancelled(&self.cancel, work).await {
            Some(result) => result,
            None => Err(Error::new(ErrorKind::Cancelled, "the call was cancelled")),
        }
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
        let mut headers = shared.agent_headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let key = Uuid::new_v4().hyphenated().to_string();
        if let Ok(key) = HeaderValue::from_str(&key) {
            headers.insert(IDEMPOTENCY_KEY, key);
        }
        let request = Request {
            method: Method::POST,
            uri: shared.trace_uri.clone(),
            headers,
            body: Bytes::from(payload.body),
        };
        let context = self.agent_context(retry_rate_limit, &shared.resource);
        match self
            .until_cancelled(self.exchange(&request, &context, stop, slot))
            .await
        {
            Ok(answer) => Ok(ApiResponse::from_answer(answer)),
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
        let headers = self.shared().agent_headers.clone();
        Request {
            method: Method::GET,
            uri,
            headers,
            body: Bytes::new(),
        }
    }

    pub(crate) fn agent_context<'a>(
        &'a self,
        retry_rate_limit: bool,
        resource: &'a str,
    ) -> Context<'a> {
        let shared = self.shared();
        Context {
            retry_rate_limit,
            resource,
            credentials: "agentId and agentSecret",
            timeout: shared.timeout,
            secret: &shared.secret,
        }
    }

    /// Whether single requests wait and try again on 429.
    pub(crate) fn retries_rate_limit(&self) -> bool {
        self.shared().retry_on_rate_limit == RetryOnRateLimit::Always
    }

    /// Whether tasks of a batch wait and try again on 429.
    pub(crate) fn retries_rate_limit_in_batch(&self) -> bool {
        self.shared().retry_on_rate_limit != RetryOnRateLimit::Never
    }

    pub(crate) fn timeout(&self) -> std::time::Duration {
        self.shared().timeout
    }

    /// Sends until answered; `stop` ends waiting, but not what is in flight.
    pub(crate) async fn exchange(
        &self,
        request: &Request,
        context: &Context<'_>,
        stop: &CancellationToken,
        slot: Option<Slot>,
    ) -> Result<Answer> {
        let Shared {
            policy, gate, log, ..
        } = self.shared();
        retry::run(policy, gate, log, context, stop, slot, |attempt| {
            self.attempt(request, attempt)
        })
        .await
        .inspect_err(|error| {
            log.line(Level::Error, || {
                format!("{} {}: {error}", request.method, request.uri)
            })
        })
    }

    async fn attempt(&self, request: &Request, attempt: u32) -> Result<Answer, Failure> {
        let log = &self.shared().log;
        let started = tokio::time::Instant::now();
        log.line(Level::Debug, || {
            format!("{} {} (attempt {attempt})", request.method, request.uri)
        });
        let outcome = self.http.send(request).await;
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

/// `base` with more segments, each percent-encoded.
pub(crate) fn join(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    // Only URLs without a host have no segments, and the configuration refuses those.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// A URL as the transport takes it.
///
/// # Errors
/// `Configuration` of `baseUrl`, if it has characters that HTTP does not allow.
pub(crate) fn to_uri(url: &Url) -> Result<Uri> {
    Uri::try_from(url.as_str()).map_err(|error| {
        Error::misconfigured("baseUrl", format!("cannot be used in HTTP: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_an_id_as_one_segment() {
        let url = |base: &str, id: &str| join(&Url::parse(base).unwrap(), &["agents", id, "trace"]);
        assert_eq!(
            url("http://h/api/v1", "a b/c?d#e%f\\g").path(),
            "/api/v1/agents/a%20b%2Fc%3Fd%23e%25f%5Cg/trace"
        );
        assert_eq!(url("http://h", "abc").as_str(), "http://h/agents/abc/trace");
    }

    #[test]
    fn is_exposed_only_without_tls_on_other_machines() {
        for (base, exposed) in [
            ("http://platform.example", true),
            ("https://platform.example", false),
            ("http://127.0.0.1:1", false),
        ] {
            let mut config = Config::new("agent-1", "secret-0123");
            config.base_url = base.to_owned();
            assert_eq!(Client::new(config).unwrap().is_exposed(), exposed);
        }
    }
}
