//! Message authentication codes under subkeys of the sealing key (HMAC-SHA-256, RFC 2104).
//!
//! A MAC as text is base64 of: version (1 byte), key ID (8 bytes), tag (32 bytes). The first 9
//! bytes equal those of a sealed value of the same key and identify the key to verify with.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Separates MAC keys from every other use of the sealing key.
const DOMAIN: &[u8] = b"mailgrant mac v1";
const KEY_BYTES: usize = 32;

/// A key that authenticates values for one purpose.
pub(crate) struct MacKey {
    key: Zeroizing<[u8; KEY_BYTES]>,
    header: Vec<u8>,
}

impl fmt::Debug for MacKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MacKey(…)")
    }
}

impl MacKey {
    /// Derives the root of all MAC keys. `header` identifies the sealing key.
    pub(crate) fn root(sealing_key: &[u8], header: &[u8]) -> Self {
        Self {
            key: hmac(sealing_key, DOMAIN),
            header: header.to_vec(),
        }
    }

    /// Derives the key for one purpose.
    pub(crate) fn purpose(&self, purpose: &str) -> Self {
        Self {
            key: hmac(&*self.key, purpose.as_bytes()),
            header: self.header.clone(),
        }
    }

    /// Returns the MAC of `parts`. An absent part differs from an empty one.
    pub(crate) fn mac(&self, parts: &[Option<&str>]) -> String {
        let mut text = self.header.clone();
        text.extend_from_slice(&self.started(parts).finalize().into_bytes());
        BASE64_STANDARD.encode(text)
    }

    /// Returns true if `mac` is the MAC of `parts`. Compares in constant time.
    pub(crate) fn verifies(&self, parts: &[Option<&str>], mac: &str) -> bool {
        let Ok(bytes) = BASE64_STANDARD.decode(mac) else {
            return false;
        };
        let tag = bytes.strip_prefix(self.header.as_slice());
        tag.is_some_and(|tag| self.started(parts).verify_slice(tag).is_ok())
    }

    /// Feeds each part after its length, which makes the encoding unambiguous.
    fn started(&self, parts: &[Option<&str>]) -> Hmac<Sha256> {
        let mut mac = keyed(&*self.key);
        mac.update(&(parts.len() as u64).to_le_bytes());
        for part in parts {
            match part {
                None => mac.update(&u64::MAX.to_le_bytes()),
                Some(part) => {
                    mac.update(&(part.len() as u64).to_le_bytes());
                    mac.update(part.as_bytes());
                }
            }
        }
        mac
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("HMAC takes keys of any length (RFC 2104 §3)");
    };
    mac
}

fn hmac(key: &[u8], text: &[u8]) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut mac = keyed(key);
    mac.update(text);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> MacKey {
        MacKey::root(&[byte; 32], &[1; 9])
    }

    #[test]
    fn a_mac_verifies_only_the_parts_it_was_made_for() {
        let (key, parts) = (key(1).purpose("rows"), [Some("ab"), None, Some("")]);
        let mac = key.mac(&parts);
        assert!(key.verifies(&parts, &mac));
        for other in [
            &[Some("ab"), None][..],
            &[Some("ab"), Some(""), None],
            &[Some("ab"), Some(""), Some("")],
            &[Some("a"), Some("b"), Some("")],
            &[Some("ab"), None, Some(""), None],
            &[],
        ] {
            assert!(!key.verifies(other, &mac), "{other:?}");
        }
    }

    #[test]
    fn a_mac_of_another_key_or_purpose_or_with_a_changed_bit_does_not_verify() {
        let parts = [Some("value")];
        let mac = key(1).purpose("rows").mac(&parts);
        assert!(!key(2).purpose("rows").verifies(&parts, &mac));
        assert!(!key(1).purpose("cookies").verifies(&parts, &mac));
        let bytes = BASE64_STANDARD.decode(&mac).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = BASE64_STANDARD.encode(changed);
            assert!(!key(1).purpose("rows").verifies(&parts, &changed), "{at}");
        }
        for wrong in ["", "not base64", &mac[..12]] {
            assert!(!key(1).purpose("rows").verifies(&parts, wrong), "{wrong}");
        }
    }
}
