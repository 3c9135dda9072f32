//! Random values. They always come from the operating system; no test needs them fixed.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// `BYTES` random bytes as base64url text.
///
/// # Panics
/// When the operating system gives no random bytes.
pub fn token<const BYTES: usize>() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes::<BYTES>())
}

/// `BYTES` random bytes as lower case hexadecimal digits, which every collation sorts alike.
///
/// # Panics
/// When the operating system gives no random bytes.
pub fn hex<const BYTES: usize>() -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(2 * BYTES);
    for byte in bytes::<BYTES>() {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn bytes<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    // The system's source fails only before it is seeded at boot; without it nothing here is safe.
    #[expect(
        clippy::expect_used,
        reason = "no secret can be made without randomness"
    )]
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// What is stored of a random value that somebody else holds: SHA-256, base64url. A fast hash is
/// right here, since the value has 256 bits and cannot be guessed.
pub fn hash(value: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(value.as_bytes()))
}
