//! Tests that an answer counts which comes before the request was sent completely, and then the end of the connection.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf},
    sync::Notify,
};

use super::support::{Case, Platform};
use crate::transport::{BoxFuture, Network, Socket, network::SystemNetwork};
use infinium_core::Failure;

for_each_write!(
    sees_an_answer_that_comes_before_the_body_is_sent,
    sees_an_answer_of_http_2_that_comes_before_the_body_is_sent,
    reports_why_writing_failed_if_there_is_no_answer,
    opens_a_new_connection_after_writing_failed,
);

const STATUSES: [u16; 4] = [401, 413, 429, 503];

/// A network whose sockets take a number of bytes. Then each write fails, as after a reset, while what the server has
/// sent can still be read.
#[derive(Clone, Debug, Default)]
struct Failing {
    room: Arc<AtomicUsize>,
    failed: Arc<Notify>,
}

#[derive(Debug)]
struct FailingSocket {
    socket: Box<dyn Socket>,
    network: Failing,
}

impl Network for Failing {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        SystemNetwork.resolve(host, port)
    }

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<Box<dyn Socket>>> {
        Box::pin(async move {
            let socket = SystemNetwork.connect(to).await?;
            let network = self.clone();
            Ok(Box::new(FailingSocket { socket, network }) as Box<dyn Socket>)
        })
    }
}

impl AsyncRead for FailingSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for FailingSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let room = self.network.room.load(Ordering::Relaxed);
        if room == 0 {
            self.network.failed.notify_one();
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let bytes = &bytes[..bytes.len().min(room)];
        let written = Pin::new(&mut self.socket).poll_write(context, bytes);
        if let Poll::Ready(Ok(length)) = written {
            self.network.room.fetch_sub(length, Ordering::Relaxed);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

/// A platform for a request of which only a part can be written: `part` bytes, handshakes included.
async fn start(case: Case, part: usize) -> (Platform, Failing) {
    let network = Failing::default();
    network.room.store(part, Ordering::Relaxed);
    let mut platform = case.start_over(Arc::new(network.clone())).await;
    platform.request.body = vec![b'x'; 1_000_000].into();
    (platform, network)
}

/// More than all handshakes and heads, and less than what a server of HTTP/2 takes at once.
const PART: usize = 30_000;

async fn sees_an_answer_that_comes_before_the_body_is_sent(case: Case) {
    for status in STATUSES {
        // Over plain HTTP, also if the head is not complete.
        let parts = if case.is_tls() {
            &[PART][..]
        } else {
            &[PART, 50]
        };
        for part in parts {
            let (platform, network) = start(case, *part).await;
            let server = async {
                let mut stream = platform.accept().await;
                network.failed.notified().await;
                let answer = format!("HTTP/1.1 {status} Early\r\ncontent-length: 2\r\n\r\n{{}}");
                stream.write_all(answer.as_bytes()).await.unwrap();
                stream.flush().await.unwrap();
            };
            let ((), answer) = tokio::join!(server, platform.send());
            let answer = answer.unwrap();
            assert_eq!(
                (answer.status, answer.body.as_deref()),
                (status, Some("{}"))
            );
        }
    }
}

async fn sees_an_answer_of_http_2_that_comes_before_the_body_is_sent(mut case: Case) {
    if !case.is_tls() {
        return;
    }
    case.is_http2 = true;
    for status in STATUSES {
        let (platform, network) = start(case, PART).await;
        let server = async {
            let stream = platform.accept().await;
            let mut connection = h2::server::handshake(stream).await.unwrap();
            let (_request, mut respond) = connection.accept().await.unwrap().unwrap();
            network.failed.notified().await;
            let head = http::Response::builder().status(status).body(()).unwrap();
            let mut body = respond.send_response(head, false).unwrap();
            body.send_data("{}".into(), true).unwrap();
            connection.graceful_shutdown();
            // Until the client closes the connection.
            let _ = connection.accept().await;
        };
        let client = async {
            let answer = platform.send().await.unwrap();
            assert_eq!(
                (answer.status, answer.body.as_deref()),
                (status, Some("{}"))
            );
        };
        tokio::select! {
            () = client => {}
            () = server => panic!("the connection was closed"),
        }
    }
}

async fn reports_why_writing_failed_if_there_is_no_answer(case: Case) {
    let (platform, network) = start(case, PART).await;
    let server = async {
        let stream = platform.accept().await;
        network.failed.notified().await;
        drop(stream);
    };
    let ((), failure) = tokio::join!(server, platform.send());
    let Err(Failure::Network { code, .. }) = failure else {
        panic!("{failure:?}");
    };
    assert_eq!(code, Some("ECONNRESET"));
}

async fn opens_a_new_connection_after_writing_failed(case: Case) {
    let (mut platform, network) = start(case, PART).await;
    let server = async {
        let mut stream = platform.accept().await;
        network.failed.notified().await;
        let answer = b"HTTP/1.1 413 Early\r\ncontent-length: 2\r\n\r\n{}";
        stream.write_all(answer).await.unwrap();
        stream.flush().await.unwrap();
        stream
    };
    let (_open, answer) = tokio::join!(server, platform.send());
    assert_eq!(answer.unwrap().status, 413);
    network.room.store(usize::MAX, Ordering::Relaxed);
    platform.request.body = "{}".into();
    let server = async { platform.serve(&mut platform.accept().await).await };
    tokio::join!(server, platform.exchange());
}
