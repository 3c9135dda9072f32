//! The database of Mailgrant: SQL and the sealing of secrets. No other crate contains SQL.
//!
//! One set of portable SQL serves SQLite, which is embedded, and PostgreSQL. Columns are TEXT and
//! BIGINT only. Secrets are sealed before they are stored ([`KeySource`]).

mod account;
mod alert;
mod api_key;
mod attempt;
mod audit;
mod authorization;
mod backend;
mod check;
mod connect;
mod data_center;
mod disk;
mod draft;
mod error;
pub mod file;
mod grant;
mod integrity;
mod key;
mod keyring;
mod leases;
mod link;
mod lock;
mod mac;
mod mail_cursor;
mod mail_hook;
mod note;
mod outbox;
mod private;
mod probe;
mod rotate;
mod row;
mod seal;
mod sender;
mod sending;
mod session;
mod settings;
mod store;
mod tidy;
mod transaction;
mod unlock;

pub use account::{AccountChange, Credentials, NewAccount};
pub use alert::{
    ChannelOutcome, Observed, SaveAlertsOutcome, ServerBeat, StoredChannel, StoredTarget,
};
pub use api_key::MakeKeyOutcome;
pub use attempt::{Bucket, Counted};
pub use audit::{AuditBreak, AuditVerdict};
pub use authorization::{
    AuthorizationRecord, FinishOutcome, Finished, NewAuthorization, NewGrant, RecordState,
    TakeOutcome, TakenAuthorization,
};
pub use data_center::{AddOutcome, RemoveOutcome, RenameOutcome};
pub use disk::DiskState;
pub use error::{DatabaseError, StoreError};
pub use grant::{Grant, GrantState, GrantSummary, Refreshed};
pub use integrity::{RowFault, TamperedRow};
pub use key::KeySource;
pub use link::NewLink;
pub use mail_cursor::{MailCursor, MailReader};
pub use mail_hook::{MailHook, StoredHook};
pub use outbox::{
    Bounce, ChangeOutcome, Claim, Claimed, ClaimedMessage, CountedSender, EnqueueOutcome,
    ExceededLimit, Idempotency, KnownRequest, NewMessage, Settlement,
};
pub use rotate::Rotated;
pub use sender::SaveSenderOutcome;
pub use sending::SaveSendingOutcome;
pub use session::{NewSession, SessionLife, SignIn};
pub use settings::{SaveOutcome, StoredSettings};
pub use store::Store;
