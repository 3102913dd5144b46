//! The documented types: what an agent reports of its work.
//!
//! Every type has a `new` that takes what is required; everything else is an optional field. Texts
//! may be empty except where said. What is `None`, an empty list or an object with nothing in it is
//! left out of what is sent.

mod record;
mod sections;
mod task;
mod trace;
mod value;

pub use sections::{
    Content, Customer, Development, Executive, General, Marketing, Project, Research, Sales,
    Support, TimeTracking,
};
pub use task::TaskData;
pub use trace::{
    EnvironmentContext, ErrorDetail, ExecutionStep, ExpectedOutcome, LlmCall, LlmUsage,
    PromptStudio, PromptUse, ToolCall,
};
pub use value::{Number, TextOrMap, TextOrNumber, TextOrTexts};
