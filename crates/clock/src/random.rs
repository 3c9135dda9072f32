//! Random values. They always come from the operating system; no test needs them fixed.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Returns `BYTES` random bytes as base64url text.
///
/// # Panics
/// Panics if the operating system provides no random bytes.
pub fn token<const BYTES: usize>() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes::<BYTES>())
}

/// Returns `BYTES` random bytes as lower-case hexadecimal digits, which every collation sorts
/// alike.
///
/// # Panics
/// Panics if the operating system provides no random bytes.
pub fn hex<const BYTES: usize>() -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(2 * BYTES);
    for byte in bytes::<BYTES>() {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Returns `BYTES` random bytes.
///
/// # Panics
/// Panics if the operating system provides no random bytes.
pub fn bytes<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    // The operating system only fails before it is seeded at boot. Nothing is secure without it.
    #[expect(
        clippy::expect_used,
        reason = "no secret can be made without randomness"
    )]
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Returns the stored form of a random value: SHA-256 as base64url. A fast hash is sufficient,
/// because a value of 256 bits cannot be guessed.
pub fn hash(value: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(value.as_bytes()))
}
