//! Rows of `audit`.

use domain::{
    AccountName, Actor, AuditAction, AuditEntry, AuditRecord, Principal, UnixTime, untrusted,
};
use sqlx::AnyConnection;

use crate::{StoreError, row::Table};

const TABLE: Table = Table("audit");
/// Maximum length in characters of a stored name, address, or subject.
const MAX_TEXT: usize = 1_000;

#[derive(Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) sequence: i64,
    pub(super) at: i64,
    pub(super) who_kind: String,
    pub(super) who_name: String,
    pub(super) who_folded: String,
    pub(super) address: String,
    pub(super) action: String,
    pub(super) subject: String,
    pub(super) subject_folded: String,
    pub(super) changes: String,
    pub(super) previous: String,
    pub(super) hash: String,
}

impl Row {
    /// Builds the row of an event. The caller adds its hash.
    pub(super) fn new(
        sequence: i64,
        previous: String,
        record: &AuditRecord,
    ) -> Result<Self, StoreError> {
        let who = &record.actor.who;
        let (who_name, subject) = (displayable(who.name()), displayable(&record.subject));
        Ok(Self {
            sequence,
            at: record.at.0,
            who_kind: who.kind().into(),
            who_folded: fold(&who_name),
            who_name,
            address: displayable(&record.actor.address),
            action: record.action.code().into(),
            subject_folded: fold(&subject),
            subject,
            changes: TABLE.write_json("changes", &record.changes)?,
            previous,
            hash: String::new(),
        })
    }

    /// Inserts the row. Returns false if the sequence exists already, which happens only in a chain
    /// that was tampered with.
    pub(super) async fn insert(&self, connection: &mut AnyConnection) -> Result<bool, StoreError> {
        let inserted = sqlx::query(
            "INSERT INTO audit (
                 sequence, at, who_kind, who_name, who_folded, address, action, subject,
                 subject_folded, changes, previous, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
        )
        .bind(self.sequence)
        .bind(self.at)
        .bind(self.who_kind.as_str())
        .bind(self.who_name.as_str())
        .bind(self.who_folded.as_str())
        .bind(self.address.as_str())
        .bind(self.action.as_str())
        .bind(self.subject.as_str())
        .bind(self.subject_folded.as_str())
        .bind(self.changes.as_str())
        .bind(self.previous.as_str())
        .bind(self.hash.as_str())
        .execute(connection)
        .await?;
        Ok(inserted.rows_affected() == 1)
    }

    /// Returns true if the folded columns match the columns they derive from.
    pub(super) fn folds(&self) -> bool {
        self.who_folded == fold(&self.who_name) && self.subject_folded == fold(&self.subject)
    }

    fn principal(&self) -> Result<Principal, StoreError> {
        Ok(match self.who_kind.as_str() {
            "account" => {
                Principal::Account(TABLE.value("who_name", AccountName::parse(&self.who_name))?)
            }
            "key" => Principal::Key(self.who_name.clone()),
            "sender" => Principal::Sender(self.who_name.clone()),
            "command_line" => Principal::CommandLine,
            "mailgrant" => Principal::Mailgrant,
            "nobody" => Principal::Nobody,
            _ => return Err(TABLE.corrupt("who_kind")),
        })
    }
}

impl TryFrom<Row> for AuditEntry {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            sequence: row.sequence,
            record: AuditRecord {
                at: UnixTime(row.at),
                action: TABLE.needed("action", AuditAction::from_code(&row.action))?,
                changes: TABLE.read_json("changes", &row.changes)?,
                actor: Actor {
                    who: row.principal()?,
                    address: row.address,
                },
                subject: row.subject,
            },
        })
    }
}

/// Folds the case of names and subjects for filters.
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// Makes a text safe to display. PostgreSQL does not accept NUL.
fn displayable(text: &str) -> String {
    untrusted::line(text, MAX_TEXT)
}
