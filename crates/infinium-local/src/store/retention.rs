//! Which traces are kept.

use rusqlite::Connection;

use super::{database::Store, error::StoreError, traces};

/// How many traces one transaction deletes, so that others need not wait long.
const CHUNK: usize = 500;

/// How long traces are kept, and how large the database may get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Retention {
    /// Traces that arrived more than this many milliseconds ago are deleted.
    pub(crate) max_age_ms: Option<i64>,
    /// If the database has more bytes than this, the oldest traces are deleted.
    pub(crate) max_bytes: Option<u64>,
}

impl Store {
    /// Deletes the traces that are too old or too many. Returns how many.
    pub(crate) async fn retain(&self, keep: Retention, now_ms: i64) -> Result<usize, StoreError> {
        let mut deleted = 0;
        loop {
            let chunk = self
                .write(move |connection| delete_chunk(connection, keep, now_ms))
                .await?;
            deleted += chunk;
            if chunk < CHUNK {
                return Ok(deleted);
            }
        }
    }

    /// Gives the space of deleted traces back to the file system.
    pub(crate) async fn shrink(&self) -> Result<(), StoreError> {
        self.write(|connection| {
            // The writer has begun a transaction, in which there can be no VACUUM.
            connection.execute_batch("COMMIT; VACUUM; PRAGMA wal_checkpoint(TRUNCATE); BEGIN")?;
            Ok(())
        })
        .await
    }
}

fn delete_chunk(
    connection: &Connection,
    keep: Retention,
    now_ms: i64,
) -> Result<usize, StoreError> {
    let mut numbers: Vec<i64> = Vec::new();
    if let Some(age) = keep.max_age_ms {
        let oldest = now_ms.saturating_sub(age);
        numbers = connection
            .prepare_cached("SELECT number FROM traces WHERE received_ms < ? LIMIT ?")?
            .query_map((oldest, CHUNK), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        connection
            .prepare_cached("DELETE FROM spans WHERE received_ms < ?")?
            .execute([oldest])?;
    }
    if let Some(max) = keep.max_bytes
        && numbers.is_empty()
        && used_bytes(connection)? > max
    {
        numbers = connection
            .prepare_cached("SELECT number FROM traces ORDER BY number LIMIT ?")?
            .query_map([CHUNK], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
    }
    for number in &numbers {
        traces::delete(connection, *number)?;
    }
    if !numbers.is_empty() {
        // The index only marks texts as deleted; their space is free after a merge.
        let merge = "INSERT INTO search (search, rank) VALUES ('merge', 1000)";
        connection.prepare_cached(merge)?.execute([])?;
    }
    Ok(numbers.len())
}

/// The size of everything in the database, without pages that are free.
fn used_bytes(connection: &Connection) -> Result<u64, StoreError> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = pragma("page_count")? - pragma("freelist_count")?;
    Ok((pages * pragma("page_size")?).unsigned_abs())
}
