//! Finding rows that were changed from outside.

use sqlx::AnyConnection;

use super::{Integrity, Protected};
use crate::{Store, StoreError, account, api_key, audit, keyring, link, session};

/// The reason why a row is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowFault {
    /// The row was added or changed by somebody without the key, or exchanged with another one.
    Changed,
    /// The row is as it was written, but an older version, or one that had been removed.
    Replayed,
    /// The row was removed by somebody other than Mailgrant.
    Missing,
    /// A secret does not open beside the values of its row: the secret or one of them was changed.
    Unsealable,
}

impl RowFault {
    /// The word for logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Replayed => "replayed",
            Self::Missing => "missing",
            Self::Unsealable => "unsealable",
        }
    }
}

/// A row that was changed from outside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TamperedRow {
    /// Its table.
    pub table: &'static str,
    /// Its name where it has one, else its primary key; never a hash of a token.
    pub row: String,
    /// The fault.
    pub fault: RowFault,
}

/// Collects faults.
pub(crate) struct Faults(Vec<TamperedRow>);

impl Faults {
    fn judge<R: Protected>(
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
        // What expires is removed without a change of the manifest.
        if R::LISTED && !R::EXPIRES {
            for id in integrity.manifest().ids(R::TABLE) {
                if !rows.iter().any(|row| row.id() == id) {
                    self.add(R::TABLE, id.to_owned(), RowFault::Missing);
                }
            }
        }
    }

    pub(crate) fn add(&mut self, table: &'static str, row: String, fault: RowFault) {
        self.0.push(TamperedRow { table, row, fault });
    }

    /// Adds a secret that does not open.
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
    /// Finds accounts, sessions, links and API keys that are not as Mailgrant wrote them, and secrets that do not open
    /// beside the values of their rows.
    ///
    /// # Errors
    /// `Database`; `Unsealable` when the key of the audit does not open.
    pub async fn verify_rows(&self) -> Result<Vec<TamperedRow>, StoreError> {
        let mut faults = Faults(Vec::new());
        {
            let mut transaction = self.begin().await?;
            // No row changes until the end: whoever writes one holds the key first.
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
        let seen = audit::see(&mut *connection).await?;
        let integrity = self.integrity(&mut *connection, before, &seen).await?;
        let accounts = account::rows(&mut *connection).await?;
        faults.judge(&integrity, &accounts, |row| row.name.clone());
        let sessions = session::rows(&mut *connection).await?;
        faults.judge(&integrity, &sessions, |row| row.id.clone());
        let links = link::rows(&mut *connection).await?;
        faults.judge(&integrity, &links, |row| {
            row.account.clone().unwrap_or_else(|| row.kind.clone())
        });
        let keys = api_key::rows(&mut *connection).await?;
        faults.judge(&integrity, &keys, |row| row.name.clone());
        Ok(())
    }

    async fn verify_secrets(&self, faults: &mut Faults) -> Result<(), StoreError> {
        for center in self.data_centers().await? {
            let (id, name) = (&center.id, center.id.as_str());
            faults.opened(name, self.settings(id).await)?;
            faults.opened(name, self.grant(id).await)?;
            faults.opened(name, self.stored_mail_hook(id).await)?;
        }
        for route in self.alert_routes().await? {
            faults.opened(route.id.as_str(), self.alert_route(&route.id).await)?;
        }
        Ok(())
    }
}
