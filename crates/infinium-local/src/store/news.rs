//! What is new: the numbers that tell a page what to load.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use super::{database::Store, error::StoreError};

/// The first and last numbers of what is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct News {
    /// The number of the oldest trace; 0 if there is none.
    oldest: i64,
    /// The number of the newest trace that there ever was.
    pub(crate) latest: i64,
    /// The number of the newest refused request; 0 if none is kept.
    rejected: i64,
}

impl Store {
    pub(crate) async fn news(&self) -> Result<News, StoreError> {
        self.read(|connection| {
            Ok(News {
                oldest: number(connection, "SELECT coalesce(min(number), 0) FROM traces")?,
                latest: number(
                    connection,
                    "SELECT seq FROM sqlite_sequence WHERE name = 'traces'",
                )?,
                rejected: number(connection, "SELECT coalesce(max(number), 0) FROM rejected")?,
            })
        })
        .await
    }
}

fn number(connection: &Connection, sql: &str) -> Result<i64, StoreError> {
    let mut find = connection.prepare_cached(sql)?;
    let found = find.query_row([], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or(0))
}
