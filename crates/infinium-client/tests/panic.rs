//! A bug in the client, or in a caller's input, ends one call only.
#![expect(clippy::panic, reason = "the bug of the test")]

use std::sync::mpsc::channel;

use infinium_client::{Client, Config, ErrorKind, TaskText};

/// A task whose text cannot be read without a panic.
struct PanickingTask;

impl TaskText for PanickingTask {
    fn read<R>(&self, _: impl FnOnce(&str) -> R) -> R {
        panic!("a bug");
    }
}

#[tokio::test]
async fn a_panic_is_an_error_of_its_call() {
    let mut config = Config::new("agent-1", "secret-0123");
    config.base_url = "http://127.0.0.1:1".to_owned();
    let client = Client::new(config).unwrap();
    let (sender, receiver) = channel();
    client.submit(client.begin().unwrap(), PanickingTask, move |result| {
        sender.send(result.unwrap_err().kind()).unwrap();
    });
    assert!(client.flush(None).await);
    assert_eq!(receiver.recv().unwrap(), ErrorKind::Unexpected);
    // The failure is counted, and the next call works as usual.
    let stats = client.stats();
    assert_eq!((stats.submitted, stats.pending), (1, 0));
    let invalid = client.begin().unwrap().send("{}").await;
    assert_eq!(invalid.unwrap_err().kind(), ErrorKind::Validation);
}
