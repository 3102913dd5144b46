//! Connections to the database: one that writes, and some that read.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::{oneshot, watch};

use super::{error::StoreError, tables};

/// How many writes share a transaction at most.
const MAX_BATCH: usize = 1000;
/// How often the writer looks for changes that another program made.
const POLL: Duration = Duration::from_millis(500);
/// How long a connection waits for another program.
const BUSY: Duration = Duration::from_secs(10);

/// Work for the writer. What it returns is called when the transaction has ended.
type Job = Box<dyn FnOnce(&Connection) -> Reply + Send>;
type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// The connections to one database.
///
/// A thread does all writes. Those that are waiting share a transaction, because a commit costs more
/// than an insert. A file is read through other connections at the same time; a database in memory has
/// only the one connection.
#[derive(Debug)]
pub(super) struct Connections {
    writer: mpsc::Sender<Job>,
    changes: watch::Sender<u64>,
    readers: Option<Arc<Readers>>,
}

impl Connections {
    /// Opens the database in this file, by default in memory.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, StoreError> {
        let mut connection = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "cache_size", -32_000)?;
        connection.set_prepared_statement_cache_capacity(64);
        tables::create(&mut connection)?;
        let (writer, jobs) = mpsc::channel();
        let changes = watch::Sender::new(0);
        let publish = changes.clone();
        // Read here, because another program may write before the thread has begun.
        let known = version(&connection);
        thread::Builder::new()
            .name("database".to_owned())
            .spawn(move || write_batches(&connection, &jobs, &publish, known))
            .map_err(|error| StoreError::new(error.to_string()))?;
        let readers = path.map(|path| {
            Arc::new(Readers {
                path: path.to_owned(),
                idle: Mutex::default(),
            })
        });
        Ok(Self {
            writer,
            changes,
            readers,
        })
    }

    /// A number that grows whenever the database has changed, also when another program changed it.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Writes, and returns when that is committed.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = work(connection);
            Box::new(move |committed| {
                // The request may have been given up.
                let _ = sender.send(committed.and(result));
            })
        });
        let gone = || StoreError::new("the database is closed");
        self.writer.send(job).map_err(|_| gone())?;
        receiver.await.map_err(|_| gone())?
    }

    /// Reads what is committed.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let Some(readers) = self.readers.clone() else {
            return self.write(work).await;
        };
        tokio::task::spawn_blocking(move || readers.read(work))
            .await
            .map_err(|error| StoreError::new(error.to_string()))?
    }
}

/// Connections that read a file and are used again.
#[derive(Debug)]
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let known = idle().pop();
        let connection = match known {
            Some(connection) => connection,
            None => {
                let connection =
                    Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
                connection.busy_timeout(BUSY)?;
                connection.pragma_update(None, "cache_size", -8_000)?;
                connection.pragma_update(None, "query_only", true)?;
                connection
            }
        };
        let result = work(&connection);
        idle().push(connection);
        result
    }
}

/// A number that changes when another program has changed the database.
fn version(connection: &Connection) -> Option<i64> {
    connection
        .pragma_query_value(None, "data_version", |row| row.get(0))
        .ok()
}

/// The thread that writes. It ends when all senders are gone.
fn write_batches(
    connection: &Connection,
    jobs: &mpsc::Receiver<Job>,
    changes: &watch::Sender<u64>,
    mut known: Option<i64>,
) {
    loop {
        let first = match jobs.recv_timeout(POLL) {
            Ok(job) => Some(job),
            Err(mpsc::RecvTimeoutError::Timeout) => None,
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        };
        let Some(first) = first else {
            let now = version(connection);
            if now != known {
                known = now;
                changes.send_modify(|count| *count += 1);
            }
            continue;
        };
        let batch: Vec<Job> = std::iter::once(first)
            .chain(jobs.try_iter().take(MAX_BATCH - 1))
            .collect();
        if write_batch(connection, batch) {
            changes.send_modify(|count| *count += 1);
        }
    }
}

/// Runs these jobs in one transaction. Returns whether they changed anything.
fn write_batch(connection: &Connection, batch: Vec<Job>) -> bool {
    let before = connection.total_changes();
    let begun = connection.execute_batch("BEGIN IMMEDIATE");
    let replies: Vec<Reply> = batch.into_iter().map(|job| job(connection)).collect();
    let ended = begun
        .and_then(|()| connection.execute_batch("COMMIT"))
        .map_err(StoreError::from);
    if ended.is_err() && !connection.is_autocommit() {
        let _ = connection.execute_batch("ROLLBACK");
    }
    for reply in replies {
        reply(ended.clone());
    }
    connection.total_changes() != before
}
