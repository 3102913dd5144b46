//! One connection: sends requests and reads answers.

use std::{error::Error as StdError, net::SocketAddr};

use http::{
    Extensions, HeaderMap, HeaderValue, Request as HttpRequest, Response,
    header::{CONTENT_LENGTH, HOST},
};
use http_body_util::BodyExt;
use hyper::{
    body::Body as _,
    client::conn::{http1, http2},
};
use hyper_util::{client::legacy::connect::Connection as _, rt::TokioExecutor};
use tokio::time::{Instant, timeout_at};

use super::{
    broken_writes::BrokenFlag,
    chunked_body::ChunkedBody,
    connect::Stream,
    dial::Peer,
    incoming::{FRESH, Incoming, MAX_HEADERS},
    problem::incomplete,
};
use crate::request::Request;
use infinium_core::{Failure, MAX_ANSWER_SIZE};

type BoxError = Box<dyn StdError + Send + Sync>;

/// Maximum bytes in a connection's write buffer, and in the head of an answer. If a server reads nothing, every
/// connection uses this much memory in addition to the bodies.
const MAX_BUFFER: usize = 96 * 1024;

/// A connection to the server. It is closed when all its clones are dropped.
#[derive(Debug)]
pub(super) struct Connection {
    sender: Sender,
    /// When the last answer arrived. Before the first answer: when the connection was opened.
    used: Instant,
    /// Whether any answer has arrived.
    proven: bool,
    opened: Instant,
    /// The address at the other end: the platform's, or the proxy's.
    peer: Option<SocketAddr>,
    broken: BrokenFlag,
}

#[derive(Debug)]
enum Sender {
    Http1(http1::SendRequest<ChunkedBody>),
    Http2(http2::SendRequest<ChunkedBody>),
}

/// Why an exchange failed.
pub(super) enum Broken {
    /// The request was never sent, because the connection was already closed.
    Unsent(Failure),
    Failed(Failure),
}

impl Connection {
    /// Uses HTTP/2 if TLS has negotiated it, otherwise HTTP/1.1.
    pub(super) async fn open(io: Stream) -> hyper::Result<Self> {
        let connected = io.connected();
        let mut extras = Extensions::new();
        connected.get_extras(&mut extras);
        let peer = extras.get().map(|Peer(address)| *address);
        let broken = extras.remove().unwrap_or_default();
        let sender = if connected.is_negotiated_h2() {
            let (sender, driver) = http2::handshake(TokioExecutor::new(), io).await?;
            tokio::spawn(driver);
            Sender::Http2(sender)
        } else {
            let mut builder = http1::Builder::new();
            let (sender, driver) = builder
                // Copying a body behind its head is cheaper than writing two buffers.
                .writev(false)
                .max_buf_size(MAX_BUFFER)
                .max_headers(MAX_HEADERS)
                .handshake(io)
                .await?;
            tokio::spawn(driver);
            Sender::Http1(sender)
        };
        Ok(Self {
            sender,
            used: Instant::now(),
            proven: false,
            opened: Instant::now(),
            peer,
            broken,
        })
    }

    /// Whether the connection is open, as far as is known.
    pub(super) fn is_open(&self) -> bool {
        !self.broken.is_set()
            && match &self.sender {
                Sender::Http1(sender) => !sender.is_closed(),
                Sender::Http2(sender) => !sender.is_closed(),
            }
    }

    /// Whether the connection can take a request now.
    pub(super) fn is_ready(&self) -> bool {
        !self.broken.is_set()
            && match &self.sender {
                Sender::Http1(sender) => sender.is_ready(),
                Sender::Http2(sender) => sender.is_ready(),
            }
    }

    /// Whether the connection can carry several requests at once.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self.sender, Sender::Http2(_))
    }

    /// Returns a clone for another concurrent request, if the connection can carry several.
    pub(super) fn share(&self) -> Option<Self> {
        match &self.sender {
            Sender::Http1(_) => None,
            Sender::Http2(sender) => Some(Self {
                sender: Sender::Http2(sender.clone()),
                broken: self.broken.clone(),
                ..*self
            }),
        }
    }

    /// When the last answer arrived. Before the first answer: when the connection was opened.
    pub(super) fn used(&self) -> Instant {
        self.used
    }

    pub(super) fn opened(&self) -> Instant {
        self.opened
    }

    /// The address at the other end: the platform's, or the proxy's.
    pub(super) fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Sends a request and reads the complete answer. After a failure the connection cannot be used again.
    ///
    /// At `deadline`, returns the head of a refusal even if its body is incomplete.
    pub(super) async fn exchange(
        &mut self,
        request: &Request,
        host: &HeaderValue,
        deadline: Instant,
    ) -> Result<Incoming, Broken> {
        // Measured before sending: the time until the answer is not idle time.
        let stale = self.proven && self.used.elapsed() >= FRESH;
        let mut outgoing = HttpRequest::new(ChunkedBody::new(request.body.clone()));
        *outgoing.method_mut() = request.method.clone();
        *outgoing.headers_mut() = request.all_headers();
        let sent = match &mut self.sender {
            Sender::Http1(sender) => {
                outgoing.headers_mut().insert(HOST, host.clone());
                if let Some(path) = request.uri.path_and_query() {
                    *outgoing.uri_mut() = path.clone().into();
                }
                sender.try_send_request(outgoing).await
            }
            Sender::Http2(sender) => {
                *outgoing.uri_mut() = request.uri.clone();
                sender.try_send_request(outgoing).await
            }
        };
        let answer = sent.map_err(|mut error| {
            let unsent = error.take_message().is_some();
            let failure = incomplete(error.into_error().into()).with_stale(stale);
            if unsent {
                Broken::Unsent(failure)
            } else {
                Broken::Failed(failure)
            }
        })?;
        let (head, body) = answer.into_parts();
        // HTTP/2 may reset a stream without an error. Hyper then ends the body as if it were complete.
        let end = match self.sender {
            Sender::Http1(_) => End::Checked,
            Sender::Http2(_) => End::Unchecked(content_length(&head.headers)),
        };
        let body = if head.status.is_success() {
            let failed = |error| Broken::Failed(incomplete(error));
            read(body, end).await.map_err(failed)?
        } else {
            // An unreadable reason is no cause to send a refused request again.
            let read = timeout_at(deadline, read(body, end)).await;
            read.ok().and_then(Result::ok).flatten()
        };
        if body.is_some() {
            self.used = Instant::now();
            self.proven = true;
        }
        Ok(Response::from_parts(head, body))
    }
}

/// Whether the end of a body means that it is complete.
#[derive(Clone, Copy)]
enum End {
    Checked,
    /// Only if the stream was ended properly, or if it has this length.
    Unchecked(Option<usize>),
}

fn content_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads a complete body. Returns `None` if it is too large.
async fn read(mut body: hyper::body::Incoming, end: End) -> Result<Option<Vec<u8>>, BoxError> {
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        if read.len() + data.len() > MAX_ANSWER_SIZE {
            return Ok(None);
        }
        read.extend_from_slice(&data);
    }
    if let End::Unchecked(length) = end
        && !body.is_end_stream()
        && length != Some(read.len())
    {
        return Err("the server reset the stream before the answer was complete".into());
    }
    Ok(Some(read))
}
