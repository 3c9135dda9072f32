//! Signatures of values that leave the server, such as those of cookies.

use crate::Store;

impl Store {
    /// Signs values with a subkey of the sealing key for this purpose. The signature is base64 and
    /// becomes invalid with the next key rotation.
    pub fn sign(&self, purpose: &'static str, parts: &[&str]) -> String {
        self.keyring.current().mac_key(purpose).mac(&present(parts))
    }

    /// Returns true if [`Store::sign`] made this signature for these values with the key in force.
    /// Compares in constant time.
    pub fn is_signed(&self, purpose: &'static str, parts: &[&str], signature: &str) -> bool {
        let key = self.keyring.current().mac_key(purpose);
        key.verifies(&present(parts), signature)
    }
}

fn present<'a>(parts: &[&'a str]) -> Vec<Option<&'a str>> {
    parts.iter().copied().map(Some).collect()
}
