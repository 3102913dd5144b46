//! Lists of traces, page by page.

use rusqlite::{params_from_iter, types::Value};
use serde::Serialize;

use super::{database::Store, error::StoreError, filter::Filter, filter::Sort};

/// Traces are counted up to this number; beyond it, a list says that there are more.
const MAX_COUNTED: i64 = 10_000;
/// To count what a search finds takes longer.
const MAX_COUNTED_FOUND: i64 = 1_000;

/// One line of a list.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    pub(crate) number: i64,
    pub(crate) trace_id: String,
    pub(crate) agent: String,
    pub(crate) received_ms: i64,
    pub(crate) source: String,
    pub(crate) name: String,
    pub(crate) duration_ms: f64,
    pub(crate) steps: i64,
    pub(crate) failed_steps: i64,
    pub(crate) failed: bool,
    pub(crate) error: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) models: String,
    pub(crate) prompt_tokens: i64,
    pub(crate) completion_tokens: i64,
    pub(crate) tokens: i64,
    pub(crate) cost_usd: Option<f64>,
    pub(crate) bytes: i64,
}

/// A part of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    pub(crate) traces: Vec<Row>,
    /// Where the next page begins, unless this is the last.
    pub(crate) next: Option<String>,
    /// How many traces there are in all. Only on the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total: Option<i64>,
    /// Whether there are more than `total`.
    #[serde(rename = "totalIsMore")]
    pub(crate) total_is_more: bool,
}

impl Store {
    /// The page after `cursor`, which is the `next` of another page.
    pub(crate) async fn list(
        &self,
        filter: Filter,
        sort: Sort,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        self.read(move |connection| {
            let (column, direction) = sort.order();
            let mut sql = filter.sql();
            let max = match filter.text {
                Some(_) => MAX_COUNTED_FOUND,
                None => MAX_COUNTED,
            };
            let total = match cursor {
                Some(_) => None,
                None => {
                    let count =
                        format!("SELECT count(*) FROM (SELECT 1 {} LIMIT {max})", sql.text());
                    let mut count = connection.prepare_cached(&count)?;
                    Some(count.query_row(params_from_iter(&sql.values), |row| row.get(0))?)
                }
            };
            let number = sql.number.clone();
            let key = column.unwrap_or("0.0");
            if column == Some("traces.cost_usd") {
                sql.condition("traces.cost_usd IS NOT NULL", []);
            }
            if let Some(cursor) = cursor {
                let comparison = if direction == "DESC" { "<" } else { ">" };
                let (value, last) = parse_cursor(&cursor)?;
                match column {
                    None => sql.condition(&format!("{number} {comparison} ?"), [Value::from(last)]),
                    Some(column) => sql.condition(
                        &format!("({column}, {number}) {comparison} (?, ?)"),
                        [Value::from(value), Value::from(last)],
                    ),
                }
            }
            let order = match column {
                None => format!("{number} {direction}"),
                Some(column) => format!("{column} {direction}, {number} {direction}"),
            };
            sql.values
                .push(Value::from(i64::try_from(limit).unwrap_or(i64::MAX)));
            let query = format!(
                "SELECT traces.number, id, agent, received_ms, source, name, duration_ms, steps,
                     failed_steps, failed, error, outcome, session, models, prompt_tokens,
                     completion_tokens, traces.tokens, traces.cost_usd, bytes, {key}
                 {} ORDER BY {order} LIMIT ?",
                sql.text()
            );
            let mut find = connection.prepare_cached(&query)?;
            let rows = find.query_map(params_from_iter(&sql.values), |row| {
                Ok((read_row(row)?, row.get(19)?))
            })?;
            let rows: Vec<(Row, f64)> = rows.collect::<Result<_, _>>()?;
            let next = rows
                .last()
                .filter(|_| rows.len() == limit)
                .map(|(row, value)| format!("{value},{}", row.number));
            let traces = rows.into_iter().map(|(row, _)| row).collect();
            Ok(Page {
                traces,
                next,
                total,
                total_is_more: total == Some(max),
            })
        })
        .await
    }
}

fn parse_cursor(cursor: &str) -> Result<(f64, i64), StoreError> {
    let parsed = cursor
        .split_once(',')
        .and_then(|(value, number)| Some((value.parse().ok()?, number.parse().ok()?)));
    parsed.ok_or_else(|| StoreError::new("the cursor is not the next of a page"))
}

fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        number: row.get(0)?,
        trace_id: row.get(1)?,
        agent: row.get(2)?,
        received_ms: row.get(3)?,
        source: row.get(4)?,
        name: row.get(5)?,
        duration_ms: row.get(6)?,
        steps: row.get(7)?,
        failed_steps: row.get(8)?,
        failed: row.get(9)?,
        error: row.get(10)?,
        outcome: row.get(11)?,
        session: row.get(12)?,
        models: row.get(13)?,
        prompt_tokens: row.get(14)?,
        completion_tokens: row.get(15)?,
        tokens: row.get(16)?,
        cost_usd: row.get(17)?,
        bytes: row.get(18)?,
    })
}
