//! The simulated network: names, addresses, connections.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf, duplex, split},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::{
    platform::Platform,
    weather::{Address, Conditions, Weather},
};
use crate::transport::{BoxFuture, Network, Socket};

/// How many bytes one direction of a connection holds, as the buffers of a socket do.
const BUFFER: usize = 64 * 1024;
/// A packet that was lost is sent again after this time.
const RESENT_AFTER: Duration = Duration::from_millis(250);
/// The kernel gives a connection up when nothing was acknowledged for this long.
const USER_TIMEOUT: Duration = Duration::from_secs(10);

/// The network as one process sees it.
#[derive(Clone, Debug)]
pub(super) struct SimulatedNetwork {
    weather: Weather,
    platform: Platform,
    /// Cancelled when the process is killed.
    killed: CancellationToken,
}

impl SimulatedNetwork {
    pub(super) fn new(weather: Weather, platform: Platform, killed: CancellationToken) -> Self {
        Self {
            weather,
            platform,
            killed,
        }
    }

    async fn find(&self) -> io::Result<Vec<SocketAddr>> {
        let Conditions {
            latency,
            names,
            addresses,
            ..
        } = self.weather.now();
        sleep(latency).await;
        if !names {
            return Err(io::Error::other("failed to lookup address information"));
        }
        Ok(addresses.into_iter().map(|(address, _)| address).collect())
    }

    async fn open(&self, to: SocketAddr) -> io::Result<Box<dyn Socket>> {
        let conditions = self.weather.now();
        sleep(2 * conditions.latency).await;
        match self.state(to) {
            _ if self.killed.is_cancelled() => std::future::pending().await,
            Address::DropsSyn | Address::BlackHole => {
                self.platform.on_silent_connection();
                sleep(Duration::from_secs(130)).await;
                Err(io::ErrorKind::TimedOut.into())
            }
            Address::Refuses => Err(io::ErrorKind::ConnectionRefused.into()),
            Address::ResetsAbove(open) if self.platform.connections(to) >= open => {
                self.platform.on_vain_connection();
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Address::ResetsAbove(_) | Address::Works => {
                let (ours, theirs) = duplex(BUFFER);
                let (near, far) = duplex(BUFFER);
                self.platform.serve(to, far);
                tokio::spawn(self.clone().carry(to, theirs, near));
                Ok(Box::new(ours))
            }
        }
    }

    /// What happens at an address now.
    fn state(&self, address: SocketAddr) -> Address {
        let addresses = self.weather.now().addresses;
        let found = addresses.into_iter().find(|(other, _)| *other == address);
        found.map_or(Address::Refuses, |(_, state)| state)
    }

    /// Carries bytes both ways until one side ends.
    async fn carry(self, to: SocketAddr, client: DuplexStream, server: DuplexStream) {
        let (client_reads, client_writes) = split(client);
        let (server_reads, server_writes) = split(server);
        tokio::select! {
            biased;
            () = self.killed.cancelled() => {}
            () = self.cut(to) => {}
            () = self.pump(to, client_reads, server_writes) => {}
            () = self.pump(to, server_reads, client_writes) => {}
        }
    }

    /// Ends when the address stops to take connections, as a server that is shut down.
    async fn cut(&self, to: SocketAddr) {
        while self.state(to) != Address::Refuses {
            sleep(Duration::from_millis(500)).await;
        }
    }

    async fn pump(
        &self,
        to: SocketAddr,
        mut from: ReadHalf<DuplexStream>,
        mut into: WriteHalf<DuplexStream>,
    ) {
        let mut packet = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut packet).await {
            let conditions = self.weather.now();
            let mut delay = conditions.latency
                + Duration::from_secs_f64(length as f64 / f64::from(conditions.bandwidth));
            while conditions.loses_one_in > 0 && fastrand::u32(0..conditions.loses_one_in) == 0 {
                delay += RESENT_AFTER;
            }
            sleep(delay).await;
            if self.state(to) == Address::BlackHole {
                sleep(USER_TIMEOUT).await;
                return;
            }
            if into.write_all(&packet[..length]).await.is_err() {
                return;
            }
        }
    }
}

impl Network for SimulatedNetwork {
    fn resolve<'a>(&'a self, _: &'a str, _: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(self.find())
    }

    fn connect(&self, to: SocketAddr) -> BoxFuture<'_, io::Result<Box<dyn Socket>>> {
        Box::pin(self.open(to))
    }
}
