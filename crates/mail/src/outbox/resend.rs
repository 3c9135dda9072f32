//! Sending a message again, as a new one.

use std::time::{Duration, UNIX_EPOCH};

use domain::{Actor, MessageId, Recipient, UnixTime};
use store::NewMessage;

use super::id::new_id;
use crate::{MailError, Mailer};

/// What came of sending a message again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resent {
    /// It is stored as this new message.
    As(MessageId),
    /// The content was dropped.
    ContentGone,
    /// There is no such message.
    Unknown,
}

impl Mailer {
    /// Sends a message again to all its recipients, as a new message with a Message-ID and a Date of its own.
    ///
    /// # Errors
    /// When new mail is refused or the database fails.
    pub async fn resend_message(&self, id: &MessageId, by: &Actor) -> Result<Resent, MailError> {
        self.accepts_mail()?;
        let Some(message) = self.store().message(id).await? else {
            return Ok(Resent::Unknown);
        };
        let Some(content) = self.store().message_content(id).await? else {
            return Ok(Resent::ContentGone);
        };
        let now = self.now();
        let random = clock::random::hex::<16>();
        let message_id = format!("<{random}@{}>", message.sender.domain());
        let recipients = message.recipients.into_iter();
        let copy = NewMessage {
            id: new_id(now),
            data_center: message.data_center,
            created_at: now,
            due_at: now,
            content: renewed(&content, &message_id, now),
            message_id,
            sender: message.sender,
            from: message.from,
            subject: message.subject,
            recipients: recipients
                .map(|one| Recipient::new(one.address, one.kind))
                .collect(),
            submitted_by: by.who.clone(),
            idempotency: None,
        };
        if !self.store().enqueue_again(id, &copy, by, now).await? {
            return Ok(Resent::Unknown);
        }
        self.0.outbox.wake.notify_one();
        Ok(Resent::As(copy.id))
    }
}

/// The message with another Message-ID and another Date (RFC 5322 §3.6.1, §3.6.4), whatever it had.
fn renewed(content: &[u8], message_id: &str, now: UnixTime) -> Vec<u8> {
    let seconds = u64::try_from(now.0).unwrap_or_default();
    let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
    // The same but for the zone, which RFC 5322 §3.3 writes as an offset.
    let date = date.replace("GMT", "+0000");
    let mut renewed = format!("Message-ID: {message_id}\r\nDate: {date}\r\n").into_bytes();
    let mut rest = content;
    let mut left_out = false;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, others) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        if matches!(line, b"\r\n" | b"\n") {
            break;
        }
        // A line that begins with white space goes on with the header before (§2.2.3).
        if !matches!(line.first(), Some(b' ' | b'\t')) {
            left_out = is_header(line, "message-id") || is_header(line, "date");
        }
        if !left_out {
            renewed.extend_from_slice(line);
        }
        rest = others;
    }
    renewed.extend_from_slice(rest);
    renewed
}

fn is_header(line: &[u8], name: &str) -> bool {
    let colon = line.iter().position(|byte| *byte == b':');
    colon.is_some_and(|colon| {
        line[..colon]
            .trim_ascii_end()
            .eq_ignore_ascii_case(name.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use domain::UnixTime;

    use super::renewed;

    #[test]
    fn a_copy_has_another_id_and_date_and_nothing_else_changes() {
        let content = b"From: a@x.test\r\nMessage-Id:\r\n <old@x.test>\r\nSubject: Date: no\r\nDATE: old\r\n\r\nDate: body\r\n";
        let copy = renewed(content, "<new@x.test>", UnixTime(1_700_000_000));
        let expected = "Message-ID: <new@x.test>\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n\
            From: a@x.test\r\nSubject: Date: no\r\n\r\nDate: body\r\n";
        assert_eq!(String::from_utf8(copy).unwrap(), expected);
    }
}
