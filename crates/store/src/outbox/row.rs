//! Rows of `messages`.

use domain::{
    AccountName, DataCenterId, EmailAddress, MessageId, MessageState, OutboxMessage, Principal,
    UnixTime,
};

use super::MESSAGES as TABLE;
use crate::StoreError;

/// Columns of [`Row`] for `SELECT` from `messages AS m`.
pub(super) const COLUMNS: &str = "m.id, m.data_center, m.state, m.created_at, m.due_at, m.finished_at, m.attempts, \
     m.message_id, m.sender, m.from_header, m.subject, m.size, m.submitted_kind, m.submitted_name, \
     m.arrival, m.recipients, m.finding, \
     CASE WHEN EXISTS (SELECT 1 FROM message_contents AS c WHERE c.message = m.id) THEN CAST(1 AS BIGINT) \
     ELSE CAST(0 AS BIGINT) END AS has_content";

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: String,
    data_center: String,
    state: String,
    created_at: i64,
    due_at: i64,
    finished_at: Option<i64>,
    attempts: i64,
    message_id: String,
    sender: String,
    from_header: String,
    subject: String,
    size: i64,
    submitted_kind: String,
    submitted_name: String,
    arrival: String,
    recipients: String,
    finding: Option<String>,
    has_content: i64,
}

impl TryFrom<Row> for OutboxMessage {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let finding = row.finding.as_deref();
        Ok(Self {
            id: TABLE.value("id", MessageId::parse(&row.id))?,
            data_center: TABLE.value("data_center", DataCenterId::parse(&row.data_center))?,
            state: TABLE.needed("state", MessageState::from_code(&row.state))?,
            created_at: UnixTime(row.created_at),
            due_at: UnixTime(row.due_at),
            finished_at: row.finished_at.map(UnixTime),
            attempts: row.attempts,
            message_id: row.message_id,
            sender: TABLE.value("sender", EmailAddress::parse(&row.sender))?,
            from: row.from_header,
            subject: row.subject,
            size: row.size,
            has_content: row.has_content != 0,
            submitted_by: principal(&row.submitted_kind, &row.submitted_name)?,
            arrival: TABLE.read_json("arrival", &row.arrival)?,
            recipients: TABLE.read_json("recipients", &row.recipients)?,
            finding: finding
                .map(|json| TABLE.read_json("finding", json))
                .transpose()?,
        })
    }
}

fn principal(kind: &str, name: &str) -> Result<Principal, StoreError> {
    Ok(match kind {
        "account" => Principal::Account(TABLE.value("submitted_name", AccountName::parse(name))?),
        "key" => Principal::Key(name.to_owned()),
        "sender" => Principal::Sender(name.to_owned()),
        "command_line" => Principal::CommandLine,
        "mailgrant" => Principal::Mailgrant,
        "nobody" => Principal::Nobody,
        _ => return Err(TABLE.corrupt("submitted_kind")),
    })
}
