//! The only error type of the client: the kind of failure, how to fix it, and its details.

use std::{fmt, sync::Arc, time::Duration};

use serde_json::value::RawValue;

use crate::{
    error_kind::ErrorKind,
    option_id::OptionId,
    status::{
        Batch, FOREIGN, FOREIGN_REFUSAL, NO_ANSWER, Rule, TIMED_OUT, UNSUCCESSFUL, is_object,
        is_refusal, is_success, rule_of,
    },
};

/// The result of every fallible function in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure. It is cheap to clone.
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
    code: Option<&'static str>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error with only a kind and a message.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
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
            code: None,
            source: None,
        }))
    }

    /// Creates an error about one field, option or argument.
    pub fn of_field(kind: ErrorKind, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(kind, message).edit(|inner| inner.field = Some(field.into()))
    }

    /// Creates the error of a task that the caller could not convert to JSON, for example because of a cycle.
    ///
    /// `field` is the path to the unreadable value.
    pub fn unreadable(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of_field(ErrorKind::Validation, field, message)
    }

    /// Creates the error for a bug in this crate. The bug ends one call but not the program.
    #[must_use]
    pub fn panicked() -> Self {
        let message = "the client failed unexpectedly; please report this as a bug";
        Self::new(ErrorKind::Unexpected, message)
    }

    /// Creates the error of a wrong option. The message is the option's id, a space and `problem`.
    pub fn misconfigured(option: OptionId, problem: impl AsRef<str>) -> Self {
        let message = format!("{} {}", option.as_str(), problem.as_ref());
        Self::new(ErrorKind::Configuration, message).edit(|inner| inner.option = Some(option))
    }

    /// Creates the error of a wrong member of an option. `problem` begins with the path of the member in the option.
    pub fn misconfigured_member(option: OptionId, problem: impl AsRef<str>) -> Self {
        let message = format!("{}.{}", option.as_str(), problem.as_ref());
        Self::new(ErrorKind::Configuration, message).edit(|inner| inner.option = Some(option))
    }

    // Only the builder methods call this, before the error is cloned.
    fn edit(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            change(inner);
        }
        self
    }

    /// Adds the HTTP status of the answer.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        self.edit(|inner| inner.status = Some(status))
    }

    /// Adds the field, argument or resource that is wrong: see [`field`](Self::field).
    #[must_use]
    pub fn with_field(self, field: impl Into<String>) -> Self {
        self.edit(|inner| inner.field = Some(field.into()))
    }

    /// Adds the wait that the platform asked for.
    #[must_use]
    pub fn with_retry_after(self, wait: Option<Duration>) -> Self {
        self.edit(|inner| inner.retry_after = wait)
    }

    /// Adds the time limit.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        self.edit(|inner| inner.timeout = Some(timeout))
    }

    /// Adds the size of the payload in bytes.
    #[must_use]
    pub fn with_payload_size(self, size: usize) -> Self {
        self.edit(|inner| inner.payload_size = Some(size))
    }

    /// Adds the answer's JSON.
    #[must_use]
    pub fn with_body(self, body: Option<Box<RawValue>>) -> Self {
        self.edit(|inner| inner.body = body)
    }

    /// Adds the code that Node.js uses for the same failure.
    #[must_use]
    pub fn with_code(self, code: Option<&'static str>) -> Self {
        self.edit(|inner| inner.code = code)
    }

    /// Adds the underlying error.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.edit(|inner| inner.source = Some(source.into()))
    }

    /// Returns the kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Describes what happened and how to fix it. Never contains a secret.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the code that Node.js uses for the same failure of the network, as in `ECONNREFUSED`.
    pub fn code(&self) -> Option<&'static str> {
        self.0.code
    }

    /// Returns the status of the platform's answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns the wrong option, if there is one. The message begins with its id.
    pub fn option(&self) -> Option<OptionId> {
        self.0.option
    }

    /// Returns the field path, argument or resource that the error is about.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// Returns how long the platform asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the time limit that was exceeded.
    pub fn timeout(&self) -> Option<Duration> {
        self.0.timeout
    }

    /// Returns the size in bytes of a payload that was rejected before sending.
    pub fn payload_size(&self) -> Option<usize> {
        self.0.payload_size
    }

    /// Returns the platform's answer, if it was JSON.
    pub fn body(&self) -> Option<&RawValue> {
        self.0.body.as_deref()
    }

    /// Returns the row of the status table for this error, or `None` if the error did not come from an attempt.
    fn rule(&self) -> Option<&'static Rule> {
        match self.0.status {
            Some(status) if is_success(status) && self.is_own() => Some(&UNSUCCESSFUL),
            // A success status with an error came from a server other than the platform.
            Some(status) if is_success(status) => Some(&FOREIGN),
            Some(status) if is_refusal(status) && !self.is_own() => Some(&FOREIGN_REFUSAL),
            Some(status) => Some(rule_of(status)),
            None => match self.0.kind {
                ErrorKind::Network => Some(&NO_ANSWER),
                ErrorKind::Timeout => Some(&TIMED_OUT),
                _ => None,
            },
        }
    }

    /// Whether the answer looks like the platform's: a JSON object.
    fn is_own(&self) -> bool {
        self.body().is_some_and(|body| is_object(body.get()))
    }

    /// Whether a server other than the platform has refused the request, as far as can be told.
    #[must_use]
    pub fn is_foreign_refusal(&self) -> bool {
        self.rule()
            .is_some_and(|rule| std::ptr::eq(rule, &FOREIGN_REFUSAL))
    }

    /// Whether no answer arrived, so that the next task will probably fail in the same way.
    #[must_use]
    pub fn is_network(&self) -> bool {
        self.rule()
            .is_some_and(|rule| rule.batch == Batch::StopsAfterThree)
    }

    /// Whether the agent or its credentials were refused, so that every other request with them will fail.
    #[must_use]
    pub fn refuses_agent(&self) -> bool {
        let rule = self.0.status.map(rule_of);
        rule.is_some_and(|rule| rule.batch == Batch::Stops)
    }

    /// Whether the background keeps the task and retries it later.
    #[must_use]
    pub fn is_retryable_later(&self) -> bool {
        self.0.kind == ErrorKind::NotSent || self.rule().is_some_and(|rule| rule.retryable_later)
    }

    /// Whether the platform may have failed because of this task. The task is a poison message if this repeats while
    /// others succeed.
    #[must_use]
    pub fn blames_task(&self) -> bool {
        self.rule().is_some_and(|rule| rule.blames_task)
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
