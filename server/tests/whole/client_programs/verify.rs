//! What becomes of the message.

use mail_parser::{Message, MessageParser, MimeHeaders as _};

use super::{case::Case, kind::Mode, message::attachment, world};

/// Waits until the message was delivered, and compares it with what the program has sent.
pub fn verify(case: &Case<'_>) {
    let what = case.subject();
    let delivered = case.world.delivered(&what);
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
