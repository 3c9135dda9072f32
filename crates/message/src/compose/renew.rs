//! A copy of a message under a new identity.

use domain::{EmailAddress, UnixTime};

use super::build;

/// Returns a new Message-ID in the sender's domain, and the message with that Message-ID and with
/// the date `now` in place of its own (RFC 5322 §3.6.1, §3.6.4).
pub fn renew(content: &[u8], sender: &EmailAddress, now: UnixTime) -> (String, Vec<u8>) {
    let message_id = build::new_message_id(sender);
    let renewed = with_identity(content, &message_id, now);
    (message_id, renewed)
}

fn with_identity(content: &[u8], message_id: &str, now: UnixTime) -> Vec<u8> {
    let mut renewed =
        format!("Message-ID: {message_id}\r\nDate: {}\r\n", build::date(now)).into_bytes();
    let mut rest = content;
    let mut left_out = false;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, others) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        if matches!(line, b"\r\n" | b"\n") {
            break;
        }
        // A line that begins with white space continues the field before it (§2.2.3).
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

    use super::with_identity;

    #[test]
    fn a_copy_has_another_id_and_date_and_nothing_else_changes() {
        let content = b"From: a@x.test\r\nMessage-Id:\r\n <old@x.test>\r\nSubject: Date: no\r\nDATE: old\r\n\r\nDate: body\r\n";
        let copy = with_identity(content, "<new@x.test>", UnixTime(1_700_000_000));
        let expected = "Message-ID: <new@x.test>\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n\
            From: a@x.test\r\nSubject: Date: no\r\n\r\nDate: body\r\n";
        assert_eq!(String::from_utf8(copy).unwrap(), expected);
    }
}
