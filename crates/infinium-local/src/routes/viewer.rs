//! HTML pages that show the stored traces.

use std::{fmt::Write, sync::Arc};

use axum::{
    extract::{Path, State as Shared},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde_json::Value;

use super::response::database_error;
use crate::{state::State, store::Trace, time};

/// How many traces the list shows.
const MAX_LISTED: u32 = 200;

const STYLE: &str = "
    body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1b1f24 }
    h1 { font-size: 1.3rem } a { color: #0b57d0; text-decoration: none } a:hover { text-decoration: underline }
    table { border-collapse: collapse; width: 100% } th { text-align: left; font-weight: 600; color: #57606a }
    th, td { padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #e4e7eb; vertical-align: top }
    td.number { text-align: right; font-variant-numeric: tabular-nums } .bad { color: #b3261e }
    pre { background: #f6f8fa; padding: 1rem; overflow: auto; border-radius: 6px }
    @media (prefers-color-scheme: dark) { body { background: #14171a; color: #e4e7eb } pre { background: #1f2429 }
        a { color: #8ab4f8 } th, td { border-color: #30363d } }
";

/// `GET /`
pub(super) async fn list(Shared(state): Shared<Arc<State>>) -> Response {
    let traces = match state.store.traces(None, MAX_LISTED).await {
        Ok(traces) => traces,
        Err(error) => return database_error(&error),
    };
    let mut rows = String::new();
    for trace in traces.iter().rev() {
        rows.push_str(&row(trace));
    }
    let body = if rows.is_empty() {
        "<p>No traces yet.</p>".to_owned()
    } else {
        format!(
            "<table><tr><th>Trace</th><th>Agent</th><th>Received</th><th>Duration</th><th>Model</th>\
             <th>Tokens</th><th>Steps</th></tr>{rows}</table>"
        )
    };
    page("Traces", &body)
}

fn row(trace: &Trace) -> String {
    let body: Value = serde_json::from_str(&trace.body).unwrap_or_default();
    let usage = &body["llm_usage"];
    let tokens = |field: &str| usage[field].as_u64().unwrap_or(0);
    let steps = body["steps"].as_array().map_or(&[][..], Vec::as_slice);
    let failed = steps
        .iter()
        .filter(|step| step["error"].is_object())
        .count();
    let errors = body["errors"].as_array().map_or(0, Vec::len);
    let mut out = String::new();
    let _ = write!(
        out,
        "<tr><td><a href=\"/traces/{}\">{}</a></td><td>{}</td><td>{}</td>\
         <td class=\"number\">{} s</td><td>{}</td><td class=\"number\">{}</td><td>{}{}</td></tr>",
        escape(&trace.id),
        escape(body["name"].as_str().unwrap_or("?")),
        escape(&trace.agent),
        time::iso(trace.received_ms),
        body["duration"],
        escape(usage["model"].as_str().unwrap_or("")),
        tokens("prompt_tokens") + tokens("completion_tokens"),
        steps.len(),
        if failed + errors > 0 {
            " <span class=\"bad\">failed</span>"
        } else {
            ""
        },
    );
    out
}

/// `GET /traces/{trace}`
pub(super) async fn show(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Response {
    match state.store.trace(id).await {
        Ok(Some(trace)) => {
            let body: Value = serde_json::from_str(&trace.body).unwrap_or_default();
            let pretty = serde_json::to_string_pretty(&body).unwrap_or_default();
            let name = body["name"].as_str().unwrap_or("Trace");
            let content = format!(
                "<p><a href=\"/\">All traces</a> · {} · {}</p><pre>{}</pre>",
                escape(&trace.agent),
                time::iso(trace.received_ms),
                escape(&pretty)
            );
            page(name, &content)
        }
        Ok(None) => {
            let page = page("Unknown trace", "<p><a href=\"/\">All traces</a></p>");
            (StatusCode::NOT_FOUND, page).into_response()
        }
        Err(error) => database_error(&error),
    }
}

fn page(title: &str, body: &str) -> Response {
    let title = escape(title);
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <style>{STYLE}</style><h1>{title}</h1>{body}</html>"
    ))
    .into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
