//! The tables of the database.

use rusqlite::Connection;

use super::error::StoreError;

/// Says which tables a file has. A change of the tables needs another number.
const VERSION: i64 = 2;

const TABLES: &str = "
    CREATE TABLE traces (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        agent TEXT NOT NULL,
        idempotency_key TEXT,
        received_ms INTEGER NOT NULL,
        source TEXT NOT NULL,
        name TEXT NOT NULL,
        duration_ms REAL NOT NULL,
        steps INTEGER NOT NULL,
        failed_steps INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        error TEXT,
        outcome TEXT,
        session TEXT,
        models TEXT NOT NULL,
        prompt_tokens INTEGER NOT NULL,
        completion_tokens INTEGER NOT NULL,
        tokens INTEGER NOT NULL,
        cost_usd REAL,
        bytes INTEGER NOT NULL,
        UNIQUE (agent, idempotency_key)
    );
    CREATE INDEX traces_by_agent ON traces (agent);
    CREATE INDEX traces_by_time ON traces (received_ms);
    CREATE INDEX traces_by_session ON traces (session) WHERE session IS NOT NULL;
    CREATE INDEX traces_that_failed ON traces (number) WHERE failed = 1;
    CREATE INDEX traces_by_duration ON traces (duration_ms);
    CREATE INDEX traces_by_tokens ON traces (tokens);
    CREATE INDEX traces_by_cost ON traces (cost_usd) WHERE cost_usd IS NOT NULL;
    CREATE TABLE bodies (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
    CREATE VIRTUAL TABLE search USING fts5 (
        text, content = '', contentless_delete = 1, tokenize = 'unicode61', detail = 'full'
    );
    CREATE TABLE model_use (
        model TEXT NOT NULL,
        number INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        failures INTEGER NOT NULL,
        total_ms REAL NOT NULL,
        tokens INTEGER NOT NULL,
        cost_usd REAL NOT NULL,
        PRIMARY KEY (model, number)
    ) WITHOUT ROWID;
    CREATE INDEX model_use_by_trace ON model_use (number);
    CREATE TABLE tool_use (
        tool TEXT NOT NULL,
        number INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        failures INTEGER NOT NULL,
        total_ms REAL NOT NULL,
        PRIMARY KEY (tool, number)
    ) WITHOUT ROWID;
    CREATE INDEX tool_use_by_trace ON tool_use (number);
    CREATE TABLE tags (
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (key, value, number)
    ) WITHOUT ROWID;
    CREATE INDEX tags_by_trace ON tags (number);
    CREATE TABLE rejected (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        received_ms INTEGER NOT NULL,
        agent TEXT NOT NULL,
        status INTEGER NOT NULL,
        message TEXT NOT NULL,
        errors TEXT NOT NULL,
        headers TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        body TEXT NOT NULL
    );
    CREATE TABLE spans (
        trace TEXT NOT NULL,
        span TEXT NOT NULL,
        received_ms INTEGER NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (trace, span)
    ) WITHOUT ROWID;
    CREATE INDEX spans_by_time ON spans (received_ms);
    CREATE TABLE secrets (agent TEXT PRIMARY KEY, secret TEXT NOT NULL);
    CREATE TABLE prompts (
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        key TEXT NOT NULL,
        name TEXT NOT NULL,
        content TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        PRIMARY KEY (id, version)
    );
";

/// Makes the tables of a new database, and refuses one that has other tables.
pub(super) fn create(connection: &mut Connection) -> Result<(), StoreError> {
    // Two programs may open the same new file at once; one of them makes the tables.
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (version, tables) {
        (VERSION, _) => return Ok(()),
        (0, 0) => {}
        _ => {
            return Err(StoreError::new(
                "it was made by another version or program; choose another file, or delete it",
            ));
        }
    }
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(transaction.commit()?)
}
