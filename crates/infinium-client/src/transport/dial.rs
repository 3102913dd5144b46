//! Opens TCP connections to a host with several addresses: Happy Eyeballs, version 2 (RFC 8305).

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::stream::{FuturesUnordered, StreamExt};
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use tokio::time::sleep;
use tower_service::Service;

use super::{
    addresses::Addresses,
    broken_writes::ReadsOn,
    dial_error::DialError,
    network::{BoxFuture, Network, Socket},
};

/// The next address is tried after this time without an answer of the one before (RFC 8305, section 5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Dials hosts over one network. Clones share what is known of the addresses.
#[derive(Clone, Debug)]
pub(super) struct Dialer {
    network: Arc<dyn Network>,
    pub(super) addresses: Arc<Addresses>,
}

/// A TCP connection.
#[derive(Debug)]
pub(super) struct Tcp {
    io: TokioIo<ReadsOn>,
    peer: SocketAddr,
}

/// The address at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) SocketAddr);

impl Dialer {
    pub(super) fn new(network: Arc<dyn Network>) -> Self {
        Self {
            network,
            addresses: Arc::default(),
        }
    }

    /// Connects to the first address of a host that accepts.
    pub(super) async fn dial(&self, host: &str, port: u16) -> Result<Tcp, DialError> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let addresses = self.resolve(host, port).await?;
        let (socket, peer) = self
            .race(addresses)
            .await
            .map_err(|source| DialError::connect(host, port, source))?;
        self.addresses.works(peer);
        Ok(Tcp {
            io: TokioIo::new(ReadsOn::new(socket)),
            peer,
        })
    }

    /// Returns the addresses of a host for a client that dials by itself, one that accepts connections first. If there
    /// are several, it opens a connection to find that out.
    pub(super) async fn accepting_first(
        &self,
        host: &str,
        port: u16,
    ) -> Result<Vec<SocketAddr>, DialError> {
        let mut addresses = self.resolve(host, port).await?;
        if addresses.len() > 1
            && let Ok((_, accepting)) = self.race(addresses.clone()).await
        {
            self.addresses.works(accepting);
            addresses.sort_by_key(|address| *address != accepting);
        }
        Ok(addresses)
    }

    /// Returns the addresses of a host in the order in which they should be tried.
    async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, DialError> {
        let found = self.network.resolve(host, port).await;
        let found = found.and_then(|found| match found.is_empty() {
            true => Err(io::Error::other("the name has no address")),
            false => Ok(found),
        });
        let found = found.map_err(|source| DialError::name(host, source))?;
        Ok(self.addresses.order(found))
    }

    /// Tries one address after another without waiting for the end of an attempt. The first that connects wins.
    async fn race(&self, addresses: Vec<SocketAddr>) -> io::Result<(Box<dyn Socket>, SocketAddr)> {
        let mut untried = addresses.into_iter();
        let mut attempts = FuturesUnordered::new();
        let mut first_error = None;
        loop {
            if let Some(address) = untried.next() {
                let network = &self.network;
                attempts.push(async move { (network.connect(address).await, address) });
            }
            let delay = async {
                match untried.len() {
                    0 => std::future::pending().await,
                    _ => sleep(ATTEMPT_DELAY).await,
                }
            };
            tokio::select! {
                biased;
                ended = attempts.next() => match ended {
                    Some((Ok(socket), address)) => return Ok((socket, address)),
                    Some((Err(error), address)) => {
                        self.addresses.suspect(address);
                        first_error.get_or_insert(error);
                    }
                    None => {
                        let nothing = || io::Error::other("there is no address");
                        return Err(first_error.unwrap_or_else(nothing));
                    }
                },
                () = delay => {}
            }
        }
    }
}

impl Service<Uri> for Dialer {
    type Response = Tcp;
    type Error = DialError;
    type Future = BoxFuture<'static, Result<Tcp, DialError>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), DialError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let dialer = self.clone();
        Box::pin(async move {
            let default = match to.scheme_str() {
                Some("https") => 443,
                _ => 80,
            };
            let port = to.port_u16().unwrap_or(default);
            dialer.dial(to.host().unwrap_or_default(), port).await
        })
    }
}

impl Connection for Tcp {
    fn connected(&self) -> Connected {
        let broken = self.io.inner().flag();
        Connected::new().extra(Peer(self.peer)).extra(broken)
    }
}

impl Read for Tcp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl Write for Tcp {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, buffers)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Mutex};

    use tokio::{io::duplex, time::Instant};

    use super::*;
    use crate::sync::LockExt;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum State {
        Works,
        Refuses,
        /// The packets are dropped.
        Silent,
    }

    /// A network with these addresses, in the order of the name server.
    #[derive(Debug)]
    struct Scripted {
        order: Vec<SocketAddr>,
        states: Mutex<BTreeMap<SocketAddr, State>>,
        dialed: Mutex<Vec<SocketAddr>>,
    }

    impl Network for Scripted {
        fn resolve<'a>(&'a self, _: &'a str, _: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
            Box::pin(async { Ok(self.order.clone()) })
        }

        fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<Box<dyn Socket>>> {
            Box::pin(async move {
                self.dialed.lock_unpoisoned().push(to);
                let state = self.states.lock_unpoisoned()[&to];
                sleep(Duration::from_millis(10)).await;
                match state {
                    State::Works => Ok(Box::new(duplex(1).0) as Box<dyn Socket>),
                    State::Refuses => Err(io::ErrorKind::ConnectionRefused.into()),
                    State::Silent => std::future::pending().await,
                }
            })
        }
    }

    fn network(states: &[State]) -> Arc<Scripted> {
        let address = |number| SocketAddr::from(([10, 0, 0, number as u8], 80));
        let order: Vec<_> = (1..=states.len()).map(address).collect();
        Arc::new(Scripted {
            states: Mutex::new(order.iter().copied().zip(states.iter().copied()).collect()),
            order,
            dialed: Mutex::default(),
        })
    }

    /// Dials once. Returns the number of the address, and how long it took in milliseconds.
    async fn dial(dialer: &Dialer) -> Result<(u8, u128), DialError> {
        let start = Instant::now();
        let tcp = dialer.dial("host.test", 80).await?;
        let SocketAddr::V4(peer) = tcp.peer else {
            unreachable!()
        };
        Ok((peer.ip().octets()[3], start.elapsed().as_millis()))
    }

    #[tokio::test(start_paused = true)]
    async fn leaves_a_dead_address_after_the_attempt_delay_and_remembers_the_one_that_works() {
        let network = network(&[State::Silent, State::Silent, State::Works]);
        let dialer = Dialer::new(network.clone());
        assert_eq!(dial(&dialer).await.unwrap(), (3, 510));
        assert_eq!(dial(&dialer).await.unwrap(), (3, 10));
        // The one that works dies, and another comes back.
        let [first, _, third] = network.order[..] else {
            unreachable!()
        };
        network
            .states
            .lock_unpoisoned()
            .insert(third, State::Silent);
        network.states.lock_unpoisoned().insert(first, State::Works);
        assert_eq!(dial(&dialer).await.unwrap(), (1, 260));
        assert_eq!(dial(&dialer).await.unwrap(), (1, 10));
    }

    #[tokio::test(start_paused = true)]
    async fn tries_the_next_address_at_once_after_a_refusal() {
        let network = network(&[State::Refuses, State::Works]);
        let dialer = Dialer::new(network.clone());
        assert_eq!(dial(&dialer).await.unwrap(), (2, 20));
    }

    #[tokio::test(start_paused = true)]
    async fn fails_with_the_first_error_once_all_have_failed() {
        let dialer = Dialer::new(network(&[State::Refuses, State::Refuses]));
        let error = dial(&dialer).await.unwrap_err();
        assert_eq!(error.code(), Some("ECONNREFUSED"));
        assert_eq!(error.to_string(), "could not connect to host.test:80");
        let nowhere = Dialer::new(network(&[]));
        assert_eq!(dial(&nowhere).await.unwrap_err().code(), Some("ENOTFOUND"));
    }

    #[tokio::test(start_paused = true)]
    async fn tries_an_address_last_that_accepts_but_does_not_answer() {
        let network = network(&[State::Works, State::Works]);
        let dialer = Dialer::new(network.clone());
        assert_eq!(dial(&dialer).await.unwrap().0, 1);
        dialer.addresses.suspect(network.order[0]);
        assert_eq!(dial(&dialer).await.unwrap().0, 2);
    }
}
