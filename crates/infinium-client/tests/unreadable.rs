//! Tests spooled tasks while the disk fails.

use std::{fs, path::PathBuf, time::Duration};

use infinium_client::{Client, Config};
use tokio::time::timeout;

#[tokio::test(start_paused = true)]
async fn unreadable_tasks_stay_pending_without_blocking_a_flush() {
    let name = format!("infinium-spool-{}", uuid::Uuid::new_v4());
    let directory = std::env::temp_dir().join(name);
    let mut config = Config::new("agent-1", "secret-0123");
    config.base_url = "http://127.0.0.1:1".to_owned();
    config.spool_directory = Some(directory.clone());
    let client = Client::new(config).unwrap();
    let task = r#"{"name":"n","description":"d","duration":1}"#;
    client.enqueue(task, Some("2026-11-23T09:30:00Z")).unwrap();
    // Reads of any file fail with an error other than "not found".
    let below = |path: PathBuf| fs::read_dir(path).unwrap().map(|it| it.unwrap().path());
    let mut clients = below(directory.clone()).flat_map(below);
    let home = clients.find(|path| path.is_dir()).unwrap();
    let away = directory.join("away");
    fs::rename(&home, &away).unwrap();
    fs::write(&home, "").unwrap();

    let flushed = timeout(Duration::from_secs(60), client.flush(None)).await;
    assert_eq!(flushed, Ok(false));
    let stats = client.stats();
    assert_eq!((stats.pending, stats.spool.tasks), (1, 1));
    assert_eq!(fs::read_dir(&away).unwrap().count(), 1);
    fs::remove_dir_all(&directory).unwrap();
}
