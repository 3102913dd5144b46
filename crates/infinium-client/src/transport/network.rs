//! Names, addresses and byte streams: the network of the operating system, behind a trait so that tests can simulate
//! another one.

use std::{fmt::Debug, io, net::SocketAddr, panic::AssertUnwindSafe, pin::Pin, time::Duration};

use futures_util::FutureExt;
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
};

pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A connected byte stream.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Debug + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Debug + Send + Unpin> Socket for T {}

/// What the transport needs from a network.
pub(crate) trait Network: Debug + Send + Sync {
    /// Returns the addresses of a host, in the order in which the system prefers them.
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>>;

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<Box<dyn Socket>>>;
}

/// A connection is given up when the other side has acknowledged nothing for this long although there is something to
/// acknowledge: a firewall or a NAT has forgotten it. Other systems have no such limit.
#[cfg(target_os = "linux")]
pub(super) const USER_TIMEOUT: Duration = Duration::from_secs(5);
/// An idle connection is probed after this time, and then at this interval.
pub(super) const PROBE_AFTER: Duration = Duration::from_secs(15);
pub(super) const PROBE_INTERVAL: Duration = Duration::from_secs(5);

/// The network of this machine.
#[derive(Debug)]
pub(super) struct SystemNetwork;

impl Network for SystemNetwork {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        // An address needs no thread.
        if let Ok(address) = host.parse() {
            return Box::pin(std::future::ready(Ok(vec![SocketAddr::new(address, port)])));
        }
        Box::pin(async move {
            // Tokio panics if the thread that looks names up cannot be started.
            let lookup = AssertUnwindSafe(lookup_host((host, port))).catch_unwind();
            let found = lookup.await.unwrap_or_else(|_| {
                let problem = "no thread could be started to look up the name";
                Err(io::Error::new(io::ErrorKind::WouldBlock, problem))
            });
            found.map(Iterator::collect)
        })
    }

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<Box<dyn Socket>>> {
        Box::pin(async move {
            let stream = TcpStream::connect(to).await?;
            stream.set_nodelay(true)?;
            let socket = SockRef::from(&stream);
            let keepalive = TcpKeepalive::new()
                .with_time(PROBE_AFTER)
                .with_interval(PROBE_INTERVAL);
            // Best effort: some systems lack some of these.
            let _ = socket.set_tcp_keepalive(&keepalive);
            #[cfg(target_os = "linux")]
            let _ = socket.set_tcp_user_timeout(Some(USER_TIMEOUT));
            Ok(Box::new(stream) as Box<dyn Socket>)
        })
    }
}
