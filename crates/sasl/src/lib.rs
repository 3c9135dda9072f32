//! SASL mechanisms of mail clients: messages, initial responses, and challenges.
//!
//! SMTP and IMAP use the same mechanisms and differ only in how they carry the messages. The crate
//! does no I/O. Start reading at [`Mechanism::messages`].

#[cfg(test)]
mod property_tests;

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::Host;
use secrecy::{ExposeSecret, SecretString};

/// A user name and the secret that proves it.
#[derive(Clone, Debug)]
pub enum Credential {
    /// User name and password.
    Password {
        /// The user name.
        username: String,
        /// The password.
        password: SecretString,
    },
    /// User name and access token.
    Token {
        /// The user name.
        username: String,
        /// The OAuth 2.0 access token.
        access_token: SecretString,
    },
}

impl Credential {
    /// Returns the password or access token.
    pub fn secret(&self) -> &SecretString {
        match self {
            Self::Password { password, .. } => password,
            Self::Token { access_token, .. } => access_token,
        }
    }
}

/// A mechanism that we support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// XOAUTH2, defined by Google; every server that accepts tokens offers it.
    XOAuth2,
    /// OAUTHBEARER (RFC 7628).
    OAuthBearer,
    /// PLAIN (RFC 4616).
    Plain,
    /// LOGIN (draft-murchison-sasl-login): user name and password in answer to two prompts.
    Login,
}

impl Mechanism {
    /// Returns the best mechanism for a credential among those a server offers. XOAUTH2 is
    /// preferred to OAUTHBEARER because every provider that accepts tokens has it and few have
    /// tested the other.
    pub fn choose(credential: &Credential, offered: &[String]) -> Option<Self> {
        Self::usable(credential, offered).next()
    }

    /// Returns the offered mechanisms that fit a credential, the best one first.
    fn usable(credential: &Credential, offered: &[String]) -> impl Iterator<Item = Self> {
        let own = match credential {
            Credential::Token { .. } => [Self::XOAuth2, Self::OAuthBearer],
            Credential::Password { .. } => [Self::Plain, Self::Login],
        };
        own.into_iter().filter(|own| {
            offered
                .iter()
                .any(|offer| offer.eq_ignore_ascii_case(own.name()))
        })
    }

    /// Returns the reason for the choice, as the fact `domain::FactName::Reason` shows it.
    pub fn reason(credential: &Credential, offered: &[String]) -> &'static str {
        if Self::usable(credential, offered).count() > 1 {
            "preferred"
        } else {
            "only_offered"
        }
    }

    /// Returns the registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::XOAuth2 => "XOAUTH2",
            Self::OAuthBearer => "OAUTHBEARER",
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
        }
    }

    /// Returns the client's messages in order, in base64. All mechanisms but LOGIN have one, which
    /// may be sent with AUTH.
    pub fn messages(self, credential: &Credential, host: &Host, port: u16) -> Vec<SecretString> {
        let plain = match (self, credential) {
            // Google, "XOAUTH2 Mechanism": user=U ^A auth=Bearer T ^A ^A
            (
                Self::XOAuth2,
                Credential::Token {
                    username,
                    access_token,
                },
            ) => {
                vec![format!(
                    "user={username}\u{1}auth=Bearer {}\u{1}\u{1}",
                    access_token.expose_secret()
                )]
            }
            // RFC 7628 §3.1
            (
                Self::OAuthBearer,
                Credential::Token {
                    username,
                    access_token,
                },
            ) => vec![format!(
                "n,a={},\u{1}host={host}\u{1}port={port}\u{1}auth=Bearer {}\u{1}\u{1}",
                saslname(username),
                access_token.expose_secret()
            )],
            // RFC 4616 §2
            (Self::Plain, Credential::Password { username, password }) => {
                vec![format!("\0{username}\0{}", password.expose_secret())]
            }
            (Self::Login, Credential::Password { username, password }) => {
                vec![username.clone(), password.expose_secret().to_owned()]
            }
            _ => Vec::new(),
        };
        plain
            .into_iter()
            .map(|message| BASE64_STANDARD.encode(message).into())
            .collect()
    }

    /// Returns true if the first message may be sent with the AUTH command. RFC 4954 §4: a command
    /// line has at most 512 octets; Dovecot refuses longer ones and Postfix garbles them. LOGIN has
    /// no initial response.
    pub fn fits_auth_line(self, message: &SecretString) -> bool {
        let line = "AUTH ".len() + self.name().len() + 1 + message.expose_secret().len() + 2;
        self != Self::Login && line <= 512
    }

    /// Returns the answer to a challenge with the reason of a refusal. The server sends its failure
    /// reply after it (RFC 7628 §3.2.3; Google, "XOAUTH2 Mechanism").
    pub fn acknowledgement(self) -> &'static str {
        if self == Self::OAuthBearer {
            "AQ=="
        } else {
            ""
        }
    }
}

/// Escapes `=` and `,` for a GS2 header (RFC 5801 §4).
fn saslname(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}

/// Decodes a challenge from base64. Returns `None` if it is not printable text.
pub fn decode_challenge(challenge: &str) -> Option<String> {
    let bytes = BASE64_STANDARD.decode(challenge.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?.trim().to_owned();
    (!text.is_empty() && !text.chars().any(char::is_control)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(username: &str, token: &str) -> Credential {
        Credential::Token {
            username: username.into(),
            access_token: token.into(),
        }
    }

    fn message(mechanism: Mechanism, credential: &Credential) -> Vec<String> {
        let host = Host::parse("server.example.com").unwrap();
        mechanism
            .messages(credential, &host, 143)
            .iter()
            .map(|message| message.expose_secret().to_owned())
            .collect()
    }

    #[test]
    fn xoauth2_is_as_in_googles_example() {
        let credential = token(
            "someuser@example.com",
            "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg",
        );
        assert_eq!(
            message(Mechanism::XOAuth2, &credential),
            [
                "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
            ]
        );
    }

    #[test]
    fn oauthbearer_is_as_in_rfc_7628() {
        let credential = token(
            "user@example.com",
            "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
        );
        assert_eq!(
            message(Mechanism::OAuthBearer, &credential),
            [
                "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"
            ]
        );
    }

    #[test]
    fn oauthbearer_escapes_the_user_name() {
        let sent = message(Mechanism::OAuthBearer, &token("a=b,c", "t"));
        let plain = BASE64_STANDARD.decode(&sent[0]).unwrap();
        assert!(plain.starts_with(b"n,a=a=3Db=2Cc,\x01"));
    }

    #[test]
    fn plain_and_login_are_as_in_their_documents() {
        let credential = Credential::Password {
            username: "tim".into(),
            password: "tanstaaftanstaaf".into(),
        };
        assert_eq!(
            message(Mechanism::Plain, &credential),
            ["AHRpbQB0YW5zdGFhZnRhbnN0YWFm"]
        );
        assert_eq!(
            message(Mechanism::Login, &credential),
            ["dGlt", "dGFuc3RhYWZ0YW5zdGFhZg=="]
        );
    }

    #[test]
    fn the_first_message_goes_with_auth_only_while_the_line_has_512_octets() {
        let of = |length: usize| SecretString::from("x".repeat(length));
        assert!(Mechanism::XOAuth2.fits_auth_line(&of(512 - 15)));
        assert!(!Mechanism::XOAuth2.fits_auth_line(&of(512 - 14)));
        assert!(!Mechanism::Login.fits_auth_line(&of(4)));
    }

    #[test]
    fn selects_an_offered_mechanism_that_fits_the_credential() {
        let offered = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let token = token("u", "t");
        let password = Credential::Password {
            username: "u".into(),
            password: "p".into(),
        };
        for (credential, offer, chosen) in [
            (
                &token,
                "PLAIN LOGIN XOAUTH2 OAUTHBEARER",
                Some(Mechanism::XOAuth2),
            ),
            (&token, "plain oauthbearer", Some(Mechanism::OAuthBearer)),
            (&token, "PLAIN LOGIN", None),
            (&password, "LOGIN XOAUTH2", Some(Mechanism::Login)),
            (&password, "LOGIN PLAIN", Some(Mechanism::Plain)),
            (&password, "XOAUTH2", None),
        ] {
            assert_eq!(
                Mechanism::choose(credential, &offered(offer)),
                chosen,
                "{offer}"
            );
        }
    }

    #[test]
    fn decodes_a_challenge_that_is_text() {
        let google = "eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIG1hYyIsInNjb3BlIjoiaHR0cHM6Ly9tYWlsLmdvb2dsZS5jb20vIn0K";
        let decoded =
            r#"{"status":"401","schemes":"bearer mac","scope":"https://mail.google.com/"}"#;
        assert_eq!(decode_challenge(google).as_deref(), Some(decoded));
        assert_eq!(
            decode_challenge("eyJzdGF0dXMiOiI0MDAifQ==").as_deref(),
            Some("{\"status\":\"400\"}")
        );
        assert_eq!(decode_challenge("%%%"), None);
        assert_eq!(decode_challenge(""), None);
    }
}
