//! Faults of TLS.

use serde::{Deserialize, Serialize};

/// TLS version that the sandbox supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TlsVersion {
    /// TLS 1.2
    #[serde(rename = "1.2")]
    V1_2,
    /// TLS 1.3
    #[serde(rename = "1.3")]
    V1_3,
}

/// Certificate that the server presents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certificate {
    /// Valid for `localhost`, `127.0.0.1`, and `::1`, signed by the sandbox's authority.
    #[default]
    Good,
    /// Signed by the sandbox's authority for another name.
    WrongName,
    /// Expired.
    Expired,
    /// Signed by an unknown authority.
    UnknownCa,
    /// Expires in twenty days.
    EndsSoon,
    /// Valid for clients only (RFC 5280 §4.2.1.12).
    ForClients,
}
