//! Sessions: traces that belong together.

use serde::Serialize;

use super::{database::Store, error::StoreError};

/// Sessions are looked for among this many of the newest traces.
const RECENT: i64 = 50_000;

/// A session and the sums over its traces.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    session: String,
    traces: i64,
    failed: i64,
    first_ms: i64,
    last_ms: i64,
    duration_ms: f64,
    tokens: i64,
    cost_usd: Option<f64>,
}

impl Store {
    /// The sessions of the newest traces, the newest first.
    pub(crate) async fn sessions(&self, limit: u32) -> Result<Vec<Session>, StoreError> {
        self.read(move |connection| {
            let mut find = connection.prepare_cached(
                "SELECT session, count(*), sum(failed), min(received_ms), max(received_ms),
                     sum(duration_ms), sum(tokens), sum(cost_usd)
                 FROM traces
                 WHERE session IS NOT NULL
                     AND +number > (SELECT coalesce(max(number), 0) FROM traces) - ?
                 GROUP BY session ORDER BY max(number) DESC LIMIT ?",
            )?;
            let sessions = find.query_map((RECENT, limit), |row| {
                Ok(Session {
                    session: row.get(0)?,
                    traces: row.get(1)?,
                    failed: row.get(2)?,
                    first_ms: row.get(3)?,
                    last_ms: row.get(4)?,
                    duration_ms: row.get(5)?,
                    tokens: row.get(6)?,
                    cost_usd: row.get(7)?,
                })
            })?;
            Ok(sessions.collect::<Result<_, _>>()?)
        })
        .await
    }
}
