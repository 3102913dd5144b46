//! What the page asks for.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    time::Duration,
};

use infinium_local::{Options, Platform};
use serde_json::{Value, json};

use crate::support::{TASK, ask, send, start};

async fn get(platform: &Platform, path: &str) -> Value {
    let reply = ask(platform, "GET", path, &[], "").await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    reply.json()
}

async fn store(platform: &Platform, rest: &str) -> String {
    let reply = send(platform, &TASK.replace('}', rest)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()["traceId"].as_str().unwrap().to_owned()
}

const WITH_TOOL: &str = r#","steps":[{"step_number":1,"action":"tool_call","description":"d","tool_call":{"tool_name":"search","duration_ms":30},"error":{"error_type":"E","message":"gone"}}],"llm_usage":{"model":"m1","prompt_tokens":5,"estimated_cost_usd":0.5},"environment":{"custom_tags":{"session_id":"s1","team":"red"}}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn tells_what_filters_can_be_set_to() {
    let platform = start(Options::default()).await;
    let empty = json!({ "agents": [], "models": [], "tools": [], "tags": [] });
    assert_eq!(get(&platform, "/local/facets").await, empty);
    store(&platform, WITH_TOOL).await;
    store(
        &platform,
        &WITH_TOOL.replace("red", "blue").replace("m1", "m2"),
    )
    .await;
    let facets = get(&platform, "/local/facets").await;
    let expected = json!({
        "agents": ["agent-1"], "models": ["m1", "m2"], "tools": ["search"], "tags": ["team:blue", "team:red"],
    });
    assert_eq!(facets, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_sessions() {
    let platform = start(Options::default()).await;
    store(&platform, WITH_TOOL).await;
    store(&platform, "}").await;
    store(&platform, WITH_TOOL).await;
    let sessions = get(&platform, "/local/sessions").await;
    let [session] = sessions.as_array().unwrap().as_slice() else {
        panic!("{sessions}");
    };
    let facts =
        ["session", "traces", "failed", "tokens", "costUsd"].map(|name| session[name].clone());
    assert_eq!(Value::from(facts.to_vec()), json!(["s1", 2, 2, 10, 1.0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_traces_models_and_tools_over_time() {
    let platform = start(Options::default()).await;
    assert_eq!(get(&platform, "/local/charts").await["traces"], 0);
    store(&platform, WITH_TOOL).await;
    store(&platform, "}").await;
    let charts = get(&platform, "/local/charts").await;
    let facts = ["traces", "failed", "tokens", "costUsd"].map(|name| charts[name].clone());
    assert_eq!(Value::from(facts.to_vec()), json!([2, 1, 5, 0.5]));
    assert_eq!(charts["latency"]["p95"], 1000.0);
    let buckets = charts["buckets"].as_array().unwrap();
    let in_buckets: i64 = buckets
        .iter()
        .map(|bucket| bucket["traces"].as_i64().unwrap())
        .sum();
    assert_eq!(in_buckets, 2);
    let (model, tool) = (&charts["models"][0], &charts["tools"][0]);
    assert_eq!(
        (&model["model"], &model["tokens"]),
        (&json!("m1"), &json!(5))
    );
    assert_eq!(
        model["tokensByBucket"].as_array().unwrap().len(),
        buckets.len()
    );
    assert_eq!(
        (&tool["tool"], &tool["failures"], &tool["averageMs"]),
        (&json!("search"), &json!(1), &json!(30.0))
    );
    assert_eq!(
        get(&platform, "/local/charts?to=2020-01-01").await["traces"],
        0
    );
    assert_eq!(get(&platform, "/local/charts?q=gone").await["traces"], 1);
    let wrong = ask(&platform, "GET", "/local/charts?from=x", &[], "").await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn compares_two_traces_and_writes_one_as_markdown() {
    let platform = start(Options::default()).await;
    let (a, b) = (
        store(&platform, WITH_TOOL).await,
        store(&platform, "}").await,
    );
    let compared = get(&platform, &format!("/local/compare?a={a}&b={b}")).await;
    assert_eq!(compared["steps"][0]["state"], "removed");
    let markdown = ask(
        &platform,
        "GET",
        &format!("/local/traces/{a}/markdown"),
        &[],
        "",
    )
    .await;
    assert!(markdown.head.contains("content-type: text/markdown"));
    assert!(
        markdown.body.contains("## Step 1: tool_call search"),
        "{}",
        markdown.body
    );
    for path in [
        "/local/compare?a=x&b=y",
        "/local/compare",
        "/local/traces/x/markdown",
    ] {
        assert_eq!(
            ask(&platform, "GET", path, &[], "").await.status,
            404,
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_news_at_once_and_after_every_change() {
    let platform = start(Options::default()).await;
    store(&platform, "}").await;
    let address = platform.address();
    let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream
            .write_all(b"GET /local/events HTTP/1.1\r\nhost: localhost\r\nlast-event-id: 0\r\n\r\n")
            .unwrap();
        for line in BufReader::new(stream).lines() {
            let Ok(line) = line else { return };
            if let Some(data) = line.strip_prefix("data: ") {
                let _ = sender.send(serde_json::from_str::<Value>(data).unwrap());
            }
        }
    });
    assert_eq!(
        events.recv().await.unwrap(),
        json!({ "oldest": 1, "latest": 1, "rejected": 0 })
    );
    store(&platform, "}").await;
    assert_eq!(
        events.recv().await.unwrap(),
        json!({ "oldest": 1, "latest": 2, "rejected": 0 })
    );
    send(&platform, "{}").await;
    assert_eq!(
        events.recv().await.unwrap(),
        json!({ "oldest": 1, "latest": 2, "rejected": 1 })
    );
    ask(&platform, "DELETE", "/local/traces", &[], "").await;
    // Numbers are not used again.
    assert_eq!(
        events.recv().await.unwrap(),
        json!({ "oldest": 0, "latest": 2, "rejected": 0 })
    );
}
