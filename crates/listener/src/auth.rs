//! The mechanisms PLAIN (RFC 4616) and LOGIN, as a server.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use secrecy::SecretString;

/// Accepts missing padding, which some devices leave out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// The prompt "Username:". Some devices quit if a prompt differs by one character.
const USERNAME: &str = "VXNlcm5hbWU6";
/// The prompt "Password:".
const PASSWORD: &str = "UGFzc3dvcmQ6";

/// User name and password.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

/// An exchange that waits for a response of the client.
#[derive(Debug)]
pub enum Exchange {
    /// PLAIN without an initial response.
    Plain,
    /// LOGIN, before the user name.
    LoginUser,
    /// LOGIN, after the user name.
    LoginPassword(String),
}

/// Next step after a response of the client.
#[derive(Debug)]
pub enum Next {
    /// The server sends this challenge, which is base64 already.
    Challenge(Exchange, &'static str),
    /// The client has sent everything.
    Complete(Credentials),
    /// The response is not base64, or has another content.
    Malformed,
}

/// Begins an exchange. Returns `None` for a mechanism that is not offered.
pub fn begin(mechanism: &str, initial: Option<&str>) -> Option<Next> {
    let exchange = match mechanism {
        "PLAIN" => Exchange::Plain,
        "LOGIN" => Exchange::LoginUser,
        _ => return None,
    };
    Some(match (initial, exchange) {
        // An empty response is sent as "=" there (RFC 4954 §4).
        (Some(initial), exchange) => exchange.respond(if initial == "=" { "" } else { initial }),
        (None, Exchange::LoginUser) => Next::Challenge(Exchange::LoginUser, USERNAME),
        (None, exchange) => Next::Challenge(exchange, ""),
    })
}

impl Exchange {
    /// Continues with a response in base64.
    pub fn respond(self, response: &str) -> Next {
        let Some(text) = decode(response) else {
            return Next::Malformed;
        };
        match self {
            Self::Plain => {
                let mut parts = text.split('\0');
                let parts = (parts.next(), parts.next(), parts.next(), parts.next());
                // The authorization identity is ignored: there is nothing to choose.
                let (Some(_), Some(user), Some(password), None) = parts else {
                    return Next::Malformed;
                };
                complete(user.to_owned(), password)
            }
            Self::LoginUser => Next::Challenge(Self::LoginPassword(text), PASSWORD),
            Self::LoginPassword(user) => complete(user, &text),
        }
    }
}

fn complete(user: String, password: &str) -> Next {
    Next::Complete(Credentials {
        user,
        password: password.to_owned().into(),
    })
}

fn decode(response: &str) -> Option<String> {
    let octets = BASE64.decode(response.trim()).ok()?;
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn credentials(next: Next) -> (String, String) {
        let Next::Complete(credentials) = next else {
            panic!("{next:?}");
        };
        let password = credentials.password.expose_secret().to_owned();
        (credentials.user, password)
    }

    fn challenge(next: Next) -> (Exchange, &'static str) {
        let Next::Challenge(exchange, text) = next else {
            panic!("{next:?}");
        };
        (exchange, text)
    }

    #[test]
    fn plain_with_and_without_an_initial_response() {
        let expected = ("user".to_owned(), "pass".to_owned());
        // \0user\0pass, and the same with an authorization identity and without padding.
        for response in ["AHVzZXIAcGFzcw==", "AHVzZXIAcGFzcw", "eAB1c2VyAHBhc3M="] {
            assert_eq!(
                credentials(begin("PLAIN", Some(response)).unwrap()),
                expected
            );
            let (exchange, text) = challenge(begin("PLAIN", None).unwrap());
            assert_eq!(text, "");
            assert_eq!(credentials(exchange.respond(response)), expected);
        }
    }

    #[test]
    fn login_with_the_user_name_in_the_first_line_or_after_a_prompt() {
        let expected = ("user".to_owned(), "pass".to_owned());
        let (exchange, text) = challenge(begin("LOGIN", Some("dXNlcg==")).unwrap());
        assert_eq!(text, "UGFzc3dvcmQ6");
        assert_eq!(credentials(exchange.respond("cGFzcw==")), expected);
        let (exchange, text) = challenge(begin("LOGIN", None).unwrap());
        assert_eq!(text, "VXNlcm5hbWU6");
        let (exchange, text) = challenge(exchange.respond("dXNlcg=="));
        assert_eq!(text, "UGFzc3dvcmQ6");
        assert_eq!(credentials(exchange.respond("cGFzcw==")), expected);
    }

    #[test]
    fn malformed_responses_and_other_mechanisms_are_refused() {
        assert!(begin("CRAM-MD5", None).is_none());
        for response in ["?", "=", "dXNlcg==", "AAAAAA==", "/w=="] {
            let next = begin("PLAIN", Some(response)).unwrap();
            assert!(matches!(next, Next::Malformed), "{response} {next:?}");
        }
    }
}
