//! Numbers over time: traces, errors, tokens, cost, latency; and sums by model and tool.

use std::collections::BTreeMap;

use rusqlite::{Connection, params_from_iter, types::Value};
use serde::Serialize;

use super::{database::Store, error::StoreError, filter::Filter};

/// How many points a chart has.
const BUCKETS: i64 = 48;
/// How many models and tools are listed.
const MAX_LISTED: usize = 20;

/// The numbers behind the charts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Charts {
    from_ms: i64,
    to_ms: i64,
    bucket_ms: i64,
    traces: i64,
    failed: i64,
    tokens: i64,
    cost_usd: f64,
    latency: Latency,
    buckets: Vec<Bucket>,
    models: Vec<ModelSums>,
    tools: Vec<ToolSums>,
}

/// What happened within a part of the time.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Bucket {
    traces: i64,
    failed: i64,
    tokens: i64,
    cost_usd: f64,
    latency: Latency,
}

/// Durations in milliseconds that half, 95 % and 99 % of the traces do not exceed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Latency {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct ModelSums {
    model: String,
    calls: i64,
    failures: i64,
    tokens: i64,
    cost_usd: f64,
    average_ms: f64,
    tokens_by_bucket: Vec<i64>,
    cost_by_bucket: Vec<f64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ToolSums {
    tool: String,
    calls: i64,
    failures: i64,
    average_ms: f64,
    total_ms: f64,
}

impl Store {
    /// The numbers of the traces that match, from the first to the last of them unless the filter has
    /// dates.
    pub(crate) async fn charts(&self, mut filter: Filter) -> Result<Charts, StoreError> {
        self.read(move |connection| {
            let sql = filter.sql();
            let span = format!(
                "SELECT min(traces.received_ms), max(traces.received_ms) {}",
                sql.text()
            );
            let (first, last): (Option<i64>, Option<i64>) = connection
                .prepare_cached(&span)?
                .query_row(params_from_iter(&sql.values), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            let from = filter.from_ms.or(first).unwrap_or(0);
            let to = filter.to_ms.or(last).unwrap_or(from).max(from);
            (filter.from_ms, filter.to_ms) = (Some(from), Some(to));
            let width = ((to - from) / BUCKETS + 1).max(1);
            Range {
                from,
                to,
                width,
                filter: &filter,
                connection,
            }
            .charts()
        })
        .await
    }
}

struct Range<'a> {
    from: i64,
    to: i64,
    width: i64,
    filter: &'a Filter,
    connection: &'a Connection,
}

impl Range<'_> {
    fn charts(&self) -> Result<Charts, StoreError> {
        let count = usize::try_from((self.to - self.from) / self.width + 1).unwrap_or(1);
        let mut buckets = vec![Bucket::default(); count];
        let mut durations: Vec<Vec<f64>> = vec![Vec::new(); count];
        self.each(
            "traces.failed, traces.tokens, traces.cost_usd, traces.duration_ms",
            "",
            |index, row| {
                let Some(bucket) = buckets.get_mut(index) else {
                    return Ok(());
                };
                bucket.traces += 1;
                bucket.failed += row.get::<_, i64>(1)?;
                bucket.tokens += row.get::<_, i64>(2)?;
                bucket.cost_usd += row.get::<_, Option<f64>>(3)?.unwrap_or(0.0);
                durations[index].push(row.get(4)?);
                Ok(())
            },
        )?;
        for (bucket, durations) in buckets.iter_mut().zip(&mut durations) {
            bucket.latency = Latency::of(durations);
        }
        let mut all: Vec<f64> = durations.into_iter().flatten().collect();
        Ok(Charts {
            from_ms: self.from,
            to_ms: self.to,
            bucket_ms: self.width,
            traces: buckets.iter().map(|bucket| bucket.traces).sum(),
            failed: buckets.iter().map(|bucket| bucket.failed).sum(),
            tokens: buckets.iter().map(|bucket| bucket.tokens).sum(),
            cost_usd: buckets.iter().map(|bucket| bucket.cost_usd).sum(),
            latency: Latency::of(&mut all),
            models: self.models(count)?,
            tools: self.tools()?,
            buckets,
        })
    }

    fn models(&self, count: usize) -> Result<Vec<ModelSums>, StoreError> {
        let mut models = BTreeMap::<String, ModelSums>::new();
        self.each(
            "used.model, used.calls, used.failures, used.tokens, used.cost_usd, used.total_ms",
            "JOIN model_use AS used ON used.number = traces.number",
            |index, row| {
                let model: String = row.get(1)?;
                let sums = models.entry(model).or_default();
                sums.calls += row.get::<_, i64>(2)?;
                sums.failures += row.get::<_, i64>(3)?;
                let (tokens, cost): (i64, f64) = (row.get(4)?, row.get(5)?);
                sums.tokens += tokens;
                sums.cost_usd += cost;
                sums.average_ms += row.get::<_, f64>(6)?;
                sums.tokens_by_bucket.resize(count, 0);
                sums.cost_by_bucket.resize(count, 0.0);
                if index < count {
                    sums.tokens_by_bucket[index] += tokens;
                    sums.cost_by_bucket[index] += cost;
                }
                Ok(())
            },
        )?;
        let mut models: Vec<_> = models
            .into_iter()
            .map(|(model, mut sums)| {
                sums.average_ms = average(sums.average_ms, sums.calls);
                sums.model = model;
                sums
            })
            .collect();
        models.sort_by_key(|sums| std::cmp::Reverse((sums.tokens, sums.calls)));
        models.truncate(MAX_LISTED);
        Ok(models)
    }

    fn tools(&self) -> Result<Vec<ToolSums>, StoreError> {
        let mut tools = BTreeMap::<String, (i64, i64, f64)>::new();
        self.each(
            "used.tool, used.calls, used.failures, used.total_ms",
            "JOIN tool_use AS used ON used.number = traces.number",
            |_, row| {
                let (calls, failures, total) = tools.entry(row.get(1)?).or_default();
                *calls += row.get::<_, i64>(2)?;
                *failures += row.get::<_, i64>(3)?;
                *total += row.get::<_, f64>(4)?;
                Ok(())
            },
        )?;
        let mut tools: Vec<_> = tools
            .into_iter()
            .map(|(tool, (calls, failures, total_ms))| ToolSums {
                tool,
                calls,
                failures,
                average_ms: average(total_ms, calls),
                total_ms,
            })
            .collect();
        tools.sort_by(|a, b| b.average_ms.total_cmp(&a.average_ms));
        tools.truncate(MAX_LISTED);
        Ok(tools)
    }

    /// Calls `visit` with the bucket and the columns of each trace. Column 0 is the bucket.
    fn each(
        &self,
        columns: &str,
        join: &str,
        mut visit: impl FnMut(usize, &rusqlite::Row<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), StoreError> {
        let mut sql = self.filter.sql();
        let bucket = format!("(traces.received_ms - {}) / {}", self.from, self.width);
        let mut text = sql.text();
        if !join.is_empty() {
            // The join belongs between FROM and WHERE.
            text = match text.split_once(" WHERE ") {
                Some((from, conditions)) => format!("{from} {join} WHERE {conditions}"),
                None => format!("{text} {join}"),
            };
        }
        let query = format!("SELECT {bucket}, {columns} {text}");
        let values: Vec<Value> = std::mem::take(&mut sql.values);
        let mut find = self.connection.prepare_cached(&query)?;
        let mut rows = find.query(params_from_iter(&values))?;
        while let Some(row) = rows.next()? {
            let bucket: i64 = row.get(0)?;
            visit(usize::try_from(bucket).unwrap_or(0), row)?;
        }
        Ok(())
    }
}

impl Latency {
    /// Sorts the durations.
    pub(crate) fn of(durations: &mut [f64]) -> Self {
        durations.sort_by(f64::total_cmp);
        Self {
            p50: percentile(durations, 50),
            p95: percentile(durations, 95),
            p99: percentile(durations, 99),
        }
    }
}

/// The smallest value that this many percent do not exceed; 0 if there are no values.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

#[expect(clippy::cast_precision_loss, reason = "an average for people")]
fn average(sum: f64, count: i64) -> f64 {
    if count == 0 { 0.0 } else { sum / count as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_percentiles_from_the_values_themselves() {
        let mut hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        let latency = Latency::of(&mut hundred);
        assert_eq!((latency.p50, latency.p95, latency.p99), (50.0, 95.0, 99.0));
        assert_eq!(Latency::of(&mut [7.0]).p99, 7.0);
        assert_eq!(Latency::of(&mut []), Latency::default());
    }
}
