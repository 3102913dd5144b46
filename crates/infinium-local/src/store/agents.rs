//! The secrets of agents.

use super::{database::Store, error::StoreError};

impl Store {
    /// Returns the secret of an agent. An unknown agent is stored with the secret it offers.
    pub(crate) async fn secret_or_insert(
        &self,
        agent: &str,
        offered: &str,
    ) -> Result<String, StoreError> {
        if let Some(secret) = self.known_secret(agent) {
            return Ok(secret);
        }
        let (name, offered) = (agent.to_owned(), offered.to_owned());
        let secret: String = self
            .write(move |connection| {
                connection
                    .prepare_cached("INSERT OR IGNORE INTO secrets (agent, secret) VALUES (?, ?)")?
                    .execute([&name, &offered])?;
                let mut find =
                    connection.prepare_cached("SELECT secret FROM secrets WHERE agent = ?")?;
                Ok(find.query_row([&name], |row| row.get(0))?)
            })
            .await?;
        self.remember_secret(agent, &secret);
        Ok(secret)
    }
}
