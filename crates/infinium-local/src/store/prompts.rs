//! Prompts that tests have stored.

use rusqlite::{OptionalExtension, params};

use super::{database::Store, error::StoreError};

/// One version of a prompt.
#[derive(Debug)]
pub(crate) struct Prompt {
    pub(crate) version: u64,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) content: String,
    pub(crate) created_ms: i64,
}

impl Store {
    pub(crate) async fn put_prompt(&self, id: String, prompt: Prompt) -> Result<(), StoreError> {
        self.write(move |connection| {
            let Prompt {
                version,
                key,
                name,
                content,
                created_ms,
            } = prompt;
            connection.execute(
                "INSERT OR REPLACE INTO prompts (id, version, key, name, content, created_ms)
                 VALUES (?, ?, ?, ?, ?, ?)",
                params![id, version.cast_signed(), key, name, content, created_ms],
            )?;
            Ok(())
        })
        .await
    }

    /// Finds a prompt in this version, by default in the latest.
    pub(crate) async fn prompt(
        &self,
        id: String,
        version: Option<u64>,
    ) -> Result<Option<Prompt>, StoreError> {
        self.read(move |connection| {
            let found = connection
                .query_row(
                    "SELECT version, key, name, content, created_ms FROM prompts
                     WHERE id = ?1 AND (?2 IS NULL OR version = ?2) ORDER BY version DESC LIMIT 1",
                    params![id, version.map(u64::cast_signed)],
                    |row| {
                        Ok(Prompt {
                            version: row.get::<_, i64>(0)?.cast_unsigned(),
                            key: row.get(1)?,
                            name: row.get(2)?,
                            content: row.get(3)?,
                            created_ms: row.get(4)?,
                        })
                    },
                )
                .optional()?;
            Ok(found)
        })
        .await
    }
}
