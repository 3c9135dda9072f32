//! New identifiers.

use clock::random;
use domain::{AccountId, ApiKeyId, FieldError, SessionId};

use crate::AccessError;

/// 128 random bits are an id; that they do not read as one cannot happen.
fn new<T>(parse: impl Fn(&str) -> Result<T, FieldError>) -> Result<T, AccessError> {
    parse(&random::token::<16>()).map_err(|_| AccessError::Unknown)
}

pub(crate) fn account_id() -> Result<AccountId, AccessError> {
    new(AccountId::parse)
}

pub(crate) fn session_id() -> Result<SessionId, AccessError> {
    new(SessionId::parse)
}

pub(crate) fn api_key_id() -> Result<ApiKeyId, AccessError> {
    new(ApiKeyId::parse)
}
