//! What the filters can be set to: the agents, models, tools and tags that there are.

use rusqlite::Connection;
use serde::Serialize;

use super::{database::Store, error::StoreError};

/// How many values of each filter are offered.
const MAX_VALUES: usize = 200;

/// The values of the filters.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Facets {
    agents: Vec<String>,
    models: Vec<String>,
    tools: Vec<String>,
    /// As the filter takes them: `key:value`.
    tags: Vec<String>,
}

impl Store {
    pub(crate) async fn facets(&self) -> Result<Facets, StoreError> {
        self.read(|connection| {
            Ok(Facets {
                agents: distinct(connection, "traces", "agent")?,
                models: distinct(connection, "model_use", "model")?,
                tools: distinct(connection, "tool_use", "tool")?,
                tags: tags(connection)?,
            })
        })
        .await
    }
}

/// The values of an indexed column. Each is found by a step in the index, so the time does not depend on
/// the number of traces.
fn distinct(connection: &Connection, table: &str, column: &str) -> Result<Vec<String>, StoreError> {
    let sql = format!(
        "WITH RECURSIVE found (item) AS (
             SELECT min({column}) FROM {table}
             UNION ALL
             SELECT (SELECT min({column}) FROM {table} WHERE {column} > found.item)
             FROM found WHERE item IS NOT NULL
         )
         SELECT item FROM found WHERE item IS NOT NULL LIMIT {MAX_VALUES}"
    );
    let mut find = connection.prepare_cached(&sql)?;
    let values = find.query_map([], |row| row.get(0))?;
    Ok(values.collect::<Result<_, _>>()?)
}

fn tags(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut tags = Vec::new();
    for key in distinct(connection, "tags", "key")? {
        // Sessions have a filter of their own, and there are too many of them.
        if key == "session_id" || tags.len() >= MAX_VALUES {
            continue;
        }
        let mut next = connection.prepare_cached(
            "SELECT min(value) FROM tags WHERE key = ? AND (?2 IS NULL OR value > ?2)",
        )?;
        let mut last: Option<String> = None;
        for _ in 0..MAX_VALUES / 4 {
            last = next.query_row((&key, &last), |row| row.get(0))?;
            let Some(value) = &last else { break };
            tags.push(format!("{key}:{value}"));
        }
    }
    Ok(tags)
}
