//! Tests when connections are opened, kept, distrusted and closed.

use std::{cell::Cell, time::Duration};

use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, sleep, timeout},
};

use super::support::{Case, Kind, Platform, Stream, settle};
use crate::transport::incoming::FRESH;
use infinium_core::Failure;

for_each_case!(
    names_the_host_and_the_path,
    sends_one_request_after_another_over_the_same_connection,
    sends_requests_at_once_over_as_many_connections,
    opens_a_new_connection_after_the_server_closed_the_idle_ones,
    closes_a_connection_that_is_idle_for_long,
    opens_a_new_connection_after_the_process_was_frozen,
    closes_kept_connections_after_a_timeout,
    closes_its_connections_when_dropped,
    marks_a_connection_stale_if_it_was_idle_before_the_request,
    closes_the_connection_of_a_request_that_is_dropped,
    needs_one_connection_for_many_requests_of_http_2,
);
/// Reads close every connection after a timeout instead.
mod writes_only {
    use super::{
        counts_no_answer_that_http_2_resets,
        keeps_a_connection_that_was_used_since_a_timed_out_request_began,
    };

    for_each_write!(
        counts_no_answer_that_http_2_resets,
        keeps_a_connection_that_was_used_since_a_timed_out_request_began,
    );
}

async fn names_the_host_and_the_path(case: Case) {
    let platform = case.start().await;
    let server = async { platform.serve(&mut platform.accept().await).await };
    let (seen, ()) = tokio::join!(server, platform.exchange());
    let first = format!("{} /a?b HTTP/1.1\r\n", platform.request.method);
    assert!(seen.starts_with(&first), "{seen}");
    let host = format!("host: {}\r\n", platform.host());
    assert!(seen.contains(&host), "{seen}");
}

async fn sends_one_request_after_another_over_the_same_connection(case: Case) {
    let platform = case.start().await;
    let server = async {
        let mut stream = platform.accept().await;
        for _ in 0..3 {
            platform.serve(&mut stream).await;
        }
    };
    let client = async {
        for _ in 0..3 {
            platform.exchange().await;
        }
    };
    tokio::join!(server, client);
}

async fn sends_requests_at_once_over_as_many_connections(case: Case) {
    let platform = case.start().await;
    let server = async {
        let mut one = platform.accept().await;
        let mut other = platform.accept().await;
        for _ in 0..2 {
            tokio::join!(platform.serve(&mut one), platform.serve(&mut other));
        }
    };
    let client = async {
        for _ in 0..2 {
            tokio::join!(platform.exchange(), platform.exchange());
        }
    };
    tokio::join!(server, client);
}

async fn opens_a_new_connection_after_the_server_closed_the_idle_ones(case: Case) {
    let platform = case.start().await;
    for _ in 0..2 {
        let server = async { platform.serve(&mut platform.accept().await).await };
        tokio::join!(server, platform.exchange());
        settle().await;
    }
}

async fn closes_a_connection_that_is_idle_for_long(mut case: Case) {
    case.limits.max_idle = Duration::from_millis(20);
    let platform = case.start().await;
    for _ in 0..2 {
        let server = async {
            let mut stream = platform.accept().await;
            platform.serve(&mut stream).await;
            stream
        };
        let (mut stream, ()) = tokio::join!(server, platform.exchange());
        assert!(is_closed(&mut stream).await);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "blocks the runtime, to simulate a frozen process"
)]
async fn opens_a_new_connection_after_the_process_was_frozen(mut case: Case) {
    case.limits.max_idle = Duration::from_millis(200);
    let platform = case.start().await;
    let mut streams = Vec::new();
    for _ in 0..2 {
        let server = async {
            let mut stream = platform.accept().await;
            platform.serve(&mut stream).await;
            streams.push(stream);
        };
        tokio::join!(server, platform.exchange());
        std::thread::sleep(Duration::from_millis(210));
    }
}

async fn closes_kept_connections_after_a_timeout(mut case: Case) {
    case.limits.timeout = Duration::from_secs(1);
    let platform = case.start().await;
    let server = async {
        let mut one = platform.accept().await;
        let mut other = platform.accept().await;
        tokio::join!(platform.serve(&mut one), platform.serve(&mut other));
        (one, other)
    };
    let both = async { tokio::join!(platform.exchange(), platform.exchange()) };
    let ((mut one, mut other), _) = tokio::join!(server, both);
    // This request uses one of the two connections.
    let failure = platform.send().await.unwrap_err();
    assert!(matches!(failure, Failure::Timeout), "{failure:?}");
    assert!(is_closed(&mut one).await && is_closed(&mut other).await);
    let server = async { platform.serve(&mut platform.accept().await).await };
    tokio::join!(server, platform.exchange());
}

async fn keeps_a_connection_that_was_used_since_a_timed_out_request_began(mut case: Case) {
    case.limits.timeout = Duration::from_secs(1);
    let platform = case.start().await;
    let unanswered = async {
        let failure = platform.send().await.unwrap_err();
        assert!(matches!(failure, Failure::Timeout), "{failure:?}");
    };
    let answered = async {
        let mut silent = platform.accept().await;
        platform.receive(&mut silent).await;
        let server = async {
            let mut stream = platform.accept().await;
            platform.serve(&mut stream).await;
            stream
        };
        let (stream, ()) = tokio::join!(server, platform.exchange());
        (stream, silent)
    };
    let ((mut stream, _silent), ()) = tokio::join!(answered, unanswered);
    tokio::join!(platform.serve(&mut stream), platform.exchange());
}

async fn closes_its_connections_when_dropped(case: Case) {
    let mut platform = case.start().await;
    let server = async {
        let mut stream = platform.accept().await;
        platform.serve(&mut stream).await;
        stream
    };
    let (mut stream, ()) = tokio::join!(server, platform.exchange());
    platform.http = Case::new(case.kind, case.network).start().await.http;
    assert!(is_closed(&mut stream).await);
}

async fn marks_a_connection_stale_if_it_was_idle_before_the_request(case: Case) {
    for (idle, half, expected) in [
        (0, false, false),
        (0, true, false),
        (150, false, true),
        (150, true, false),
    ] {
        let idle = Duration::from_millis(idle);
        let (mut failure, mut idled) = fail_after(case, idle, half).await;
        // A busy machine may have paused where the test expects no pause.
        while idle.is_zero() && idled >= FRESH {
            (failure, idled) = fail_after(case, idle, half).await;
        }
        assert!(
            matches!(failure, Failure::Network { stale, .. } if stale == expected),
            "{idle:?} {half} {failure:?}"
        );
    }
}

/// Returns the failure of a request over a connection that had been `idle`, and the maximum idle time. The server
/// closes the connection before the answer or, with `half`, after half of it.
async fn fail_after(case: Case, idle: Duration, half: bool) -> (Failure, Duration) {
    let platform = case.start().await;
    let answered = Cell::new(Instant::now());
    let server = async {
        let mut stream = platform.accept().await;
        platform.serve(&mut stream).await;
        answered.set(Instant::now());
        platform.receive(&mut stream).await;
        // The server's processing time is not idle time.
        sleep(Duration::from_millis(150)).await;
        if half {
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}";
            stream.write_all(answer).await.unwrap();
            stream.flush().await.unwrap();
        }
    };
    let client = async {
        platform.exchange().await;
        sleep(idle).await;
        let idled = answered.get().elapsed();
        (platform.send().await.unwrap_err(), idled)
    };
    tokio::join!(server, client).1
}

async fn closes_the_connection_of_a_request_that_is_dropped(case: Case) {
    let platform = case.start().await;
    let (http, request) = (platform.http.clone(), platform.request.clone());
    let client = tokio::spawn(async move { http.send(&request).await });
    let mut stream = platform.accept().await;
    platform.receive(&mut stream).await;
    client.abort();
    assert!(is_closed(&mut stream).await);
}

/// Serves the next connection with HTTP/2. `answer` sends each answer.
async fn serve_http2(
    platform: &Platform,
    answer: impl Fn(h2::server::SendResponse<Bytes>) + Clone + Send + 'static,
) {
    let mut connection = h2::server::handshake(platform.accept().await)
        .await
        .unwrap();
    while let Some(Ok((mut request, respond))) = connection.accept().await {
        let answer = answer.clone();
        tokio::spawn(async move {
            while let Some(Ok(data)) = request.body_mut().data().await {
                let mut flow = request.body_mut().flow_control().clone();
                let _ = flow.release_capacity(data.len());
            }
            answer(respond);
        });
    }
}

async fn counts_no_answer_that_http_2_resets(mut case: Case) {
    if !case.is_tls() {
        return;
    }
    case.is_http2 = true;
    let platform = case.start().await;
    let server = serve_http2(&platform, |mut respond| {
        let head = http::Response::new(());
        let mut stream = respond.send_response(head, false).unwrap();
        stream.send_data("{}".into(), false).unwrap();
        stream.send_reset(h2::Reason::NO_ERROR);
    });
    tokio::select! {
        outcome = platform.send() => {
            assert!(matches!(outcome, Err(Failure::Network { .. })), "{outcome:?}");
        }
        () = server => panic!("the connection was closed"),
    }
}

async fn needs_one_connection_for_many_requests_of_http_2(mut case: Case) {
    if !case.is_tls() {
        return;
    }
    case.is_http2 = true;
    let platform = case.start().await;
    let server = serve_http2(&platform, |mut respond| {
        let head = http::Response::new(());
        let mut stream = respond.send_response(head, false).unwrap();
        stream.send_data("{}".into(), true).unwrap();
    });
    let client = async {
        if case.kind == Kind::Read {
            platform.exchange().await;
        }
        // None of the writes knows yet that a connection can be shared.
        let cold = (0..20).map(|_| platform.exchange());
        futures_util::future::join_all(cold).await;
    };
    // A second connection would get no answer, because nothing accepts it.
    tokio::select! {
        () = client => {}
        () = server => panic!("the connection was closed"),
    }
}

/// Whether the client closes the connection soon.
async fn is_closed(stream: &mut impl Stream) -> bool {
    let mut rest = Vec::new();
    // Closing without TLS's last message is an error.
    timeout(Duration::from_secs(10), stream.read_to_end(&mut rest))
        .await
        .is_ok()
}
