//! Lists: filters, search, orders, pages; rejected requests.

use infinium_local::{Options, Platform};
use serde_json::{Value, json};

use crate::support::{HEADERS, ask, send, start};

/// Sends a trace with this name and duration, and these other fields.
async fn send_named(platform: &Platform, name: &str, seconds: f64, rest: &str) {
    let body = format!(
        r#"{{"name":"{name}","description":"d","current_datetime":"2026-11-23T09:30:00Z","duration":{seconds}{rest}}}"#
    );
    let reply = send(platform, &body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

async fn get(platform: &Platform, path: &str) -> Value {
    let reply = ask(platform, "GET", path, &[], "").await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    reply.json()
}

async fn names(platform: &Platform, query: &str) -> Vec<String> {
    let page = get(platform, &format!("/local/list?{query}")).await;
    let traces = page["traces"].as_array().unwrap();
    traces
        .iter()
        .map(|trace| trace["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn sample() -> Platform {
    let platform = start(Options::default()).await;
    let ask_model = r#","steps":[{"step_number":1,"action":"llm_call","description":"Call me Ishmael","llm_call":{"model":"m1","prompt_tokens":9}}],"environment":{"custom_tags":{"session_id":"s1","team":"red"}}"#;
    send_named(&platform, "moby", 3.0, ask_model).await;
    let use_tool = r#","steps":[{"step_number":1,"action":"tool_call","description":"d","tool_call":{"tool_name":"t"},"error":{"error_type":"E","message":"no whale"}}]"#;
    send_named(&platform, "ahab", 1.0, use_tool).await;
    let costly = r#","input_summary":"The White Whale, white as wool","llm_usage":{"model":"m2","prompt_tokens":2,"estimated_cost_usd":0.5}"#;
    send_named(&platform, "queequeg", 2.0, costly).await;
    platform
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_by_every_filter() {
    let platform = sample().await;
    for (query, expected) in [
        ("", ["queequeg", "ahab", "moby"].as_slice()),
        ("agent=agent-1&outcome=ok", &["queequeg", "moby"]),
        ("agent=agent-2", &[]),
        ("outcome=failed", &["ahab"]),
        ("model=m1", &["moby"]),
        ("model=m1&tag=team:red", &["moby"]),
        ("model=m2&tag=team:red", &[]),
        ("tool=t", &["ahab"]),
        ("tag=team:red", &["moby"]),
        ("tag=team:blue", &[]),
        ("session=s1", &["moby"]),
        ("min_ms=2000", &["queequeg", "moby"]),
        ("max_ms=2000&min_ms=1500", &["queequeg"]),
        (
            "from=2026-01-01&to=2999-01-01",
            &["queequeg", "ahab", "moby"],
        ),
        ("to=2026-01-01", &[]),
        ("after=2", &["queequeg"]),
        ("source=otlp", &[]),
        ("q=whale", &["queequeg", "ahab"]),
        ("q=whale&after=2", &["queequeg"]),
        ("q=%22white+whale%22", &["queequeg"]),
        ("q=%22whale+white+as+milk%22", &[]),
        ("q=ishm", &["moby"]),
        ("q=WHALE&outcome=failed&tool=t", &["ahab"]),
        ("q=--", &[]),
    ] {
        assert_eq!(names(&platform, query).await, expected, "{query}");
    }
    let reply = ask(&platform, "GET", "/local/list?min_ms=x", &[], "").await;
    assert_eq!(reply.status, 400);
    assert!(reply.body.contains("min_ms"));
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_and_pages_without_gaps() {
    let platform = sample().await;
    for (sort, expected) in [
        ("newest", ["queequeg", "ahab", "moby"].as_slice()),
        ("oldest", &["moby", "ahab", "queequeg"]),
        ("slowest", &["moby", "queequeg", "ahab"]),
        ("fastest", &["ahab", "queequeg", "moby"]),
        ("tokens", &["moby", "queequeg", "ahab"]),
        ("cost", &["queequeg"]),
    ] {
        assert_eq!(names(&platform, &format!("sort={sort}")).await, expected);
        let (mut cursor, mut paged) = (String::new(), Vec::new());
        loop {
            let query = format!("/local/list?sort={sort}&limit=1&cursor={cursor}");
            let page = get(&platform, &query).await;
            let traces = page["traces"].as_array().unwrap();
            paged.extend(traces.iter().map(|trace| trace["name"].clone()));
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        assert_eq!(Value::from(paged), json!(expected), "{sort}");
    }
    let first = get(&platform, "/local/list?limit=1").await;
    assert_eq!(first["total"], 3);
    let row = &first["traces"][0];
    assert_eq!(
        (
            &row["models"],
            &row["tokens"],
            &row["costUsd"],
            &row["failed"]
        ),
        (&json!("m2"), &json!(2), &json!(0.5), &json!(false))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_what_was_wrong_with_refused_requests_but_no_secret() {
    let platform = start(Options::default()).await;
    send(&platform, r#"{"name":"n"}"#).await;
    send(&platform, "{").await;
    let mut text = HEADERS;
    text[3].1 = "text/plain";
    ask(
        &platform,
        "POST",
        "/api/v1/agents/agent-1/trace",
        &text,
        "hi",
    )
    .await;
    let rejected = get(&platform, "/local/rejected").await;
    let statuses: Vec<_> = rejected
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["status"])
        .collect();
    assert_eq!(statuses, [415, 422, 422]);
    let first = &rejected[2];
    assert_eq!(first["body"], r#"{"name":"n"}"#);
    assert_eq!(first["errors"][0]["field"], "description");
    assert!(first["message"].as_str().unwrap().contains("description"));
    let text = rejected.to_string();
    assert!(
        text.contains("(hidden)") && !text.contains("secret-0123"),
        "{text}"
    );
    ask(&platform, "DELETE", "/local/traces", &[], "").await;
    assert_eq!(get(&platform, "/local/rejected").await, json!([]));
}
