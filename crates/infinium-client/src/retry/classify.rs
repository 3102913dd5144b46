//! What an answer, or the lack of one, means for the call.

use std::{borrow::Cow, time::Duration};

use serde_json::value::RawValue;

use crate::{
    error::{Error, ErrorKind},
    secret::Secret,
    transport::{Answer, Failure},
    wire::{self, Cursor},
};

/// What a judgement needs to know of the call.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    /// Attempts after the first.
    pub(crate) max_retries: u32,
    /// Whether to wait and try again on 429.
    pub(crate) retry_rate_limit: bool,
    /// What was asked for, as in `agent 3f2b`: it does not exist if the answer is 404.
    pub(crate) resource: &'a str,
    /// The options that hold the credentials, as in `agentId and agentSecret`.
    pub(crate) credentials: &'a str,
    /// The limit of one attempt.
    pub(crate) timeout: Duration,
    /// What must not be repeated from an answer.
    pub(crate) secret: &'a Secret,
}

/// What to do next.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// A success with nothing or JSON in it.
    Done(Answer),
    /// A failure that another attempt would not mend.
    Final(Error),
    /// A failure that may pass.
    Again {
        error: Error,
        /// How long the platform asked to wait.
        wait: Option<Duration>,
        /// Whether the whole client waits.
        pause: bool,
    },
}

pub(crate) fn judge(outcome: Result<Answer, Failure>, context: &Context<'_>) -> Verdict {
    let again = |error| Verdict::Again {
        error,
        wait: None,
        pause: false,
    };
    let answer = match outcome {
        Ok(answer) => answer,
        Err(Failure::Timeout) => return again(timed_out(context.timeout)),
        Err(Failure::Network {
            problem, source, ..
        }) => {
            let message = format!("{problem}; check baseUrl, the network and the proxy settings");
            return again(Error::new(ErrorKind::Network, message).with_source(source));
        }
    };
    let wait = answer.retry_after;
    match answer.status {
        200..=299 if is_own(&answer) => Verdict::Done(answer),
        200..=299 => Verdict::Final(not_json(&answer)),
        429 if context.retry_rate_limit => Verdict::Again {
            error: refusal(&answer, context),
            wait,
            pause: true,
        },
        503 => Verdict::Again {
            error: refusal(&answer, context),
            wait,
            pause: false,
        },
        408 | 425 | 500..=599 => again(refusal(&answer, context)),
        _ => Verdict::Final(refusal(&answer, context)),
    }
}

/// Whether a success may come from the platform: others say more than nothing, and not in JSON.
fn is_own(answer: &Answer) -> bool {
    answer
        .body
        .as_deref()
        .is_some_and(|body| body.trim().is_empty() || Cursor::is_json(body))
}

/// Whether the platform has done what it can, or is in trouble that may pass; `None` if the outcome does not tell.
/// Where a login page or a redirect answers, the platform is out of reach.
pub(crate) fn is_answered(outcome: &Result<Answer, Failure>) -> Option<bool> {
    match outcome {
        Ok(answer) => Some(match answer.status {
            200..=299 => is_own(answer),
            status => !matches!(status, 300..=399 | 408 | 425 | 429 | 500..=599),
        }),
        Err(Failure::Network { stale: true, .. }) => None,
        Err(_) => Some(false),
    }
}

/// No complete answer within `timeout`.
fn timed_out(timeout: Duration) -> Error {
    let message = format!(
        "no complete answer within {} ms; raise timeout or check the platform",
        timeout.as_millis()
    );
    Error::new(ErrorKind::Timeout, message).with_timeout(timeout)
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
         check baseUrl and whether a proxy or login page is in between"
    );
    Error::new(ErrorKind::Unexpected, message).with_status(status)
}

/// The error for an answer that is no success.
fn refusal(answer: &Answer, context: &Context<'_>) -> Error {
    let status = answer.status;
    let body = answer
        .body
        .as_deref()
        .filter(|body| Cursor::is_json(body))
        .map(|body| context.secret.redact_json(body))
        .unwrap_or_default();
    let said = message_of(&body).map_or(String::new(), |said| format!(": {said}"));
    let (kind, message) = match status {
        401 | 403 => (
            ErrorKind::Authentication,
            format!(
                "credentials refused ({status}){said}; check {}",
                context.credentials
            ),
        ),
        400 | 422 => (
            ErrorKind::Validation,
            format!("refused by the platform ({status}){said}"),
        ),
        404 => (
            ErrorKind::NotFound,
            format!("{} not found (404){said}", context.resource),
        ),
        413 => (
            ErrorKind::PayloadTooLarge,
            format!("too large for the platform (413){said}"),
        ),
        429 => {
            let when = answer.retry_after.map_or(String::new(), |wait| {
                format!("; try again in {} s", wait.as_secs_f64())
            });
            (
                ErrorKind::RateLimit,
                format!("too many requests (429){said}{when}"),
            )
        }
        500..=599 => (
            ErrorKind::Server,
            format!("the platform failed ({status}){said}"),
        ),
        _ => (
            ErrorKind::Unexpected,
            format!("unexpected status {status}{said}"),
        ),
    };
    let field = text_of(&body, "field");
    let error = Error::new(kind, context.secret.redact(&message))
        .with_status(status)
        .with_retry_after(answer.retry_after)
        .with_body(RawValue::from_string(body).ok());
    match kind {
        ErrorKind::NotFound => error.with_field(context.resource),
        ErrorKind::Validation => match field {
            Some(field) => error.with_field(field),
            None => error,
        },
        _ => error,
    }
}

/// Characters of what the platform says that are repeated.
const MAX_SAID: usize = 1_000;

/// What an error's JSON says, in the places where servers say it.
fn message_of(json: &str) -> Option<String> {
    let error = wire::member(json, "error").unwrap_or_default();
    let places = [
        text_of(json, "message"),
        text_of(json, "detail"),
        text_of(error, "message"),
        text_of(json, "error"),
    ];
    let said = places.into_iter().flatten().find(|text| !text.is_empty())?;
    Some(said.chars().take(MAX_SAID).collect())
}

fn text_of(json: &str, name: &str) -> Option<String> {
    wire::text(wire::member(json, name)?).map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "golden-secret-0123456789";

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            retry_after: None,
            body: Some(body.to_owned()),
        }
    }

    #[test]
    fn takes_foreign_answers_for_an_outage() {
        for (status, body, answered) in [
            (200, "", true),
            (204, " ", true),
            (200, "{}", true),
            (200, "<html>log in</html>", false),
            (299, "{", false),
            (302, "{}", false),
            (304, "", false),
            (400, "<html>", true),
            (401, "{}", true),
            (404, "", true),
            (408, "{}", false),
            (425, "{}", false),
            (429, "{}", false),
            (500, "{}", false),
            (503, "{}", false),
            (599, "{}", false),
        ] {
            let outcome = Ok(answer(status, body));
            assert_eq!(is_answered(&outcome), Some(answered), "{status} {body}");
        }
        let unreadable = Answer {
            body: None,
            ..answer(200, "")
        };
        assert_eq!(is_answered(&Ok(unreadable)), Some(false));
    }

    /// Bodies that look like what servers say, with the secret in them in many places.
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
        fn any_answer_has_a_verdict_without_the_secret(
            status in 100..=999_u16,
            body in prop::option::of(bodies()),
            retry_rate_limit in any::<bool>(),
        ) {
            let secret = Secret::new(SECRET);
            let context = Context {
                max_retries: 3,
                retry_rate_limit,
                resource: "agent a",
                credentials: "agentId and agentSecret",
                timeout: Duration::from_secs(1),
                secret: &secret,
            };
            let answer = || Answer { status, retry_after: None, body: body.clone() };
            let answered = is_answered(&Ok(answer()));
            let error = match judge(Ok(answer()), &context) {
                Verdict::Done(done) => {
                    prop_assert!((200..300).contains(&done.status));
                    prop_assert_eq!(answered, Some(true));
                    return Ok(());
                }
                Verdict::Final(error) | Verdict::Again { error, .. } => error,
            };
            prop_assert_eq!(error.status(), Some(status));
            for said in [error.message(), &error.to_string(), &format!("{error:?}")] {
                prop_assert!(!said.contains(SECRET), "{}", said);
            }
            prop_assert!(!error.body().is_some_and(|body| body.get().contains(SECRET)));
        }
    }

    #[test]
    fn takes_failures_for_an_outage_unless_they_say_nothing() {
        let broken = |stale| Failure::Network {
            problem: "broken",
            stale,
            source: "why".into(),
        };
        assert_eq!(is_answered(&Err(Failure::Timeout)), Some(false));
        assert_eq!(is_answered(&Err(broken(false))), Some(false));
        // What became of an idle connection says nothing.
        assert_eq!(is_answered(&Err(broken(true))), None);
    }
}
