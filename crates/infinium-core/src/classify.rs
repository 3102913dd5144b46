//! Classifies the outcome of an attempt and decides what happens next, based on the status table.

use std::{borrow::Cow, time::Duration};

use serde_json::value::RawValue;

use crate::{
    answer::{Answer, Failure},
    error::Error,
    error_kind::ErrorKind,
    printable::printable,
    secret::Secret,
    status::{
        FOREIGN, FOREIGN_REFUSAL, Platform, Retry, is_object, is_refusal, is_success, rule_of,
    },
    wire::{self, is_json},
};

/// What the classification needs to know about the request.
#[derive(Debug)]
pub struct RequestContext<'a> {
    /// The maximum number of retries.
    pub max_retries: u32,
    /// Whether a 429 is retried.
    pub retry_rate_limit: bool,
    /// The requested resource, as in `agent 3f2b`. An error names it if the answer is 404.
    pub resource: &'a str,
    /// The credentials that were sent, as in `the agent id and the agent secret`.
    pub credentials: &'a str,
    /// Whether the request delivers a task.
    pub delivers_task: bool,
    /// Time limit of one attempt.
    pub timeout: Duration,
    /// The secrets to remove from answers.
    pub secret: &'a Secret,
}

/// What happens next.
#[derive(Debug)]
pub enum Decision {
    /// A success with an empty body or JSON.
    Done(Answer),
    /// A final failure.
    Fail(Error),
    /// A failure that can be retried.
    Retry {
        /// The error, if no attempt is left.
        error: Error,
        /// How long the platform asked to wait.
        wait: Option<Duration>,
        /// Whether the whole client pauses until then.
        pauses_client: bool,
    },
}

/// Decides what the outcome of an attempt means for its request.
#[must_use]
pub fn classify(outcome: Result<Answer, Failure>, context: &RequestContext<'_>) -> Decision {
    let answer = match outcome {
        Ok(answer) if is_success(answer.status) => {
            return if context.delivers_task && is_unsuccessful(&answer) {
                Decision::Fail(refusal(&answer, context))
            } else if is_own(&answer) {
                Decision::Done(answer)
            } else {
                Decision::Fail(not_json(&answer))
            };
        }
        Ok(answer) => answer,
        Err(failure) => {
            return Decision::Retry {
                error: no_answer(failure, context),
                wait: None,
                pauses_client: false,
            };
        }
    };
    let error = refusal(&answer, context);
    let wait = answer.retry_after;
    match rule_of(answer.status).retry {
        Retry::PausesClient if context.retry_rate_limit => Decision::Retry {
            error,
            wait,
            pauses_client: true,
        },
        Retry::Never | Retry::PausesClient => Decision::Fail(error),
        Retry::Backoff => Decision::Retry {
            error,
            wait: None,
            pauses_client: false,
        },
        Retry::AtLeastRetryAfter => Decision::Retry {
            error,
            wait,
            pauses_client: false,
        },
    }
}

/// Returns what the circuit breaker learns from an attempt, or `None` if the outcome says nothing about the platform.
#[must_use]
pub fn platform_of(outcome: &Result<Answer, Failure>) -> Option<Platform> {
    match outcome {
        Ok(answer) if is_success(answer.status) && !is_own(answer) => Some(FOREIGN.platform),
        Ok(answer) if is_refusal(answer.status) && !has_object(answer) => {
            Some(FOREIGN_REFUSAL.platform)
        }
        Ok(answer) => Some(rule_of(answer.status).platform),
        // The connection was closed while it was idle.
        Err(Failure::Network { stale: true, .. }) => None,
        Err(_) => Some(Platform::Fails),
    }
}

/// Whether a success may come from the platform: a proxy or a login page would send a body that is not JSON.
fn is_own(answer: &Answer) -> bool {
    answer
        .body
        .as_deref()
        .is_some_and(|body| body.trim().is_empty() || is_json(body))
}

/// Whether the body of a refusal may come from the platform.
fn has_object(answer: &Answer) -> bool {
    answer
        .body
        .as_deref()
        .is_some_and(|body| is_object(body) && is_json(body))
}

/// Whether the platform says that it has not accepted what was sent.
fn is_unsuccessful(answer: &Answer) -> bool {
    answer.body.as_deref().is_some_and(|body| {
        // Most answers are told apart without reading their members.
        body.contains("\"success\"")
            && is_object(body)
            && is_json(body)
            && wire::member(body, "success") == Some("false")
    })
}

fn no_answer(failure: Failure, context: &RequestContext<'_>) -> Error {
    match failure {
        Failure::Timeout => {
            let timeout = context.timeout;
            let message = format!(
                "no complete answer within {} ms; raise timeout or check the platform",
                timeout.as_millis()
            );
            Error::new(ErrorKind::Timeout, message)
                .with_code(Some("ETIMEDOUT"))
                .with_timeout(timeout)
        }
        Failure::Network {
            problem,
            code,
            source,
            ..
        } => Error::new(ErrorKind::Network, problem)
            .with_code(code)
            .with_source(source),
    }
}

fn not_json(answer: &Answer) -> Error {
    let status = answer.status;
    let what = if answer.body.is_some() {
        "not JSON"
    } else {
        "too large or not text"
    };
    let message = format!(
        "the answer ({status}) is {what}, so it may not come from the platform; \
         check the base URL, and whether a proxy or a login page answers instead"
    );
    Error::new(ErrorKind::Unexpected, message).with_status(status)
}

/// Returns the error for an answer that is not a success.
fn refusal(answer: &Answer, context: &RequestContext<'_>) -> Error {
    let status = answer.status;
    let kind = rule_of(status).kind.unwrap_or(ErrorKind::Unexpected);
    let body = answer
        .body
        .as_deref()
        .filter(|body| is_json(body))
        .map(|body| context.secret.redact_json(body))
        .unwrap_or_default();
    let said = message_of(&body).map_or(String::new(), |said| format!(": {said}"));
    let message = match kind {
        ErrorKind::Authentication => {
            let credentials = context.credentials;
            format!("credentials refused ({status}){said}; check {credentials}")
        }
        ErrorKind::Validation => format!("refused by the platform ({status}){said}"),
        ErrorKind::NotFound => format!("{} not found ({status}){said}", context.resource),
        ErrorKind::PayloadTooLarge => format!("too large for the platform ({status}){said}"),
        ErrorKind::RateLimit => {
            let when = answer.retry_after.map_or(String::new(), |wait| {
                format!("; try again in {} s", wait.as_secs_f64())
            });
            format!("too many requests ({status}){said}{when}")
        }
        ErrorKind::Server => format!("the platform failed ({status}){said}"),
        _ if is_success(status) => format!("the platform did not accept the task ({status}){said}"),
        _ => format!("unexpected status {status}{said}"),
    };
    let field = text_of(&body, "field");
    let error = Error::new(kind, context.secret.redact(&message))
        .with_status(status)
        .with_retry_after(answer.retry_after)
        .with_body(RawValue::from_string(body).ok());
    match (kind, field) {
        (ErrorKind::NotFound, _) => error.with_field(context.resource),
        (ErrorKind::Validation, Some(field)) => error.with_field(field),
        _ => error,
    }
}

/// The maximum length of the platform's text in an error, in characters.
const MAX_SAID: usize = 1_000;

/// Returns the error text in JSON, from the members that servers commonly use.
fn message_of(json: &str) -> Option<String> {
    let error = wire::member(json, "error").unwrap_or_default();
    let places = [
        text_of(json, "message"),
        text_of(json, "detail"),
        text_of(error, "message"),
        text_of(json, "error"),
    ];
    let said = places.into_iter().flatten().find(|text| !text.is_empty())?;
    let said: String = said.chars().take(MAX_SAID).collect();
    Some(printable(&said).into_owned())
}

fn text_of(json: &str, name: &str) -> Option<String> {
    wire::text(wire::member(json, name)?).map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answers(outcome: &Result<Answer, Failure>) -> Option<bool> {
        platform_of(outcome).map(|platform| platform == Platform::Answers)
    }

    const SECRET: &str = "golden-secret-0123456789";

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            retry_after: None,
            body: Some(body.to_owned()),
        }
    }

    #[test]
    fn treats_foreign_answers_as_an_outage() {
        for (status, body, answered) in [
            (200, "", true),
            (204, " ", true),
            (200, "{}", true),
            (200, "<html>log in</html>", false),
            (299, "{", false),
            (302, "{}", false),
            (304, "", false),
            (400, "<html>", false),
            (400, "{}", true),
            (413, "[]", false),
            (200, r#"{"success":false}"#, true),
            (401, "{}", true),
            (404, "", false),
            (408, "{}", false),
            (425, "{}", false),
            (429, "{}", false),
            (500, "{}", false),
            (503, "{}", false),
            (599, "{}", false),
        ] {
            let outcome = Ok(answer(status, body));
            assert_eq!(answers(&outcome), Some(answered), "{status} {body}");
        }
        let unreadable = Answer {
            body: None,
            ..answer(200, "")
        };
        assert_eq!(answers(&Ok(unreadable)), Some(false));
    }

    /// Bodies that look like server answers, with the secret in many places.
    fn bodies() -> impl Strategy<Value = String> {
        let text = prop_oneof![
            any::<String>(),
            Just(SECRET.to_owned()),
            ".*".prop_map(|text| format!("{text}{SECRET}{text}")),
        ];
        let key = prop_oneof![
            Just("message"),
            Just("detail"),
            Just("error"),
            Just("field"),
            Just("traceId"),
        ];
        let object = (key, text.clone()).prop_map(|(key, text)| serde_json::json!({ key: text }));
        prop_oneof![
            text,
            object.clone().prop_map(|object| object.to_string()),
            object.prop_map(|object| serde_json::json!({ "error": object }).to_string()),
            prop::collection::vec(
                prop_oneof![
                    Just("{"),
                    Just("}"),
                    Just("\"message\":"),
                    Just("["),
                    Just(SECRET),
                    Just("\"")
                ],
                0..12,
            )
            .prop_map(|pieces| pieces.concat()),
        ]
    }

    proptest! {
        #[test]
        fn any_answer_has_a_decision_without_the_secret(
            status in 100..=999_u16,
            body in prop::option::of(bodies()),
            retry_rate_limit in any::<bool>(),
        ) {
            let secret = Secret::new(SECRET);
            let context = RequestContext {
                delivers_task: true,
                max_retries: 3,
                retry_rate_limit,
                resource: "agent a",
                credentials: "the agent id and the agent secret",
                timeout: Duration::from_secs(1),
                secret: &secret,
            };
            let answer = || Answer { status, retry_after: None, body: body.clone() };
            let answered = answers(&Ok(answer()));
            let error = match classify(Ok(answer()), &context) {
                Decision::Done(done) => {
                    prop_assert!((200..300).contains(&done.status));
                    prop_assert_eq!(answered, Some(true));
                    return Ok(());
                }
                Decision::Fail(error) | Decision::Retry { error, .. } => error,
            };
            prop_assert_eq!(error.status(), Some(status));
            for said in [error.message(), &error.to_string(), &format!("{error:?}")] {
                prop_assert!(!said.contains(SECRET), "{}", said);
            }
            prop_assert!(!error.body().is_some_and(|body| body.get().contains(SECRET)));
        }
    }

    #[test]
    fn counts_failures_as_an_outage_unless_inconclusive() {
        let broken = |stale| Failure::Network {
            problem: "broken".to_owned(),
            code: None,
            stale,
            source: "why".into(),
        };
        assert_eq!(answers(&Err(Failure::Timeout)), Some(false));
        assert_eq!(answers(&Err(broken(false))), Some(false));
        // An idle connection that was closed says nothing about the platform.
        assert_eq!(answers(&Err(broken(true))), None);
    }
}
