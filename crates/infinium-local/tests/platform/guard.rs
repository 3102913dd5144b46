//! Requests from other machines, other web pages, and clients that are too slow.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, TcpStream},
    time::Duration,
};

use infinium_local::{Options, Platform};

use crate::support::{HEADERS, TASK, TRACE_PATH, ask, request, start};

/// Reads what the server sends until it closes the connection.
async fn read_until_closed(platform: &Platform, sent: String) -> String {
    let address = platform.address();
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream.write_all(sent.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_names_that_could_be_rebound_to_this_machine() {
    let platform = start(Options {
        allowed_hosts: vec!["box.internal".to_owned()],
        ..Options::default()
    })
    .await;
    for path in ["/", "/local/traces", "/local/faults", TRACE_PATH] {
        let foreign = [("host", "attacker.example")];
        let reply = ask(&platform, "GET", path, &foreign, "").await;
        assert_eq!(reply.status, 403, "{path}");
        assert!(reply.body.contains("--allow-host"), "{}", reply.body);
    }
    for host in ["127.0.0.1:1", "[::1]", "localhost", "box.internal:8080"] {
        let reply = ask(&platform, "GET", "/local/stats", &[("host", host)], "").await;
        assert_eq!(reply.status, 200, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_requests_from_pages_of_other_sites() {
    let platform = start(Options::default()).await;
    let status = async |method: &str, headers: &[(&str, &str)]| {
        ask(&platform, method, "/local/faults", headers, "[]")
            .await
            .status
    };
    assert_eq!(
        status("PUT", &[("origin", "http://attacker.example")]).await,
        403
    );
    assert_eq!(status("PUT", &[("origin", "null")]).await, 403);
    assert_eq!(
        status("PUT", &[("origin", "http://localhost:1")]).await,
        403
    );
    assert_eq!(
        status("GET", &[("sec-fetch-site", "cross-site")]).await,
        403
    );
    assert_eq!(
        status("GET", &[("sec-fetch-site", "same-origin")]).await,
        200
    );
    assert_eq!(status("PUT", &[("origin", "http://localhost")]).await, 204);
    assert_eq!(status("PUT", &[]).await, 204);
    let mut headers = HEADERS.to_vec();
    headers.push(("origin", "http://attacker.example"));
    let sent = ask(&platform, "POST", TRACE_PATH, &headers, TASK).await;
    assert_eq!(sent.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn requires_the_token_for_everything_but_traces() {
    let platform = start(Options {
        token: Some("correct-horse".to_owned()),
        ..Options::default()
    })
    .await;
    assert!(platform.viewer().ends_with("/?token=correct-horse"));
    let status = async |path: &str, headers: &[(&str, &str)]| {
        ask(&platform, "GET", path, headers, "").await.status
    };
    assert_eq!(status("/", &[]).await, 401);
    assert_eq!(status("/local/traces", &[]).await, 401);
    assert_eq!(status("/local/traces?token=correct-horse", &[]).await, 401);
    assert_eq!(
        status("/local/traces", &[("authorization", "Bearer wrong")]).await,
        401
    );
    assert_eq!(
        status(
            "/local/traces",
            &[("authorization", "Bearer correct-horse")]
        )
        .await,
        200
    );
    assert_eq!(status("/?token=wrong", &[]).await, 401);
    let signed_in = ask(&platform, "GET", "/?token=correct-horse", &[], "").await;
    assert_eq!(signed_in.status, 303);
    assert!(signed_in.head.contains("httponly; samesite=strict"));
    let cookie = [("cookie", "other=1; infinium-local=correct-horse")];
    assert_eq!(status("/local/traces", &cookie).await, 200);
    let sent = ask(&platform, "POST", TRACE_PATH, &HEADERS, TASK).await;
    assert_eq!(sent.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn needs_a_token_when_other_machines_can_connect() {
    let platform = start(Options {
        host: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        ..Options::default()
    })
    .await;
    assert!(platform.url().starts_with("http://127.0.0.1:"));
    let (_, token) = platform
        .viewer()
        .split_once("/?token=")
        .map(|(url, token)| (url.to_owned(), token.to_owned()))
        .unwrap();
    assert_eq!(ask(&platform, "GET", "/", &[], "").await.status, 401);
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(ask(&platform, "GET", "/", &headers, "").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn closes_connections_whose_headers_or_body_are_too_slow() {
    let platform = start(Options {
        header_timeout: Duration::from_millis(50),
        body_timeout: Duration::from_millis(50),
        ..Options::default()
    })
    .await;
    let unfinished = "GET /local/stats HTTP/1.1\r\nhost: localhost\r\n".to_owned();
    assert_eq!(read_until_closed(&platform, unfinished).await, "");
    let whole = request("POST", TRACE_PATH, &HEADERS, TASK);
    let unfinished = whole[..whole.len() - 1].to_owned();
    let answer = read_until_closed(&platform, unfinished).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_browsers_from_using_answers_for_anything_else() {
    let platform = start(Options::default()).await;
    for path in ["/", "/local/traces"] {
        let head = ask(&platform, "GET", path, &[], "").await.head;
        for header in [
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cross-origin-resource-policy: same-origin",
        ] {
            assert!(head.contains(header), "{path}: {head}");
        }
    }
}
