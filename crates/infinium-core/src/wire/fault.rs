//! Why an object cannot be encoded, and where.

use super::cursor::{Malformed, Token};
use crate::{error_kind::ErrorKind, schema::Kind};

/// Why an object cannot be encoded.
#[derive(Debug)]
pub(super) enum Fault {
    Malformed(Malformed),
    Field {
        /// The path from the task to the value, in the caller's spelling.
        path: String,
        problem: String,
        /// The path to the other member, if two members are in conflict.
        other: Option<String>,
    },
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Fault::Malformed(malformed)
    }
}

impl Fault {
    pub(super) fn here(problem: impl Into<String>) -> Self {
        Fault::Field {
            path: String::new(),
            problem: problem.into(),
            other: None,
        }
    }

    pub(super) fn wrong_type(kind: Kind, found: Token) -> Self {
        Self::here(format!(
            "must be {} (got {})",
            kind.expectation(),
            found.name()
        ))
    }

    /// Returns the same fault with `name` added to the front of its paths.
    pub(super) fn under(self, name: &str) -> Self {
        match self {
            Fault::Field {
                path,
                problem,
                other,
            } => Fault::Field {
                path: join(name, &path),
                problem,
                other: other.map(|other| join(name, &other)),
            },
            malformed => malformed,
        }
    }

    /// Two members have the same wire name. `second` is at fault.
    pub(super) fn clash(first: &str, second: &str, wire_name: &str) -> Self {
        Fault::Field {
            path: second.to_owned(),
            problem: format!("both map to {wire_name}; remove one"),
            other: Some(first.to_owned()),
        }
    }

    pub(super) fn at_index(self, index: usize) -> Self {
        self.under(&format!("[{index}]"))
    }
}

/// Adds `name` to the front of a path.
fn join(name: &str, path: &str) -> String {
    let dot = if path.is_empty() || path.starts_with('[') {
        ""
    } else {
        "."
    };
    format!("{name}{dot}{path}")
}

impl From<Fault> for crate::Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Malformed(Malformed { at }) => {
                let message = format!("task is not valid JSON at byte {at}");
                crate::Error::of_field(ErrorKind::Validation, "task", message)
            }
            Fault::Field {
                path,
                problem,
                other,
            } => {
                let path = if path.is_empty() {
                    "task".to_owned()
                } else {
                    path
                };
                let message = match other {
                    Some(other) => format!("{other} and {path} {problem}"),
                    None => format!("{path} {problem}"),
                };
                crate::Error::of_field(ErrorKind::Validation, path, message)
            }
        }
    }
}
