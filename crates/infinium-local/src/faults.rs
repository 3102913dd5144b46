//! Scripts of what goes wrong.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

/// One thing that goes wrong, for the requests that it matches.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(try_from = "Written")]
pub struct Fault {
    /// Only requests with this method, as in `POST`. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests whose path contains this. Default all under `/api/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How many requests. Default 1.
    pub times: Times,
    /// What happens to them.
    #[serde(flatten)]
    pub action: Action,
}

impl Fault {
    /// Reads a script: a list of faults, or one alone.
    ///
    /// # Errors
    /// Where it is no JSON, or what in it is no fault.
    pub fn script(json: &str) -> serde_json::Result<Vec<Self>> {
        // Told apart by the first character, so that what is wrong is told of what was meant.
        if json.trim_start().starts_with('[') {
            serde_json::from_str(json)
        } else {
            Ok(vec![serde_json::from_str(json)?])
        }
    }
}

/// How many requests a fault is for.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum Times {
    /// This many.
    Count(u64),
    /// All that are to come.
    Forever(Forever),
}

/// The word for it.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Forever {
    /// `"forever"`.
    Forever,
}

impl Default for Times {
    fn default() -> Self {
        Self::Count(1)
    }
}

/// What happens to a request.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(tag = "action", rename_all = "lowercase")]
pub enum Action {
    /// It is answered normally: a gap between faults.
    Pass,
    /// It gets this answer, and nothing is stored.
    Status {
        /// The status.
        status: u16,
        /// Headers of the answer.
        headers: BTreeMap<String, String>,
        /// Its body.
        body: String,
    },
    /// It is answered normally, but late.
    Delay {
        /// How late, in milliseconds.
        ms: u64,
    },
    /// The connection is reset before any answer, and nothing is stored.
    Reset,
    /// The answer ends in the middle of its body; the trace is stored.
    Cut,
    /// It is never answered, and nothing is stored.
    Hang,
    /// It is answered with bytes that are no HTTP, and nothing is stored.
    Garbage,
    /// The trace is stored, and the connection is reset before the answer.
    Lost,
}

/// A fault as scripts write it: flat, so that a misspelt key is noticed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    action: String,
    method: Option<String>,
    path: Option<String>,
    #[serde(default)]
    times: Times,
    status: Option<u16>,
    headers: Option<BTreeMap<String, String>>,
    body: Option<String>,
    ms: Option<u64>,
}

impl TryFrom<Written> for Fault {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written {
            action,
            method,
            path,
            times,
            status,
            headers,
            body,
            ms,
        } = written;
        let answers = status.is_some() || headers.is_some() || body.is_some();
        if (answers && action != "status") || (ms.is_some() && action != "delay") {
            return Err(format!("the action {action} takes no such key"));
        }
        let action = match action.as_str() {
            "pass" => Action::Pass,
            "status" => Action::Status {
                status: status.ok_or("the action status needs a status")?,
                headers: headers.unwrap_or_default(),
                body: body.unwrap_or_default(),
            },
            "delay" => Action::Delay {
                ms: ms.ok_or("the action delay needs ms")?,
            },
            "reset" => Action::Reset,
            "cut" => Action::Cut,
            "hang" => Action::Hang,
            "garbage" => Action::Garbage,
            "lost" => Action::Lost,
            other => return Err(format!("unknown action {other}")),
        };
        Ok(Self {
            method,
            path,
            times,
            action,
        })
    }
}

/// The script under way.
#[derive(Debug)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn new(script: Vec<Fault>) -> Self {
        Self(Mutex::new(script))
    }

    pub(crate) fn replace(&self, script: Vec<Fault>) {
        *self.lock() = script;
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// What happens to this request: the first fault that matches and is not used up.
    pub(crate) fn next(&self, method: &str, path: &str) -> Action {
        let mut script = self.lock();
        for fault in script.iter_mut() {
            let matches = fault
                .method
                .as_deref()
                .is_none_or(|wanted| wanted == method)
                && fault
                    .path
                    .as_deref()
                    .is_none_or(|wanted| path.contains(wanted));
            match &mut fault.times {
                _ if !matches => {}
                Times::Count(0) => {}
                Times::Count(left) => {
                    *left -= 1;
                    return fault.action.clone();
                }
                Times::Forever(_) => return fault.action.clone(),
            }
        }
        Action::Pass
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_a_script_in_order() {
        let script = Fault::script(
            r#"[
                { "action": "status", "status": 503, "times": 2 },
                { "action": "hang", "method": "GET" },
                { "action": "delay", "ms": 5, "path": "/trace", "times": "forever" }
            ]"#,
        );
        let faults = Faults::new(script.unwrap());
        assert!(matches!(
            faults.next("POST", "/x"),
            Action::Status { status: 503, .. }
        ));
        assert!(matches!(faults.next("GET", "/x"), Action::Status { .. }));
        assert_eq!(faults.next("POST", "/x"), Action::Pass);
        assert_eq!(faults.next("GET", "/x/trace"), Action::Hang);
        for _ in 0..3 {
            assert_eq!(faults.next("GET", "/x/trace"), Action::Delay { ms: 5 });
        }
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for script in [
            r#"[{"action":"explode"}]"#,
            r#"[{"action":"hang","tmes":3}]"#,
            r#"[{"action":"hang","times":"often"}]"#,
            r#"[{"action":"status"}]"#,
            r#"[{"action":"hang","ms":1}]"#,
            r#"{"action":"explode"}"#,
            "3",
            "",
        ] {
            assert!(Fault::script(script).is_err(), "{script}");
        }
    }
}
