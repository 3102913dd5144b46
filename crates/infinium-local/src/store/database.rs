//! The database of one platform. Its methods are in the files that are about some of its tables.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rusqlite::Connection;
use tokio::sync::watch;

use super::{connections::Connections, error::StoreError};

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

    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.connections.read(work).await
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.connections.write(work).await
    }

    pub(super) fn known_secret(&self, agent: &str) -> Option<String> {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.get(agent).cloned()
    }

    pub(super) fn remember_secret(&self, agent: &str, secret: &str) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(agent.to_owned(), secret.to_owned());
    }
}
