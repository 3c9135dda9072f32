//! Forms about accounts and API keys.

use domain::{
    UnixTime,
    access::{NewAccountForm, NewKeyForm, SignInForm},
};
use proptest::prelude::*;

use crate::{CASES, is_one_line};
use fuzz::{cases, hostile};

const NOW: UnixTime = UnixTime(1_795_465_380);

proptest! {
    #![proptest_config(cases(CASES))]

    #[test]
    fn a_requested_key_follows_the_rules(
        name in hostile(),
        send in hostile(),
        others in [hostile(), hostile(), hostile(), hostile()],
        sender in prop_oneof![Just(String::new()), hostile()],
        data_center in prop_oneof![Just(String::new()), Just("default".to_owned()), hostile()],
        expires in prop_oneof![Just(String::new()), Just("2027-01-31".to_owned()), hostile()],
    ) {
        let [messages, mailbox, metrics, senders] = others;
        let form = NewKeyForm {
            name, send, messages, mailbox, metrics, senders, data_center, sender, expires,
        };
        if let Ok(key) = form.parse(NOW) {
            prop_assert!(!key.scopes.is_empty() && key.scopes.len() <= 5);
            prop_assert!(is_one_line(key.name.as_str()));
            prop_assert!(key.expires_at.is_none_or(|end| end > NOW && end.0 % 86_400 == 0));
            prop_assert_eq!(key.expires_at.is_none(), form.expires.trim().is_empty());
            prop_assert_eq!(key.data_center.is_none(), form.data_center.is_empty());
        }
    }

    #[test]
    fn a_body_of_any_bytes_is_a_form_or_an_error(
        pairs in prop::collection::vec((hostile(), hostile()), 0..3),
        bytes in prop::collection::vec(any::<u8>(), 0..24),
    ) {
        let mut body = serde_urlencoded::to_string(&pairs).unwrap();
        body.push_str("&name=");
        let mut body = body.into_bytes();
        body.extend(bytes);
        if let Ok(form) = serde_urlencoded::from_bytes::<NewKeyForm>(&body)
            && let Ok(key) = form.parse(NOW)
        {
            prop_assert!(is_one_line(key.name.as_str()));
        }
        if let Ok(form) = serde_urlencoded::from_bytes::<NewAccountForm>(&body)
            && let Ok((name, _)) = form.parse()
        {
            prop_assert!(is_one_line(name.as_str()));
        }
        if let Ok(form) = serde_urlencoded::from_bytes::<SignInForm>(&body) {
            let printed = format!("{form:?}");
            let password = form.password.expose();
            prop_assert!(password.len() < 9 || !printed.contains(password));
        }
    }
}
