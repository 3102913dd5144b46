//! The database: traces with what lists and charts need, rejected requests, spans, secrets, prompts.
//!
//! `connections` writes and reads; `tables` are the tables; every other file is about some of them.

mod agents;
mod connections;
mod error;
mod filter;
mod list;
mod prompts;
mod rejected;
mod retention;
mod tables;
#[cfg(test)]
mod tests;
mod traces;
mod transfer;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rusqlite::Connection;
use tokio::sync::watch;

use connections::Connections;

pub(crate) use error::StoreError;
pub(crate) use filter::{Filter, Sort};
pub(crate) use prompts::Prompt;
pub(crate) use rejected::NewRejected;
pub(crate) use retention::Retention;
pub(crate) use traces::{Inserted, NewTrace, Trace};

/// The database of one platform.
#[derive(Debug)]
pub(crate) struct Store {
    path: Option<PathBuf>,
    connections: Connections,
    /// The secrets of agents that have been seen, so that most requests need not wait for the database.
    secrets: Mutex<HashMap<String, String>>,
}

impl Store {
    /// Opens the database in this file, by default in memory.
    ///
    /// # Errors
    /// If the file cannot be opened, or has other tables.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, StoreError> {
        Ok(Self {
            path: path.map(Path::to_owned),
            connections: Connections::open(path)?,
            secrets: Mutex::default(),
        })
    }

    /// The file, unless the database is in memory.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// A number that grows whenever the database has changed.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.connections.changes()
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.connections.read(work).await
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.connections.write(work).await
    }

    fn known_secret(&self, agent: &str) -> Option<String> {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.get(agent).cloned()
    }

    fn remember_secret(&self, agent: &str, secret: &str) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(agent.to_owned(), secret.to_owned());
    }
}
