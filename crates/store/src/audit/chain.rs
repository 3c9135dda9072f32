//! The hashes of the audit: HMAC-SHA-256 (RFC 2104) under a key that is sealed in the database.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::row::Row;
use crate::StoreError;

/// Stands where the hash before would be, in an entry that was appended to a chain found broken.
pub(super) const BROKEN: &str = "broken";

/// The key of the hashes: 32 random bytes as base64url text, which is what is sealed.
pub(super) struct AuditKey(SecretString);

impl AuditKey {
    pub(super) fn generate() -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes).map_err(|_| StoreError::Random)?;
        Ok(Self(BASE64_URL_SAFE_NO_PAD.encode(*bytes).into()))
    }

    pub(super) fn opened(text: SecretString) -> Self {
        Self(text)
    }

    pub(super) fn text(&self) -> &SecretString {
        &self.0
    }

    /// The hash of a row, of all its columns but the hash itself and what folds from another one.
    pub(super) fn hash(&self, row: &Row) -> String {
        self.hash_at(row.sequence, row)
    }

    /// The hash that a row would have under another sequence.
    pub(super) fn hash_at(&self, sequence: i64, row: &Row) -> String {
        self.mac(&[
            "entry",
            &sequence.to_string(),
            &row.at.to_string(),
            &row.who_kind,
            &row.who_name,
            &row.address,
            &row.action,
            &row.subject,
            &row.changes,
            &row.previous,
        ])
    }

    /// What proves a head.
    pub(super) fn head(&self, sequence: i64, hash: &str) -> String {
        self.mac(&["head", &sequence.to_string(), hash])
    }

    /// The hash of something that is no part of the audit.
    pub(super) fn blind(&self, text: &str) -> String {
        self.mac(&["blind", text])
    }

    /// Each part after its length, so that no two lists of parts give the same bytes.
    fn mac(&self, parts: &[&str]) -> String {
        let key = self.0.expose_secret().as_bytes();
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
            unreachable!("HMAC takes keys of any length (RFC 2104 §3)");
        };
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}
