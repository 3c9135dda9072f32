//! Hashes of the audit: HMAC-SHA-256 (RFC 2104) under a key that is sealed in the database.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::row::Row;
use crate::StoreError;

/// Replaces the previous hash in an entry that was appended to a broken chain.
pub(super) const BROKEN: &str = "broken";

/// The HMAC key: 32 random bytes, sealed as base64url text.
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

    /// Returns the hash of a row. It covers all columns except the hash itself and the folded ones.
    pub(super) fn hash(&self, row: &Row) -> String {
        self.hash_at(row.sequence, row)
    }

    /// Returns the hash that a row would have under another sequence.
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

    /// Returns the MAC of a head. `manifest` is empty in heads from before the first manifest.
    pub(super) fn head(&self, sequence: i64, hash: &str, manifest: &str) -> String {
        let tag = self.started_head(sequence, hash, manifest).finalize();
        BASE64_URL_SAFE_NO_PAD.encode(tag.into_bytes())
    }

    /// Returns true if `mac` is the MAC of this head. Compares in constant time.
    pub(super) fn is_head(&self, sequence: i64, hash: &str, manifest: &str, mac: &str) -> bool {
        let Ok(tag) = BASE64_URL_SAFE_NO_PAD.decode(mac) else {
            return false;
        };
        let started = self.started_head(sequence, hash, manifest);
        started.verify_slice(&tag).is_ok()
    }

    fn started_head(&self, sequence: i64, hash: &str, manifest: &str) -> Hmac<Sha256> {
        let sequence = sequence.to_string();
        let parts = ["head", sequence.as_str(), hash, manifest];
        self.started(if manifest.is_empty() {
            &parts[..3]
        } else {
            &parts
        })
    }

    /// Returns a keyed hash of a text that is not part of the audit.
    pub(super) fn keyed_hash(&self, text: &str) -> String {
        self.mac(&["blind", text])
    }

    fn mac(&self, parts: &[&str]) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.started(parts).finalize().into_bytes())
    }

    /// Feeds each part after its length, which makes the encoding unambiguous.
    fn started(&self, parts: &[&str]) -> Hmac<Sha256> {
        let key = self.0.expose_secret().as_bytes();
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
            unreachable!("HMAC takes keys of any length (RFC 2104 §3)");
        };
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}
