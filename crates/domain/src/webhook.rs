//! Webhooks: where they are posted to, what they are signed with, and why one did not arrive.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

use crate::{EndpointUrl, FieldError, Host, url::host_and_port};

/// The URL a webhook is posted to: `https:`, or `http:` on loopback. It is a secret as a whole: whoever knows the URL of a
/// chat's webhook can write there. Only its host is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    url: String,
    host: Host,
}

impl WebhookUrl {
    /// Reads what was typed; white space around it goes.
    ///
    /// # Errors
    /// `Required`, `TooLong`, `NotAUrl`, `UrlNotHttps`, `UrlHasFragment`, `UrlHasCredentials`.
    pub fn parse(typed: &str) -> Result<Self, FieldError> {
        let endpoint = EndpointUrl::parse(typed)?;
        let (host, _) = host_and_port(endpoint.as_str()).ok_or(FieldError::NotAUrl)?;
        let url = endpoint.as_str().to_owned();
        Ok(Self { url, host })
    }

    /// The URL itself.
    pub fn expose(&self) -> &str {
        &self.url
    }

    /// Its host, which may be shown.
    pub fn host(&self) -> &Host {
        &self.host
    }
}

impl Drop for WebhookUrl {
    fn drop(&mut self) {
        self.url.zeroize();
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WebhookUrl({}/…)", self.host)
    }
}

/// What a webhook is signed with (Standard Webhooks, "Signature scheme"): `whsec_` and the base64 of 24 to 64 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(String);

impl WebhookSecret {
    /// What it begins with.
    pub const PREFIX: &str = "whsec_";

    /// Reads what was typed; white space around it goes.
    ///
    /// # Errors
    /// `Required`, `NotAWebhookSecret`.
    pub fn parse(typed: &str) -> Result<Self, FieldError> {
        let text = typed.trim();
        if text.is_empty() {
            return Err(FieldError::Required);
        }
        let encoded = text.strip_prefix(Self::PREFIX).and_then(bytes_of);
        match encoded {
            Some(24..=64) => Ok(Self(text.to_owned())),
            _ => Err(FieldError::NotAWebhookSecret),
        }
    }

    /// The secret as it was typed.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The base64 of the key.
    pub fn encoded_key(&self) -> &str {
        self.0.strip_prefix(Self::PREFIX).unwrap_or_default()
    }
}

impl Drop for WebhookSecret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookSecret(…)")
    }
}

/// How many bytes a text of padded base64 (RFC 4648 §4) stands for; `None` when it is none.
fn bytes_of(encoded: &str) -> Option<usize> {
    let digits = encoded.trim_end_matches('=');
    let padding = encoded.len() - digits.len();
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    // What the padding leaves over of the last digit is zero.
    let unused = match padding {
        0 => 0,
        1 => 0b11,
        2 => 0b1111,
        _ => return None,
    };
    let last = digits.bytes().last()?;
    let whole = encoded.len().is_multiple_of(4) && digits.bytes().all(is_digit);
    (whole && value(last) & unused == 0).then(|| encoded.len() / 4 * 3 - padding)
}

macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// Why a webhook did not arrive. What the other side answers is not read, beyond its status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum WebhookFailure {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
            /// It was answered with this status, which does not say that it was taken.
            #[serde(rename = "status")]
            Status(u16),
        }

        impl WebhookFailure {
            /// The code in logs.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                    Self::Status(_) => "status",
                }
            }

            /// The failure with this code; of an answer the code does not tell the status.
            pub fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

failures! {
    /// The name has no address.
    NotFound = "not_found",
    /// Every address is in a network that is never connected to.
    AddressDenied = "address_denied",
    /// There is no connection.
    Unreachable = "unreachable",
    /// There was no answer in time.
    Timeout = "timeout",
    /// The certificate is not trusted, or is for another name.
    Certificate = "certificate",
    /// It led elsewhere, and redirects are not followed.
    Redirected = "redirected",
    /// It would have gone in the clear to another machine.
    Plaintext = "plaintext",
    /// The request could not be made of the URL and the secret.
    NotARequest = "not_a_request",
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_url_is_https_and_is_shown_as_its_host_only() {
        let url = WebhookUrl::parse(" https://hooks.slack.com/services/T0/B0/pLanted\n").unwrap();
        assert_eq!(
            url.expose(),
            "https://hooks.slack.com/services/T0/B0/pLanted"
        );
        assert_eq!(format!("{url:?}"), "WebhookUrl(hooks.slack.com/…)");
        assert!(WebhookUrl::parse("http://127.0.0.1:8080/x").is_ok());
        for (typed, error) in [
            ("", FieldError::Required),
            ("http://hooks.example.com/x", FieldError::UrlNotHttps),
            ("https://a:b@example.com/", FieldError::UrlHasCredentials),
            ("hooks.example.com/x", FieldError::NotAUrl),
        ] {
            assert_eq!(WebhookUrl::parse(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn a_secret_is_the_base64_of_24_to_64_bytes_and_is_never_shown() {
        let secret = WebhookSecret::parse(" whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ").unwrap();
        assert_eq!(secret.encoded_key(), "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
        assert_eq!(WebhookSecret::parse(" "), Err(FieldError::Required));
        let wrong = Err(FieldError::NotAWebhookSecret);
        let long = format!("whsec_{}", "AAAA".repeat(22));
        for typed in [
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_",
            "whsec_c2hvcnQ=",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa==Sw",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-w",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAB==",
            &long,
        ] {
            assert_eq!(WebhookSecret::parse(typed), wrong, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_makes_it_panic(typed in ".*") {
            let _ = WebhookSecret::parse(&format!("whsec_{typed}"));
            let _ = WebhookUrl::parse(&typed);
        }
    }
}
