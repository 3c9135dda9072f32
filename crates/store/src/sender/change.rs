//! Adding, changing, and removing senders.

use std::sync::Arc;

use domain::{
    Actor, AuditAction, Change, DataCenterId, Sender, SenderField, SenderId, SenderUser, UnixTime,
};
use secrecy::SecretString;
use sqlx::AnyConnection;

use super::row::{Row, StoredPassword, TABLE, rows};
use crate::{
    Store, StoreError, api_key,
    audit_entry::entry,
    integrity::{ManifestChange, Protected as _},
    seal::Sealer,
    transaction::Transaction,
};

/// Result of adding or changing a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveSenderOutcome {
    /// The sender was saved.
    Saved,
    /// No sender has this ID.
    Unknown,
    /// Another sender has this name.
    NameTaken,
    /// Another sender has this user name.
    UserTaken,
    /// Another sender is known by the same address or network.
    NetworkTaken,
    /// No data center has this ID.
    UnknownDataCenter,
}

impl Store {
    /// Adds a sender, with its first password if it has credentials.
    ///
    /// # Errors
    /// `Database`, `KeyRotated`.
    pub async fn add_sender(
        &self,
        sender: &Sender,
        password: Option<&SecretString>,
        by: &Actor,
    ) -> Result<SaveSenderOutcome, StoreError> {
        let mut transaction = self.lock_senders().await?;
        let sealer = self.hold_key(&mut transaction).await?;
        let mut change = ManifestChange::default();
        let taken = self
            .taken(&mut transaction, &sealer, sender, &mut change)
            .await?;
        if let Some(taken) = taken {
            return Ok(taken);
        }
        let mut passwords = Vec::new();
        if let Some(password) = password {
            passwords.push(StoredPassword {
                hash: self
                    .sender_hash(&mut transaction, sender.id.as_str(), password)
                    .await?,
                created_at: sender.created_at,
                expires_at: None,
            });
        }
        let row = Row::new(sender, &passwords, &sealer)?;
        if let Some(outcome) = unknown_data_center(row.insert(&mut transaction).await)? {
            return Ok(outcome);
        }
        change.set(&row);
        let mut noted = entry(
            by,
            sender.created_at,
            AuditAction::SenderAdded,
            sender.name.as_str(),
        );
        for (field, value) in facts(sender) {
            noted.changes.push(Change::fact(field.name(), value));
        }
        self.append_with(&mut transaction, &noted, &change).await?;
        transaction.commit().await?;
        Ok(SaveSenderOutcome::Saved)
    }

    /// Changes everything about a sender that an administrator chooses. A sender that loses its
    /// user name also loses its passwords.
    ///
    /// # Errors
    /// `Database`, `Corrupt`, `KeyRotated`.
    pub async fn change_sender(
        &self,
        sender: &Sender,
        by: &Actor,
        now: UnixTime,
    ) -> Result<SaveSenderOutcome, StoreError> {
        let mut transaction = self.lock_senders().await?;
        let sealer = self.hold_key(&mut transaction).await?;
        let row = self.valid_row(&mut transaction, &sealer, &sender.id);
        let Some(mut row) = row.await? else {
            return Ok(SaveSenderOutcome::Unknown);
        };
        let mut change = ManifestChange::default();
        let taken = self
            .taken(&mut transaction, &sealer, sender, &mut change)
            .await?;
        if let Some(taken) = taken {
            return Ok(taken);
        }
        let old = row.name.clone();
        let before = as_sender(&row)?;
        row.set(sender)?;
        if row.user_name.is_none() {
            row.set_passwords(&[])?;
        }
        if let Some(outcome) = unknown_data_center(row.write(&mut transaction, &sealer).await)? {
            return Ok(outcome);
        }
        change.set(&row);
        let mut noted = entry(by, now, AuditAction::SenderChanged, old);
        noted.changes = differences(&before, sender);
        self.append_with(&mut transaction, &noted, &change).await?;
        transaction.commit().await?;
        Ok(SaveSenderOutcome::Saved)
    }

    /// Gives a sender a new password. The current one stays valid until `old_until`. Returns false
    /// if there is no such sender, or if it has no user name.
    ///
    /// # Errors
    /// `Database`, `Corrupt`, `KeyRotated`.
    pub async fn rotate_sender_password(
        &self,
        id: &SenderId,
        password: &SecretString,
        old_until: UnixTime,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.lock_senders().await?;
        let sealer = self.hold_key(&mut transaction).await?;
        let row = self.valid_row(&mut transaction, &sealer, id).await?;
        let Some(mut row) = row.filter(|row| row.user_name.is_some()) else {
            return Ok(false);
        };
        let mut passwords = vec![StoredPassword {
            hash: self
                .sender_hash(&mut transaction, id.as_str(), password)
                .await?,
            created_at: now,
            expires_at: None,
        }];
        for mut old in row.passwords()? {
            old.expires_at = Some(old.expires_at.map_or(old_until, |end| end.min(old_until)));
            if old.is_valid(now) {
                passwords.push(old);
            }
        }
        row.set_passwords(&passwords)?;
        row.write(&mut transaction, &sealer).await?;
        let mut change = ManifestChange::default();
        change.set(&row);
        let name = row.name.as_str();
        let mut noted = entry(by, now, AuditAction::SenderPasswordMade, name);
        if passwords.len() > 1 {
            let until = Change::fact("old_password_until", old_until.rfc3339());
            noted.changes.push(until);
        }
        self.append_with(&mut transaction, &noted, &change).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Removes a sender, and revokes its API keys. Returns false if there is no such sender.
    ///
    /// # Errors
    /// `Database`, `KeyRotated`.
    pub async fn remove_sender(
        &self,
        id: &SenderId,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.lock_senders().await?;
        self.hold_key(&mut transaction).await?;
        let mut change = ManifestChange::default();
        api_key::go_with_sender(&mut transaction, id.as_str(), &mut change).await?;
        let removed: Vec<String> =
            sqlx::query_scalar("DELETE FROM senders WHERE id = $1 RETURNING name")
                .bind(id.as_str())
                .fetch_all(&mut *transaction)
                .await?;
        let Some(name) = removed.into_iter().next() else {
            return Ok(false);
        };
        change.remove(TABLE.0, id.as_str());
        let noted = entry(by, now, AuditAction::SenderRemoved, name);
        self.append_with(&mut transaction, &noted, &change).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Counts a rejected message of a sender.
    ///
    /// # Errors
    /// `Database`.
    pub async fn count_rejection(&self, id: &SenderId, now: UnixTime) -> Result<(), StoreError> {
        sqlx::query("UPDATE senders SET rejected = rejected + 1, last_seen_at = $1 WHERE id = $2")
            .bind(now.0)
            .bind(id.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Notes that a sender has signed in to its mailbox.
    ///
    /// # Errors
    /// `Database`.
    pub async fn note_sender_seen(&self, id: &SenderId, now: UnixTime) -> Result<(), StoreError> {
        sqlx::query("UPDATE senders SET last_seen_at = $1 WHERE id = $2")
            .bind(now.0)
            .bind(id.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Begins a transaction that locks the set of senders.
    async fn lock_senders(&self) -> Result<Transaction, StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query("UPDATE senders_lock SET id = id WHERE id = 1")
            .execute(&mut *transaction)
            .await?;
        Ok(transaction)
    }

    /// Returns a valid row. The set of senders is locked, so no row changes until the transaction
    /// ends.
    async fn valid_row(
        &self,
        connection: &mut AnyConnection,
        sealer: &Arc<Sealer>,
        id: &SenderId,
    ) -> Result<Option<Row>, StoreError> {
        let row = rows(connection).await?;
        let row = row.into_iter().find(|row| row.id() == id.as_str());
        let Some(row) = row else {
            return Ok(None);
        };
        let integrity = self.integrity_of_locked(connection, sealer).await?;
        Ok(Some(row).filter(|row| integrity.holds(row)))
    }

    /// Returns the reason why a sender cannot be saved beside the others. Removes rows that are not
    /// valid and have its name or user name.
    async fn taken(
        &self,
        connection: &mut AnyConnection,
        sealer: &Arc<Sealer>,
        sender: &Sender,
        change: &mut ManifestChange,
    ) -> Result<Option<SaveSenderOutcome>, StoreError> {
        let all = rows(&mut *connection).await?;
        let integrity = self.integrity_of_locked(&mut *connection, sealer).await?;
        let folded = sender.name.folded();
        let user = sender.user.as_ref().map(SenderUser::as_str);
        for row in all {
            if row.id == sender.id.as_str() {
                continue;
            }
            let has_name = row.folded == folded;
            let has_user = user.is_some() && row.user_name.as_deref() == user;
            if !integrity.holds(&row) {
                if has_name || has_user {
                    sqlx::query("DELETE FROM senders WHERE id = $1")
                        .bind(row.id.as_str())
                        .execute(&mut *connection)
                        .await?;
                    change.remove(TABLE.0, &row.id);
                }
                continue;
            }
            if has_name {
                return Ok(Some(SaveSenderOutcome::NameTaken));
            }
            if has_user {
                return Ok(Some(SaveSenderOutcome::UserTaken));
            }
            let networks = row.settings()?.networks;
            let mut own = sender.settings.networks.iter();
            if own.any(|network| networks.contains(network)) {
                return Ok(Some(SaveSenderOutcome::NetworkTaken));
            }
        }
        Ok(None)
    }
}

/// Removes the senders of a data center, and their API keys, from the manifest, because they are
/// deleted with it.
pub(crate) async fn go_with(
    connection: &mut AnyConnection,
    data_center: &DataCenterId,
    change: &mut ManifestChange,
) -> Result<(), StoreError> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM senders WHERE data_center = $1")
        .bind(data_center.as_str())
        .fetch_all(&mut *connection)
        .await?;
    for id in ids {
        api_key::go_with_sender(&mut *connection, &id, change).await?;
        change.remove(TABLE.0, &id);
    }
    Ok(())
}

fn unknown_data_center(
    written: Result<(), sqlx::Error>,
) -> Result<Option<SaveSenderOutcome>, StoreError> {
    match written {
        Ok(()) => Ok(None),
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
            Ok(Some(SaveSenderOutcome::UnknownDataCenter))
        }
        Err(error) => Err(error.into()),
    }
}

fn as_sender(row: &Row) -> Result<Sender, StoreError> {
    row.clone().try_into()
}

/// Returns the chosen values that are not empty, for the audit.
fn facts(sender: &Sender) -> Vec<(SenderField, String)> {
    fn joined<T: ToString>(list: &[T]) -> String {
        let texts: Vec<_> = list.iter().map(ToString::to_string).collect();
        texts.join(", ")
    }
    fn optional<T: ToString>(value: Option<&T>) -> String {
        value.map(ToString::to_string).unwrap_or_default()
    }
    let settings = &sender.settings;
    let rules = &settings.rules;
    let user = sender.user.as_ref().map(SenderUser::as_str);
    let expires = settings.expires_at.map(UnixTime::rfc3339);
    let silent_after = settings.silent_after_hours.as_ref();
    let all = [
        (SenderField::User, user.unwrap_or_default().to_owned()),
        (SenderField::Networks, joined(&settings.networks)),
        (
            SenderField::ConfirmNetworks,
            if settings.networks_confirmed {
                "on"
            } else {
                ""
            }
            .to_owned(),
        ),
        (SenderField::DataCenter, sender.data_center.to_string()),
        (
            SenderField::PerMinute,
            optional(settings.limits.per_minute.as_ref()),
        ),
        (
            SenderField::PerDay,
            optional(settings.limits.per_day.as_ref()),
        ),
        (SenderField::Expires, expires.unwrap_or_default()),
        (SenderField::SilentAfter, optional(silent_after)),
        (SenderField::AllowedFrom, joined(&rules.allowed_from)),
        (SenderField::OtherFrom, rules.other_from.code().to_owned()),
        (
            SenderField::DisplayName,
            optional(rules.display_name.as_ref()),
        ),
        (
            SenderField::DefaultFrom,
            optional(rules.default_from.as_ref()),
        ),
        (SenderField::NullSender, rules.null_sender.code().to_owned()),
        (
            SenderField::AllowedRecipients,
            joined(&rules.allowed_recipients),
        ),
        (
            SenderField::ReadMailbox,
            if settings.read_mailbox { "on" } else { "" }.to_owned(),
        ),
    ];
    let given = all.into_iter().filter(|(_, value)| !value.is_empty());
    given.collect()
}

/// Returns the values that differ.
fn differences(before: &Sender, after: &Sender) -> Vec<Change> {
    let (old, new) = (facts(before), facts(after));
    let value = |facts: &[(SenderField, String)], field: SenderField| {
        let found = facts.iter().find(|(known, _)| *known == field);
        found.map(|(_, value)| value.clone())
    };
    let mut changes = Vec::new();
    if before.name != after.name {
        let names = (before.name.to_string(), after.name.to_string());
        let name = SenderField::Name.name();
        changes.push(Change::of(name, Some(names.0), Some(names.1)));
    }
    for field in SenderField::ALL {
        let (old, new) = (value(&old, *field), value(&new, *field));
        if old != new {
            changes.push(Change::of(field.name(), old, new));
        }
    }
    changes
}
