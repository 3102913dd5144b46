//! The database: traces with what lists and charts need, rejected requests, spans, secrets, prompts.
//!
//! `connections` writes and reads; `tables` are the tables; every other file is about some of them.

mod agents;
mod charts;
mod connections;
mod database;
mod error;
mod facets;
mod filter;
mod list;
mod news;
mod prompts;
mod rejected;
mod retention;
mod sessions;
mod spans;
mod tables;
#[cfg(test)]
mod tests;
mod traces;
mod transfer;

pub(crate) use charts::Latency;
pub(crate) use database::Store;
pub(crate) use error::StoreError;
pub(crate) use filter::{Filter, Sort};
pub(crate) use list::Row;
pub(crate) use prompts::Prompt;
pub(crate) use rejected::NewRejected;
pub(crate) use retention::Retention;
pub(crate) use traces::{Inserted, NewTrace, Trace};
