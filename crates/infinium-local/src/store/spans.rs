//! Spans of OpenTelemetry. They come in any order and in many requests, so they are kept, and the trace is
//! made again whenever one is added.

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    database::Store,
    error::StoreError,
    traces::{NewTrace, Trace, delete, insert},
};
use crate::otlp::{Assembled, Span, assemble};

impl Store {
    /// Stores spans, and makes their traces.
    pub(crate) async fn insert_spans(
        &self,
        spans: Vec<Span>,
        received_ms: i64,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            let mut traces: Vec<&str> = spans.iter().map(|span| span.trace.as_str()).collect();
            traces.sort_unstable();
            traces.dedup();
            let mut add = connection.prepare_cached(
                "INSERT OR REPLACE INTO spans (trace, span, received_ms, content)
                 VALUES (?, ?, ?, ?)",
            )?;
            for span in &spans {
                let content = serde_json::to_string(span)?;
                add.execute(params![span.trace, span.span, received_ms, content])?;
            }
            for trace in traces {
                make_trace(connection, trace, received_ms)?;
            }
            Ok(())
        })
        .await
    }
}

fn make_trace(connection: &Connection, id: &str, received_ms: i64) -> Result<(), StoreError> {
    let spans = read_spans(connection, id)?;
    let Some(Assembled { agent, body }) = assemble(spans) else {
        return Ok(());
    };
    let known: Option<(i64, i64)> = connection
        .prepare_cached("SELECT number, received_ms FROM traces WHERE id = ? AND source = 'otlp'")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((number, _)) = known {
        delete(connection, number)?;
    }
    let parsed = serde_json::from_str(&body)?;
    let trace = Trace {
        id: id.to_owned(),
        agent,
        received_ms: known.map_or(received_ms, |(_, first)| first),
        source: "otlp".to_owned(),
        body,
    };
    insert(connection, &NewTrace::new(trace, None, &parsed))?;
    Ok(())
}

fn read_spans(connection: &Connection, trace: &str) -> Result<Vec<Span>, StoreError> {
    let mut find = connection.prepare_cached("SELECT content FROM spans WHERE trace = ?")?;
    let mut rows = find.query([trace])?;
    let mut spans = Vec::new();
    while let Some(row) = rows.next()? {
        spans.push(serde_json::from_str(
            row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?,
        )?);
    }
    Ok(spans)
}
