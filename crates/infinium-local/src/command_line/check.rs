//! `infinium-local check`: rules for traces, for continuous integration.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde::Deserialize;

use super::{
    arguments::CheckArguments,
    console::{count, print},
    data::{failed, open},
    junit::{self, Verdict},
};
use crate::store::{Filter, Latency, Row, Sort, Store};

/// The rules in a file. Each that is given must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Rules {
    /// Without traces no other rule could fail, so at least one is expected by default.
    min_traces: Option<usize>,
    max_failed_traces: Option<usize>,
    max_failed_steps: Option<i64>,
    max_tokens: Option<i64>,
    max_total_tokens: Option<i64>,
    max_cost_usd: Option<f64>,
    max_duration_ms: Option<f64>,
    p50_duration_ms: Option<f64>,
    p95_duration_ms: Option<f64>,
    p99_duration_ms: Option<f64>,
    required_tools: Vec<String>,
    forbidden_tools: Vec<String>,
}

pub(super) async fn run(arguments: CheckArguments) -> io::Result<ExitCode> {
    let store = open(&arguments.query.file()?)?;
    check(
        &store,
        arguments.query.filter,
        &arguments.rules,
        arguments.junit,
    )
    .await
}

/// Checks the traces that match, prints the verdicts, and fails if a rule is broken.
pub(super) async fn check(
    store: &Store,
    filter: Filter,
    rules: &Path,
    junit: Option<PathBuf>,
) -> io::Result<ExitCode> {
    let named =
        |error: &dyn std::fmt::Display| io::Error::other(format!("{}: {error}", rules.display()));
    let text = fs::read_to_string(rules).map_err(|error| named(&error))?;
    let rules: Rules = serde_json::from_str(&text).map_err(|error| named(&error))?;
    let verdicts = judge(store, &filter, &rules).await?;
    for Verdict { rule, found, holds } in &verdicts {
        let state = if *holds { "ok    " } else { "broken" };
        print(&format!("{state}  {rule}: {found}\n"));
    }
    if let Some(path) = junit {
        fs::write(&path, junit::report(&verdicts)).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })?;
    }
    let broken = verdicts.iter().filter(|verdict| !verdict.holds).count();
    if broken == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    print(&format!("{} broken\n", count(broken, "rule")));
    Ok(ExitCode::FAILURE)
}

async fn judge(store: &Store, filter: &Filter, rules: &Rules) -> io::Result<Vec<Verdict>> {
    let traces = all(store, filter).await?;
    let mut verdicts = Vec::new();
    let mut add =
        |rule: String, found: String, holds: bool| verdicts.push(Verdict { rule, found, holds });
    let min = rules.min_traces.unwrap_or(1);
    add(
        format!("minTraces {min}"),
        count(traces.len(), "trace"),
        traces.len() >= min,
    );
    if let Some(max) = rules.max_failed_traces {
        let failed: Vec<_> = traces.iter().filter(|row| row.failed).collect();
        let found = format!("{} failed{}", failed.len(), examples(&failed));
        add(format!("maxFailedTraces {max}"), found, failed.len() <= max);
    }
    if let Some(max) = rules.max_failed_steps {
        let failed: i64 = traces.iter().map(|row| row.failed_steps).sum();
        let with: Vec<_> = traces.iter().filter(|row| row.failed_steps > 0).collect();
        let found = format!("{failed} failed{}", examples(&with));
        add(format!("maxFailedSteps {max}"), found, failed <= max);
    }
    if let Some(max) = rules.max_tokens {
        let over: Vec<_> = traces.iter().filter(|row| row.tokens > max).collect();
        let most = traces.iter().map(|row| row.tokens).max().unwrap_or(0);
        let found = format!("at most {most} in a trace{}", examples(&over));
        add(format!("maxTokens {max}"), found, over.is_empty());
    }
    if let Some(max) = rules.max_total_tokens {
        let total: i64 = traces.iter().map(|row| row.tokens).sum();
        add(
            format!("maxTotalTokens {max}"),
            format!("{total} in all"),
            total <= max,
        );
    }
    if let Some(max) = rules.max_cost_usd {
        let total: f64 = traces.iter().filter_map(|row| row.cost_usd).sum();
        add(
            format!("maxCostUsd {max}"),
            format!("{total:.6} in all"),
            total <= max,
        );
    }
    if let Some(max) = rules.max_duration_ms {
        let over: Vec<_> = traces.iter().filter(|row| row.duration_ms > max).collect();
        let longest = traces.iter().map(|row| row.duration_ms).fold(0.0, f64::max);
        let found = format!("at most {longest:.0} ms{}", examples(&over));
        add(format!("maxDurationMs {max}"), found, over.is_empty());
    }
    let mut durations: Vec<f64> = traces.iter().map(|row| row.duration_ms).collect();
    let latency = Latency::of(&mut durations);
    for (name, max, found) in [
        ("p50DurationMs", rules.p50_duration_ms, latency.p50),
        ("p95DurationMs", rules.p95_duration_ms, latency.p95),
        ("p99DurationMs", rules.p99_duration_ms, latency.p99),
    ] {
        if let Some(max) = max {
            add(
                format!("{name} {max}"),
                format!("{found:.0} ms"),
                found <= max,
            );
        }
    }
    for (tools, name, is_wanted) in [
        (&rules.required_tools, "requiredTools", true),
        (&rules.forbidden_tools, "forbiddenTools", false),
    ] {
        for tool in tools {
            let filter = Filter {
                tool: Some(tool.clone()),
                ..filter.clone()
            };
            let using = all(store, &filter).await?;
            let found = format!("used in {}", count(using.len(), "trace"));
            add(
                format!("{name} {tool}"),
                found,
                using.is_empty() != is_wanted,
            );
        }
    }
    Ok(verdicts)
}

async fn all(store: &Store, filter: &Filter) -> io::Result<Vec<Row>> {
    const PAGE: usize = 1000;
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let page = store
            .list(filter.clone(), Sort::Oldest, cursor, PAGE)
            .await
            .map_err(failed)?;
        rows.extend(page.traces);
        cursor = page.next;
        if cursor.is_none() {
            return Ok(rows);
        }
    }
}

fn examples(rows: &[&Row]) -> String {
    const SHOWN: usize = 3;
    if rows.is_empty() {
        return String::new();
    }
    let ids: Vec<&str> = rows
        .iter()
        .take(SHOWN)
        .map(|row| row.trace_id.as_str())
        .collect();
    let more = if rows.len() > SHOWN { ", …" } else { "" };
    format!(" ({}{more})", ids.join(", "))
}
