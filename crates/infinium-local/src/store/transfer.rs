//! Export and import: one JSON object for each trace, one on each line.

use std::io::{BufRead, Write};

use rusqlite::params;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    database::Store,
    error::StoreError,
    traces::{Inserted, NewTrace, Trace, insert},
};

/// How many traces one transaction reads or writes.
const CHUNK: usize = 500;

/// A line of an export.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    trace_id: String,
    agent_id: String,
    received_ms: i64,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    idempotency_key: Option<String>,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Imported {
    pub(crate) stored: usize,
    /// Traces that were in the database already.
    pub(crate) known: usize,
}

impl Store {
    /// Writes all traces, the oldest first. Returns how many.
    pub(crate) async fn export(&self, out: &mut impl Write) -> Result<usize, StoreError> {
        let (mut after, mut count) = (0, 0);
        loop {
            let chunk = self
                .read(move |connection| read_chunk(connection, after))
                .await?;
            for (number, line) in &chunk {
                after = *number;
                let written = writeln!(out, "{line}");
                written.map_err(|error| StoreError::new(error.to_string()))?;
            }
            count += chunk.len();
            if chunk.len() < CHUNK {
                return Ok(count);
            }
        }
    }

    /// Stores the traces of an export. Those that are there already are left as they are.
    ///
    /// # Errors
    /// If a line is not from an export; the lines before it may have been stored.
    pub(crate) async fn import(&self, input: impl BufRead) -> Result<Imported, StoreError> {
        let mut imported = Imported::default();
        let mut chunk = Vec::new();
        for (index, line) in input.lines().enumerate() {
            let invalid = |error: &dyn std::fmt::Display| {
                StoreError::new(format!("line {}: {error}", index + 1))
            };
            let line = line.map_err(|error| invalid(&error))?;
            if line.trim().is_empty() {
                continue;
            }
            chunk.push(read_line(&line).map_err(|error| invalid(&error))?);
            if chunk.len() == CHUNK {
                self.import_chunk(std::mem::take(&mut chunk), &mut imported)
                    .await?;
            }
        }
        self.import_chunk(chunk, &mut imported).await?;
        Ok(imported)
    }

    async fn import_chunk(
        &self,
        chunk: Vec<NewTrace>,
        imported: &mut Imported,
    ) -> Result<(), StoreError> {
        let size = chunk.len();
        let stored = self
            .write(move |connection| {
                let mut stored = 0;
                for new in &chunk {
                    let known = connection
                        .prepare_cached("SELECT 1 FROM traces WHERE id = ?")?
                        .exists([new.id()])?;
                    if !known && matches!(insert(connection, new)?, Inserted::New { .. }) {
                        stored += 1;
                    }
                }
                Ok(stored)
            })
            .await?;
        imported.stored += stored;
        imported.known += size - stored;
        Ok(())
    }
}

fn read_line(line: &str) -> serde_json::Result<NewTrace> {
    let line: Line<'_> = serde_json::from_str(line)?;
    let parsed = serde_json::from_str(line.body.get())?;
    let trace = Trace {
        id: line.trace_id,
        agent: line.agent_id,
        received_ms: line.received_ms,
        source: line.source,
        body: line.body.get().to_owned(),
    };
    Ok(NewTrace::new(trace, line.idempotency_key, &parsed))
}

fn read_chunk(
    connection: &rusqlite::Connection,
    after: i64,
) -> Result<Vec<(i64, String)>, StoreError> {
    let mut find = connection.prepare_cached(
        "SELECT traces.number, id, agent, received_ms, source, idempotency_key, body
         FROM traces JOIN bodies ON bodies.number = traces.number
         WHERE traces.number > ? ORDER BY traces.number LIMIT ?",
    )?;
    let mut rows = find.query(params![after, CHUNK])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get(6)?;
        // A body may have been sent with line breaks; within JSON they mean nothing.
        let body = body.replace(['\n', '\r'], " ");
        let line = Line {
            trace_id: row.get(1)?,
            agent_id: row.get(2)?,
            received_ms: row.get(3)?,
            source: row.get(4)?,
            idempotency_key: row.get(5)?,
            body: serde_json::from_str(&body)?,
        };
        lines.push((row.get(0)?, serde_json::to_string(&line)?));
    }
    Ok(lines)
}
