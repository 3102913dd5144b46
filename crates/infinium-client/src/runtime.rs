//! What runs the client: tasks, timers, and random bytes.
//!
//! Natively that is Tokio and the operating system. In WebAssembly there is neither: there the host of the module has
//! the clock, and [`hosted`](crate::hosted) runs the tasks.

#[cfg(target_family = "wasm")]
pub(crate) use crate::hosted::{
    executor::{spawn, unconstrained},
    host::fill_random,
    instant::Instant,
    timers::{sleep, sleep_until, timeout, timeout_at},
};
#[cfg(not(target_family = "wasm"))]
pub(crate) use tokio::{
    spawn,
    task::unconstrained,
    time::{Instant, sleep, sleep_until, timeout, timeout_at},
};

/// Fills `bytes` with random bytes. Returns false if there are none.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn fill_random(bytes: &mut [u8]) -> bool {
    use ring::rand::{SecureRandom, SystemRandom};

    SystemRandom::new().fill(bytes).is_ok()
}
