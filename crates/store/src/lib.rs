//! The database of Mailgrant: SQL and the sealing of secrets. Nothing else knows SQL.
//!
//! One set of portable SQL serves SQLite, which is embedded, and PostgreSQL. Columns are TEXT and
//! BIGINT only; secrets are sealed before they get here ([`KeySource`]).

mod audit;
mod authorization;
mod check;
mod connect;
mod data_center;
mod draft;
mod error;
mod grant;
mod key;
mod row;
mod seal;
mod settings;
mod store;

pub use authorization::{
    AuthorizationRecord, FinishOutcome, Finished, NewAuthorization, NewGrant, RecordState,
    TakeOutcome, TakenAuthorization,
};
pub use data_center::{AddOutcome, RemoveOutcome, RenameOutcome};
pub use error::{DatabaseError, StoreError};
pub use grant::{Grant, GrantState, GrantSummary, Refreshed};
pub use key::KeySource;
pub use settings::{SaveOutcome, StoredSettings};
pub use store::Store;
