//! Providers that replace Message-IDs.

use serde::{Deserialize, Serialize};

/// Style in which a provider gives accepted messages another Message-ID. Each way to find the
/// message afterwards works for one of the styles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageIdStyle {
    /// The original is kept in `X-Microsoft-Original-Message-ID`, and the reply names the new one.
    Microsoft,
    /// The original is kept in `X-Google-Original-Message-ID`. The identifier in the reply is not
    /// part of the new one.
    Google,
    /// The original is lost. The reply names the part of the new one before the `@`.
    Amazon,
}

impl MessageIdStyle {
    /// Every style.
    pub const ALL: [Self; 3] = [Self::Microsoft, Self::Google, Self::Amazon];

    /// Returns the new Message-ID of a message with this identifier.
    #[must_use]
    pub fn message_id(self, id: &str) -> String {
        match self {
            Self::Microsoft => {
                format!("<AM0PR01{id}@AM0PR01MB0001.eurprd01.prod.exchangelabs.com>")
            }
            Self::Google => format!("<5997.{id}.4b18SMTPIN_ADDED_BROKEN@mx.google.com>"),
            Self::Amazon => format!("<0102019a-{id}-000000@eu-west-1.amazonses.com>"),
        }
    }

    /// Returns the header field with the original Message-ID.
    #[must_use]
    pub fn original_field(self) -> Option<&'static str> {
        match self {
            Self::Microsoft => Some("X-Microsoft-Original-Message-ID"),
            Self::Google => Some("X-Google-Original-Message-ID"),
            Self::Amazon => None,
        }
    }

    /// Returns the reply that accepts a message.
    pub(crate) fn reply(self, id: &str) -> String {
        let new = self.message_id(id);
        match self {
            Self::Microsoft => format!("250 2.0.0 OK {new} [Hostname=AM0PR01MB0001.example.com]"),
            Self::Google => format!("250 2.0.0 OK  1733798977 5b1f17b1804b1-{id}.12 - gsmtp"),
            Self::Amazon => {
                let local = new.trim_start_matches('<').split('@').next();
                format!("250 Ok {}", local.unwrap_or_default())
            }
        }
    }

    /// Returns a message as it is stored.
    pub(crate) fn stored(self, raw: &[u8], id: &str) -> Vec<u8> {
        const FIELD: &str = "Message-ID";
        let mut stored = Vec::with_capacity(raw.len() + 200);
        let mut lines = raw.split_inclusive(|octet| *octet == b'\n');
        for line in lines.by_ref() {
            let value = line.split_at_checked(FIELD.len());
            let is_own = |name: &[u8]| name.eq_ignore_ascii_case(FIELD.as_bytes());
            let value = value.filter(|(name, value)| is_own(name) && value.starts_with(b":"));
            if let Some((_, value)) = value {
                let new = format!("{FIELD}: {}\r\n", self.message_id(id));
                stored.extend_from_slice(new.as_bytes());
                if let Some(field) = self.original_field() {
                    stored.extend_from_slice(field.as_bytes());
                    stored.extend_from_slice(value);
                }
            } else {
                stored.extend_from_slice(line);
            }
            if line == b"\r\n" {
                break;
            }
        }
        lines.for_each(|line| stored.extend_from_slice(line));
        stored
    }
}

#[cfg(test)]
mod tests {
    use super::MessageIdStyle;

    #[test]
    fn the_header_has_the_new_message_id_and_the_original_one() {
        let raw = b"From: a@b.test\r\nMessage-Id: <1@b.test>\r\n\r\nMessage-ID: no field\r\n";
        let stored = |style: MessageIdStyle| String::from_utf8(style.stored(raw, "x")).unwrap();
        assert_eq!(
            stored(MessageIdStyle::Microsoft),
            "From: a@b.test\r\n\
             Message-ID: <AM0PR01x@AM0PR01MB0001.eurprd01.prod.exchangelabs.com>\r\n\
             X-Microsoft-Original-Message-ID: <1@b.test>\r\n\r\nMessage-ID: no field\r\n"
        );
        assert_eq!(
            stored(MessageIdStyle::Amazon),
            "From: a@b.test\r\nMessage-ID: <0102019a-x-000000@eu-west-1.amazonses.com>\r\n\r\n\
             Message-ID: no field\r\n"
        );
    }
}
