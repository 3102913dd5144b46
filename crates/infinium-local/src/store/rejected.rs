//! Requests that were refused, kept so that a developer sees what was wrong with them.

use rusqlite::params;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{database::Store, error::StoreError};

/// How many are kept.
const MAX_KEPT: i64 = 1000;
/// How many bytes of a body are kept.
const MAX_BODY: usize = 64 * 1024;

/// A refused request that is to be kept.
#[derive(Debug, Default)]
pub(crate) struct NewRejected {
    pub(crate) received_ms: i64,
    pub(crate) agent: String,
    pub(crate) status: u16,
    pub(crate) message: String,
    /// A JSON array of `{ field, message }`.
    pub(crate) errors: String,
    /// A JSON array of pairs of name and value, without secrets.
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

/// A refused request.
#[derive(Debug, Serialize)]
pub(crate) struct Rejected {
    pub(crate) number: i64,
    #[serde(rename = "receivedMs")]
    pub(crate) received_ms: i64,
    pub(crate) agent: String,
    pub(crate) status: u16,
    pub(crate) message: String,
    pub(crate) errors: Box<RawValue>,
    pub(crate) headers: Box<RawValue>,
    /// The length of the body in bytes; `body` may be shorter.
    pub(crate) bytes: u64,
    pub(crate) body: String,
}

impl Store {
    pub(crate) async fn insert_rejected(&self, new: NewRejected) -> Result<(), StoreError> {
        self.write(move |connection| {
            let kept = &new.body[..new.body.len().min(MAX_BODY)];
            connection
                .prepare_cached(
                    "INSERT INTO rejected
                         (received_ms, agent, status, message, errors, headers, bytes, body)
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    new.received_ms,
                    new.agent,
                    new.status,
                    new.message,
                    new.errors,
                    new.headers,
                    new.body.len(),
                    String::from_utf8_lossy(kept),
                ])?;
            connection
                .prepare_cached("DELETE FROM rejected WHERE number <= ?")?
                .execute([connection.last_insert_rowid() - MAX_KEPT])?;
            Ok(())
        })
        .await
    }

    /// The newest refused requests, the newest first.
    pub(crate) async fn rejected(&self, limit: u32) -> Result<Vec<Rejected>, StoreError> {
        self.read(move |connection| {
            let mut find = connection.prepare_cached(
                "SELECT number, received_ms, agent, status, message, errors, headers, bytes, body
                 FROM rejected ORDER BY number DESC LIMIT ?",
            )?;
            let mut rows = find.query([limit])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(Rejected {
                    number: row.get(0)?,
                    received_ms: row.get(1)?,
                    agent: row.get(2)?,
                    status: row.get(3)?,
                    message: row.get(4)?,
                    errors: RawValue::from_string(row.get(5)?)?,
                    headers: RawValue::from_string(row.get(6)?)?,
                    bytes: row.get::<_, i64>(7)?.unsigned_abs(),
                    body: row.get(8)?,
                });
            }
            Ok(found)
        })
        .await
    }
}
