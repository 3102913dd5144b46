//! The tools.

use serde_json::{Map, Value, json};

use crate::{
    store::{Filter, Row, Sort, Store, StoreError, Trace},
    time, view,
};

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 200;
/// The longest text that a tool returns, in bytes: more would only fill the context of a model.
const MAX_TEXT: usize = 100_000;

/// What can be called, as `tools/list` describes it.
pub(super) fn list() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let number = |description: &str| json!({ "type": "number", "description": description });
    let filters = json!({
        "q": text("words that occur anywhere in the trace; \"quoted words\" next to each other"),
        "agent": text("id of the agent"),
        "model": text("name of a model that was called"),
        "tool": text("name of a tool that was called"),
        "tag": text("key:value"),
        "session": text("id of the session"),
        "outcome": { "type": "string", "enum": ["ok", "failed"] },
        "min_ms": number("only traces that took at least this long"),
        "max_ms": number("only traces that took at most this long"),
        "from": text("only traces that arrived at or after this ISO 8601 time"),
        "to": text("only traces that arrived at or before this ISO 8601 time"),
        "sort": { "type": "string", "enum": ["newest", "oldest", "slowest", "fastest", "tokens", "cost"] },
        "limit": number("how many, 1 to 200, default 20"),
    });
    let search = filters.clone();
    let id = text("trace id, or \"last\" for the newest trace");
    let tool = |name: &str, description: &str, properties: Value, required: &[&str]| {
        json!({
            "name": name,
            "description": description,
            "inputSchema": { "type": "object", "properties": properties, "required": required },
            "annotations": { "readOnlyHint": true, "openWorldHint": false },
        })
    };
    json!([
        tool(
            "list_traces",
            "Lists traces with their name, state, duration, tokens and first error.",
            filters,
            &[]
        ),
        tool(
            "search_traces",
            "Finds the traces in which all these words occur.",
            search,
            &["q"]
        ),
        tool(
            "get_trace",
            "Reads one trace: its input, output, steps, tool calls, model calls and errors.",
            json!({ "id": id, "format": { "type": "string", "enum": ["markdown", "json"] } }),
            &["id"],
        ),
        tool(
            "find_errors",
            "Lists the newest traces that failed, and requests that the platform rejected, with the reasons.",
            json!({ "limit": number("how many of each, default 20") }),
            &[],
        ),
        tool(
            "compare_traces",
            "Compares two traces: which steps were added, removed or changed, and the numbers of both.",
            json!({ "a": id, "b": id }),
            &["a", "b"],
        ),
    ])
}

/// Calls a tool.
///
/// # Errors
/// A message for the model.
pub(super) async fn call(store: &Store, name: &str, arguments: &Value) -> Result<String, String> {
    let empty = Map::new();
    let arguments = arguments.as_object().unwrap_or(&empty);
    let text = |name: &str| {
        arguments
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    match name {
        "list_traces" => list_traces(store, arguments).await,
        "search_traces" if text("q").trim().is_empty() => {
            Err("q must be the words to search for".to_owned())
        }
        "search_traces" => list_traces(store, arguments).await,
        "get_trace" => {
            let trace = find(store, text("id")).await?;
            Ok(cut(if text("format") == "json" {
                trace.body
            } else {
                view::markdown(&trace)
            }))
        }
        "find_errors" => find_errors(store, limit(arguments)).await,
        "compare_traces" => {
            let (a, b) = (find(store, text("a")).await?, find(store, text("b")).await?);
            Ok(cut(view::compare(&a, &b).to_string()))
        }
        _ => Err(format!("there is no tool {name:?}")),
    }
}

async fn list_traces(store: &Store, arguments: &Map<String, Value>) -> Result<String, String> {
    let (mut filter, mut sort) = (Filter::default(), Sort::default());
    for (name, value) in arguments {
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match name.as_str() {
            "limit" => {}
            "sort" => sort = Sort::parse(&value)?,
            _ => filter.set(name, &value)?,
        }
    }
    let page = store
        .list(filter, sort, None, limit(arguments))
        .await
        .map_err(failed)?;
    let total = page.total.unwrap_or(0);
    let more = if page.total_is_more {
        "or more"
    } else {
        "in all"
    };
    let mut out = format!("{} of {total} traces {more}\n", page.traces.len());
    for row in &page.traces {
        out.push_str(&line(row));
    }
    Ok(cut(out))
}

async fn find_errors(store: &Store, limit: usize) -> Result<String, String> {
    let filter = Filter {
        failed: Some(true),
        ..Filter::default()
    };
    let page = store
        .list(filter, Sort::Newest, None, limit)
        .await
        .map_err(failed)?;
    let rejected = store
        .rejected(u32::try_from(limit).unwrap_or(u32::MAX))
        .await
        .map_err(failed)?;
    let mut out = format!("{} failed traces\n", page.traces.len());
    for row in &page.traces {
        out.push_str(&line(row));
    }
    out.push_str(&format!("\n{} rejected requests\n", rejected.len()));
    for one in rejected {
        let at = time::iso(one.received_ms);
        out.push_str(&format!(
            "- {at} {} agent {}: {}\n",
            one.status, one.agent, one.message
        ));
    }
    Ok(cut(out))
}

/// A trace on one line.
fn line(row: &Row) -> String {
    let state = if row.failed { "failed" } else { "ok" };
    let mut facts = vec![
        row.trace_id.clone(),
        state.to_owned(),
        time::iso(row.received_ms),
        format!("agent {}", row.agent),
        format!("{:.0} ms", row.duration_ms),
        format!("{} steps", row.steps),
    ];
    if row.tokens > 0 {
        facts.push(format!("{} tokens", row.tokens));
    }
    if !row.models.is_empty() {
        facts.push(row.models.clone());
    }
    let name = row.name.replace(['\n', '\r'], " ");
    let error = row
        .error
        .as_deref()
        .map(|error| error.replace(['\n', '\r'], " "));
    let error = error.map_or(String::new(), |error| format!(" | error: {error}"));
    format!("- {name} | {}{error}\n", facts.join(", "))
}

async fn find(store: &Store, id: &str) -> Result<Trace, String> {
    let found = store.find_trace(id).await.map_err(failed)?;
    found.ok_or_else(|| format!("there is no trace {id:?}; list_traces gives ids"))
}

fn limit(arguments: &Map<String, Value>) -> usize {
    let given = arguments.get("limit").and_then(Value::as_u64);
    let given = given.and_then(|limit| usize::try_from(limit).ok());
    given.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
}

fn cut(mut text: String) -> String {
    if text.len() > MAX_TEXT {
        let mut end = MAX_TEXT;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push_str("\n… (cut)");
    }
    text
}

fn failed(error: StoreError) -> String {
    format!("the database failed: {error}")
}
