//! Table `drafts`: form input from browsers without WASM, kept until the page shows it again.

use domain::{DataCenterId, SmtpForm, UnixTime};

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("drafts");

impl Store {
    /// Stores the form input of a session for a data center without its secrets. Replaces the
    /// previous draft.
    ///
    /// # Errors
    /// `Database`, also if the data center is gone.
    pub async fn save_draft(
        &self,
        session: &str,
        id: &DataCenterId,
        form: &SmtpForm,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO drafts (session, data_center, form, kept_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (session, data_center)
             DO UPDATE SET form = excluded.form, kept_at = excluded.kept_at",
        )
        .bind(session)
        .bind(id.as_str())
        .bind(TABLE.write_json("form", &form.without_secrets())?)
        .bind(now.0)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Returns the draft of a session for a data center.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn draft(
        &self,
        session: &str,
        id: &DataCenterId,
    ) -> Result<Option<SmtpForm>, StoreError> {
        let form: Option<String> =
            sqlx::query_scalar("SELECT form FROM drafts WHERE session = $1 AND data_center = $2")
                .bind(session)
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
        form.map(|form| TABLE.read_json("form", &form)).transpose()
    }

    /// Deletes the draft of a session for a data center.
    ///
    /// # Errors
    /// `Database`.
    pub async fn delete_draft(&self, session: &str, id: &DataCenterId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM drafts WHERE session = $1 AND data_center = $2")
            .bind(session)
            .bind(id.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Deletes the drafts stored before `before`.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_drafts(&self, before: UnixTime) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM drafts WHERE kept_at < $1")
            .bind(before.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
