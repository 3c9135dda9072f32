//! Raw messages in common formats: the composed message has the same content, in ASCII.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{FromAddress, UnixTime};
use fuzz::cases;
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};
use proptest::{collection::vec, prelude::*, sample::select};

use super::drafts::{assert_lines, senders};
use crate::{Envelope, RawRequest, SenderPolicy};

const NOW: UnixTime = UnixTime(1_800_000_000);

/// Returns content, recipients, and subject of the composed message.
fn composed_by(content: &[u8], senders: &SenderPolicy) -> (String, Vec<String>, String) {
    let request = RawRequest {
        content: content.to_vec(),
        ..RawRequest::default()
    };
    let prepared = request.compose(senders, NOW).unwrap();
    let recipients = prepared.recipients.iter();
    let recipients = recipients.map(|one| one.address.to_string()).collect();
    let content = String::from_utf8(prepared.content).unwrap();
    (content, recipients, prepared.subject)
}

fn composed(content: &[u8]) -> String {
    composed_by(content, &senders()).0
}

fn parsed(content: &str) -> Message<'_> {
    MessageParser::default().parse(content.as_bytes()).unwrap()
}

/// The values of all fields of a name in the header, unfolded.
fn values(content: &str, name: &str) -> Vec<String> {
    let (head, _) = content.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", "\t");
    let fields = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let named = fields.filter(|(one, _)| one.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.trim().to_owned()).collect()
}

fn case(content: &[u8]) -> (String, Vec<String>, String) {
    let senders = SenderPolicy {
        default_from: FromAddress::parse("alice@rig.test").unwrap(),
        rules: domain::SenderRules::default(),
        allowed: Vec::new(),
    };
    let (content, recipients, subject) = composed_by(content, &senders);
    assert_lines(content.as_bytes()).unwrap();
    (content, recipients, subject)
}

#[test]
fn messages_of_the_field_are_sent_in_ascii_and_say_the_same() {
    let (content, recipients, _) = case(include_bytes!("../../tests/cases/out-two-to.eml"));
    assert_eq!(values(&content, "To"), ["undisclosed-recipients:;"]);
    assert_eq!(values(&content, "Bcc"), [""; 0]);
    assert_eq!(recipients, ["joe@x.test"]);

    let (content, recipients, _) = case(include_bytes!("../../tests/cases/out-idn.eml"));
    assert_eq!(values(&content, "To"), ["info@xn--exmple-cua.de"]);
    assert_eq!(recipients, ["info@xn--exmple-cua.de"]);

    let (content, ..) = case(include_bytes!("../../tests/cases/out-file-name-8bit.eml"));
    assert_eq!(
        values(&content, "Content-Type"),
        ["text/csv; name*=utf-8''Ums%C3%A4tze.csv"]
    );
    assert_eq!(
        values(&content, "Content-Disposition"),
        ["attachment; filename*=utf-8''Ums%C3%A4tze.csv"]
    );
    let message = parsed(&content);
    assert_eq!(message.parts[0].attachment_name(), Some("Umsätze.csv"));
    assert_eq!(message.parts[0].contents(), b"a;b");

    let (content, recipients, _) = case(include_bytes!("../../tests/cases/out-idn.eml"));
    assert_eq!(recipients, ["info@xn--exmple-cua.de"]);
    assert_eq!(values(&content, "To"), ["info@xn--exmple-cua.de"]);

    for (written, text) in [
        (
            &include_bytes!("../../tests/cases/out-subject-cp1252.eml")[..],
            "“Hi” € 5",
        ),
        (
            include_bytes!("../../tests/cases/out-subject-iso2022jp.eml"),
            "日本語",
        ),
    ] {
        let (content, _, subject) = case(written);
        assert_eq!((parsed(&content).subject(), &*subject), (Some(text), text));
    }
}

#[test]
fn each_field_that_may_be_there_once_is_there_once() {
    let written = b"From: noreply@example.com\nFrom: ceo@example.com\nTo: Bob <bob@example.org>\n\
        Subject: =?utf-8?Q?gr=C3=BC=C3=9Fe?=\nSubject: second\nTo: bob@example.net\nTo: Bob <bob@example.org>\n\
        Cc: a@example.org\nCc: Team: b@example.org, c@example.org;\nReply-To: a@example.org\nReply-To: b@example.org\n\
        Date: Thu, 14 Jan 2027 08:00:00 +0000\nDate: Fri, 15 Jan 2027 08:00:00 +0000\nMessage-ID: <a@b>\n\
        Message-ID: <c@d>\nReferences: <e@f>\nReferences: <g@h>\nMIME-Version: 1.0\nMIME-Version: 1.0\n\
        Content-Type: text/plain\nContent-Type: text/html\n\nx\n";
    let content = composed(written);
    for (name, value) in [
        ("From", "noreply@example.com"),
        ("To", "Bob <bob@example.org>, bob@example.net"),
        ("Cc", "a@example.org, Team: b@example.org, c@example.org;"),
        ("Reply-To", "a@example.org, b@example.org"),
        ("Subject", "=?utf-8?Q?gr=C3=BC=C3=9Fe?="),
        ("Date", "Thu, 14 Jan 2027 08:00:00 +0000"),
        ("Message-ID", "<a@b>"),
        ("References", "<e@f>"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain"),
    ] {
        assert_eq!(values(&content, name), [value], "{name}");
    }
}

#[test]
fn a_list_that_is_not_complete_does_not_swallow_the_next_one() {
    let written =
        b"To: \"Bob <bob@example.org>\nTo: carol@example.org\nCc: (x\nCc: dave@example.org\n\n";
    let request = RawRequest {
        content: written.to_vec(),
        envelope: Envelope {
            recipients: Some(vec!["bob@example.org".into()]),
            sender: None,
        },
        ..RawRequest::default()
    };
    let prepared = request.compose(&senders(), NOW).unwrap();
    let content = String::from_utf8(prepared.content).unwrap();
    assert!(values(&content, "To")[0].contains("carol@example.org"));
    assert!(values(&content, "Cc")[0].contains("dave@example.org"));
    let to = parsed(&content).to().map(|to| to.iter().count());
    assert!(to >= Some(1), "{content}");
}

#[test]
fn fields_of_mail_servers_are_removed_and_well_formed_traces_kept() {
    let signature = "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=one;\r\n\th=From:To;\r\n\tbh=YWJj; b=YWJj\r\n";
    let received = "Received: from a.example by b.example with ESMTP;\r\n\tThu, 14 Jan 2027 08:00:00 +0000\r\n";
    let written = format!(
        "{received}{signature}Received: nonsense\r\nReceived: from \u{e4} by b; Thu, 14 Jan 2027 08:00:00 +0000\r\n\
         DKIM-Signature: v=1; d=example.com\r\nAuthentication-Results: b.example; spf=pass\r\n\
         Return-Path: <x@example.com>\r\nResent-Bcc: hidden@example.net\r\nBcc: hidden@example.net\r\n\
         To: bob@example.org\r\n\r\nx\r\n"
    );
    let content = composed(written.as_bytes());
    assert!(
        content.starts_with(&format!("{received}{signature}To: bob@example.org\r\n")),
        "{content}"
    );
    for name in ["Authentication-Results", "Return-Path", "Resent-Bcc", "Bcc"] {
        assert_eq!(values(&content, name).len(), 0, "{name}");
    }
}

#[test]
fn encoded_words_beside_text_that_is_not_encoded_are_encoded_once() {
    let content = composed(
        "To: bob@example.org\nSubject: =?utf-8?Q?gr=C3=BCn?= und Blau – weiß\n\nx\n".as_bytes(),
    );
    assert_eq!(parsed(&content).subject(), Some("grün und Blau – weiß"));
}

#[test]
fn text_is_made_ascii_wherever_it_is() {
    let written = "To: Zoë <zoe@example.org>\nX-Note: Grüße\nContent-Type: multipart/mixed; boundary=x\n\n\
         Vorspann für alte Programme\n--x\nContent-Type: text/plain; charset=utf-8; name=\"Grüße.txt\"\n\
         Content-Description: Grüße\n\nGrüße\n--x\nContent-Type: message/rfc822\n\n\
         From: Jürgen <j@example.com>\nSubject: Grüße\nContent-Type: multipart/mixed; boundary=y\n\n\
         --y\nContent-Type: text/plain; charset=utf-8\n\nDrinnen: Grüße\n--y\n\
         Content-Disposition: attachment; filename=\"Größe.bin\"\nContent-Type: application/x-own\n\na\n--y--\n\
         --x--\nNachspann für niemanden\n";
    let content = composed(written.as_bytes());
    assert_lines(content.as_bytes()).unwrap();
    assert!(content.contains("Vorspann f?r alte Programme\r\n--x\r\n"));
    let message = parsed(&content);
    assert_eq!(message.parts[1].attachment_name(), Some("Grüße.txt"));
    assert_eq!(message.parts[1].content_description(), Some("Grüße"));
    let PartType::Message(inner) = &message.parts[2].body else {
        panic!("{content}");
    };
    assert_eq!(inner.subject(), Some("Grüße"));
    assert_eq!(
        inner.from().unwrap().first().unwrap().name(),
        Some("Jürgen")
    );
    assert_eq!(inner.body_text(0).unwrap().trim_end(), "Drinnen: Grüße");
    assert_eq!(inner.parts[2].attachment_name(), Some("Größe.bin"));
    // Unchanged fields keep their exact text.
    assert_eq!(inner.parts[2].contents(), b"a");
}

#[test]
fn escape_sequences_in_fields_of_parts_are_decoded_whatever_the_line_ends() {
    const JAPANESE: &str = "\x1b$BF|K\\8l\x1b(B";
    for end in ["\n", "\r\n"] {
        let lines = [
            "To: bob@example.org",
            "Content-Type: multipart/mixed; boundary=x",
            "",
            "--x",
            "Content-Type: text/plain; charset=ISO-2022-JP",
            &format!("Content-Disposition: attachment; filename=\"{JAPANESE}.txt\""),
            "",
            JAPANESE,
            "--x",
            "Content-Type: message/rfc822",
            "",
            &format!("Subject: {JAPANESE}"),
            "",
            "x",
            "--x--",
            "",
        ];
        let content = composed(lines.join(end).as_bytes());
        let message = parsed(&content);
        assert_eq!(message.parts[1].attachment_name(), Some("日本語.txt"));
        assert!(content.contains(&format!("\r\n\r\n{JAPANESE}\r\n--x")));
        let PartType::Message(inner) = &message.parts[2].body else {
            panic!("{content}");
        };
        assert_eq!(inner.subject(), Some("日本語"));
        assert_eq!(content.matches('\x1b').count(), 2, "{content}");
    }
}

#[test]
fn a_message_within_is_read_in_its_own_charset() {
    let mut written = b"To: bob@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\
        Content-Type: message/rfc822\n\nSubject: \xd0\xd2\xc9\xd7\xc5\xd4\n\
        Content-Type: text/plain; charset=koi8-r\n\n"
        .to_vec();
    written.extend(b"\xd0\xd2\xc9\n--x--\n");
    let content = composed(&written);
    let message = parsed(&content);
    let PartType::Message(inner) = &message.parts[1].body else {
        panic!("{content}");
    };
    assert_eq!(inner.subject(), Some("привет"));
    assert_eq!(inner.body_text(0).unwrap().trim_end(), "при");
}

#[test]
fn binary_parts_keep_each_octet() {
    for (encoding, bytes) in [
        ("", &b"a\rb\nc\r\nd\re"[..]),
        ("Content-Transfer-Encoding: binary\r\n", b"a\nb\n"),
        (
            "Content-Transfer-Encoding: 8bit\r\n",
            b"\x89PNG\r\n\x1a\n\0\r",
        ),
    ] {
        for kind in ["application/octet-stream", "image/png", "text/csv"] {
            let mut written = format!(
                "To: bob@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\
                 Content-Type: {kind}\r\nContent-Disposition: attachment; filename=a\r\n{encoding}\r\n"
            )
            .into_bytes();
            written.extend(bytes);
            written.extend(b"\r\n--x--\r\n");
            let content = composed(&written);
            assert_lines(content.as_bytes()).unwrap();
            assert_eq!(values(&content, "MIME-Version"), ["1.0"]);
            assert!(!content.contains("binary"));
            let (_, part) = content.split_once("\r\n--x\r\n").unwrap();
            let (head, encoded) = part.split_once("\r\n\r\n").unwrap();
            assert!(
                head.contains("Content-Transfer-Encoding: base64"),
                "{content}"
            );
            let (encoded, _) = encoded.split_once("\r\n--x--").unwrap();
            let decoded = BASE64_STANDARD.decode(encoded.replace("\r\n", ""));
            assert_eq!(decoded.unwrap(), bytes, "{kind} {encoding}");
        }
    }
}

#[test]
fn contents_that_are_encoded_already_are_wrapped() {
    let base64 = "YWJj".repeat(1_000);
    let written = format!(
        "To: bob@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: image/png\n\
         Content-Transfer-Encoding: base64\n\n{base64}\n--x\nContent-Type: text/plain; charset=utf-8\n\
         Content-Transfer-Encoding: quoted-printable\n\nGr=C3=BC\u{df}e {}\n--x--\n",
        "y".repeat(3_000)
    );
    let content = composed(written.as_bytes());
    assert_lines(content.as_bytes()).unwrap();
    let message = parsed(&content);
    assert_eq!(message.parts[1].contents(), "abc".repeat(1_000).as_bytes());
    let text = message.parts[2].text_contents().unwrap();
    assert_eq!(text, format!("Grü\u{df}e {}", "y".repeat(3_000)));
}

#[test]
fn an_encoding_that_is_not_there_is_replaced() {
    for encoding in ["base64", "foo"] {
        let written = format!(
            "To: bob@example.org\nContent-Type: text/plain; charset=utf-8\n\
             Content-Transfer-Encoding: {encoding}\n\nGrüße, not encoded!\n"
        );
        let content = composed(written.as_bytes());
        assert_lines(content.as_bytes()).unwrap();
        let text = parsed(&content).body_text(0).unwrap().into_owned();
        assert_eq!(text.trim_end(), "Grüße, not encoded!");
    }
}

#[test]
fn octets_within_encoded_words_are_in_the_charset_of_the_word() {
    let written = b"To: bob@example.org\nSubject: =?koi8-r?Q?\xd0\xd2=C9?=\nContent-Type: text/plain; charset=utf-8\n\nx\n";
    assert_eq!(parsed(&composed(written)).subject(), Some("при"));
}

#[test]
fn a_multipart_without_parts_is_sent_as_text() {
    for kind in ["multipart/mixed", "multipart/mixed; boundary=x"] {
        let written = format!("To: bob@example.org\nContent-Type: {kind}\n\nGrüße\n");
        let content = composed(written.as_bytes());
        assert_lines(content.as_bytes()).unwrap();
        let text = parsed(&content).body_text(0).unwrap().into_owned();
        assert_eq!(text.trim_end(), "Grüße");
    }
}

#[test]
fn urls_of_lists_stay_urls() {
    let url = format!("https://example.com/{}?a=?b", "0123456789".repeat(200));
    let written = format!(
        "To: bob@example.org\nList-Unsubscribe: <{url}>, <mailto:x@example.com>\n\
         List-Help: <https://example.com/Größe>\nList-Id: Größe <sizes.example.com>\n\nx\n"
    );
    let content = composed(written.as_bytes());
    assert_lines(content.as_bytes()).unwrap();
    let unsubscribe = values(&content, "List-Unsubscribe").concat();
    let unsubscribe: String = unsubscribe.split_whitespace().collect();
    assert_eq!(unsubscribe, format!("<{url}>,<mailto:x@example.com>"));
    assert_eq!(
        values(&content, "List-Help"),
        ["<https://example.com/Gr%C3%B6%C3%9Fe>"]
    );
    assert_eq!(
        values(&content, "List-Id"),
        ["=?utf-8?B?R3LDtsOfZQ==?= <sizes.example.com>"]
    );
}

#[test]
fn signed_parts_are_not_changed_at_any_depth() {
    let signed = "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=s\r\n\r\n--s\r\n\
         Content-Type: text/plain; charset=utf-8; name=\"Grüße\"\r\n\r\nGrüße\r\n--s\r\n\
         Content-Type: application/pgp-signature\r\n\r\nabc\r\n--s--\r\n";
    let whole = format!("To: bob@example.org\r\n{signed}");
    let content = composed(whole.as_bytes());
    assert!(content.ends_with(signed.split_once("\r\n\r\n").unwrap().1));
    let within = format!(
        "To: bob@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n{signed}--x\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nFußzeile\r\n--x--\r\n"
    );
    let content = composed(within.as_bytes());
    assert!(
        content.contains(&format!("--x\r\n{signed}--x\r\n")),
        "{content}"
    );
    assert!(content.contains("Fu=C3=9Fzeile"));
}

/// A part of a message with the content that a reader finds.
#[derive(Clone, Debug)]
enum Part {
    Text(String, Option<&'static str>),
    File(Vec<u8>, &'static str),
    Several(&'static str, Option<&'static str>, Vec<Part>),
    Message(&'static str, Box<Part>),
}

const NAMES: &[&str] = &[
    "a.txt",
    "Umsätze 2026.csv",
    "日本語のとても長い名前のファイルでございます、確認してください。pdf",
    "€uro; \\\"1\\\".bin",
];

fn part() -> impl Strategy<Value = Part> {
    let lines = select(
        &[
            "Hello", "Grüße", "日本", "", ".", "--", "From x", "a=b", " x ", "=C3",
        ][..],
    );
    let text = vec(lines, 1..5).prop_map(|lines| lines.join("\n"));
    let leaf = prop_oneof![
        (text, proptest::option::of(select(NAMES))).prop_map(|(text, name)| Part::Text(text, name)),
        (vec(any::<u8>(), 0..60), select(NAMES)).prop_map(|(bytes, name)| {
            // With a first octet that has to be encoded.
            Part::File([&[0x89], &*bytes].concat(), name)
        }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let kinds = select(&["mixed", "related", "alternative"][..]);
        let asides = proptest::option::of(select(&["aside", "für niemanden"][..]));
        prop_oneof![
            (kinds, asides, vec(inner.clone(), 1..4))
                .prop_map(|(kind, aside, parts)| Part::Several(kind, aside, parts)),
            (select(&["Hi", "Grüße – 日本"][..]), inner).prop_map(|(subject, part)| match part {
                // mail-parser 0.11 misreads a message that consists of another one.
                Part::Message(_, inner) => Part::Message(subject, inner),
                part => Part::Message(subject, Box::new(part)),
            }),
        ]
    })
}

fn write(part: &Part, number: &mut usize, end: &str, out: &mut Vec<u8>) {
    *number += 1;
    match part {
        Part::Text(text, name) => {
            let name = name
                .map(|name| format!("; name=\"{name}\""))
                .unwrap_or_default();
            out.extend(format!("Content-Type: text/plain; charset=utf-8{name}{end}{end}").bytes());
            out.extend(text.replace('\n', end).bytes());
        }
        Part::File(bytes, name) => {
            let head = format!(
                "Content-Type: application/x-own{end}Content-Disposition: attachment; filename=\"{name}\"{end}{end}"
            );
            out.extend(head.bytes());
            out.extend(bytes);
        }
        Part::Several(kind, aside, parts) => {
            let boundary = format!("=_boundary_{number}_");
            let head = format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"{end}{end}");
            out.extend(head.bytes());
            let aside = aside
                .map(|aside| format!("{aside}{end}"))
                .unwrap_or_default();
            out.extend(aside.bytes());
            for part in parts {
                out.extend(format!("--{boundary}{end}").bytes());
                write(part, number, end, out);
                out.extend(end.bytes());
            }
            out.extend(format!("--{boundary}--{end}{aside}").bytes());
        }
        Part::Message(subject, part) => {
            let head = format!("Content-Type: message/rfc822{end}{end}Subject: {subject}{end}");
            out.extend(head.bytes());
            write(part, number, end, out);
        }
    }
}

/// Returns types, names, and contents of the parts as a reader finds them.
fn found(message: &Message<'_>, all: &mut Vec<(String, String, Vec<u8>)>) {
    for part in &message.parts {
        let kind = part
            .content_type()
            .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()));
        let kind = kind.unwrap_or_default();
        let name = part.attachment_name().unwrap_or_default().to_owned();
        match &part.body {
            PartType::Multipart(_) => all.push((kind, name, Vec::new())),
            PartType::Message(inner) => {
                all.push((
                    kind,
                    inner.subject().unwrap_or_default().to_owned(),
                    Vec::new(),
                ));
                found(inner, all);
            }
            PartType::Text(text) | PartType::Html(text) => {
                let text = text.replace("\r\n", "\n");
                all.push((kind, name, text.trim_end_matches('\n').as_bytes().to_vec()));
            }
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                all.push((kind, name, bytes.to_vec()));
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn a_reader_finds_the_same_in_a_message_before_and_after(
        part in part(),
        crlf in any::<bool>(),
        subject in select(&["Hi", "Grüße – 日本", "=?utf-8?Q?gr=C3=BCn?= weiß"][..]),
    ) {
        let end = if crlf { "\r\n" } else { "\n" };
        let head = format!("To: Zoë <zoe@example.org>{end}To: bob@example.org{end}Subject: {subject}{end}Subject: x{end}");
        let mut written = head.into_bytes();
        write(&part, &mut 0, end, &mut written);
        let content = composed(&written);
        assert_lines(content.as_bytes())?;
        for name in ["From", "To", "Subject", "Date", "Message-ID"] {
            prop_assert_eq!(values(&content, name).len(), 1, "{}", name);
        }
        // Only the first subject counts.
        let once = String::from_utf8_lossy(&written).into_owned();
        prop_assert!(once.contains("Subject: x"));
        let written = {
            let at = written.windows(10).position(|ten| ten == b"Subject: x").unwrap();
            [&written[..at], &written[at + 10 + end.len()..]].concat()
        };
        let before = MessageParser::default().parse(&written).unwrap();
        let after = parsed(&content);
        prop_assert_eq!(after.subject(), before.subject());
        let (mut expected, mut read) = (Vec::new(), Vec::new());
        found(&before, &mut expected);
        found(&after, &mut read);
        prop_assert_eq!(read, expected, "{}", content);
    }
}
