//! The platform over real connections.
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use infinium_local::{Options, Platform};
use serde_json::{Value, json};

const TASK: &str =
    r#"{"name":"n","description":"d","current_datetime":"2026-11-23T09:30:00Z","duration":1}"#;

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends one request on a connection of its own; what comes back is the raw answer or the failure.
fn raw(address: SocketAddr, request: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut out = format!("{method} {path} HTTP/1.1\r\nhost: local\r\nconnection: close\r\n");
    for (name, value) in headers {
        out += &format!("{name}: {value}\r\n");
    }
    out + &format!("content-length: {}\r\n\r\n{body}", body.len())
}

async fn ask(
    platform: &Platform,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Reply {
    let (address, request) = (platform.address(), request(method, path, headers, body));
    let answer = tokio::task::spawn_blocking(move || raw(address, &request))
        .await
        .unwrap()
        .unwrap();
    let text = String::from_utf8(answer).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head[9..12].parse().unwrap();
    Reply {
        status,
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    }
}

const HEADERS: [(&str, &str); 4] = [
    ("x-agent-id", "agent-1"),
    ("x-agent-key", "secret-0123"),
    ("user-agent", "test"),
    ("content-type", "application/json"),
];

async fn send(platform: &Platform, body: &str) -> Reply {
    ask(
        platform,
        "POST",
        "/api/v1/agents/agent-1/trace",
        &HEADERS,
        body,
    )
    .await
}

async fn start(options: Options) -> Platform {
    Platform::start(options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_a_trace_exactly_as_it_came() {
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
        assert!(page.body.contains("agent-1"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_what_the_real_one_refuses() {
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
    let path = "/api/v1/agents/agent-1/trace";
    assert_eq!(
        ask(&platform, "POST", path, &wrong_key, TASK).await.status,
        401
    );
    assert_eq!(
        ask(&platform, "POST", path, &HEADERS[..1], TASK)
            .await
            .status,
        400
    );
    assert_eq!(
        ask(&platform, "POST", path, &wrong_id, TASK).await.status,
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
        ask(&platform, "POST", path, &HEADERS[..3], TASK)
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
async fn an_agent_keeps_the_secret_that_it_came_with_first() {
    let platform = start(Options::default()).await;
    assert_eq!(send(&platform, TASK).await.status, 200);
    let mut other = HEADERS;
    other[1].1 = "another-one";
    let path = "/api/v1/agents/agent-1/trace";
    assert_eq!(ask(&platform, "POST", path, &other, TASK).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_a_task_once_for_each_idempotency_key() {
    let platform = start(Options::default()).await;
    let mut headers = HEADERS.to_vec();
    headers.push(("idempotency-key", "k1"));
    let path = "/api/v1/agents/agent-1/trace";
    let first = ask(&platform, "POST", path, &headers, TASK).await.json();
    let second = ask(&platform, "POST", path, &headers, TASK).await.json();
    assert_eq!(first["traceId"], second["traceId"]);
    let stats = ask(&platform, "GET", "/local/stats", &[], "").await.json();
    assert_eq!(
        stats,
        json!({ "arrivals": 2, "stored": 1, "duplicates": 1, "byStatus": { "200": 2 } })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_to_its_rate() {
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

#[tokio::test(flavor = "multi_thread")]
async fn runs_fault_scripts() {
    let platform = start(Options::default()).await;
    let put = async |script: &str| {
        let reply = ask(&platform, "PUT", "/local/faults", &[], script).await;
        assert_eq!(reply.status, 204, "{}", reply.body);
    };
    let broken = async || {
        let address = platform.address();
        let request = request("POST", "/api/v1/agents/agent-1/trace", &HEADERS, TASK);
        tokio::task::spawn_blocking(move || raw(address, &request))
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

#[tokio::test(flavor = "multi_thread")]
async fn interprets_after_a_while() {
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
async fn serves_prompts_from_a_folder_and_the_database() {
    let folder = std::env::temp_dir().join(format!("infinium-local-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("greet")).unwrap();
    std::fs::write(folder.join("greet/key"), "prompt-key\n").unwrap();
    std::fs::write(folder.join("greet/v1.md"), "# Greeting\nHello {{name}}").unwrap();
    std::fs::write(folder.join("greet/v2.md"), "# Greeting\nHi {{name}}").unwrap();
    let platform = start(Options {
        prompts: Some(folder.clone()),
        ..Options::default()
    })
    .await;
    let fetch = async |id: &str, version: &str, key: &str| {
        let headers = [("x-prompt-id", id), ("x-prompt-key", key)];
        ask(
            &platform,
            "GET",
            &format!("/api/v1/prompts/{id}/v/{version}"),
            &headers,
            "",
        )
        .await
    };
    let latest = fetch("greet", "latest", "prompt-key").await.json();
    assert_eq!(
        (latest["version"].as_u64(), latest["name"].as_str()),
        (Some(2), Some("Greeting"))
    );
    let first = fetch("greet", "1", "prompt-key").await.json();
    assert_eq!(first["content"], "# Greeting\nHello {{name}}");
    assert_eq!(fetch("greet", "1", "wrong").await.status, 401);
    assert_eq!(fetch("greet", "9", "prompt-key").await.status, 404);
    assert_eq!(fetch("nobody", "latest", "prompt-key").await.status, 404);
    let body = r#"{"key":"k","name":"Farewell","content":"Bye"}"#;
    let put = ask(&platform, "PUT", "/local/prompts/part/v/3", &[], body).await;
    assert_eq!(put.status, 204);
    assert_eq!(fetch("part", "latest", "k").await.json()["content"], "Bye");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn remembers_across_restarts_when_it_has_a_file() {
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
