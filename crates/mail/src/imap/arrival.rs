//! Whether the test email has arrived, and from whom.

use std::time::Duration;

use domain::{
    CheckPart, DataCenterId, FactName, FindingCode, SmtpSettings, StepKind, finding::FindingValue,
};
use imap_codec::imap_types::{
    command::CommandBody,
    core::{AString, NString},
    fetch::{MacroOrMessageDataItemNames, MessageDataItem, MessageDataItemName, Section},
    response::Data,
    search::SearchKey,
};
use secrecy::SecretString;
use tokio::time::{Instant, sleep};

use super::{
    Mailbox, Sink,
    connection::Connection,
    steps::{Step, Steps},
};
use crate::{MailError, Mailer};

/// How long the mail is waited for.
const PATIENCE: Duration = Duration::from_secs(8);
/// Between two looks.
const EVERY: Duration = Duration::from_millis(500);

/// The mail that is looked for.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// With angle brackets.
    pub(crate) message_id: String,
    /// The From address.
    pub(crate) from: String,
}

impl Mailer {
    /// Looks for a message by its Message-ID, and compares its From with the one that was sent.
    ///
    /// # Errors
    /// `NoMailbox`, or the database.
    pub(crate) async fn look_for_arrival(
        &self,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
        sent: &Sent,
        sink: Sink,
    ) -> Result<(), MailError> {
        let mailbox = Mailbox::of(settings).ok_or(MailError::NoMailbox)?;
        // How the connection is made has been told already.
        let mut quiet = Steps::new(CheckPart::Imap, None);
        let steps = Steps::new(CheckPart::Arrival, sink);
        let mut step = Step::new(
            StepKind::Arrival,
            format!("UID SEARCH HEADER Message-ID {}", sent.message_id),
        );
        step.fact(FactName::FromSent, &sent.from);
        let entered = self.enter_mailbox(id, settings, &mut quiet).await?;
        let arrived = async {
            let mut connection = entered?;
            connection.examine(&mut quiet).await?;
            let deadline = Instant::now() + PATIENCE;
            let arrived = loop {
                match connection.sender_of(&sent.message_id).await {
                    Ok(None) if Instant::now() < deadline => sleep(EVERY).await,
                    found => break found.map_err(|code| mailbox.finding(code)),
                }
                // Servers tell of new messages in answer to a command.
                let noop = connection.ask(CommandBody::Noop).await;
                noop.map_err(|code| mailbox.finding(code))?;
            };
            connection.log_out(&mut quiet).await;
            arrived
        };
        match arrived.await {
            Ok(Some(from)) if same_address(&from, &sent.from) => {
                step.fact(FactName::FromArrived, from);
                steps.passed(step);
            }
            Ok(Some(from)) => {
                step.fact(FactName::FromArrived, &from);
                let finding = mailbox
                    .finding(FindingCode::FromRewritten)
                    .with(FindingValue::From, &sent.from)
                    .with(FindingValue::FromArrived, from);
                steps.warned(step, finding);
            }
            Ok(None) => {
                let finding = mailbox.finding(FindingCode::NotArrived);
                steps.warned(step, finding);
            }
            Err(finding) => steps.warned(step, finding),
        }
        Ok(())
    }
}

impl Connection {
    /// The From of the message with this Message-ID; `None` when there is none.
    async fn sender_of(&mut self, message_id: &str) -> Result<Option<String>, FindingCode> {
        let text =
            |text: &str| AString::try_from(text.to_owned()).map_err(|_| FindingCode::NotArrived);
        let key = SearchKey::Header(text("Message-ID")?, text(message_id)?);
        let answer = self.ask(CommandBody::search(None, key, true)).await?;
        let found = answer.data.iter().find_map(|data| match data {
            Data::Search(uids) => uids.last().copied(),
            _ => None,
        });
        let Some(uid) = found else {
            return Ok(None);
        };
        let fields = text("From")?.into();
        let item = MessageDataItemName::BodyExt {
            section: Some(Section::HeaderFields(None, fields)),
            partial: None,
            peek: true,
        };
        let items = MacroOrMessageDataItemNames::MessageDataItemNames(vec![item]);
        let body = CommandBody::fetch(uid, items, true).map_err(|_| FindingCode::NotArrived)?;
        let answer = self.ask(body).await?;
        let header = answer.data.iter().find_map(|data| match data {
            Data::Fetch { items, .. } => items.as_ref().iter().find_map(|item| match item {
                MessageDataItem::BodyExt { data, .. } => text_of(data),
                _ => None,
            }),
            _ => None,
        });
        Ok(Some(address_of(&header.unwrap_or_default())))
    }
}

fn text_of(data: &NString<'_>) -> Option<String> {
    let text = data.0.as_ref()?;
    Some(String::from_utf8_lossy(text.as_ref()).into_owned())
}

/// The address in `From: Name <address>` or `From: address`, as far as it can be told.
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

fn same_address(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
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
