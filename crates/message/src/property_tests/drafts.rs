//! Drafts: no value adds a header field or a line, and each value is read back unchanged.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{EmailAddress, FromAddress, UnixTime};
use fuzz::{cases, hostile};
use mail_parser::{Address, HeaderForm, MessageParser, MimeHeaders as _};
use proptest::{collection::vec, option, prelude::*};

use crate::{Composed, Draft, DraftAttachment, SenderPolicy};

const NOW: UnixTime = UnixTime(1_800_000_000);

pub(super) fn senders() -> SenderPolicy {
    SenderPolicy {
        default_from: FromAddress::parse("Example Ltd <noreply@example.com>").unwrap(),
        rules: domain::SenderRules::default(),
        allowed: vec![EmailAddress::parse("billing@example.com").unwrap()],
    }
}

fn draft() -> Draft {
    Draft {
        to: vec!["bob@example.org".into()],
        text: Some("Hello".into()),
        ..Draft::default()
    }
}

fn head(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let lines = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']));
    let names = lines.map(|line| line.split(':').next().unwrap().to_owned());
    names.collect()
}

/// Lines end with CRLF, are not too long, and are ASCII.
pub(super) fn assert_lines(bytes: &[u8]) -> Result<(), TestCaseError> {
    let text = String::from_utf8_lossy(bytes);
    prop_assert!(text.is_ascii());
    prop_assert!(!text.contains('\0'));
    prop_assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    prop_assert!(text.split("\r\n").all(|line| line.len() <= 998), "{text}");
    Ok(())
}

fn addresses(found: Option<&Address<'_>>) -> Vec<(Option<String>, String)> {
    let all = found.map(|found| found.iter().collect::<Vec<_>>());
    let pair = |one: &mail_parser::Addr<'_>| {
        let name = one.name.as_deref().map(str::to_owned);
        (name, one.address.as_deref().unwrap().to_owned())
    };
    all.unwrap_or_default().into_iter().map(pair).collect()
}

fn requested(written: &[String]) -> Vec<(Option<String>, String)> {
    let parsed = written.iter().map(|one| FromAddress::parse(one).unwrap());
    parsed
        .map(|one| (one.name, one.address.to_string()))
        .collect()
}

fn mailbox() -> impl Strategy<Value = String> {
    (hostile(), any::<bool>()).prop_map(|(name, quoted)| {
        if quoted {
            format!("\"{name}\" <bob@example.org>")
        } else {
            format!("{name} <bob@example.org>")
        }
    })
}

fn attachment() -> impl Strategy<Value = DraftAttachment> {
    (hostile(), vec(any::<u8>(), 0..200), option::of(hostile())).prop_map(|(name, content, id)| {
        DraftAttachment {
            name,
            content_type: "image/png".into(),
            content: BASE64_STANDARD.encode(content),
            content_id: id,
        }
    })
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn nothing_in_a_draft_makes_a_header_field_or_a_line(
        to in vec(mailbox(), 1..3),
        from_name in hostile(),
        subject in hostile(),
        name in prop_oneof![Just("X-Tag".to_owned()), hostile()],
        value in hostile(),
        text in hostile(),
        attachments in vec(attachment(), 0..2),
        media in prop_oneof![Just(String::new()), hostile()],
    ) {
        let mut draft = Draft {
            from: Some(format!("{from_name} <noreply@example.com>")),
            to,
            subject,
            text: Some(text),
            headers: vec![(name.clone(), value)],
            attachments,
            ..Draft::default()
        };
        if let Some(first) = draft.attachments.first_mut() {
            first.content_type = media;
        }
        let Ok(Composed { content: bytes, .. }) = draft.compose(&senders(), NOW) else {
            return Ok(());
        };
        assert_lines(&bytes)?;
        let known = ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type",
            "Content-Transfer-Encoding", &name];
        let mut names = head(&bytes);
        for name in &names {
            prop_assert!(known.contains(&&**name), "{names:?}");
        }
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        prop_assert_eq!(names.len(), count);
    }

    #[test]
    fn a_composed_draft_reads_back(
        to in vec(mailbox(), 1..3),
        cc in vec(mailbox(), 0..2),
        subject in hostile(),
        text in hostile(),
        html in option::of(hostile()),
        attachments in vec(attachment(), 0..3),
        value in hostile(),
    ) {
        let draft = Draft {
            to,
            cc,
            bcc: vec!["hidden@example.net".into()],
            subject,
            text: Some(text),
            html,
            attachments,
            headers: vec![("X-Tag".into(), value)],
            ..Draft::default()
        };
        let Ok(Composed { content: bytes, recipients, .. }) = draft.clone().compose(&senders(), NOW) else {
            return Ok(());
        };
        prop_assert!(!String::from_utf8_lossy(&bytes).contains("hidden@"));
        prop_assert!(recipients.iter().any(|one| one.address.as_str() == "hidden@example.net"));
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        prop_assert_eq!(addresses(parsed.to()), requested(&draft.to));
        prop_assert_eq!(addresses(parsed.cc()), requested(&draft.cc));
        prop_assert_eq!(parsed.subject().unwrap_or_default(), draft.subject.trim());
        let tag = parsed.header_as("X-Tag", HeaderForm::Text);
        let tag = tag.first().and_then(|tag| tag.as_text()).unwrap_or_default();
        prop_assert_eq!(tag, draft.headers[0].1.trim_matches(' '));
        let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
        let text = parsed.body_text(0).unwrap();
        prop_assert_eq!(lines(&text).trim_end_matches('\n').to_owned(),
            lines(draft.text.as_ref().unwrap()).trim_end_matches('\n').to_owned());
        if let Some(html) = &draft.html {
            let found = parsed.body_html(0).unwrap();
            prop_assert_eq!(lines(&found).trim_end_matches('\n').to_owned(),
                lines(html).trim_end_matches('\n').to_owned());
        }
        let mut found: Vec<_> = parsed
            .parts
            .iter()
            .filter(|part| part.content_type().is_some_and(|kind| kind.ctype() == "image"))
            .map(|part| (part.attachment_name().unwrap_or_default().to_owned(), part.contents().to_vec()))
            .collect();
        let mut wanted: Vec<_> = draft
            .attachments
            .iter()
            .filter(|one| one.content_id.is_none() || draft.html.is_some())
            .map(|one| (one.name.trim().to_owned(), BASE64_STANDARD.decode(&one.content).unwrap()))
            .collect();
        found.sort_unstable();
        wanted.sort_unstable();
        prop_assert_eq!(found, wanted);
    }
}

#[test]
fn a_draft_takes_its_from_address_from_the_settings_or_from_those_that_are_allowed() {
    let from = |from: Option<&str>| {
        let draft = Draft {
            from: from.map(str::to_owned),
            ..draft()
        };
        let composed = draft.compose(&senders(), NOW);
        let composed = composed.map_err(|errors| format!("{errors:?}"))?;
        let text = String::from_utf8(composed.content).unwrap();
        let line = text.split("\r\n").find(|line| line.starts_with("From: "));
        Ok::<_, String>(line.unwrap().to_owned())
    };
    assert_eq!(
        from(None).unwrap(),
        "From: \"Example Ltd\" <noreply@example.com>"
    );
    assert_eq!(
        from(Some("Billing <Billing@example.com>")).unwrap(),
        "From: \"Billing\" <Billing@example.com>"
    );
    assert!(
        from(Some("ceo@example.com"))
            .unwrap_err()
            .contains("FromNotAllowed")
    );
}

#[test]
fn long_lines_and_other_scripts_are_encoded() {
    let draft = Draft {
        subject: "東京".into(),
        text: Some("x".repeat(5_000)),
        html: Some("<p>東京</p>".repeat(500)),
        ..draft()
    };
    let url = format!("<https://example.com/{}?=?>", "x".repeat(3_000));
    let draft = Draft {
        headers: vec![("List-Unsubscribe".into(), url.clone())],
        ..draft
    };
    let bytes = draft.compose(&senders(), NOW).unwrap().content;
    assert_lines(&bytes).unwrap();
    // White space within a URL does not count (RFC 2369 §2).
    let text: String = String::from_utf8_lossy(&bytes).split_whitespace().collect();
    assert!(text.contains(&format!("List-Unsubscribe:{url}")));
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(parsed.subject(), Some("東京"));
    assert_eq!(parsed.body_text(0).unwrap().trim_end().len(), 5_000);
}
