//! SASL: mechanisms, initial responses, and the answers to challenges.

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::Host;
use secrecy::{ExposeSecret, SecretString};

/// What somebody signs in with.
#[derive(Clone, Debug)]
pub(crate) enum Credential {
    /// User name and password.
    Password {
        username: String,
        password: SecretString,
    },
    /// User name and access token.
    Token {
        username: String,
        access_token: SecretString,
    },
}

/// The mechanisms we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mechanism {
    /// Google's and Microsoft's, and the one every token server offers.
    XOAuth2,
    /// RFC 7628.
    OAuthBearer,
    /// RFC 4616.
    Plain,
    /// draft-murchison-sasl-login: user name and password in answer to two prompts.
    Login,
}

impl Mechanism {
    /// The best one for a credential among those a server offers. XOAUTH2 stands before
    /// OAUTHBEARER, since every provider that takes tokens has it and few have tested the other.
    pub(crate) fn choose(credential: &Credential, offered: &[String]) -> Option<Self> {
        Self::usable(credential, offered).next()
    }

    /// Those that fit a credential and are on offer, the best one first.
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

    /// Why this one was chosen, as `domain::FactName::Reason` has it.
    pub(crate) fn reason(credential: &Credential, offered: &[String]) -> &'static str {
        if Self::usable(credential, offered).count() > 1 {
            "preferred"
        } else {
            "only_offered"
        }
    }

    /// The registered name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::XOAuth2 => "XOAUTH2",
            Self::OAuthBearer => "OAUTHBEARER",
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
        }
    }

    /// The client's messages in order, base64. All but LOGIN have one, which may be sent with AUTH.
    pub(crate) fn messages(
        self,
        credential: &Credential,
        host: &Host,
        port: u16,
    ) -> Vec<SecretString> {
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

    /// Whether the first message may go with the AUTH command. RFC 4954 §4: a command line has at
    /// most 512 octets; longer ones are refused by Dovecot and garbled by Postfix. LOGIN has no
    /// initial response.
    pub(crate) fn fits_auth_line(self, message: &SecretString) -> bool {
        let line = "AUTH ".len() + self.name().len() + 1 + message.expose_secret().len() + 2;
        self != Self::Login && line <= 512
    }

    /// What is answered to a challenge that tells why a token was refused, so that the server goes
    /// on to its failure reply (RFC 7628 §3.2.3; Google, "XOAUTH2 Mechanism").
    pub(crate) fn acknowledgement(self) -> &'static str {
        if self == Self::OAuthBearer {
            "AQ=="
        } else {
            ""
        }
    }
}

/// RFC 5801 §4: `=` and `,` are escaped in a GS2 header.
fn saslname(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}

/// The text of a 334 challenge: the decoded base64 when it is printable, else `None`.
pub(crate) fn decode_challenge(challenge: &str) -> Option<String> {
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
    fn chooses_what_is_offered_and_fits_the_credential() {
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
