//! The endpoints, and the middleware that injects faults.

mod authorization;
mod fault_injection;
mod guard;
mod ingest;
mod interpretation;
mod lists;
mod local;
mod local_faults;
mod mcp;
mod otlp;
mod page;
mod prompts;
mod query;
mod rejections;
mod request;
mod response;
mod router;
mod workbench;

pub(crate) use router::router;
