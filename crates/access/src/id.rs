//! Generation of identifiers.

use clock::random;
use domain::{AccountId, ApiKeyId, FieldError, SessionId};

use crate::AccessError;

/// Generates an identifier of 128 random bits. Parsing it always succeeds.
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
