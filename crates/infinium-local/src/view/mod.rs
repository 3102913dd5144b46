//! Traces as people and coding agents read them.

mod compare;
mod markdown;
mod step;

pub(crate) use compare::compare;
pub(crate) use markdown::markdown;
