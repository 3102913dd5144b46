//! The database: traces, the secrets of agents, and prompts.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use crate::time;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS traces (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        agent TEXT NOT NULL,
        idempotency_key TEXT,
        received_ms INTEGER NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (agent, idempotency_key)
    );
    CREATE TABLE IF NOT EXISTS secrets (agent TEXT PRIMARY KEY, secret TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS prompts (
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        key TEXT NOT NULL,
        name TEXT NOT NULL,
        content TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        PRIMARY KEY (id, version)
    );
";

/// A stored trace.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) id: String,
    pub(crate) agent: String,
    pub(crate) received_ms: i64,
    /// The body of the request, unchanged.
    pub(crate) body: String,
}

/// One version of a prompt.
#[derive(Debug)]
pub(crate) struct Prompt {
    pub(crate) version: u64,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) content: String,
    pub(crate) created_ms: i64,
}

/// What [`Store::insert`] did, with the id of the trace.
#[derive(Debug)]
pub(crate) enum Inserted {
    New { id: String },
    Duplicate { id: String },
}

/// The SQLite database. All requests share one connection.
#[derive(Debug)]
pub(crate) struct Store(Mutex<Connection>);

impl Store {
    /// Opens the database in this file, by default in memory.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self> {
        let connection = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(TABLES)?;
        Ok(Self(Mutex::new(connection)))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores a trace, unless the agent has one with the same idempotency key.
    pub(crate) fn insert(
        &self,
        agent: &str,
        idempotency_key: Option<&str>,
        body: &str,
    ) -> Result<Inserted> {
        let connection = self.lock();
        let existing = connection
            .prepare_cached("SELECT id FROM traces WHERE agent = ? AND idempotency_key = ?")?
            .query_row(params![agent, idempotency_key], |row| row.get(0))
            .optional()?;
        if let Some(id) = existing {
            return Ok(Inserted::Duplicate { id });
        }
        let id = uuid::Uuid::new_v4().to_string();
        connection
            .prepare_cached(
                "INSERT INTO traces (id, agent, idempotency_key, received_ms, body)
                 VALUES (?, ?, ?, ?, ?)",
            )?
            .execute(params![id, agent, idempotency_key, time::unix_ms(), body])?;
        Ok(Inserted::New { id })
    }

    pub(crate) fn trace(&self, id: &str) -> Result<Option<Trace>> {
        self.lock()
            .query_row(
                "SELECT id, agent, received_ms, body FROM traces WHERE id = ?",
                [id],
                read_trace,
            )
            .optional()
    }

    /// The newest `limit` traces of an agent, by default of all agents; the oldest of them first.
    pub(crate) fn traces(&self, agent: Option<&str>, limit: u32) -> Result<Vec<Trace>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT id, agent, received_ms, body FROM (
                 SELECT * FROM traces WHERE ?1 IS NULL OR agent = ?1 ORDER BY number DESC LIMIT ?2
             ) ORDER BY number",
        )?;
        statement
            .query_map(params![agent, limit], read_trace)?
            .collect()
    }

    pub(crate) fn delete_traces(&self) -> Result<()> {
        self.lock().execute("DELETE FROM traces", []).map(drop)
    }

    /// Returns the secret of an agent. An unknown agent is stored with the secret it offers.
    pub(crate) fn secret_or_insert(&self, agent: &str, offered: &str) -> Result<String> {
        let connection = self.lock();
        connection
            .prepare_cached("INSERT OR IGNORE INTO secrets (agent, secret) VALUES (?, ?)")?
            .execute([agent, offered])?;
        connection
            .prepare_cached("SELECT secret FROM secrets WHERE agent = ?")?
            .query_row([agent], |row| row.get(0))
    }

    pub(crate) fn put_prompt(&self, id: &str, prompt: &Prompt) -> Result<()> {
        let Prompt {
            version,
            key,
            name,
            content,
            created_ms,
        } = prompt;
        self.lock()
            .execute(
                "INSERT OR REPLACE INTO prompts (id, version, key, name, content, created_ms)
                 VALUES (?, ?, ?, ?, ?, ?)",
                params![id, version.cast_signed(), key, name, content, created_ms],
            )
            .map(drop)
    }

    /// Finds a prompt in this version, by default in the latest.
    pub(crate) fn prompt(&self, id: &str, version: Option<u64>) -> Result<Option<Prompt>> {
        self.lock()
            .query_row(
                "SELECT version, key, name, content, created_ms FROM prompts
                 WHERE id = ?1 AND (?2 IS NULL OR version = ?2) ORDER BY version DESC LIMIT 1",
                params![id, version.map(u64::cast_signed)],
                |row| {
                    Ok(Prompt {
                        version: row.get::<_, i64>(0)?.cast_unsigned(),
                        key: row.get(1)?,
                        name: row.get(2)?,
                        content: row.get(3)?,
                        created_ms: row.get(4)?,
                    })
                },
            )
            .optional()
    }
}

fn read_trace(row: &Row<'_>) -> Result<Trace> {
    Ok(Trace {
        id: row.get(0)?,
        agent: row.get(1)?,
        received_ms: row.get(2)?,
        body: row.get(3)?,
    })
}
