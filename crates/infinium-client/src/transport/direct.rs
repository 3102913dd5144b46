//! Requests straight to the server: HTTP/1.1, or HTTP/2 where it is offered.

use std::{sync::Arc, time::Duration};

use http::{HeaderValue, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::ClientConfig;
use tokio::time::Instant;
use tower_service::Service;

use super::{
    Failure, Request, UNCONNECTED,
    connection::{Broken, Connection},
    http::Incoming,
    pool::Pool,
};

/// Connections straight to one server.
#[derive(Clone, Debug)]
pub(super) struct Direct {
    connector: HttpsConnector<HttpConnector>,
    host: HeaderValue,
    pool: Arc<Pool>,
}

impl Direct {
    /// `host` is the server's name, with its port unless that goes without saying.
    pub(super) fn new(tls: ClientConfig, host: HeaderValue, idle: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(tcp);
        Self {
            connector,
            host,
            pool: Arc::new(Pool::new(idle)),
        }
    }

    pub(super) async fn exchange(
        &self,
        request: &Request,
        deadline: Instant,
    ) -> Result<Incoming, Failure> {
        let mut kept = self.pool.take();
        loop {
            let is_kept = kept.is_some();
            let mut connection = match kept.take() {
                Some(connection) => connection,
                // Boxed, because every request would have to carry its size along.
                None => Box::pin(self.connect(&request.uri)).await?,
            };
            match connection.exchange(request, &self.host, deadline).await {
                Ok(answer) => {
                    if answer.body().is_some() {
                        self.pool.put(connection);
                    }
                    return Ok(answer);
                }
                // It had been closed without anybody noticing: a new one will do.
                Err(Broken::Unsent(_)) if is_kept => {}
                Err(Broken::Unsent(failure) | Broken::Failed(failure)) => return Err(failure),
            }
        }
    }

    /// A request has got no answer in time: connections that have brought none since then may lead nowhere any
    /// more, and nothing would tell the next request.
    pub(super) fn distrust(&self, since: Instant) {
        self.pool.keep_used(since);
    }

    async fn connect(&self, to: &Uri) -> Result<Connection, Failure> {
        let failure = |error| Failure::network(UNCONNECTED, false, error);
        let io = self
            .connector
            .clone()
            .call(to.clone())
            .await
            .map_err(failure)?;
        let connection = Connection::open(io)
            .await
            .map_err(|error| failure(error.into()))?;
        // Others need not wait until this request is done to use the same.
        if let Some(shared) = connection.share() {
            self.pool.put(shared);
        }
        Ok(connection)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, Method};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;
    use crate::transport::tls;

    const LONG: Duration = Duration::from_secs(60);

    /// A way to a server that the test plays itself, and a request for it.
    async fn start(idle: Duration) -> (TcpListener, Direct, Request) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let request = Request {
            method: Method::POST,
            uri: format!("http://{host}/a?b").parse().unwrap(),
            headers: Arc::new(HeaderMap::new()),
            key: None,
            body: Bytes::from_static(b"{}"),
        };
        let host = HeaderValue::from_str(&host).unwrap();
        let direct = Direct::new(tls::config(&[]).unwrap(), host, idle);
        (listener, direct, request)
    }

    /// Reads one request and answers it.
    async fn serve(stream: &mut TcpStream) -> String {
        let mut seen = Vec::new();
        while !seen.ends_with(b"\r\n\r\n{}") {
            assert_ne!(stream.read_buf(&mut seen).await.unwrap(), 0);
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
            .await
            .unwrap();
        String::from_utf8(seen).unwrap()
    }

    async fn exchange(direct: &Direct, request: &Request) {
        let answer = direct
            .exchange(request, Instant::now() + LONG)
            .await
            .unwrap();
        assert_eq!(answer.body().as_deref(), Some(&b"{}"[..]));
    }

    #[tokio::test]
    async fn names_the_host_and_the_path() {
        let (listener, direct, request) = start(LONG).await;
        let server = async { serve(&mut listener.accept().await.unwrap().0).await };
        let (seen, ()) = tokio::join!(server, exchange(&direct, &request));
        assert!(seen.starts_with("POST /a?b HTTP/1.1\r\n"), "{seen}");
        let host = listener.local_addr().unwrap();
        assert!(seen.contains(&format!("host: {host}\r\n")), "{seen}");
    }

    #[tokio::test]
    async fn sends_one_request_after_another_over_the_same_connection() {
        let (listener, direct, request) = start(LONG).await;
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            for _ in 0..3 {
                serve(&mut stream).await;
            }
        };
        let client = async {
            for _ in 0..3 {
                exchange(&direct, &request).await;
            }
        };
        tokio::join!(server, client);
    }

    #[tokio::test]
    async fn sends_requests_at_once_over_as_many_connections() {
        let (listener, direct, request) = start(LONG).await;
        let server = async {
            let (mut one, _) = listener.accept().await.unwrap();
            let (mut other, _) = listener.accept().await.unwrap();
            for _ in 0..2 {
                tokio::join!(serve(&mut one), serve(&mut other));
            }
        };
        let client = async {
            for _ in 0..2 {
                tokio::join!(exchange(&direct, &request), exchange(&direct, &request));
            }
        };
        tokio::join!(server, client);
    }

    #[tokio::test]
    async fn takes_a_new_connection_when_the_server_has_closed_those_that_were_kept() {
        let (listener, direct, request) = start(LONG).await;
        for _ in 0..2 {
            let server = async { serve(&mut listener.accept().await.unwrap().0).await };
            tokio::join!(server, exchange(&direct, &request));
            // Until word of it has come.
            while let Some(connection) = direct.pool.take() {
                direct.pool.put(connection);
                tokio::task::yield_now().await;
            }
        }
    }

    #[tokio::test]
    async fn closes_a_connection_that_is_idle_for_long() {
        let (listener, direct, request) = start(Duration::from_millis(20)).await;
        for _ in 0..2 {
            let server = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                serve(&mut stream).await;
                stream
            };
            let (mut stream, ()) = tokio::join!(server, exchange(&direct, &request));
            assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
        }
    }

    #[tokio::test]
    #[expect(
        clippy::disallowed_methods,
        reason = "nothing may go on meanwhile, as in a process that is frozen"
    )]
    async fn takes_a_new_connection_when_those_that_were_kept_are_as_old_as_a_frozen_process() {
        let (listener, direct, request) = start(Duration::from_millis(20)).await;
        let mut streams = Vec::new();
        for _ in 0..2 {
            let server = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                serve(&mut stream).await;
                streams.push(stream);
            };
            tokio::join!(server, exchange(&direct, &request));
            std::thread::sleep(Duration::from_millis(25));
        }
    }

    #[tokio::test]
    async fn keeps_only_what_has_been_used_since_a_request_that_got_no_answer() {
        let (listener, direct, request) = start(LONG).await;
        let server = async {
            let (mut one, _) = listener.accept().await.unwrap();
            let (mut other, _) = listener.accept().await.unwrap();
            tokio::join!(serve(&mut one), serve(&mut other));
            (one, other)
        };
        let both = async { tokio::join!(exchange(&direct, &request), exchange(&direct, &request)) };
        let ((mut one, mut other), _) = tokio::join!(server, both);
        let since = Instant::now();
        let server = async {
            tokio::select! {
                _ = serve(&mut one) => false,
                _ = serve(&mut other) => true,
            }
        };
        let (swap, ()) = tokio::join!(server, exchange(&direct, &request));
        let (mut used, mut unused) = if swap { (other, one) } else { (one, other) };
        direct.distrust(since);
        assert_eq!(unused.read(&mut [0]).await.unwrap(), 0);
        tokio::join!(serve(&mut used), exchange(&direct, &request));
    }

    #[tokio::test]
    async fn closes_its_connections_with_itself() {
        let (listener, direct, request) = start(LONG).await;
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            serve(&mut stream).await;
            stream
        };
        let (mut stream, ()) = tokio::join!(server, exchange(&direct, &request));
        drop(direct);
        assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn takes_only_a_connection_for_stale_that_was_idle_before_the_request() {
        for (idle, half, expected) in [
            (0, false, false),
            (0, true, false),
            (150, false, true),
            (150, true, false),
        ] {
            let (listener, direct, request) = start(LONG).await;
            let server = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                serve(&mut stream).await;
                let mut seen = Vec::new();
                while !seen.ends_with(b"\r\n\r\n{}") {
                    assert_ne!(stream.read_buf(&mut seen).await.unwrap(), 0);
                }
                // The time that the server takes is none that the connection was idle.
                tokio::time::sleep(Duration::from_millis(150)).await;
                if half {
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}";
                    stream.write_all(answer).await.unwrap();
                }
            };
            let client = async {
                exchange(&direct, &request).await;
                tokio::time::sleep(Duration::from_millis(idle)).await;
                direct.exchange(&request, Instant::now() + LONG).await
            };
            let ((), outcome) = tokio::join!(server, client);
            assert!(matches!(outcome, Err(Failure::Network { stale, .. }) if stale == expected));
        }
    }

    #[tokio::test]
    async fn cuts_a_request_that_is_not_wanted_any_more() {
        let (listener, direct, request) = start(LONG).await;
        let client =
            tokio::spawn(async move { direct.exchange(&request, Instant::now() + LONG).await });
        let (mut stream, _) = listener.accept().await.unwrap();
        assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
        client.abort();
        while stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {}
    }
}
