//! The one error type of the client: what kind of failure, what to do about it, and what is known of it.

use std::{fmt, sync::Arc, time::Duration};

use serde_json::value::RawValue;

use crate::options::OptionId;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as far as a caller would act differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option of [`Config`](crate::Config) is wrong; [`Error::option`] names it. Nothing was sent.
    Configuration,
    /// A task or argument is wrong, found here (nothing was sent; [`Error::field`] is the path)
    /// or by the platform (status 400 or 422).
    Validation,
    /// The encoded task is larger than [`MAX_PAYLOAD_SIZE`](crate::MAX_PAYLOAD_SIZE), found here
    /// before sending ([`Error::payload_size`]), or the platform answered 413.
    PayloadTooLarge,
    /// The platform refused the credentials: 401 or 403.
    Authentication,
    /// The platform knows no such thing: 404. [`Error::field`] names what was asked for.
    NotFound,
    /// The platform asked to slow down: 429. [`Error::retry_after`] says for how long, if it told.
    RateLimit,
    /// The platform failed: any 5xx, after all retries.
    Server,
    /// No complete answer arrived: refused, reset, cut, unresolvable or untrusted; after all retries.
    Network,
    /// No complete answer within [`Error::timeout`]; after all retries.
    Timeout,
    /// The caller cancelled the call.
    Cancelled,
    /// The client was closed before the call.
    Closed,
    /// A task of a batch that was stopped before this task was started.
    NotSent,
    /// Any other status, and a success whose body is not JSON.
    Unexpected,
}

/// A failure, cheap to clone.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    status: Option<u16>,
    field: Option<String>,
    option: Option<OptionId>,
    retry_after: Option<Duration>,
    timeout: Option<Duration>,
    payload_size: Option<usize>,
    body: Option<Box<RawValue>>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            status: None,
            field: None,
            option: None,
            retry_after: None,
            timeout: None,
            payload_size: None,
            body: None,
            source: None,
        }))
    }

    /// An error about one field, option or argument.
    pub(crate) fn of_field(
        kind: ErrorKind,
        field: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(kind, message).edit(|inner| inner.field = Some(field.into()))
    }

    /// A task that its caller could not read into JSON, for instance because of a cycle.
    ///
    /// `field` is the path to what could not be read.
    pub fn unreadable(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of_field(ErrorKind::Validation, field, message)
    }

    /// A mistake of this crate: it ends one call and not the program.
    #[must_use]
    pub fn panicked() -> Self {
        let message = "the client failed unexpectedly; please report this as a bug";
        Self::new(ErrorKind::Unexpected, message)
    }

    /// A wrong option. The message is the option's id, a space and `problem`.
    pub(crate) fn misconfigured(option: OptionId, problem: impl AsRef<str>) -> Self {
        let message = format!("{} {}", option.as_str(), problem.as_ref());
        Self::new(ErrorKind::Configuration, message).edit(|inner| inner.option = Some(option))
    }

    // Only builders call this, before the error has been cloned.
    fn edit(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            change(inner);
        }
        self
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        self.edit(|inner| inner.status = Some(status))
    }

    pub(crate) fn with_field(self, field: impl Into<String>) -> Self {
        self.edit(|inner| inner.field = Some(field.into()))
    }

    pub(crate) fn with_retry_after(self, wait: Option<Duration>) -> Self {
        self.edit(|inner| inner.retry_after = wait)
    }

    pub(crate) fn with_timeout(self, timeout: Duration) -> Self {
        self.edit(|inner| inner.timeout = Some(timeout))
    }

    pub(crate) fn with_payload_size(self, size: usize) -> Self {
        self.edit(|inner| inner.payload_size = Some(size))
    }

    pub(crate) fn with_body(self, body: Option<Box<RawValue>>) -> Self {
        self.edit(|inner| inner.body = body)
    }

    pub(crate) fn with_source(
        self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.edit(|inner| inner.source = Some(source.into()))
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What happened and what to do about it. Never contains a secret.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The status of the platform's answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The option that is wrong; the message begins with its id.
    pub fn option(&self) -> Option<OptionId> {
        self.0.option
    }

    /// The field path, argument or resource that the error is about.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// How long the platform asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The time limit that ran out.
    pub fn timeout(&self) -> Option<Duration> {
        self.0.timeout
    }

    /// The size in bytes of a payload that was refused before sending.
    pub fn payload_size(&self) -> Option<usize> {
        self.0.payload_size
    }

    /// The platform's answer, if it was JSON.
    pub fn body(&self) -> Option<&RawValue> {
        self.0.body.as_deref()
    }

    /// Whether no answer arrived, so that the next task may well meet the same fate.
    pub(crate) fn is_network(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Network | ErrorKind::Timeout)
    }

    /// Whether the platform may answer otherwise at another time.
    pub(crate) fn is_transient(&self) -> bool {
        self.is_network()
            || matches!(
                self.0.kind,
                ErrorKind::RateLimit | ErrorKind::Server | ErrorKind::NotSent
            )
            || matches!(self.0.status, Some(408 | 425))
    }

    /// Whether no other request with the same credentials can succeed.
    pub(crate) fn is_hopeless(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Authentication | ErrorKind::NotFound)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        let mut out = f.debug_struct("Error");
        out.field("kind", &inner.kind)
            .field("message", &inner.message);
        if let Some(status) = inner.status {
            out.field("status", &status);
        }
        if let Some(field) = &inner.field {
            out.field("field", field);
        }
        if let Some(wait) = inner.retry_after {
            out.field("retry_after", &wait);
        }
        if let Some(source) = &inner.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| {
            let source: &(dyn std::error::Error + 'static) = source.as_ref();
            source
        })
    }
}
