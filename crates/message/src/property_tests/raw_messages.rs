//! Raw messages: the composed message is well-formed and has the expected sender and recipients.

use domain::{RecipientKind, UnixTime};
use fuzz::{cases, hostile};
use mail_parser::MessageParser;
use proptest::{collection::vec, prelude::*, sample::select};

use super::drafts::{assert_lines, senders};
use crate::{Envelope, RawRequest};

const NOW: UnixTime = UnixTime(1_800_000_000);

fn request(content: &[u8]) -> RawRequest {
    RawRequest {
        content: content.to_vec(),
        ..RawRequest::default()
    }
}

fn sent(request: RawRequest) -> Result<(String, Vec<String>), String> {
    let prepared = request
        .compose(&senders(), NOW)
        .map_err(|errors| format!("{errors:?}"))?;
    let recipients = prepared
        .recipients
        .iter()
        .map(|one| one.address.to_string());
    let content = String::from_utf8_lossy(&prepared.content).into_owned();
    Ok((content, recipients.collect()))
}

fn piece() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "From: ",
        "noreply@example.com",
        "To: ",
        "bob@example.org",
        "Cc: ",
        "Bcc: ",
        "Sender: ",
        "Subject: ",
        "Date: ",
        "Message-ID: <a@b>",
        "Content-Type: multipart/mixed; boundary=x",
        "--x",
        "--x--",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "Content-Transfer-Encoding: base64",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\n ",
        "\n\t",
        "\0",
        "From : ceo@example.com",
        "ä",
        "\u{e4}",
        ",",
        "<",
        ">",
        "(",
        ")",
        ":",
        ";",
        "\"",
    ];
    prop_oneof![4 => select(PARTS).prop_map(str::to_owned), 1 => hostile()]
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn any_submission_is_sent_only_from_an_allowed_address(
        pieces in vec(piece(), 0..40),
        tail in vec(any::<u8>(), 0..40),
        replace_from in any::<bool>(),
    ) {
        let mut content = pieces.concat().into_bytes();
        content.extend(tail);
        let request = RawRequest {
            content,
            envelope: Envelope { recipients: Some(vec!["bob@example.org".into()]), sender: None },
            replace_from,
            received: None,
        };
        let Ok(prepared) = request.compose(&senders(), NOW) else { return Ok(()) };
        prop_assert!(senders().allows(&prepared.sender));
        let bytes = &prepared.content;
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = &bytes[..end + 2];
        let names: Vec<_> = head
            .split(|b| *b == b'\n')
            .filter(|line| !line.starts_with(b" ") && !line.starts_with(b"\t"))
            .filter_map(|line| line.split(|b| *b == b':').next())
            .map(|name| String::from_utf8_lossy(name).trim().to_ascii_lowercase())
            .collect();
        for name in ["to", "cc", "reply-to", "sender", "subject", "content-type"] {
            prop_assert!(names.iter().filter(|one| *one == name).count() <= 1, "{} {:?}", name, names);
        }
        for (name, count) in [("from", 1), ("date", 1), ("message-id", 1), ("bcc", 0)] {
            prop_assert_eq!(names.iter().filter(|one| *one == name).count(), count, "{} {:?}", name, names);
        }
        let parsed = MessageParser::default().parse(bytes).unwrap();
        let from = parsed.from().and_then(|from| from.first()).and_then(|one| one.address()).unwrap();
        prop_assert!(senders().allows(&domain::EmailAddress::parse(from).unwrap()), "{from}");
        let text = bytes.iter().map(|b| char::from(*b)).collect::<String>();
        prop_assert!(!text.contains('\0'));
        prop_assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        prop_assert!(bytes.split(|b| *b == b'\n').all(|line| line.len() <= 999));
        prop_assert!(!prepared.subject.chars().any(char::is_control));
        prop_assert!(!prepared.message_id.chars().any(char::is_control));
    }

    #[test]
    fn a_message_in_order_is_kept_as_it_is(subject in "[a-zA-Z0-9]{1,40}", body in "[ -~]{0,200}") {
        let written = format!(
            "Date: Thu, 14 Jan 2027 08:00:00 +0000\r\nFrom: noreply@example.com\r\nTo: bob@example.org\r\n\
             Subject: {subject}\r\nMessage-ID: <a@example.com>\r\nX-Own: kept\r\n\r\n{body}\r\n"
        );
        let (content, _) = sent(request(written.as_bytes())).unwrap();
        prop_assert_eq!(content, written);
    }

    #[test]
    fn a_body_of_any_octets_is_read_back(body in vec(any::<u8>(), 1..2_000)) {
        let mut content = b"To: bob@example.org\nContent-Type: application/octet-stream\n\n".to_vec();
        content.extend(&body);
        let prepared = request(&content).compose(&senders(), NOW).unwrap();
        let parsed = MessageParser::default().parse(&prepared.content).unwrap();
        if parsed.parts[0].encoding == mail_parser::Encoding::Base64 {
            prop_assert_eq!(parsed.parts[0].contents(), &*body);
        }
        let lines = |bytes: &[u8]| {
            let text: String = bytes.iter().map(|b| char::from(*b)).collect();
            text.replace("\r\n", "\n").replace('\r', "\n").trim_end_matches('\n').to_owned()
        };
        prop_assert_eq!(lines(parsed.parts[0].contents()), lines(&body));
    }
}

#[test]
fn what_is_missing_is_added() {
    let (content, to) = sent(request(b"To: bob@example.org\nSubject: hi\n\nx\n")).unwrap();
    assert_eq!(to, ["bob@example.org"]);
    assert!(content.contains("From: \"Example Ltd\" <noreply@example.com>\r\n"));
    assert!(
        content.contains("Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"),
        "{content}"
    );
    assert!(content.contains("Message-ID: <"));
    assert!(content.ends_with("\r\n\r\nx\r\n"));
}

#[test]
fn bcc_adds_recipients_and_is_removed() {
    let written = b"To: bob@example.org\nBcc: hidden@example.net,\n other@example.net\n\nx\n";
    let (content, to) = sent(request(written)).unwrap();
    assert_eq!(to.len(), 3);
    assert!(!content.to_lowercase().contains("bcc") && !content.contains("hidden"));
}

#[test]
fn the_envelope_determines_the_recipients_and_the_header_their_kinds() {
    let mut request = request(b"To: bob@example.org\nCc: carol@example.org\n\nx\n");
    request.envelope.recipients = Some(vec!["carol@example.org".into(), "eve@example.org".into()]);
    let prepared = request.compose(&senders(), NOW).unwrap();
    let kinds: Vec<_> = prepared.recipients.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [RecipientKind::Cc, RecipientKind::Bcc]);
}

#[test]
fn another_from_is_refused_or_replaced() {
    let written = b"From: root (Cron Daemon)\nTo: bob@example.org\n\nx\n";
    assert!(
        sent(request(written))
            .unwrap_err()
            .contains("From: NotAnAddress")
    );
    let mut replaced = request(written);
    replaced.replace_from = true;
    let (content, _) = sent(replaced).unwrap();
    assert!(content.contains("<noreply@example.com>"), "{content}");
    assert!(!content.contains("From: root"), "{content}");
    for (written, error) in [
        (
            &b"From: ceo@example.com\nTo: bob@example.org\n\n"[..],
            "From: FromNotAllowed",
        ),
        (
            b"From: noreply@example.com, ceo@example.com\nTo: bob@example.org\n\n",
            "From: SeveralAddresses",
        ),
        (
            b"From: ceo@example.com\nFrom: noreply@example.com\nTo: bob@example.org\n\n",
            "From: FromNotAllowed",
        ),
        (
            b"Sender: ceo@example.com\nTo: bob@example.org\n\n",
            "Sender: FromNotAllowed",
        ),
        (b"Subject: x\n\n", "To: Required"),
        (b"To: root\n\n", "ToAt(0): NotAnAddress"),
    ] {
        let said = sent(request(written)).unwrap_err();
        assert!(said.contains(error), "{said}");
    }
}

#[test]
fn eight_bit_and_long_lines_are_encoded_also_in_parts() {
    let long = "y".repeat(3_000);
    let written = format!(
        "To: Zoë <zoe@example.org>\nSubject: Grüße\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n{long}\n--x\n\
         Content-Type: text/plain\n\nplain\n--x--\n"
    );
    let (content, _) = sent(request(written.as_bytes())).unwrap();
    assert_lines(content.as_bytes()).unwrap();
    let parsed = MessageParser::default().parse(content.as_bytes()).unwrap();
    assert_eq!(parsed.subject(), Some("Grüße"));
    assert_eq!(parsed.to().unwrap().first().unwrap().name(), Some("Zoë"));
    let text = parsed.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), format!("Grüße\n{long}"));
    assert_eq!(parsed.body_text(1).unwrap().trim_end(), "plain");
}

#[test]
fn signed_parts_are_not_changed() {
    let signed = "To: bob@example.org\nContent-Type: multipart/signed; boundary=x\n\n--x\n\
         Content-Type: text/plain; charset=utf-8\n\nGrüße\n--x--\n";
    let (content, _) = sent(request(signed.as_bytes())).unwrap();
    assert!(content.contains("Grüße"));
    let long = signed.replace("Grüße", &"y".repeat(2_000));
    assert!(
        sent(request(long.as_bytes()))
            .unwrap_err()
            .contains("Message: TooLong")
    );
}
