//! Message contents, encoded as text for both databases.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::MessageId;

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("message_contents");
const UTF8: &str = "utf8";
const BASE64: &str = "base64";

/// Returns the encoding and the text. Nearly every message is UTF-8 already. PostgreSQL does not
/// accept NUL in text.
pub(super) fn encode(content: &[u8]) -> (&'static str, String) {
    match std::str::from_utf8(content) {
        Ok(text) if !text.contains('\0') => (UTF8, text.to_owned()),
        _ => (BASE64, BASE64_STANDARD.encode(content)),
    }
}

pub(super) fn decode(encoding: &str, content: String) -> Result<Vec<u8>, StoreError> {
    match encoding {
        UTF8 => Ok(content.into_bytes()),
        BASE64 => TABLE.value("content", BASE64_STANDARD.decode(content)),
        _ => Err(TABLE.corrupt("encoding")),
    }
}

impl Store {
    /// Returns the content of a message. `None` if there is no such message or its content was
    /// deleted.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn message_content(&self, id: &MessageId) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT encoding, content FROM message_contents WHERE message = $1")
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
        row.map(|(encoding, content)| decode(&encoding, content))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn every_content_reads_back() {
        for content in [
            &b"Subject: x\r\n\r\n\xc3\xa4"[..],
            b"a\0b",
            b"\xff\xfe",
            b"",
        ] {
            let (encoding, text) = encode(content);
            assert!(!text.contains('\0'));
            assert_eq!(decode(encoding, text).unwrap(), content);
        }
    }
}
