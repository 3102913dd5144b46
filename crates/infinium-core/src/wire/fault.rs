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
        /// Text of the message before the path, or nothing.
        before: String,
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
            before: String::new(),
        }
    }

    pub(super) fn wrong_type(kind: Kind, found: Token) -> Self {
        Self::here(format!(
            "must be {} (got {})",
            kind.expectation(),
            found.name()
        ))
    }

    /// Returns the same fault with `name` added to the front of its path.
    pub(super) fn under(self, name: &str) -> Self {
        match self {
            Fault::Field {
                path,
                problem,
                before,
            } => {
                let dot = if path.is_empty() || path.starts_with('[') {
                    ""
                } else {
                    "."
                };
                Fault::Field {
                    path: format!("{name}{dot}{path}"),
                    problem,
                    before,
                }
            }
            malformed => malformed,
        }
    }

    /// Two members have the same wire name. `second` is at fault.
    pub(super) fn clash(first: &str, second: &str, wire_name: &str) -> Self {
        let clash = Fault::Field {
            path: String::new(),
            problem: format!("both map to {wire_name}; remove one"),
            before: format!("{first} and "),
        };
        clash.under(second)
    }

    pub(super) fn at_index(self, index: usize) -> Self {
        self.under(&format!("[{index}]"))
    }
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
                before,
            } => {
                let path = if path.is_empty() {
                    "task".to_owned()
                } else {
                    path
                };
                let message = format!("{before}{path} {problem}");
                crate::Error::of_field(ErrorKind::Validation, path, message)
            }
        }
    }
}
