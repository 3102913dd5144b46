//! The client: what is shared by all calls.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use http::{
    HeaderMap, HeaderName, HeaderValue, Uri,
    header::{ACCEPT, CONTENT_TYPE, USER_AGENT},
};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    background::Background,
    call::{Call, TaskText},
    clock::wall_clock,
    config::{self, Checked, Config, RetryOnRateLimit},
    error::{Error, ErrorKind, Result},
    limit::Gate,
    log::Log,
    model::TaskData,
    queue::Queue,
    response::ApiResponse,
    retry::{Backoff, Policy, Retrier},
    secret::Secret,
    spool::{LocalDisk, Spool, SpoolOptions},
    stats::{Ledger, Stats},
    transport::Http,
    wait_group::WaitGroup,
};

const AGENT_ID: HeaderName = HeaderName::from_static("x-agent-id");
const AGENT_KEY: HeaderName = HeaderName::from_static("x-agent-key");

/// The longest id in bytes that becomes a segment of a path: percent-encoded it still fits into what HTTP
/// libraries take for a URL.
pub(crate) const MAX_SEGMENT: usize = 8_192;

/// How long a flush without a limit waits for a platform that answers nothing, at least.
const HOPE: Duration = Duration::from_secs(30);

/// How long that takes at most which was cancelled.
const LETTING_GO: Duration = Duration::from_millis(25);

/// Delivers tasks to the platform. Clones share everything: limits, connections, what is in flight.
#[derive(Clone, Debug)]
pub struct Client(pub(crate) Arc<Shared>);

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) base_url: Url,
    pub(crate) agent_url: Url,
    pub(crate) trace_uri: Uri,
    /// What does not exist if the platform answers 404.
    pub(crate) resource: String,
    pub(crate) agent_headers: Arc<HeaderMap>,
    pub(crate) trace_headers: Arc<HeaderMap>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) secret: Secret,
    pub(crate) timeout: Duration,
    pub(crate) retrier: Retrier,
    pub(crate) retry_on_rate_limit: RetryOnRateLimit,
    pub(crate) gate: Arc<Gate>,
    pub(crate) log: Log,
    pub(crate) ledger: Arc<Ledger>,
    /// Calls of users.
    calls: WaitGroup,
    /// Requests of whatever kind.
    pub(crate) requests: WaitGroup,
    queue: Queue,
    pub(crate) background: Background,
    pub(crate) spool: Option<Arc<Spool>>,
    /// `None` once closing.
    http: Mutex<Option<Http>>,
    /// Cancelled once closed: nothing is sent any more.
    pub(crate) closed: CancellationToken,
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
        let mut trace_headers = agent_headers.clone();
        trace_headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let log = Log(config.logger);
        let rate = config.rate_limiting.then_some(config.requests_per_second);
        let spool = config.spool_directory.map(|directory| {
            let since_1970 = wall_clock().duration_since(UNIX_EPOCH).unwrap_or_default();
            let options = SpoolOptions {
                // A relative path keeps its meaning when the process changes its directory.
                directory: &std::path::absolute(&directory).unwrap_or(directory),
                destination: agent_url.as_str(),
                max_bytes: config.max_spool_bytes,
                sync: config.spool_durably,
                first_number: u64::try_from(since_1970.as_micros()).unwrap_or_default(),
            };
            Arc::new(Spool::new(Arc::new(LocalDisk), &options, log.clone()))
        });
        let policy = Policy {
            max_retries: config.max_retries,
            backoff: Backoff {
                first: config.retry_delay,
                most: config.max_retry_delay,
            },
            max_retry_after: config.max_retry_after,
        };
        Ok(Self(Arc::new(Shared {
            trace_uri: to_uri(&join(&agent_url, &["trace"]))?,
            agent_url,
            base_url,
            resource: format!("agent {agent}"),
            agent_headers: agent_headers.into(),
            trace_headers: trace_headers.into(),
            user_agent,
            secret: config.agent_secret,
            timeout: config.timeout,
            background: Background::new(config.max_queue_bytes, config.queue_policy, &policy),
            retrier: Retrier::new(policy, log.clone()),
            retry_on_rate_limit: config.retry_on_rate_limit,
            gate: Arc::new(Gate::new(config.max_concurrency, rate, log.clone())),
            log,
            ledger: Arc::default(),
            calls: WaitGroup::default(),
            requests: WaitGroup::default(),
            queue: Queue::default(),
            spool,
            http: Mutex::new(Some(http)),
            closed: CancellationToken::new(),
        })))
    }

    /// Begins a call. From now on it counts as in flight, whenever it is first polled.
    ///
    /// # Errors
    /// `Closed` after [`close`](Client::close).
    pub fn begin(&self) -> Result<Call> {
        let http = self.http()?;
        Ok(Call::new(self.0.clone(), http, self.0.calls.add()))
    }

    pub(crate) fn http(&self) -> Result<Http> {
        self.0.lock_http().clone().ok_or_else(|| {
            Error::new(
                ErrorKind::Closed,
                "the client is closed; make a new one to send more",
            )
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
        let Shared {
            queue,
            gate,
            ledger,
            ..
        } = &*self.0;
        queue.push(gate, call, ledger.submit(), task, done);
    }

    /// Whether the base URL sends credentials in the clear to another machine.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        self.0.base_url.scheme() == "http" && !config::is_loopback(&self.0.base_url)
    }

    /// What became of every task so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let shared = &*self.0;
        Stats {
            bytes: shared.background.bytes() as u64,
            retries: shared.retrier.retries(),
            limiter_waits: shared.gate.waits(),
            in_flight: shared.requests.count() as u64,
            spool: shared
                .spool
                .as_ref()
                .map(|spool| spool.stats())
                .unwrap_or_default(),
            ..shared.ledger.stats()
        }
    }

    /// Waits until nothing is in flight or in the background, `within` this time; returns whether that is so.
    ///
    /// Without a limit it waits as long as the platform answers, and gives up what is in the background once
    /// the platform has answered nothing for 30 seconds, or for the time that one attempt may take if that is
    /// longer. Sends and batches end by themselves, and are waited for.
    pub fn flush(&self, within: Option<Duration>) -> impl Future<Output = bool> + Send + 'static {
        let shared = self.0.clone();
        async move {
            match within {
                Some(limit) => timeout(limit, shared.none()).await.is_ok(),
                None => {
                    let hope = HOPE.max(shared.timeout);
                    shared.none_unless_hopeless(hope).await
                }
            }
        }
    }

    /// Waits until no task is pending, `within` this time; returns whether that is so. Unlike
    /// [`flush`](Client::flush) it does not wait for calls that send nothing.
    pub fn drain(&self, within: Duration) -> impl Future<Output = bool> + Send + 'static {
        let ledger = self.0.ledger.clone();
        async move { timeout(within, ledger.pending.wait()).await.is_ok() }
    }

    /// Like [`flush`](Client::flush), but gives up once nothing has been delivered for `patience`.
    pub fn linger(&self, patience: Duration) -> impl Future<Output = bool> + Send + 'static {
        let shared = self.0.clone();
        async move {
            let mut from = Instant::now();
            while timeout(patience.saturating_sub(from.elapsed()), shared.none())
                .await
                .is_err()
            {
                match shared.background.last_success() {
                    Some(at) if at > from => from = at,
                    _ => return false,
                }
            }
            true
        }
    }

    /// Lets nothing new begin, waits as [`flush`](Client::flush) does, and gives up whatever is left then; what
    /// is in a spool stays there. Closes all connections.
    ///
    /// Calling it again is fine.
    pub fn close(&self, within: Option<Duration>) -> impl Future<Output = bool> + Send + 'static {
        drop(self.0.lock_http().take());
        let flushed = self.flush(within);
        let shared = self.0.clone();
        async move {
            let all = flushed.await;
            shared.closed.cancel();
            shared.background.give_up();
            // What was under way lets go now, and with it of the spool; somebody may be waiting for that.
            let _ = timeout(LETTING_GO, shared.none()).await;
            if let Some(spool) = &shared.spool {
                spool.leave();
            }
            all
        }
    }
}

impl Shared {
    fn lock_http(&self) -> MutexGuard<'_, Option<Http>> {
        self.http.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn none(&self) {
        self.calls.wait().await;
        self.background.pending.wait().await;
    }

    async fn none_unless_hopeless(&self, hope: Duration) -> bool {
        let start = Instant::now();
        loop {
            if timeout(Duration::from_secs(1), self.none()).await.is_ok() {
                return true;
            }
            // Who waits for the rate limit has not asked yet.
            let hopeless = self
                .background
                .silent_since(self.requests.count() > 0)
                .is_some_and(|since| since.max(start).elapsed() >= hope);
            // Calls of users end by themselves.
            if hopeless && self.calls.count() == 0 {
                return false;
            }
        }
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
        Error::misconfigured(
            crate::options::OptionId::BaseUrl,
            format!("cannot be used in HTTP: {error}"),
        )
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

    /// A client with a task in the background, for a platform that is not there; and half a minute later.
    async fn in_an_outage() -> Client {
        let mut config = Config::new("agent-1", "secret-0123");
        config.base_url = "http://127.0.0.1:1".to_owned();
        config.max_retries = 0;
        let client = Client::new(config).unwrap();
        let task = r#"{"name":"n","description":"d","duration":1}"#;
        client.enqueue(task, Some("2026-11-23T09:30:00Z")).unwrap();
        while client.0.background.silent_since(false).is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(HOPE).await;
        client
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_a_flush_after_half_a_minute_of_outage() {
        let client = in_an_outage().await;
        let start = Instant::now();
        assert!(!client.flush(None).await);
        let took = start.elapsed();
        assert!(
            (HOPE..HOPE + Duration::from_secs(5)).contains(&took),
            "{took:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn waits_for_callers_in_an_outage() {
        let client = in_an_outage().await;
        let call = client.begin().unwrap();
        assert!(timeout(3 * HOPE, client.flush(None)).await.is_err());
        drop(call);
        assert!(!client.flush(None).await);
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
