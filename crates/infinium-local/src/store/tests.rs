//! What HTTP does not show: retention, export and import, other programs.

use std::path::PathBuf;

use super::{Filter, NewTrace, Retention, Sort, Store, Trace};

struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn new(name: &str) -> Self {
        let file = format!("infinium-local-{name}-{}.db", std::process::id());
        let file = Self(std::env::temp_dir().join(file));
        file.remove();
        file
    }

    fn remove(&self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        self.remove();
    }
}

fn trace(id: &str, received_ms: i64) -> NewTrace {
    let body = format!("{{\"name\":\"{id}\",\n\"duration\":1.50}}");
    let parsed = serde_json::from_str(&body).unwrap();
    let trace = Trace {
        id: id.to_owned(),
        agent: "a".to_owned(),
        received_ms,
        source: "infinium".to_owned(),
        body,
    };
    NewTrace::new(trace, Some(format!("key of {id}")), &parsed)
}

async fn ids(store: &Store) -> Vec<String> {
    let page = store
        .list(Filter::default(), Sort::Oldest, None, 10_000)
        .await;
    page.unwrap()
        .traces
        .into_iter()
        .map(|row| row.trace_id)
        .collect()
}

async fn found(store: &Store, text: &str) -> usize {
    let filter = Filter {
        text: Some(text.to_owned()),
        ..Filter::default()
    };
    let page = store.list(filter, Sort::Newest, None, 10_000).await;
    page.unwrap().traces.len()
}

#[tokio::test]
async fn deletes_what_is_too_old() {
    let store = Store::open(None).unwrap();
    for number in 0..1200 {
        store
            .insert(trace(&format!("t{number}"), number))
            .await
            .unwrap();
    }
    let keep = Retention {
        max_age_ms: Some(100),
        max_bytes: None,
    };
    assert_eq!(store.retain(keep, 1200).await.unwrap(), 1100);
    let left = ids(&store).await;
    assert_eq!((left.len(), left[0].as_str()), (100, "t1100"));
    assert_eq!(
        (found(&store, "t1099").await, found(&store, "t1100").await),
        (0, 1)
    );
    assert_eq!(
        store.retain(Retention::default(), i64::MAX).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn deletes_the_oldest_when_there_is_too_much() {
    let store = Store::open(None).unwrap();
    for number in 0..2000 {
        store
            .insert(trace(&format!("t{number}"), number))
            .await
            .unwrap();
    }
    let keep = Retention {
        max_age_ms: None,
        max_bytes: Some(300_000),
    };
    let deleted = store.retain(keep, 0).await.unwrap();
    let left = ids(&store).await;
    assert!(deleted > 0 && !left.is_empty(), "{deleted} deleted");
    assert_eq!(left.last().map(String::as_str), Some("t1999"));
    assert_eq!(store.retain(keep, 0).await.unwrap(), 0);
}

#[tokio::test]
async fn imports_what_it_has_exported_and_nothing_twice() {
    let store = Store::open(None).unwrap();
    for number in 0..700 {
        store
            .insert(trace(&format!("t{number}"), number))
            .await
            .unwrap();
    }
    let mut lines = Vec::new();
    assert_eq!(store.export(&mut lines).await.unwrap(), 700);
    let other = Store::open(None).unwrap();
    let imported = other.import(lines.as_slice()).await.unwrap();
    assert_eq!((imported.stored, imported.known), (700, 0));
    let again = other.import(lines.as_slice()).await.unwrap();
    assert_eq!((again.stored, again.known), (0, 700));
    assert_eq!(ids(&other).await, ids(&store).await);
    let copy = other.trace("t7".to_owned()).await.unwrap().unwrap();
    assert_eq!(
        (copy.body.as_str(), copy.received_ms),
        ("{\"name\":\"t7\", \"duration\":1.50}", 7)
    );
    let error = other.import("\n{}\n".as_bytes()).await.unwrap_err();
    assert!(error.to_string().starts_with("line 2: "), "{error}");
}

#[tokio::test]
async fn sees_what_another_program_has_stored() {
    let file = TemporaryFile::new("two");
    let one = Store::open(Some(&file.0)).unwrap();
    let other = Store::open(Some(&file.0)).unwrap();
    let mut changes = one.changes();
    other.insert(trace("t1", 1)).await.unwrap();
    changes.changed().await.unwrap();
    assert_eq!(ids(&one).await, ["t1"]);
    other.delete_traces().await.unwrap();
    other.shrink().await.unwrap();
    assert_eq!((ids(&one).await.len(), found(&one, "t1").await), (0, 0));
}

#[tokio::test]
async fn refuses_a_file_of_another_program() {
    let file = TemporaryFile::new("foreign");
    let connection = rusqlite::Connection::open(&file.0).unwrap();
    connection.execute_batch("CREATE TABLE mine (x)").unwrap();
    let error = Store::open(Some(&file.0)).unwrap_err();
    assert!(error.to_string().contains("another version"), "{error}");
}

#[tokio::test]
async fn reports_an_insert_that_fails_without_failing_its_neighbours() {
    let store = Store::open(None).unwrap();
    let mut twin = trace("t1", 1);
    twin.idempotency_key = None;
    let (first, second, third) = tokio::join!(
        store.insert(trace("t1", 1)),
        store.insert(twin),
        store.insert(trace("t2", 2))
    );
    assert!(first.is_ok() && third.is_ok());
    assert!(second.unwrap_err().to_string().contains("UNIQUE"));
    assert_eq!(ids(&store).await, ["t1", "t2"]);
}
