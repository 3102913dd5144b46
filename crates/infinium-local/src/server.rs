//! The server: accepts connections and serves each with the router, within time limits.

use std::{io, time::Duration};

use axum::{Router, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tower_service::Service;

use crate::connection::{BreakableStream, Connection};

/// Serves until an error of the listener that is not about one connection. Dropping the future ends
/// all connections.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    header_timeout: Duration,
) -> io::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // An error here is about one connection, or about too many of them; the listener goes on.
                if let Ok((stream, _)) = accepted {
                    let connection = Connection::default();
                    connections.spawn(serve_connection(stream, connection, router.clone(), header_timeout));
                } else {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve_connection(
    stream: TcpStream,
    connection: Connection,
    router: Router,
    header_timeout: Duration,
) {
    let _ = stream.set_nodelay(true);
    let handle = connection.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(handle.clone());
        router.clone().call(request)
    });
    let stream = TokioIo::new(BreakableStream { stream, connection });
    // The error is about this connection: the client went away, was too slow, or a fault broke it.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .serve_connection(stream, service)
        .await;
}
