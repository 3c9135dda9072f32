//! Messages with UTF-8 in their header, for servers that do not offer SMTPUTF8.

use std::borrow::Cow;

use domain::{EmailAddress, FromAddress};

use super::{RawMessage, fields::is_address_field, header};

/// Returns the message with a header in ASCII. Recipients with an internationalized address do not
/// get this copy, and the others see such an address but cannot reply to it.
pub fn with_ascii_header(content: &[u8]) -> Cow<'_, [u8]> {
    let end = content.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, rest) = content.split_at(end.map_or(content.len(), |end| end + 2));
    if head.is_ascii() {
        return Cow::Borrowed(content);
    }
    let mut message = RawMessage::parse(head);
    let copy = message.clone();
    message.map_fields(|name, raw| {
        if raw.is_ascii() {
            return None;
        }
        let value = if is_address_field(name) {
            let mailboxes = copy.mailboxes(name).into_iter();
            let shown = mailboxes.filter_map(|(name, address)| {
                let address = EmailAddress::parse(&address).ok()?;
                Some(header::ascii_mailbox(&FromAddress { name, address }))
            });
            shown.collect::<Vec<_>>().join(", ")
        } else {
            let value = raw.get(name.len() + 1..).unwrap_or_default();
            let text = String::from_utf8_lossy(value).replace("\r\n", "");
            header::text(&text)
        };
        Some(header::line(name, &value).into_bytes())
    });
    Cow::Owned([&*message.header(), rest].concat())
}

#[cfg(test)]
mod tests {
    use super::with_ascii_header;

    #[test]
    fn addresses_that_need_smtputf8_become_empty_groups_and_the_rest_stays() {
        let content = "From: Alice <alice@example.com>\r\nTo: Jörg <jörg@example.com>, bob@example.com\r\n\
                       Subject: Hello\r\n\r\nGrüße\r\n";
        let changed = with_ascii_header(content.as_bytes());
        let changed = String::from_utf8(changed.into_owned()).unwrap();
        let (head, body) = changed.split_once("\r\n\r\n").unwrap();
        assert!(head.is_ascii(), "{head}");
        assert_eq!(body, "Grüße\r\n");
        let parsed = mail_parser::MessageParser::default()
            .parse(changed.as_bytes())
            .unwrap();
        let to: Vec<_> = parsed.to().unwrap().iter().collect();
        let addresses: Vec<_> = to.iter().filter_map(|one| one.address.as_deref()).collect();
        assert_eq!(addresses, ["bob@example.com"]);
        let unfolded = head.replace("\r\n", "");
        assert!(
            unfolded
                .contains("To: =?utf-8?B?SsO2cmcgasO2cmdAZXhhbXBsZS5jb20=?= :;, bob@example.com"),
            "{head}"
        );
        let plain = b"To: bob@example.com\r\n\r\nGr\xfc\xdfe\r\n";
        assert_eq!(&*with_ascii_header(plain), plain);
    }
}
