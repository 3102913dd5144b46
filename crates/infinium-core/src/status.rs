//! What the outcome of an attempt means. Statuses are interpreted only here.
//!
//! `docs/WIRE.md` prints this table, and a test compares the two.

use crate::error_kind::ErrorKind;

/// Whether the request is retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The outcome is final.
    Never,
    /// Retried after the backoff.
    Backoff,
    /// Retried after the backoff, or after `Retry-After` if that is longer.
    AtLeastRetryAfter,
    /// Retried after `Retry-After` if the caller asked for this. The whole client pauses until then.
    PausesClient,
}

/// What the circuit breaker learns from the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// The platform has answered.
    Answers,
    /// The platform failed or is unreachable.
    Fails,
}

/// What happens to a batch after all retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    /// The batch continues.
    Continues,
    /// The batch stops: no further task is started.
    Stops,
    /// The batch stops if this happens to three tasks in a row.
    StopsAfterThree,
}

/// One row of the table.
#[derive(Debug)]
pub struct Rule {
    /// The outcomes of this row. Empty where the statuses say it.
    pub outcome: &'static str,
    /// Ranges, both ends included.
    statuses: &'static [(u16, u16)],
    /// The kind of error; `None` for a success.
    pub kind: Option<ErrorKind>,
    /// Whether the request is retried.
    pub retry: Retry,
    /// What the circuit breaker learns.
    pub platform: Platform,
    /// Whether the background keeps the task after all retries, and sends it again later.
    pub retryable_later: bool,
    /// Whether the platform may have failed because of this task, so that repeated failures make it a poison message.
    pub blames_task: bool,
    /// What happens to a batch.
    pub batch: Batch,
}

/// The usual refusal: final, and from the platform itself. Rows list only the differences.
const REFUSED: Rule = Rule {
    outcome: "",
    statuses: &[],
    kind: Some(ErrorKind::Unexpected),
    retry: Retry::Never,
    platform: Platform::Answers,
    retryable_later: false,
    blames_task: false,
    batch: Batch::Continues,
};

/// The usual failure: retried, then kept by the background.
const TROUBLE: Rule = Rule {
    retry: Retry::Backoff,
    platform: Platform::Fails,
    retryable_later: true,
    ..REFUSED
};

/// A 2xx or redirect that is not from the platform, but for example from a login page or a proxy.
pub static FOREIGN: Rule = Rule {
    outcome: "2xx with anything else, or too large",
    retry: Retry::Never,
    ..TROUBLE
};

/// A refusal that the platform did not write: its answers are JSON objects. A proxy that has lost the platform answers
/// with a page. Its kind, and what it means for a batch, are those of the status.
pub static FOREIGN_REFUSAL: Rule = Rule {
    outcome: "a refusal without a JSON object",
    retry: Retry::Never,
    blames_task: true,
    ..TROUBLE
};

/// The platform accepted the request, but not what is in it: `{"success": false}`.
pub static UNSUCCESSFUL: Rule = Rule {
    outcome: "2xx with `\"success\": false` to a task",
    ..REFUSED
};

/// No complete answer.
pub static NO_ANSWER: Rule = Rule {
    outcome: "no answer, or part of a 2xx",
    kind: Some(ErrorKind::Network),
    batch: Batch::StopsAfterThree,
    ..TROUBLE
};

/// No complete answer within the time limit.
pub static TIMED_OUT: Rule = Rule {
    outcome: "no complete answer in time",
    kind: Some(ErrorKind::Timeout),
    ..NO_ANSWER
};

/// The first row that has a status is its rule.
#[rustfmt::skip]
static STATUSES: &[Rule] = &[
    Rule { outcome: "2xx with nothing or JSON in it", statuses: &[(200, 299)], kind: None, ..REFUSED },
    Rule { statuses: &[(400, 400), (422, 422)], kind: Some(ErrorKind::Validation), ..REFUSED },
    Rule { statuses: &[(401, 401), (403, 403)], kind: Some(ErrorKind::Authentication), batch: Batch::Stops, ..REFUSED },
    Rule { statuses: &[(404, 404)], kind: Some(ErrorKind::NotFound), batch: Batch::Stops, ..REFUSED },
    Rule { statuses: &[(413, 413)], kind: Some(ErrorKind::PayloadTooLarge), ..REFUSED },
    Rule { statuses: &[(408, 408), (425, 425)], ..TROUBLE },
    Rule { statuses: &[(429, 429)], kind: Some(ErrorKind::RateLimit), retry: Retry::PausesClient, ..TROUBLE },
    Rule { statuses: &[(503, 503)], kind: Some(ErrorKind::Server), retry: Retry::AtLeastRetryAfter, ..TROUBLE },
    Rule { statuses: &[(502, 502), (504, 504), (511, 511), (520, 599)], kind: Some(ErrorKind::Server), ..TROUBLE },
    Rule { outcome: "other 5xx (500 to 519)", statuses: &[(500, 519)], kind: Some(ErrorKind::Server), blames_task: true, ..TROUBLE },
    Rule { outcome: "3xx", statuses: &[(300, 399)], retry: Retry::Never, ..TROUBLE },
    Rule { outcome: "any other status", statuses: &[(0, u16::MAX)], ..REFUSED },
];

/// Returns the rule for a status. A success whose body is not the platform's uses [`FOREIGN`] instead.
#[must_use]
pub fn rule_of(status: u16) -> &'static Rule {
    let has = |rule: &&Rule| {
        let mut ranges = rule.statuses.iter();
        ranges.any(|(min, max)| (*min..=*max).contains(&status))
    };
    // The last row contains every status.
    STATUSES.iter().find(has).unwrap_or(&REFUSED)
}

/// Whether a status is a final refusal by the platform, provided that the body is the platform's.
#[must_use]
pub fn is_refusal(status: u16) -> bool {
    let rule = rule_of(status);
    rule.kind.is_some() && rule.platform == Platform::Answers
}

/// Whether a status is a success, provided that the body is the platform's.
#[must_use]
pub fn is_success(status: u16) -> bool {
    rule_of(status).kind.is_none()
}

/// Whether JSON may be an answer of the platform, which always answers with an object.
pub(crate) fn is_object(json: &str) -> bool {
    json.trim_start().starts_with('{')
}

#[cfg(test)]
mod tests;
