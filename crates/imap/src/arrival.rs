//! The search for a message by its Message-ID.

use domain::FindingCode;
use imap_codec::imap_types::{
    command::CommandBody,
    core::AString,
    fetch::{MacroOrMessageDataItemNames, MessageDataItemName, Section},
    search::SearchKey,
};

use crate::{Connection, response::Data};

impl Connection {
    /// Returns the From address of the message that has this value in this header field, or `None`
    /// if there is no such message.
    ///
    /// # Errors
    /// The finding code of the command that failed.
    pub async fn sender_of(
        &mut self,
        field: &str,
        value: &str,
    ) -> Result<Option<String>, FindingCode> {
        let text =
            |text: &str| AString::try_from(text.to_owned()).map_err(|_| FindingCode::NotArrived);
        let key = SearchKey::Header(text(field)?, text(value)?);
        let answer = self.ask(CommandBody::search(None, key, true)).await?;
        let found = answer.data.iter().filter_map(|data| match data {
            Data::Search(uids) => uids.iter().max().copied(),
            _ => None,
        });
        let Some(uid) = found.max() else {
            return Ok(None);
        };
        let fields = text("From")?.into();
        let item = MessageDataItemName::BodyExt {
            section: Some(Section::HeaderFields(None, fields)),
            partial: None,
            peek: true,
        };
        let body = CommandBody::Fetch {
            sequence_set: uid.into(),
            macro_or_item_names: MacroOrMessageDataItemNames::MessageDataItemNames(vec![item]),
            uid: true,
        };
        let mut answer = self.ask(body).await?;
        let fetched = answer.take_fetched();
        let header = fetched.iter().flat_map(|one| &one.sections).next();
        let header = header.map(|header| String::from_utf8_lossy(&header.data).into_owned());
        Ok(Some(address_of(&header.unwrap_or_default())))
    }
}

/// Returns the address in `From: Name <address>` or `From: address`, as far as it can be
/// recognized.
fn address_of(header: &str) -> String {
    let value = header.split_once(':').map_or(header, |(_, value)| value);
    let value = value.replace(['\r', '\n'], " ");
    let value = value.trim();
    let inside = value
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(address, _)| address);
    inside.unwrap_or(value).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::address_of;

    #[test]
    fn reads_the_address_of_a_header() {
        for (header, address) in [
            ("From: alice@example.com\r\n\r\n", "alice@example.com"),
            ("FROM: Alice <alice@example.com>\r\n", "alice@example.com"),
            (
                "From: \"a <b@c>\"\r\n <alice@example.com>\r\n",
                "alice@example.com",
            ),
            ("", ""),
        ] {
            assert_eq!(address_of(header), address);
        }
    }
}
