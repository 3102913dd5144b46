//! The documented types of a task, as tables that the encoder uses. Each field is one line.

mod sections;
mod task;
mod trace;
mod types;

pub(crate) use task::TASK;
pub(crate) use types::{Field, Kind, Schema};
