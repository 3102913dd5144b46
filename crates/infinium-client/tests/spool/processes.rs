//! Processes that end, and the processes that deliver their tasks.

use std::{
    collections::BTreeSet,
    env, fs,
    fs::File,
    future,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use infinium_client::{Client, Config};

use crate::server::Server;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A directory that is removed on drop.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let path = env::temp_dir().join(format!("infinium-processes-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn spool(&self) -> PathBuf {
        self.0.join("spool")
    }

    /// The parent of the directories of all clients.
    fn root(&self) -> PathBuf {
        let mut found = fs::read_dir(self.spool()).unwrap();
        found.next().unwrap().unwrap().path()
    }

    /// The files of tasks, in this order.
    fn tasks(&self) -> BTreeSet<PathBuf> {
        let clients = fs::read_dir(self.root()).unwrap().flatten();
        let files = clients.flat_map(|client| fs::read_dir(client.path()).into_iter().flatten());
        let paths = files.flatten().map(|file| file.path());
        paths
            .filter(|path| path.extension().is_some_and(|it| it == "task"))
            .collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A client with a spool. It looks for orphans again and again.
fn client(url: &str, spool: &Path) -> Client {
    let mut config = Config::new("agent-1", "secret-0123");
    config.base_url = url.to_owned();
    config.rate_limiting = false;
    config.max_concurrency = 4;
    config.spool_directory = Some(spool.to_owned());
    config.spool_rescan = Duration::from_millis(20);
    let client = Client::new(config).unwrap();
    client.recover(|| {});
    client
}

/// Runs the test `child` in a process of its own, after the shell command `before`.
fn start(role: &str, before: &str, server: &Server, scratch: &Scratch) -> Child {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("{before}; exec \"$0\" \"$@\""));
    command.arg(env::current_exe().unwrap());
    command.args(["--exact", "processes::child", "--nocapture"]);
    command.env("SPOOL_TEST_ROLE", role);
    command.env("SPOOL_TEST_URL", &server.url);
    command.env("SPOOL_TEST_SCRATCH", &scratch.0);
    command.stdout(Stdio::null()).spawn().unwrap()
}

/// What a process of these tests does. Without a role, nothing.
#[test]
fn child() {
    let Ok(role) = env::var("SPOOL_TEST_ROLE") else {
        return;
    };
    let url = env::var("SPOOL_TEST_URL").unwrap();
    let scratch = PathBuf::from(env::var("SPOOL_TEST_SCRATCH").unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = client(&url, &scratch.join("spool"));
        if let Some(count) = role.strip_prefix("leave ") {
            for _ in 0..count.parse().unwrap() {
                let task = r#"{"name":"n","description":"d","duration":1}"#;
                assert!(client.enqueue(task, Some("2026-11-23T09:30:00Z")).unwrap());
            }
            // Nothing was sent so far. Now everything is, until the process is killed.
            return future::pending().await;
        }
        let mut most = 0;
        let mut done = std::pin::pin!(client.flush(None));
        loop {
            let tick = tokio::time::timeout(Duration::from_millis(1), &mut done).await;
            // The program opens files of its own, while a few descriptors are left.
            let mine: Result<Vec<_>, _> = (0..20).map(|_| File::open("/dev/null")).collect();
            assert!(mine.is_ok(), "{mine:?}");
            let all = fs::read_dir("/dev/fd").unwrap().count();
            most = most.max(all - 20);
            if let Ok(all) = tick {
                assert!(all);
                break;
            }
        }
        assert!(most < 40, "{most} descriptors");
        let stats = client.stats();
        assert_eq!(stats.delivered, stats.submitted);
        let name = format!("delivered-{}", std::process::id());
        fs::write(scratch.join(name), stats.delivered.to_string()).unwrap();
        client.close(None).await;
    });
}

/// Leaves this many tasks of a killed process behind. Returns the keys that were sent.
fn leave(count: usize, server: &Server, scratch: &Scratch) {
    let mut process = start(&format!("leave {count}"), "true", server, scratch);
    server.keys.recv_timeout(PATIENCE).unwrap();
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(scratch.tasks().len(), count);
}

#[test]
fn delivers_what_an_older_process_leaves_that_ends_later() {
    let (server, scratch) = (Server::start(), Scratch::new());
    let mut old = start("leave 3", "true", &server, &scratch);
    let sent: BTreeSet<_> = (0..3)
        .map(|_| server.keys.recv_timeout(PATIENCE).unwrap())
        .collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let new = client(&server.url, &scratch.spool());
        assert!(new.flush(Some(PATIENCE)).await);
        assert_eq!(new.stats().submitted, 0);
        old.kill().unwrap();
        old.wait().unwrap();
        server.answer();
        let again: BTreeSet<_> = (0..3)
            .map(|_| server.keys.recv_timeout(PATIENCE).unwrap())
            .collect();
        assert_eq!(again, sent);
        assert!(new.close(None).await);
        assert_eq!((new.stats().delivered, new.stats().spool.adopted), (3, 3));
    });
    assert_eq!(scratch.tasks().len(), 0);
}

#[test]
fn needs_few_descriptors_for_the_directories_of_many_processes() {
    const PROCESSES: usize = 1_500;
    let (server, scratch) = (Server::start(), Scratch::new());
    leave(PROCESSES, &server, &scratch);
    // As if each task was of another process.
    for (number, task) in scratch.tasks().into_iter().enumerate() {
        let directory = scratch.root().join(format!("{number:032x}"));
        fs::create_dir(&directory).unwrap();
        fs::rename(&task, directory.join(task.file_name().unwrap())).unwrap();
    }
    while server.keys.try_recv().is_ok() {}
    server.answer();
    // Two processes start at once and share the work.
    let both = [(); 2].map(|()| start("deliver", "ulimit -n 64", &server, &scratch));
    for mut process in both {
        assert!(process.wait().unwrap().success());
    }
    let keys: Vec<_> = server.keys.try_iter().collect();
    let different: BTreeSet<_> = keys.iter().collect();
    assert_eq!(scratch.tasks().len(), 0, "everything is delivered");
    assert_eq!((keys.len(), different.len()), (PROCESSES, PROCESSES));
}
