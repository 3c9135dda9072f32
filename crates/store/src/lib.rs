//! Stub.
use secrecy::SecretString;
use std::path::PathBuf;

/// Failures of the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Stub.
    #[error("stub")]
    Stub,
}
/// Where the key that seals secrets comes from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// 32 bytes as base64 or hexadecimal text.
    Value(SecretString),
    /// A file with such a text; made with mode 0600 when it is missing and nothing has been sealed yet.
    File(PathBuf),
}
/// The database.
#[derive(Clone, Debug)]
pub struct Store;
impl Store {
    /// Opens and migrates.
    ///
    /// # Errors
    /// Stub.
    pub async fn open(_url: &str, _key: KeySource) -> Result<Self, StoreError> {
        std::future::ready(Ok(Self)).await
    }
}
