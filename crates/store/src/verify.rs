//! Detection of rows that were changed outside Mailgrant.

use sqlx::AnyConnection;

use crate::{
    RowFault, Store, StoreError, account, api_key, audit, authorization,
    integrity::{Integrity, Protected},
    keyring, link, sender, session,
};

/// A row that was changed outside Mailgrant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TamperedRow {
    /// Name of the table.
    pub table: &'static str,
    /// Name of the row if it has one, otherwise its primary key. Never a hash of a token.
    pub row: String,
    /// The kind of tampering.
    pub fault: RowFault,
}

/// Collects invalid rows.
struct Faults(Vec<TamperedRow>);

impl Faults {
    fn check_rows<R: Protected>(
        &mut self,
        integrity: &Integrity,
        rows: &[R],
        name: impl Fn(&R) -> String,
    ) {
        for row in rows {
            if let Some(fault) = integrity.fault(row) {
                self.add(R::TABLE, name(row), fault);
            }
        }
        // Expired rows are removed without a change of the manifest.
        if R::LISTED && !R::EXPIRES {
            for id in integrity.manifest().ids(R::TABLE) {
                if !rows.iter().any(|row| row.id() == id) {
                    self.add(R::TABLE, id.to_owned(), RowFault::Missing);
                }
            }
        }
    }

    fn add(&mut self, table: &'static str, row: String, fault: RowFault) {
        self.0.push(TamperedRow { table, row, fault });
    }

    /// Records a fault if a secret does not open.
    fn opened<T>(&mut self, row: &str, opened: Result<T, StoreError>) -> Result<(), StoreError> {
        match opened {
            Ok(_) => Ok(()),
            Err(StoreError::Unsealable { table, .. } | StoreError::Corrupt { table, .. }) => {
                self.add(table, row.to_owned(), RowFault::Unsealable);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

impl Store {
    /// Finds accounts, sessions, links, API keys, senders, and authorizations that are not
    /// authentic, and secrets that do not open with the values of their rows.
    ///
    /// # Errors
    /// `Database`; `Unsealable` if the key of the audit does not open.
    pub async fn verify_rows(&self) -> Result<Vec<TamperedRow>, StoreError> {
        let mut faults = Faults(Vec::new());
        {
            let mut transaction = self.begin().await?;
            // Every writer of these rows holds the key first, so no row changes until the
            // transaction ends.
            keyring::hold(&mut transaction).await?;
            self.verify_access(&mut transaction, &mut faults).await?;
        }
        self.verify_secrets(&mut faults).await?;
        faults.0.sort();
        Ok(faults.0)
    }

    async fn verify_access(
        &self,
        connection: &mut AnyConnection,
        faults: &mut Faults,
    ) -> Result<(), StoreError> {
        let before = self.keyring.current();
        let seen = audit::read_head(&mut *connection).await?;
        let integrity = self.integrity(&mut *connection, before, &seen).await?;
        let accounts = account::rows(&mut *connection).await?;
        faults.check_rows(&integrity, &accounts, |row| row.name.clone());
        let sessions = session::rows(&mut *connection).await?;
        faults.check_rows(&integrity, &sessions, |row| row.id.clone());
        let links = link::rows(&mut *connection).await?;
        faults.check_rows(&integrity, &links, |row| {
            row.account.clone().unwrap_or_else(|| row.kind.clone())
        });
        let keys = api_key::rows(&mut *connection).await?;
        faults.check_rows(&integrity, &keys, |row| row.name.clone());
        let senders = sender::rows(&mut *connection).await?;
        faults.check_rows(&integrity, &senders, |row| row.name.clone());
        let authorizations = authorization::rows(&mut *connection).await?;
        faults.check_rows(&integrity, &authorizations, |row| row.id().to_owned());
        Ok(())
    }

    async fn verify_secrets(&self, faults: &mut Faults) -> Result<(), StoreError> {
        for center in self.data_centers().await? {
            let (id, name) = (&center.id, center.id.as_str());
            faults.opened(name, self.settings(id).await)?;
            faults.opened(name, self.grant(id).await)?;
            faults.opened(name, self.stored_inbound_webhook(id).await)?;
        }
        for channel in self.alert_channels().await? {
            faults.opened(channel.id.as_str(), self.alert_channel(&channel.id).await)?;
        }
        Ok(())
    }
}
