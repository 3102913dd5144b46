//! Fault scripts.

use std::time::Duration;

use infinium_local::Options;

use crate::support::{HEADERS, TASK, TRACE_PATH, ask, request, send, send_raw, start};

#[tokio::test(flavor = "multi_thread")]
async fn injects_each_fault_of_a_script() {
    let platform = start(Options::default()).await;
    let put = async |script: &str| {
        let reply = ask(&platform, "PUT", "/local/faults", &[], script).await;
        assert_eq!(reply.status, 204, "{}", reply.body);
    };
    let broken = async || {
        let address = platform.address();
        let request = request("POST", TRACE_PATH, &HEADERS, TASK);
        tokio::task::spawn_blocking(move || send_raw(address, &request))
            .await
            .unwrap()
    };
    put(r#"[{"action":"status","status":503,"headers":{"retry-after":"7"},"body":"{}"}]"#).await;
    let reply = send(&platform, TASK).await;
    assert_eq!(reply.status, 503);
    assert!(reply.head.contains("retry-after: 7"));
    assert_eq!(send(&platform, TASK).await.status, 200);

    put(r#"{"action":"reset"}"#).await;
    assert_eq!(
        broken().await.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionReset
    );

    put(r#"[{"action":"garbage"}]"#).await;
    assert!(broken().await.unwrap().starts_with(b"\x00\x01\x02"));

    put(r#"[{"action":"cut"}]"#).await;
    let answer = String::from_utf8(broken().await.unwrap()).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"));
    let promised: usize = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length: ")?
                .parse()
                .ok()
        })
        .unwrap();
    assert_eq!(body.len(), promised / 2);

    let stored =
        async || ask(&platform, "GET", "/local/stats", &[], "").await.json()["stored"].as_u64();
    let before = stored().await.unwrap();
    put(r#"[{"action":"lost"}]"#).await;
    assert!(broken().await.is_err());
    assert_eq!(stored().await, Some(before + 1));

    put(r#"[{"action":"delay","ms":1,"times":"forever"}]"#).await;
    assert_eq!(send(&platform, TASK).await.status, 200);
    assert_eq!(
        ask(&platform, "DELETE", "/local/faults", &[], "")
            .await
            .status,
        204
    );
    assert_eq!(
        ask(&platform, "GET", "/local/faults", &[], "").await.body,
        "[]"
    );
    assert_eq!(
        ask(&platform, "PUT", "/local/faults", &[], "[{}]")
            .await
            .status,
        400
    );
    for script in ["outage", "lost-answers", "slow"] {
        let path = format!(
            "{}/../../fixtures/faults/{script}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        put(&std::fs::read_to_string(path).unwrap()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn never_answers_when_it_hangs() {
    let script = r#"[{"action":"hang"}]"#;
    let faults = serde_json::from_str(script).unwrap();
    let platform = start(Options {
        faults,
        ..Options::default()
    })
    .await;
    let hanging = send(&platform, TASK);
    assert!(
        tokio::time::timeout(Duration::from_millis(100), hanging)
            .await
            .is_err()
    );
    assert_eq!(send(&platform, TASK).await.status, 200);
}
