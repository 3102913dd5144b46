//! Requests that the platform refuses.

use std::collections::HashMap;

use infinium_local::Options;

use crate::support::{HEADERS, TASK, TRACE_PATH, ask, send, start};

#[tokio::test(flavor = "multi_thread")]
async fn refuses_what_the_real_platform_refuses() {
    let agents = HashMap::from([("agent-1".to_owned(), "secret-0123".to_owned())]);
    let platform = start(Options {
        agents,
        ..Options::default()
    })
    .await;
    let mut wrong_key = HEADERS;
    wrong_key[1].1 = "another-one";
    let mut wrong_id = HEADERS;
    wrong_id[0].1 = "agent-2";
    assert_eq!(
        ask(&platform, "POST", TRACE_PATH, &wrong_key, TASK)
            .await
            .status,
        401
    );
    assert_eq!(
        ask(&platform, "POST", TRACE_PATH, &HEADERS[..1], TASK)
            .await
            .status,
        400
    );
    assert_eq!(
        ask(&platform, "POST", TRACE_PATH, &wrong_id, TASK)
            .await
            .status,
        401
    );
    let stranger = "/api/v1/agents/agent-2/trace";
    assert_eq!(
        ask(&platform, "POST", stranger, &wrong_id, TASK)
            .await
            .status,
        404
    );
    assert_eq!(
        ask(&platform, "POST", TRACE_PATH, &HEADERS[..3], TASK)
            .await
            .status,
        415
    );
    let large = TASK.replace("\"n\"", &format!("\"{}\"", "x".repeat(1_048_576)));
    assert_eq!(send(&platform, &large).await.status, 413);
    let invalid = send(&platform, r#"{"name":"n","description":"d","duration":1}"#).await;
    assert_eq!(
        (invalid.status, invalid.json()["field"].as_str()),
        (422, Some("current_datetime"))
    );
    assert_eq!(send(&platform, TASK).await.status, 200);
    let stats = ask(&platform, "GET", "/local/stats", &[], "").await.json();
    assert_eq!(stats["stored"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn requires_the_secret_of_the_first_request_of_an_agent() {
    let platform = start(Options::default()).await;
    assert_eq!(send(&platform, TASK).await.status, 200);
    let mut other = HEADERS;
    other[1].1 = "another-one";
    assert_eq!(
        ask(&platform, "POST", TRACE_PATH, &other, TASK)
            .await
            .status,
        401
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_429_with_retry_after_above_the_rate_limit() {
    let platform = start(Options {
        rate: Some(1.0),
        ..Options::default()
    })
    .await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let reply = send(&platform, TASK).await;
        statuses.push(reply.status);
        if reply.status == 429 {
            assert!(reply.head.contains("retry-after: 1"), "{}", reply.head);
        }
    }
    assert_eq!(statuses, [200, 200, 429]);
}
