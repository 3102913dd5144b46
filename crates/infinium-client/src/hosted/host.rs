//! What the host of the module provides.

use std::{
    cell::OnceCell,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// What the host of the module provides.
pub trait Host {
    /// The time since some fixed moment. It never goes back.
    fn now(&self) -> Duration;
    /// The time since 1970.
    fn time_of_day(&self) -> Duration;
    /// Fills `bytes` with random bytes. Returns false if there are none.
    fn fill_random(&self, bytes: &mut [u8]) -> bool;
    /// Sends a request. Its answer is told with [`on_head`](super::on_head) and [`on_body`](super::on_body), its
    /// failure with [`on_broken`](super::on_broken).
    fn send(&self, id: u32, request: &Outgoing<'_>);
    /// Gives up a request.
    fn abort(&self, id: u32);
}

/// A request.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// The method.
    pub method: &'a str,
    /// The complete URL.
    pub url: &'a str,
    /// Names and values.
    pub headers: &'a [(&'a str, &'a str)],
    /// Empty for a `GET`.
    pub body: &'a [u8],
}

thread_local! {
    static HOST: OnceCell<Box<dyn Host>> = const { OnceCell::new() };
}

/// Sets the host. Called once, before anything else.
pub fn install(host: impl Host + 'static) {
    HOST.with(|cell| {
        let _ = cell.set(Box::new(host));
    });
    let mut seed = [0; 8];
    fill_random(&mut seed);
    fastrand::seed(u64::from_le_bytes(seed) ^ time_of_day().as_nanos() as u64);
}

/// Asks the host.
///
/// # Panics
/// If there is none.
pub(super) fn with<T>(ask: impl FnOnce(&dyn Host) -> T) -> T {
    HOST.with(|cell| match cell.get() {
        Some(host) => ask(&**host),
        None => unreachable!("the host is installed first"),
    })
}

pub(crate) fn fill_random(bytes: &mut [u8]) -> bool {
    with(|host| host.fill_random(bytes))
}

fn time_of_day() -> Duration {
    with(|host| host.time_of_day())
}

pub(crate) fn wall_clock() -> SystemTime {
    UNIX_EPOCH + time_of_day()
}
