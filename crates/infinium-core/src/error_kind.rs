//! Kinds of failures.

/// What went wrong. Kinds differ where callers would react differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option of [`Config`](crate::Config) is wrong; [`Error::option`](crate::Error::option) names it. Nothing was sent.
    Configuration,
    /// A task or argument is wrong, found here (nothing was sent; [`Error::field`](crate::Error::field) is the path)
    /// or by the platform (status 400 or 422).
    Validation,
    /// The encoded task is larger than [`MAX_PAYLOAD_SIZE`](crate::MAX_PAYLOAD_SIZE), found here
    /// before sending ([`Error::payload_size`](crate::Error::payload_size)), or the platform answered 413.
    PayloadTooLarge,
    /// The platform refused the credentials: 401 or 403.
    Authentication,
    /// The agent, trace or prompt does not exist: 404. [`Error::field`](crate::Error::field) names what was asked for.
    NotFound,
    /// The platform asked to slow down: 429. [`Error::retry_after`](crate::Error::retry_after) is how long, if the platform said so.
    RateLimit,
    /// The platform failed: any 5xx, after all retries.
    Server,
    /// No complete answer arrived after all retries: the connection was refused, reset or cut, or the host was
    /// unresolvable or untrusted.
    Network,
    /// No complete answer within [`Error::timeout`](crate::Error::timeout); after all retries.
    Timeout,
    /// The caller cancelled the call.
    Cancelled,
    /// The client was closed.
    Closed,
    /// The task was not sent because its batch was stopped first.
    NotSent,
    /// Any other status, or a success whose body is not JSON.
    Unexpected,
}
