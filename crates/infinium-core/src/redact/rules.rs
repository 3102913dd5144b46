//! What is searched for, and what is written instead.

use super::{kinds::Kinds, names::Names};
use crate::schema::TASK;

/// Replaces secrets that are always hidden.
pub const HIDDEN: &str = "[Hidden]";

/// The rules of a redaction.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) kinds: Kinds,
    /// The names of members whose values are replaced.
    pub(super) names: Names,
    /// Whether a documented field of a task has one of these names. Hardly any redaction hides one, and tasks have many.
    pub(super) hides_fields: bool,
    pub(super) replacement: Box<str>,
}

impl Rules {
    pub(super) fn new<T: AsRef<str>>(kinds: Kinds, names: &[T], replacement: &str) -> Self {
        let names = Names::new(names);
        Self {
            kinds,
            hides_fields: !names.is_empty() && TASK.has_field(&|name| names.contains(name)),
            names,
            replacement: replacement.into(),
        }
    }

    /// Whether a text begins with what was written instead of a value.
    pub(super) fn is_replaced(&self, text: &str) -> bool {
        text.starts_with(&*self.replacement) || text.starts_with(HIDDEN)
    }
}
