//! The message that every program sends, and what becomes of it.

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use mail_parser::{Message, MessageParser, MimeHeaders as _};
use sandbox::ReceivedMessage;

use super::{case::Case, case::Mode, world};

/// A text with lines that SMTP and MIME treat specially.
pub const BODY: &str = concat!(
    "Grüße vom Drucker im 2. Stock.\n",
    ".\n",
    "..\n",
    ".A line that begins with a dot\n",
    "= equals signs =3D and blanks, and a long line\n",
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\n",
    "The end\n",
);

/// Returns an attachment that has every octet.
pub fn attachment() -> Vec<u8> {
    (0..=u8::MAX).cycle().take(10_000).collect()
}

/// Returns the message as a program would write it into a file, with LF as its line end.
pub fn whole(subject: &str, from: &str) -> String {
    let encoded = BASE64_STANDARD.encode(attachment());
    let mut lines = String::new();
    for line in encoded.as_bytes().chunks(76) {
        writeln!(lines, "{}", str::from_utf8(line).unwrap()).unwrap();
    }
    format!(
        "From: {from}\nTo: bob@sandbox.test\nSubject: {subject}\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=limit\n\n\
         --limit\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{BODY}\n\
         --limit\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\
         Content-Disposition: attachment; filename=scan.bin\n\n{lines}--limit--\n"
    )
}

/// Compares a delivered message with what the program has sent.
pub fn verify(case: &Case<'_>, delivered: &ReceivedMessage) {
    let what = case.subject();
    let raw = &delivered.raw;
    assert_eq!(delivered.to, ["bob@sandbox.test"], "{what}");
    assert_eq!(delivered.from, world::account(), "{what}");
    let message = MessageParser::default().parse(raw.as_bytes()).unwrap();

    let rules = if case.auth.signs_in() {
        world::SIGNED_IN
    } else {
        world::KNOWN_BY_ADDRESS
    };
    let from = message.from().unwrap().first().unwrap();
    assert_eq!(from.name(), Some(rules), "{what}: {raw}");
    assert_eq!(from.address(), Some(world::account()), "{what}");
    let reply_to = message.reply_to().unwrap().first().unwrap();
    assert_eq!(reply_to.address(), Some(&*case.from()), "{what}");

    let protocol = match (case.mode, case.auth.signs_in()) {
        (_, false) if case.client.says_helo => "SMTP",
        (Mode::Plain, false) => "ESMTP",
        (Mode::Plain, true) => "ESMTPA",
        (_, false) => "ESMTPS",
        (_, true) => "ESMTPSA",
    };
    let received = format!("by {} with {protocol}; ", world::NAME);
    let unfolded = raw.replace("\r\n\t", " ").replace("\r\n ", " ");
    assert!(unfolded.contains(&received), "{what}: {raw}");

    let text = text(&message);
    assert_eq!(text.as_deref(), Some(case.client.body()), "{what}: {raw}");
    if case.client.attaches {
        let attached = message.attachments().next().unwrap();
        assert_eq!(attached.contents(), attachment(), "{what}");
        assert_eq!(attached.attachment_name(), Some("scan.bin"), "{what}");
    }
}

/// Returns the text with LF as its line end, without empty lines at its end.
fn text(message: &Message<'_>) -> Option<String> {
    let text = message.body_text(0)?.replace("\r\n", "\n");
    Some(format!("{}\n", text.trim_end_matches('\n')))
}
