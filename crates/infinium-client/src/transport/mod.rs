//! Sends one request and reads one answer. Handles connections and TLS, but not the meaning of answers.
//!
//! Every guarantee holds on every route. `route` decides the route once (direct, or through a proxy), and `connect`
//! opens connections over it. Tasks are the hot path: they are sent over hyper connections from `pool`. Prompts and
//! interpretations are read through reqwest, which has its own connections.

mod addresses;
mod broken_writes;
mod chunked_body;
mod connect;
mod connection;
mod decode;
mod dial;
mod dial_error;
mod http;
mod incoming;
mod network;
mod no_proxy;
mod pool;
mod problem;
mod proxy;
mod reads;
mod route;
#[cfg(test)]
mod tests;
pub(crate) mod tls;
mod verifier;
mod writes;
mod x509;

pub(crate) use http::Http;
#[cfg(test)]
pub(crate) use network::{BoxFuture, Network, Socket};
