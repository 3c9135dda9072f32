//! The test email: no name or address adds a header or a line.

use domain::{EmailAddress, FromAddress, UnixTime};
use fuzz::{cases, hostile};
use proptest::prelude::*;

use crate::test_email;

const HEADERS: [&str; 7] = [
    "Auto-Submitted",
    "Content-Transfer-Encoding",
    "Date",
    "From",
    "Message-ID",
    "Subject",
    "To",
];

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn a_from_name_never_adds_a_header_or_a_line(
        name in hostile(),
        quoted in any::<bool>(),
        recipient in prop_oneof![Just("bob@example.com".to_owned()), hostile()],
    ) {
        let typed = if quoted {
            format!("\"{name}\" <alice@example.com>")
        } else {
            format!("{name} <alice@example.com>")
        };
        let (Ok(from), Ok(to)) = (FromAddress::parse(&typed), EmailAddress::parse(&recipient)) else {
            return Ok(());
        };
        let Some(message) = test_email(&from, &to, UnixTime(1_800_000_000)) else {
            return Ok(());
        };
        let text = String::from_utf8(message.content).unwrap();
        prop_assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\0']));
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        prop_assert!(head.is_ascii() || to.needs_smtputf8());
        prop_assert!(!head.replace("\r\n", "").contains(|c: char| c.is_control() && c != '\t'));
        let mut names: Vec<_> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        names.sort_unstable();
        prop_assert_eq!(names, HEADERS, "{}", head);
        prop_assert!(head.split("\r\n").all(|line| line.len() <= 998), "{head}");
        for address in [&message.sender, &message.recipients[0].address] {
            let address: lettre::Address = address.as_str().parse().unwrap();
            let address = address.to_string();
            prop_assert!(!address.contains(char::is_control));
            let read = EmailAddress::parse(&address).map(|read| read.to_string());
            prop_assert_eq!(read, Ok(address));
        }
    }
}
