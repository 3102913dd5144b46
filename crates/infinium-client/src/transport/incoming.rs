//! Parts of answers that both HTTP stacks share.

use std::time::Duration;

use http::Response;

/// An answer with its body. The body is missing if it is too large.
pub(super) type Incoming = Response<Option<Vec<u8>>>;

/// The maximum number of headers in an answer. Hyper's default is 100, and it allocates room for all of them each
/// time.
pub(super) const MAX_HEADERS: usize = 256;

/// Within this time after an answer, the server has most likely not closed the connection.
pub(super) const FRESH: Duration = Duration::from_millis(100);
