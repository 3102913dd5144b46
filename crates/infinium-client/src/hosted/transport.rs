//! Sends requests with what the host has: `fetch`.

use std::{
    cell::RefCell,
    collections::HashMap,
    future::poll_fn,
    task::{Poll, Waker},
    time::Duration,
};

use http::{HeaderMap, Uri};
use url::Url;

use super::{
    host::{self, Outgoing},
    instant::Instant,
    known_codes,
    timers::timeout_at,
};
use crate::{certificates, clock::wall_clock, request::Request};
use infinium_core::{Answer, Config, Failure, Headers, Result, status::is_success};

/// An attempt that breaks within this time after an answer did not use an old connection.
const FRESH: Duration = Duration::from_millis(100);

/// Sends requests within a time limit.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    timeout: Duration,
}

/// The beginning of an answer.
#[derive(Debug)]
struct Head {
    status: u16,
    retry_after: Option<String>,
    date: Option<String>,
}

/// A request that broke.
#[derive(Debug)]
pub struct Broken {
    /// The code of Node.js; may be empty.
    pub code: String,
    /// What the host says.
    pub message: String,
    /// Whether the connection had already brought another answer.
    pub reused: bool,
}

/// A request that the host sends.
#[derive(Debug, Default)]
struct Exchange {
    head: Option<Head>,
    end: Option<std::result::Result<Option<Vec<u8>>, Broken>>,
    waker: Option<Waker>,
}

#[derive(Default)]
struct Exchanges {
    open: HashMap<u32, Exchange>,
    last: u32,
    /// When the last answer was complete.
    answered: Option<Instant>,
}

thread_local! {
    static EXCHANGES: RefCell<Exchanges> = RefCell::default();
}

/// The answer to a request has begun.
pub fn on_head(id: u32, status: u16, retry_after: Option<String>, date: Option<String>) {
    let head = Head {
        status,
        retry_after,
        date,
    };
    update(id, |exchange| exchange.head = Some(head));
}

/// The answer to a request is complete. `body` is `None` if it was too large.
pub fn on_body(id: u32, body: Option<Vec<u8>>) {
    update(id, |exchange| exchange.end = Some(Ok(body)));
}

/// A request has failed, or its answer broke.
pub fn on_broken(id: u32, broken: Broken) {
    update(id, |exchange| exchange.end = Some(Err(broken)));
}

/// What is told about a request that was given up has no effect.
fn update(id: u32, change: impl FnOnce(&mut Exchange)) {
    EXCHANGES.with_borrow_mut(|exchanges| {
        if let Some(exchange) = exchanges.open.get_mut(&id) {
            change(exchange);
            if exchange.end.is_some()
                && let Some(waker) = exchange.waker.take()
            {
                waker.wake();
            }
        }
    });
}

/// Gives up the request unless it is complete.
struct Open {
    id: u32,
    began: Instant,
}

impl Open {
    fn begin(request: &Request) -> Self {
        let id = EXCHANGES.with_borrow_mut(|exchanges| {
            exchanges.last = exchanges.last.wrapping_add(1);
            exchanges.open.insert(exchanges.last, Exchange::default());
            exchanges.last
        });
        let headers = request.all_headers();
        let outgoing = Outgoing {
            method: request.method.as_str(),
            url: &request.uri.to_string(),
            headers: &texts(&headers),
            body: &request.body,
        };
        host::with(|host| host.send(id, &outgoing));
        Self {
            id,
            began: Instant::now(),
        }
    }

    /// Waits for the end of the answer.
    async fn end(&self) -> std::result::Result<Option<Vec<u8>>, Broken> {
        poll_fn(|context| {
            EXCHANGES.with_borrow_mut(|exchanges| {
                let Some(exchange) = exchanges.open.get_mut(&self.id) else {
                    return Poll::Pending;
                };
                let Some(end) = exchange.end.take() else {
                    exchange.waker = Some(context.waker().clone());
                    return Poll::Pending;
                };
                Poll::Ready(end)
            })
        })
        .await
    }

    fn take_head(&self) -> Option<Head> {
        EXCHANGES.with_borrow_mut(|exchanges| exchanges.open.get_mut(&self.id)?.head.take())
    }

    /// Whether the request used a connection that may have been closed long before.
    fn is_stale(&self, broken: &Broken) -> bool {
        let answered = EXCHANGES.with_borrow(|exchanges| exchanges.answered);
        broken.reused && answered.is_some_and(|at| self.began - at >= FRESH)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        EXCHANGES.with_borrow_mut(|exchanges| exchanges.open.remove(&self.id));
        host::with(|host| host.abort(self.id));
    }
}

impl Http {
    /// # Errors
    /// `Configuration` of `caCertificates`. The host decides what it trusts, but what is no certificate is a mistake.
    pub(crate) fn new(config: &Config, _: &Url) -> Result<Self> {
        certificates::parse(&config.ca_certificates)?;
        let timeout = config.timeout;
        Ok(Self { timeout })
    }

    /// Sends a request once. Does not follow redirects.
    pub(crate) async fn send(&self, request: &Request) -> std::result::Result<Answer, Failure> {
        let limit = self.timeout.saturating_mul(request.time_factor);
        let open = Open::begin(request);
        let ended = timeout_at(open.began + limit, open.end()).await;
        let head = open.take_head();
        let end = match (ended, &head) {
            (Ok(end), _) => end,
            // A status that refuses the request counts even if its reason does not arrive.
            (Err(_), Some(head)) if !is_success(head.status) => Ok(None),
            (Err(_), _) => return Err(Failure::Timeout),
        };
        let (head, body) = match (head, end) {
            (Some(head), Ok(body)) => (head, body),
            (Some(head), Err(_)) if !is_success(head.status) => (head, None),
            (_, Err(broken)) => {
                let stale = open.is_stale(&broken);
                let Broken { code, message, .. } = broken;
                let failure = known_codes::failure(&server(&request.uri), &code, message);
                return Err(failure.with_stale(stale));
            }
            (None, Ok(_)) => {
                let message = "the answer has no status".to_owned();
                return Err(known_codes::failure(&server(&request.uri), "", message));
            }
        };
        EXCHANGES.with_borrow_mut(|exchanges| exchanges.answered = Some(Instant::now()));
        let headers = Headers {
            retry_after: head.retry_after.as_deref(),
            date: head.date.as_deref(),
        };
        Ok(Answer::read(head.status, headers, body, wall_clock))
    }
}

/// The headers as texts. All of them were checked to be ASCII.
fn texts(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()))
        .collect()
}

/// The host and port.
fn server(uri: &Uri) -> String {
    let default = match uri.scheme_str() {
        Some("https") => 443,
        _ => 80,
    };
    let host = uri.host().unwrap_or_default();
    format!("{host}:{}", uri.port_u16().unwrap_or(default))
}
