//! Property tests: no user name breaks out of a message, and a decoded challenge is plain text.

use base64::prelude::*;
use domain::Host;
use proptest::prelude::*;
use secrecy::ExposeSecret;

use fuzz::{cases, hostile, line};

use crate::{Credential, Mechanism, decode_challenge};

fn sent(mechanism: Mechanism, credential: &Credential) -> Vec<String> {
    let host = Host::parse("smtp.example.com").unwrap();
    let messages = mechanism.messages(credential, &host, 587);
    messages
        .iter()
        .map(|message| {
            let message = message.expose_secret();
            assert!(
                message
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
            );
            String::from_utf8(BASE64_STANDARD.decode(message).unwrap()).unwrap()
        })
        .collect()
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn a_user_name_never_breaks_out_of_a_bearer_message(username in line(), access_token in "[ -~]{1,20}") {
        let credential = Credential::Token {
            username: username.clone(),
            access_token: access_token.as_str().into(),
        };
        let xoauth2 = sent(Mechanism::XOAuth2, &credential).remove(0);
        let bearer = format!("auth=Bearer {access_token}");
        let user = format!("user={username}");
        prop_assert_eq!(
            xoauth2.split('\u{1}').collect::<Vec<_>>(),
            [user.as_str(), bearer.as_str(), "", ""]
        );
        let oauthbearer = sent(Mechanism::OAuthBearer, &credential).remove(0);
        let parts: Vec<_> = oauthbearer.split('\u{1}').collect();
        prop_assert_eq!(&parts[1..], ["host=smtp.example.com", "port=587", bearer.as_str(), "", ""]);
        let header: Vec<_> = parts[0].split(',').collect();
        prop_assert_eq!((header.len(), header[0], header[2]), (3, "n", ""));
        let name = header[1].strip_prefix("a=").unwrap().replace("=2C", ",").replace("=3D", "=");
        prop_assert_eq!(name, username);
    }

    #[test]
    fn a_user_name_or_password_never_breaks_out_of_a_password_message(username in line(), password in line()) {
        let credential = Credential::Password {
            username: username.clone(),
            password: password.as_str().into(),
        };
        let plain = sent(Mechanism::Plain, &credential).remove(0);
        prop_assert_eq!(plain.split('\0').collect::<Vec<_>>(), ["", username.as_str(), password.as_str()]);
        prop_assert_eq!(sent(Mechanism::Login, &credential), [username, password]);
    }

    #[test]
    fn a_challenge_is_one_line_of_text_or_nothing(
        text in hostile(),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        for challenge in [
            text.clone(),
            BASE64_STANDARD.encode(&text),
            BASE64_STANDARD.encode(&bytes),
            String::from_utf8_lossy(&bytes).into_owned(),
        ] {
            if let Some(decoded) = decode_challenge(&challenge) {
                prop_assert!(!decoded.is_empty() && decoded.len() <= challenge.len());
                prop_assert!(!decoded.chars().any(char::is_control), "{decoded:?}");
            }
        }
        let readable = text.replace(char::is_control, "").trim().to_owned();
        let decoded = decode_challenge(&BASE64_STANDARD.encode(&readable));
        prop_assert_eq!(decoded, Some(readable).filter(|text| !text.is_empty()));
    }
}
