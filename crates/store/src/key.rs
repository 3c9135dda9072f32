//! The key that seals secrets, and where it comes from.

use std::path::PathBuf;

use secrecy::SecretString;

/// Where the key that seals secrets comes from: 32 bytes as base64 or hexadecimal text.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// The text itself.
    Value(SecretString),
    /// A file with the text; made with mode 0600 when it is missing and nothing has been sealed yet.
    File(PathBuf),
}
