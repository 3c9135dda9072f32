//! Names of accounts, API keys, and data centers, and host names.

use domain::{
    AccountName, ApiKeyName, AuthorizationId, CheckId, DataCenterId, DataCenterName, Host,
};
use proptest::prelude::*;

use crate::{CASES, is_one_line};
use fuzz::{cases, hostile};

proptest! {
    #![proptest_config(cases(CASES))]

    #[test]
    fn an_account_name_is_one_short_word(text in hostile()) {
        if let Ok(name) = AccountName::parse(&text) {
            let kept = name.as_str();
            prop_assert!((1..=64).contains(&kept.len()));
            prop_assert!(kept.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+@".contains(&b)));
            prop_assert_eq!(AccountName::parse(kept), Ok(name.clone()));
            prop_assert_eq!(text.trim(), kept);
        }
    }

    #[test]
    fn names_of_keys_and_data_centers_are_one_short_line(text in hostile()) {
        let key = ApiKeyName::parse(&text).map(|name| name.as_str().to_owned());
        let data_center = DataCenterName::parse(&text).map(|name| name.as_str().to_owned());
        prop_assert_eq!(&key, &data_center);
        if let Ok(name) = key {
            prop_assert!(is_one_line(&name) && (1..=64).contains(&name.chars().count()));
            prop_assert_eq!(name.trim(), &name);
            let id = DataCenterId::from_name(&DataCenterName::parse(&name).unwrap(), 7);
            prop_assert_eq!(DataCenterId::parse(id.as_str()), Ok(id));
        }
    }

    #[test]
    fn an_id_is_safe_in_a_path(text in hostile()) {
        for id in [
            CheckId::parse(&text).ok().map(|id| id.as_str().to_owned()),
            AuthorizationId::parse(&text).ok().map(|id| id.as_str().to_owned()),
            DataCenterId::parse(&text).ok().map(|id| id.as_str().to_owned()),
        ]
        .into_iter()
        .flatten()
        {
            prop_assert_eq!(&id, &text);
            prop_assert!(id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
            prop_assert!((1..=64).contains(&id.len()));
        }
    }

    #[test]
    fn a_host_is_a_name_or_an_address_and_never_looks_like_the_other(text in hostile()) {
        if let Ok(host) = Host::parse(&text) {
            let kept = host.as_str();
            prop_assert_eq!(Host::parse(kept), Ok(host.clone()));
            prop_assert!(kept.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:".contains(&b)));
            prop_assert!(kept.len() <= 253);
            if host.ip().is_none() {
                // `getaddrinfo` and URLs would read this as a number.
                let last = kept.rsplit('.').next().unwrap();
                let digits = last.strip_prefix("0x").map_or(
                    last.bytes().all(|b| b.is_ascii_digit()),
                    |hex| hex.bytes().all(|b| b.is_ascii_hexdigit()),
                );
                prop_assert!(!digits, "{kept}");
            }
        }
    }
}
