//! Tests answers that are complete, large, cut or missing.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::support::{Case, Platform};
use infinium_core::Answer;
use infinium_core::Failure;
use infinium_core::MAX_ANSWER_SIZE;

for_each_case!(
    reads_up_to_10_mib,
    reads_200_headers,
    follows_no_redirect,
    fails_when_a_success_is_cut,
    keeps_the_status_of_a_refusal_that_is_cut,
    keeps_the_status_of_a_refusal_that_does_not_end_in_time,
    fails_when_there_is_no_answer_in_time,
);

/// Returns the outcome of a request that is answered with these bytes. `then` says whether the connection closes or
/// stays open.
async fn outcome(platform: &Platform, answer: &[u8], then: Then) -> Result<Answer, Failure> {
    let server = async {
        let mut stream = platform.accept().await;
        platform.receive(&mut stream).await;
        // The client may stop reading.
        let _ = stream.write_all(answer).await;
        let _ = stream.flush().await;
        match then {
            Then::Close => drop(stream),
            Then::Wait => std::future::pending().await,
        }
    };
    let client = platform.send();
    tokio::pin!(server, client);
    tokio::select! {
        outcome = &mut client => outcome,
        () = &mut server => client.await,
    }
}

enum Then {
    Close,
    Wait,
}

async fn reads_up_to_10_mib(case: Case) {
    let platform = case.start().await;
    for (length, is_read) in [(MAX_ANSWER_SIZE, true), (MAX_ANSWER_SIZE + 1, false)] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
        let answer = [head.as_bytes(), &vec![b'x'; length]].concat();
        let answer = outcome(&platform, &answer, Then::Close).await.unwrap();
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.body.map(|body| body.len()),
            is_read.then_some(length)
        );
    }
}

async fn reads_200_headers(case: Case) {
    let platform = case.start().await;
    let headers: String = (0..200).map(|index| format!("x-{index}: y\r\n")).collect();
    let answer = format!("HTTP/1.1 200 OK\r\n{headers}content-length: 2\r\n\r\n{{}}");
    let answer = outcome(&platform, answer.as_bytes(), Then::Wait)
        .await
        .unwrap();
    assert_eq!(answer.body.as_deref(), Some("{}"));
}

async fn follows_no_redirect(case: Case) {
    let platform = case.start().await;
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{}/b\r\ncontent-length: 0\r\n\r\n",
        platform.host()
    );
    // A further request would get no answer and fail.
    let answer = outcome(&platform, answer.as_bytes(), Then::Wait)
        .await
        .unwrap();
    assert_eq!((answer.status, answer.body.as_deref()), (307, Some("")));
}

async fn fails_when_a_success_is_cut(case: Case) {
    let platform = case.start().await;
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}";
    let failure = outcome(&platform, answer, Then::Close).await.unwrap_err();
    assert!(
        matches!(
            failure,
            Failure::Network {
                stale: false,
                code: Some("ECONNRESET"),
                ..
            }
        ),
        "{failure:?}"
    );
}

async fn keeps_the_status_of_a_refusal_that_is_cut(case: Case) {
    let platform = case.start().await;
    let answer = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 9\r\n\r\n{}";
    let answer = outcome(&platform, answer, Then::Close).await.unwrap();
    assert_eq!((answer.status, answer.body), (400, None));
}

async fn keeps_the_status_of_a_refusal_that_does_not_end_in_time(mut case: Case) {
    case.limits.timeout = Duration::from_millis(500);
    let platform = case.start().await;
    let answer = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 9\r\n\r\n{}";
    let answer = outcome(&platform, answer, Then::Wait).await.unwrap();
    assert_eq!((answer.status, answer.body), (400, None));
}

async fn fails_when_there_is_no_answer_in_time(mut case: Case) {
    case.limits.timeout = Duration::from_millis(500);
    let platform = case.start().await;
    for answer in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}"] {
        let failure = outcome(&platform, answer, Then::Wait).await.unwrap_err();
        assert!(matches!(failure, Failure::Timeout), "{failure:?}");
    }
}
