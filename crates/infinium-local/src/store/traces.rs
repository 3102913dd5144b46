//! Traces: insert, find, delete.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{database::Store, error::StoreError};
use crate::summary::{Body, Summary, searchable};

/// A stored trace.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    pub(crate) id: String,
    pub(crate) agent: String,
    pub(crate) received_ms: i64,
    /// Which protocol it came in with: `infinium` or `otlp`.
    pub(crate) source: String,
    /// The body of the request, unchanged.
    pub(crate) body: String,
}

/// A trace that is to be stored, with everything that is derived from its body.
#[derive(Debug)]
pub(crate) struct NewTrace {
    trace: Trace,
    pub(super) idempotency_key: Option<String>,
    summary: Summary,
    searchable: String,
}

impl NewTrace {
    /// `parsed` is the body of the trace.
    pub(crate) fn new(trace: Trace, idempotency_key: Option<String>, parsed: &Body) -> Self {
        Self {
            summary: Summary::of(parsed),
            searchable: searchable(parsed),
            trace,
            idempotency_key,
        }
    }
}

impl NewTrace {
    pub(crate) fn id(&self) -> &str {
        &self.trace.id
    }
}

/// What [`Store::insert`] did, with the id of the trace.
#[derive(Debug, PartialEq)]
pub(crate) enum Inserted {
    New { id: String },
    Duplicate { id: String },
}

impl Store {
    /// Stores a trace, unless the agent has one with the same idempotency key.
    pub(crate) async fn insert(&self, new: NewTrace) -> Result<Inserted, StoreError> {
        self.write(move |connection| insert(connection, &new)).await
    }

    pub(crate) async fn trace(&self, id: String) -> Result<Option<Trace>, StoreError> {
        self.read(move |connection| {
            let sql = format!("{SELECT} WHERE id = ?");
            let mut find = connection.prepare_cached(&sql)?;
            Ok(find.query_row([id], read_trace).optional()?)
        })
        .await
    }

    /// Like [`Store::trace`], and `last` is the newest trace.
    pub(crate) async fn find_trace(&self, id: &str) -> Result<Option<Trace>, StoreError> {
        if id == "last" {
            return Ok(self.traces(None, 1).await?.pop());
        }
        self.trace(id.to_owned()).await
    }

    /// The newest `limit` traces of an agent, by default of all agents; the oldest of them first.
    pub(crate) async fn traces(
        &self,
        agent: Option<String>,
        limit: u32,
    ) -> Result<Vec<Trace>, StoreError> {
        self.read(move |connection| {
            let sql = format!(
                "SELECT * FROM ({SELECT} WHERE ?1 IS NULL OR agent = ?1
                 ORDER BY traces.number DESC LIMIT ?2) ORDER BY number"
            );
            let mut find = connection.prepare_cached(&sql)?;
            let traces = find.query_map(params![agent, limit], read_trace)?;
            Ok(traces.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Deletes all traces, spans and rejected requests.
    pub(crate) async fn delete_traces(&self) -> Result<(), StoreError> {
        self.write(|connection| {
            connection.execute_batch(
                "DELETE FROM traces; DELETE FROM bodies; DELETE FROM model_use;
                 DELETE FROM tool_use; DELETE FROM tags; DELETE FROM rejected; DELETE FROM spans;
                 INSERT INTO search (search) VALUES ('delete-all');",
            )?;
            Ok(())
        })
        .await
    }
}

const SELECT: &str = "SELECT id, agent, received_ms, source, body, traces.number
     FROM traces JOIN bodies ON bodies.number = traces.number";

fn read_trace(row: &Row<'_>) -> rusqlite::Result<Trace> {
    Ok(Trace {
        id: row.get(0)?,
        agent: row.get(1)?,
        received_ms: row.get(2)?,
        source: row.get(3)?,
        body: row.get(4)?,
    })
}

pub(super) fn insert(connection: &Connection, new: &NewTrace) -> Result<Inserted, StoreError> {
    let NewTrace {
        trace,
        idempotency_key,
        summary,
        searchable,
    } = new;
    if let Some(key) = idempotency_key {
        let existing = connection
            .prepare_cached("SELECT id FROM traces WHERE agent = ? AND idempotency_key = ?")?
            .query_row([&trace.agent, key], |row| row.get(0))
            .optional()?;
        if let Some(id) = existing {
            return Ok(Inserted::Duplicate { id });
        }
    }
    let models: Vec<&str> = summary.models.keys().map(String::as_str).collect();
    connection
        .prepare_cached(
            "INSERT INTO traces (id, agent, idempotency_key, received_ms, source, name, duration_ms,
                 steps, failed_steps, failed, error, outcome, session, models, prompt_tokens,
                 completion_tokens, tokens, cost_usd, bytes)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            trace.id,
            trace.agent,
            idempotency_key,
            trace.received_ms,
            trace.source,
            summary.name,
            summary.duration_ms,
            summary.steps,
            summary.failed_steps,
            summary.failed,
            summary.error,
            summary.outcome,
            summary.session,
            models.join(", "),
            summary.prompt_tokens.cast_signed(),
            summary.completion_tokens.cast_signed(),
            summary.total_tokens.cast_signed(),
            summary.cost_usd,
            trace.body.len(),
        ])?;
    let number = connection.last_insert_rowid();
    connection
        .prepare_cached("INSERT INTO bodies (number, body) VALUES (?, ?)")?
        .execute(params![number, trace.body])?;
    connection
        .prepare_cached("INSERT INTO search (rowid, text) VALUES (?, ?)")?
        .execute(params![number, searchable])?;
    insert_uses(connection, number, summary)?;
    Ok(Inserted::New {
        id: trace.id.clone(),
    })
}

fn insert_uses(connection: &Connection, number: i64, summary: &Summary) -> Result<(), StoreError> {
    for (model, used) in &summary.models {
        connection
            .prepare_cached(
                "INSERT INTO model_use (model, number, calls, failures, total_ms, tokens, cost_usd)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                model,
                number,
                used.calls.cast_signed(),
                used.failures.cast_signed(),
                used.total_ms,
                used.tokens.cast_signed(),
                used.cost_usd
            ])?;
    }
    for (tool, used) in &summary.tools {
        connection
            .prepare_cached(
                "INSERT INTO tool_use (tool, number, calls, failures, total_ms)
                 VALUES (?, ?, ?, ?, ?)",
            )?
            .execute(params![
                tool,
                number,
                used.calls.cast_signed(),
                used.failures.cast_signed(),
                used.total_ms
            ])?;
    }
    for (key, value) in &summary.tags {
        connection
            .prepare_cached("INSERT INTO tags (key, value, number) VALUES (?, ?, ?)")?
            .execute(params![key, value, number])?;
    }
    Ok(())
}

/// Deletes a trace and all that was derived from it.
pub(super) fn delete(connection: &Connection, number: i64) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM traces WHERE number = ?",
        "DELETE FROM bodies WHERE number = ?",
        "DELETE FROM search WHERE rowid = ?",
        "DELETE FROM model_use WHERE number = ?",
        "DELETE FROM tool_use WHERE number = ?",
        "DELETE FROM tags WHERE number = ?",
    ] {
        connection.prepare_cached(sql)?.execute([number])?;
    }
    Ok(())
}
