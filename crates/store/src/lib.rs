//! The database of Mailgrant: SQL and the sealing of secrets. No other crate contains SQL.
//!
//! One set of portable SQL serves SQLite, which is embedded, and PostgreSQL. Columns are TEXT and
//! BIGINT only. Secrets are sealed before they are stored ([`KeySource`]).
//!
//! [`Store`] is the handle that the modules of all tables share. They use sealing, row integrity, and
//! the audit. Opening, key rotation, and verification use the modules of the tables.

mod account;
mod alert;
mod api_key;
mod attempt;
mod audit;
mod audit_entry;
mod authorization;
mod backend;
mod check;
mod connect;
mod data_center;
mod disk;
mod draft;
mod error;
mod expiry;
pub mod file;
mod grant;
mod health;
mod inbound_webhook;
mod integrity;
mod key;
mod keyring;
mod leases;
mod link;
mod lock;
mod mac;
mod mail_cursor;
mod new_account;
mod open;
mod outbox;
mod password;
mod private;
mod probe;
mod rotate;
mod row;
mod seal;
mod sender;
mod sender_session;
mod sending;
mod server_extensions;
mod session;
mod settings;
mod signature;
mod store;
mod transaction;
mod unlock;
mod verify;

pub use account::{AccountChange, Credentials, NewAccount};
pub use alert::{
    ChannelOutcome, Observed, SaveAlertsOutcome, ServerBeat, StoredChannel, StoredTarget,
};
pub use api_key::MakeKeyOutcome;
pub use attempt::{Bucket, Counted};
pub use audit::{AuditBreak, AuditVerdict};
pub use authorization::{
    AuthorizationRecord, CallbackClaim, ClaimedAuthorization, FinishOutcome, Finished,
    NewAuthorization, NewGrant, RecordState,
};
pub use data_center::{AddOutcome, RemoveOutcome, RenameOutcome};
pub use disk::DiskState;
pub use error::{DatabaseError, StoreError};
pub use grant::{Grant, GrantState, GrantSummary, Refreshed};
pub use inbound_webhook::{InboundWebhook, StoredWebhook};
pub use integrity::RowFault;
pub use key::KeySource;
pub use link::NewLink;
pub use mail_cursor::{MailCursor, MailReader};
pub use outbox::{
    AttemptUpdate, Bounce, ChangeOutcome, Claim, Claimed, ClaimedMessage, CountedSender,
    EnqueueOutcome, ExceededLimit, Idempotency, KnownRequest, NewMessage,
};
pub use rotate::Rotated;
pub use sender::SaveSenderOutcome;
pub use sending::SaveSendingOutcome;
pub use session::{NewSession, SessionLife, SignIn};
pub use settings::{SaveOutcome, StoredSettings};
pub use store::Store;
pub use verify::TamperedRow;
