//! What both ways of sending make of an answer.

use std::time::Duration;

use http::Response;

/// An answer with its body, or without one that is too large.
pub(super) type Incoming = Response<Option<Vec<u8>>>;

/// Headers of an answer. The default of hyper is 100; it makes room for all of them each time.
pub(super) const MAX_HEADERS: usize = 256;

/// The other side has hardly closed a connection that brought an answer within this time.
pub(super) const FRESH: Duration = Duration::from_millis(100);

pub(super) const UNCONNECTED: &str = "could not connect";
pub(super) const INCOMPLETE: &str = "the connection broke before the answer was complete";
