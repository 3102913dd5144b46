//! One request, one answer: connections, TLS, and nothing of what the answer means.
//!
//! Every promise holds on every route. The route (direct, or through a proxy) is decided once in `route`, and
//! `connect` opens connections over it. Tasks are written over hyper connections that are kept in `pool`, because
//! this is the hot path. Prompts and interpretations are read through reqwest, which keeps connections of its own.

mod chunked_body;
mod connect;
mod connection;
mod http;
mod incoming;
mod no_proxy;
mod pool;
mod proxy;
mod reads;
mod request;
mod route;
#[cfg(test)]
mod tests;
pub(crate) mod tls;
mod writes;

pub(crate) use http::Http;
pub(crate) use request::Request;
