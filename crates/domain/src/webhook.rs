//! Webhooks: their URLs, signing secrets, and failures.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

use crate::{EndpointUrl, Host, UrlError, WebhookSecretError, url::host_and_port};

/// URL of a webhook: `https:`, or `http:` on loopback. The whole URL is a secret, because anyone
/// who knows the URL of a chat's webhook can post there. Pages only show its host.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    url: String,
    host: Host,
}

impl WebhookUrl {
    /// Parses a typed URL. Surrounding white space is removed.
    ///
    /// # Errors
    /// `Required`, `TooLong`, `NotAUrl`, `UrlNotHttps`, `UrlHasFragment`, `UrlHasCredentials`.
    pub fn parse(typed: &str) -> Result<Self, UrlError> {
        let endpoint = EndpointUrl::parse(typed)?;
        let (host, _) = host_and_port(endpoint.as_str()).ok_or(UrlError::NotAUrl)?;
        let url = endpoint.as_str().to_owned();
        Ok(Self { url, host })
    }

    /// Returns the URL in plaintext.
    pub fn expose(&self) -> &str {
        &self.url
    }

    /// Returns the host, which is not secret.
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

/// Signing secret (Standard Webhooks, "Signature scheme"): `whsec_` followed by the base64 of 24 to
/// 64 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(String);

impl WebhookSecret {
    /// Prefix of every secret.
    pub const PREFIX: &str = "whsec_";

    /// Parses a typed secret. Surrounding white space is removed.
    ///
    /// # Errors
    /// `Required`, `NotAWebhookSecret`.
    pub fn parse(typed: &str) -> Result<Self, WebhookSecretError> {
        let text = typed.trim();
        if text.is_empty() {
            return Err(WebhookSecretError::Required);
        }
        let encoded = text.strip_prefix(Self::PREFIX).and_then(bytes_of);
        match encoded {
            Some(24..=64) => Ok(Self(text.to_owned())),
            _ => Err(WebhookSecretError::NotAWebhookSecret),
        }
    }

    /// Returns the secret in plaintext, with its prefix.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the key in base64.
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

/// Returns the decoded length in bytes of padded base64 (RFC 4648 §4). `None` if the text is not
/// valid.
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
    // The unused bits of the last digit must be zero.
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
        /// Reason why a webhook was not delivered. Only the status of the response is read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum WebhookFailure {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
            /// The response has this status, which is not a success.
            #[serde(rename = "status")]
            Status(u16),
        }

        impl WebhookFailure {
            /// Returns the code in logs.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                    Self::Status(_) => "status",
                }
            }

            /// Returns the failure with this code. The code of a status does not contain its
            /// number.
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
    /// The host name has no address.
    NotFound = "not_found",
    /// Every address is in a denied network.
    AddressDenied = "address_denied",
    /// No connection could be established.
    Unreachable = "unreachable",
    /// The server did not answer in time.
    Timeout = "timeout",
    /// The certificate is not trusted or is for another name.
    Certificate = "certificate",
    /// The server redirected, which is not followed.
    Redirected = "redirected",
    /// The request would be sent without TLS to another machine.
    Plaintext = "plaintext",
    /// The request could not be built from the URL and the secret.
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
            ("", UrlError::Required),
            ("http://hooks.example.com/x", UrlError::UrlNotHttps),
            ("https://a:b@example.com/", UrlError::UrlHasCredentials),
            ("hooks.example.com/x", UrlError::NotAUrl),
        ] {
            assert_eq!(WebhookUrl::parse(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn a_secret_is_the_base64_of_24_to_64_bytes_and_is_never_shown() {
        let secret = WebhookSecret::parse(" whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ").unwrap();
        assert_eq!(secret.encoded_key(), "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
        assert_eq!(WebhookSecret::parse(" "), Err(WebhookSecretError::Required));
        let wrong = Err(WebhookSecretError::NotAWebhookSecret);
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
