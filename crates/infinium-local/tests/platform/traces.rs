//! Storing traces and reading them back.

use std::time::Duration;

use infinium_local::{Options, Platform};
use serde_json::json;

use crate::support::{HEADERS, TASK, TRACE_PATH, ask, send, start};

#[tokio::test(flavor = "multi_thread")]
async fn stores_the_body_of_a_trace_unchanged() {
    let platform = start(Options::default()).await;
    let body = TASK.replace('}', r#","unknown":[1.50,9007199254740993]}"#);
    let reply = send(&platform, &body).await;
    assert_eq!(reply.status, 200);
    let id = reply.json()["traceId"].as_str().unwrap().to_owned();
    let shown = ask(&platform, "GET", &format!("/local/traces/{id}"), &[], "").await;
    assert!(shown.body.contains(&body), "{}", shown.body);
    let list = ask(
        &platform,
        "GET",
        "/local/traces?limit=1&agent=agent-1",
        &[],
        "",
    )
    .await;
    assert_eq!(list.json()[0]["traceId"], id.as_str());
    for path in ["/".to_owned(), format!("/traces/{id}")] {
        let page = ask(&platform, "GET", &path, &[], "").await;
        assert_eq!(page.status, 200);
        assert!(page.head.contains("script-src 'self'"), "{}", page.head);
        assert!(page.body.contains("/page/main.js"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_a_task_once_for_each_idempotency_key() {
    let platform = start(Options::default()).await;
    let mut headers = HEADERS.to_vec();
    headers.push(("idempotency-key", "k1"));
    let first = ask(&platform, "POST", TRACE_PATH, &headers, TASK)
        .await
        .json();
    let second = ask(&platform, "POST", TRACE_PATH, &headers, TASK)
        .await
        .json();
    assert_eq!(first["traceId"], second["traceId"]);
    let stats = ask(&platform, "GET", "/local/stats", &[], "").await.json();
    assert_eq!(
        stats,
        json!({ "arrivals": 2, "stored": 1, "duplicates": 1, "byStatus": { "200": 2 } })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn interprets_a_trace_after_the_configured_time() {
    let id = async |platform: &Platform| {
        send(platform, TASK).await.json()["traceId"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let path = |id: &str| format!("/api/v1/agents/agent-1/interpreted-result/{id}");
    let slow = start(Options {
        interpret_after: Duration::from_secs(3600),
        ..Options::default()
    })
    .await;
    let pending = ask(&slow, "GET", &path(&id(&slow).await), &HEADERS, "").await;
    assert_eq!(
        (pending.status, pending.json().get("interpretedTraceResult")),
        (200, None)
    );
    assert_eq!(
        ask(&slow, "GET", &path("nobody"), &HEADERS, "")
            .await
            .status,
        404
    );
    let quick = start(Options {
        interpret_after: Duration::ZERO,
        ..Options::default()
    })
    .await;
    let ready = ask(&quick, "GET", &path(&id(&quick).await), &HEADERS, "")
        .await
        .json();
    assert_eq!(ready["interpretedTraceResult"]["durationSeconds"], 1);
    assert!(
        ready["interpretedTraceResult"]["summary"]
            .as_str()
            .unwrap()
            .contains("not Maestro")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_traces_across_restarts_when_the_database_is_a_file() {
    let file = std::env::temp_dir().join(format!("infinium-local-{}.db", std::process::id()));
    let options = Options {
        db: Some(file.clone()),
        ..Options::default()
    };
    let platform = start(options.clone()).await;
    assert_eq!(send(&platform, TASK).await.status, 200);
    drop(platform);
    let again = start(options).await;
    let list = ask(&again, "GET", "/local/traces", &[], "").await.json();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(
        ask(&again, "DELETE", "/local/traces", &[], "").await.status,
        204
    );
    assert_eq!(
        ask(&again, "GET", "/local/traces", &[], "").await.body,
        "[]"
    );
    drop(again);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", file.display()));
    }
}
