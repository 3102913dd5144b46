//! Tests hosts with several addresses, over real sockets. On Linux only: elsewhere a full queue refuses connections.

use std::{
    io,
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use http::{HeaderMap, Method};
use socket2::{Domain, Socket as RawSocket, Type};
use tokio::{net::TcpListener, time::Instant};
use url::Url;

use super::support::{Kind, LONG};
use crate::request::Request;
use crate::transport::{
    http::{Http, Limits},
    network::{BoxFuture, Network, Socket, SystemNetwork},
    route::Route,
    tls,
};

/// A name server that knows one name.
#[derive(Debug)]
struct NameServer(Vec<SocketAddr>);

impl Network for NameServer {
    fn resolve<'a>(&'a self, _: &'a str, _: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async { Ok(self.0.clone()) })
    }

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<Box<dyn Socket>>> {
        SystemNetwork.connect(to)
    }
}

/// An address of this machine that drops the first packet of every connection: its queue of connections is full.
/// Returns what keeps it so.
fn silent(address: SocketAddr) -> (RawSocket, Vec<TcpStream>) {
    let listener = RawSocket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&address.into()).unwrap();
    listener.listen(0).unwrap();
    let limit = Duration::from_millis(200);
    let mut queue = Vec::new();
    while let Ok(queued) = TcpStream::connect_timeout(&address, limit) {
        queue.push(queued);
        assert!(queue.len() < 100, "{address} accepts everything");
    }
    (listener, queue)
}

async fn leaves_a_silent_address(kind: Kind) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let alive = listener.local_addr().unwrap();
    let dead = SocketAddr::new([127, 0, 0, 2].into(), alive.port());
    let _dead = silent(dead);
    tokio::spawn(async move {
        let serve = async |mut stream: tokio::net::TcpStream| {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let mut seen = Vec::new();
            while stream.read_buf(&mut seen).await? > 0 {
                if seen.ends_with(b"\r\n\r\n") {
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                    stream.write_all(answer).await?;
                }
            }
            io::Result::Ok(())
        };
        while let Ok((stream, _)) = listener.accept().await {
            // What was opened only to try the address ends at once.
            let _ = serve(stream).await;
        }
    });
    let base_url = Url::parse(&format!("http://platform.test:{}", alive.port())).unwrap();
    let limits = Limits {
        timeout: LONG,
        max_idle: LONG,
    };
    let network = Arc::new(NameServer(vec![dead, alive]));
    let tls = tls::config(&[], None).unwrap();
    let http = Http::over(network, &Route::Direct, tls, &base_url, limits).unwrap();
    let request = Request {
        method: match kind {
            Kind::Write => Method::POST,
            Kind::Read => Method::GET,
        },
        uri: base_url.as_str().parse().unwrap(),
        headers: Arc::new(HeaderMap::new()),
        key: None,
        body: bytes::Bytes::new(),
        time_factor: 1,
    };
    let began = Instant::now();
    let answer = http.send(&request).await.unwrap();
    assert_eq!(answer.status, 200);
    // The kernel would try for two minutes.
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn writes_leave_a_silent_address() {
    leaves_a_silent_address(Kind::Write).await;
}

#[tokio::test]
async fn reads_leave_a_silent_address() {
    leaves_a_silent_address(Kind::Read).await;
}
