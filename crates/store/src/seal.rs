//! Sealing: XChaCha20-Poly1305 with a random nonce.
//!
//! A sealed value is base64 of: version (1 byte), key ID (8 bytes), nonce (24 bytes), ciphertext,
//! tag (16 bytes). Version, key ID, table, column, row, and the values that the secret is bound to
//! are authenticated with it. A value opens only in its own cell, and only with the host, user
//! name, or endpoints it was sealed for.

use std::fmt::{self, Write as _};

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{AeadInPlace, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{StoreError, key::Key, mac::MacKey};

const VERSION: u8 = 1;
const KEY_ID: usize = 8;
const NONCE: usize = 24;
const TAG: usize = 16;
const HEADER: usize = 1 + KEY_ID;

/// A sealed value as text.
#[derive(Clone, Debug, sqlx::Type)]
#[sqlx(transparent)]
pub(crate) struct Sealed(pub(crate) String);

/// The place of a sealed value, and the values it is bound to.
#[derive(Clone)]
pub(crate) struct Cell<'a> {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    /// Primary key of the row.
    pub(crate) row: &'a str,
    /// Values stored elsewhere in the row that decide where the secret goes, such as a host.
    bound: Vec<Option<String>>,
}

impl<'a> Cell<'a> {
    /// Creates a cell whose value is bound only to its row.
    pub(crate) const fn new(table: &'static str, column: &'static str, row: &'a str) -> Self {
        Self {
            table,
            column,
            row,
            bound: Vec::new(),
        }
    }

    /// Binds the value to other values of its row. It opens only while they are unchanged.
    pub(crate) fn bound_to<const N: usize>(mut self, values: [Option<String>; N]) -> Self {
        self.bound = values.into();
        self
    }

    fn unsealable(&self) -> StoreError {
        StoreError::Unsealable {
            table: self.table,
            column: self.column,
        }
    }

    /// Returns each part after its length, which makes the encoding unambiguous.
    fn associated_data(&self, header: &[u8]) -> Vec<u8> {
        let mut data = header.to_vec();
        let place = [self.table, self.column, self.row].map(Some);
        let bound = self.bound.iter().map(Option::as_deref);
        for part in place.into_iter().chain(bound) {
            let length = part.map_or(u64::MAX, |part| part.len() as u64);
            data.extend_from_slice(&length.to_le_bytes());
            data.extend_from_slice(part.unwrap_or_default().as_bytes());
        }
        data
    }
}

/// Returns the SHA-256 of a secret that another secret is bound to, so no copy of it stays in
/// memory.
pub(crate) fn digest(secret: &SecretString) -> String {
    BASE64_STANDARD.encode(Sha256::digest(secret.expose_secret().as_bytes()))
}

/// Seals and opens values with one key.
pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
    header: [u8; HEADER],
    /// Encoded header at the start of each value. 9 bytes are exactly 12 characters of base64.
    prefix: String,
    /// Root from which the MAC keys are derived.
    macs: MacKey,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sealer(…)")
    }
}

impl Sealer {
    pub(crate) fn new(key: &Key) -> Self {
        let mut header = [VERSION; HEADER];
        header[1..].copy_from_slice(&Sha256::digest(key.bytes())[..KEY_ID]);
        Self {
            cipher: XChaCha20Poly1305::new(key.bytes().into()),
            prefix: BASE64_STANDARD.encode(header),
            macs: MacKey::root(key.bytes(), &header),
            header,
        }
    }

    /// Derives the key that authenticates values for one purpose.
    pub(crate) fn mac_key(&self, purpose: &str) -> MacKey {
        self.macs.purpose(purpose)
    }

    /// Returns the ID of the key for logs: the first 8 bytes of its SHA-256, as in each sealed
    /// value.
    pub(crate) fn id(&self) -> String {
        let mut id = String::with_capacity(KEY_ID * 2);
        for byte in &self.header[1..] {
            let _ = write!(id, "{byte:02x}");
        }
        id
    }

    /// Returns the prefix of each value that this key has sealed.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns true if a value names this key as the one that sealed it.
    pub(crate) fn has_sealed(&self, sealed: &Sealed) -> bool {
        sealed.0.starts_with(&self.prefix)
    }

    pub(crate) fn seal(&self, secret: &SecretString, cell: &Cell) -> Result<Sealed, StoreError> {
        let secret = secret.expose_secret().as_bytes();
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| StoreError::Random)?;
        // Allocated with the final size, because a growing buffer leaves copies behind.
        let mut envelope = Zeroizing::new(Vec::with_capacity(HEADER + NONCE + secret.len() + TAG));
        envelope.extend_from_slice(&self.header);
        envelope.extend_from_slice(&nonce);
        envelope.extend_from_slice(secret);
        let tag = self
            .cipher
            .encrypt_in_place_detached(
                XNonce::from_slice(&nonce),
                &cell.associated_data(&self.header),
                &mut envelope[HEADER + NONCE..],
            )
            .map_err(|_| cell.unsealable())?;
        envelope.extend_from_slice(&tag);
        Ok(Sealed(BASE64_STANDARD.encode(&*envelope)))
    }

    pub(crate) fn open(&self, sealed: &Sealed, cell: &Cell) -> Result<SecretString, StoreError> {
        self.opened(sealed, cell).ok_or_else(|| cell.unsealable())
    }

    fn opened(&self, sealed: &Sealed, cell: &Cell) -> Option<SecretString> {
        let mut envelope = Zeroizing::new(BASE64_STANDARD.decode(&sealed.0).ok()?);
        let (header, rest) = envelope.split_at_mut_checked(HEADER)?;
        let (nonce, rest) = rest.split_at_mut_checked(NONCE)?;
        let (text, tag) = rest.split_at_mut_checked(rest.len().checked_sub(TAG)?)?;
        if header != self.header {
            return None;
        }
        self.cipher
            .decrypt_in_place_detached(
                XNonce::from_slice(nonce),
                &cell.associated_data(header),
                text,
                Tag::from_slice(tag),
            )
            .ok()?;
        str::from_utf8(text).ok().map(SecretString::from)
    }
}

/// The keys before and after a rotation.
#[derive(Clone, Copy)]
pub(crate) struct Resealing<'a> {
    pub(crate) old: &'a Sealer,
    pub(crate) new: &'a Sealer,
}

impl Resealing<'_> {
    /// Seals a value with the new key, in the same cell.
    pub(crate) fn again(self, sealed: &Sealed, cell: &Cell) -> Result<Sealed, StoreError> {
        self.new.seal(&self.old.open(sealed, cell)?, cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: Cell = Cell::new("grants", "access_token", "default");

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&Key::of([byte; 32]))
    }

    #[test]
    fn opens_what_it_sealed() {
        for text in ["", "s", "pässwörd \u{0}", &"x".repeat(5_000)] {
            let sealed = sealer(1).seal(&SecretString::from(text), &CELL).unwrap();
            let opened = sealer(1).open(&sealed, &CELL).unwrap();
            assert_eq!(opened.expose_secret(), text);
        }
    }

    #[test]
    fn seals_the_same_secret_differently_each_time() {
        let secret = SecretString::from("secret");
        let sealer = sealer(1);
        let (a, b) = (sealer.seal(&secret, &CELL), sealer.seal(&secret, &CELL));
        assert_ne!(a.unwrap().0, b.unwrap().0);
    }

    #[test]
    fn does_not_open_in_another_cell() {
        let sealed = sealer(1)
            .seal(&SecretString::from("secret"), &CELL)
            .unwrap();
        for (table, column, row) in [
            ("grants", "refresh_token", "default"),
            ("authorizations", "access_token", "default"),
            ("grants", "access_token", "other"),
            ("grant", "saccess_token", "default"),
            ("grants", "access_tokend", "efault"),
        ] {
            let cell = Cell::new(table, column, row);
            assert!(matches!(
                sealer(1).open(&sealed, &cell),
                Err(StoreError::Unsealable { .. })
            ));
        }
    }

    #[test]
    fn does_not_open_with_values_other_than_those_it_was_sealed_for() {
        let bound = |values: [Option<&str>; 2]| CELL.bound_to(values.map(|v| v.map(str::to_owned)));
        let cell = bound([Some("smtp.example.com"), None]);
        let sealed = sealer(1)
            .seal(&SecretString::from("secret"), &cell)
            .unwrap();
        assert!(sealer(1).open(&sealed, &cell).is_ok());
        for other in [
            bound([Some("smtp.example.org"), None]),
            bound([Some("smtp.example.com"), Some("")]),
            bound([None, Some("smtp.example.com")]),
            CELL.bound_to([Some("smtp.example.com".into())]),
            CELL,
        ] {
            assert!(sealer(1).open(&sealed, &other).is_err());
        }
    }

    #[test]
    fn does_not_open_with_another_key_or_when_a_bit_was_changed() {
        let sealed = sealer(1)
            .seal(&SecretString::from("secret"), &CELL)
            .unwrap();
        assert!(sealer(2).open(&sealed, &CELL).is_err());
        let bytes = BASE64_STANDARD.decode(&sealed.0).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = Sealed(BASE64_STANDARD.encode(changed));
            assert!(sealer(1).open(&changed, &CELL).is_err(), "byte {at}");
        }
        for length in 0..bytes.len() {
            let cut = Sealed(BASE64_STANDARD.encode(&bytes[..length]));
            assert!(sealer(1).open(&cut, &CELL).is_err(), "{length} bytes");
        }
        assert!(sealer(1).open(&Sealed("not base64".into()), &CELL).is_err());
    }
}
