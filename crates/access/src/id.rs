//! Generation of identifiers of 128 random bits.

use clock::random;
use domain::{AccountId, ApiKeyId, SenderId, SessionId};

pub(crate) fn account_id() -> AccountId {
    AccountId::from_bytes(random::bytes::<16>())
}

pub(crate) fn session_id() -> SessionId {
    SessionId::from_bytes(random::bytes::<16>())
}

pub(crate) fn api_key_id() -> ApiKeyId {
    ApiKeyId::from_bytes(random::bytes::<16>())
}

pub(crate) fn sender_id() -> SenderId {
    SenderId::from_bytes(random::bytes::<16>())
}
