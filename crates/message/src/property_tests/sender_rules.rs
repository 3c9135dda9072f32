//! The rules of a sender, for messages in parts and raw messages alike.

use domain::{
    AllowedFrom, EmailAddress, FromAddress, Host, MessageFieldError, NullSender, OtherFrom,
    SenderRules, UnixTime,
};

use crate::{Composed, Draft, Envelope, MessageErrors, RawRequest, SenderPolicy};

const NOW: UnixTime = UnixTime(1_800_000_000);

fn policy(change: impl FnOnce(&mut SenderRules)) -> SenderPolicy {
    let mut rules = SenderRules::default();
    change(&mut rules);
    SenderPolicy {
        default_from: FromAddress::parse("Office <office@example.com>").unwrap(),
        allowed: vec![EmailAddress::parse("billing@example.com").unwrap()],
        rules,
    }
}

fn raw(policy: &SenderPolicy, from: &str, envelope: &str) -> Result<Composed, MessageErrors> {
    let from = if from.is_empty() {
        String::new()
    } else {
        format!("From: {from}\r\n")
    };
    let request = RawRequest {
        content: format!("{from}To: bob@example.org\r\nSubject: x\r\n\r\nhi\r\n").into(),
        envelope: Envelope {
            recipients: None,
            sender: (!envelope.is_empty()).then(|| envelope.to_owned()),
        },
        ..RawRequest::default()
    };
    request.compose(policy, NOW)
}

fn draft(policy: &SenderPolicy, from: &str) -> Result<Composed, MessageErrors> {
    let draft = Draft {
        from: (!from.is_empty()).then(|| from.to_owned()),
        to: vec!["bob@example.org".into()],
        text: Some("hi".into()),
        ..Draft::default()
    };
    draft.compose(policy, NOW)
}

/// Returns `From`, `Reply-To`, and the envelope sender of both kinds of messages, or the code of
/// the first error.
fn both(policy: &SenderPolicy, from: &str) -> Result<(String, String, String), &'static str> {
    let parts = |composed: Result<Composed, MessageErrors>| match composed {
        Ok(composed) => {
            let text = String::from_utf8(composed.content).unwrap();
            let value = |name: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(name));
                // Some names are in quotes, which says the same.
                line.unwrap_or_default().replace('"', "")
            };
            assert!(value("From: ").contains(composed.sender.as_str()));
            Ok((
                value("From: "),
                value("Reply-To: "),
                composed.sender.to_string(),
            ))
        }
        Err(errors) => Err(errors.iter().next().unwrap().1.code()),
    };
    let (raw, draft) = (parts(raw(policy, from, "")), parts(draft(policy, from)));
    assert_eq!(raw, draft, "{from}");
    raw
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "compared with results that may be errors"
)]
fn ok(from: &str, reply_to: &str, sender: &str) -> Result<(String, String, String), &'static str> {
    Ok((from.to_owned(), reply_to.to_owned(), sender.to_owned()))
}

#[test]
fn without_rules_a_sender_may_use_what_the_data_center_allows() {
    let policy = policy(|_| {});
    let office = ok("Office <office@example.com>", "", "office@example.com");
    assert_eq!(both(&policy, ""), office);
    let billing = ok("Billing <billing@example.com>", "", "billing@example.com");
    assert_eq!(both(&policy, "Billing <billing@example.com>"), billing);
    assert_eq!(both(&policy, "eve@example.com"), Err("from_not_allowed"));
}

#[test]
fn allowed_addresses_and_domains_replace_those_of_the_data_center() {
    let policy = policy(|rules| {
        rules.allowed_from = ["alerts@example.net", "example.org"]
            .map(|text| AllowedFrom::parse(text).unwrap())
            .to_vec();
    });
    for from in [
        "alerts@example.net",
        "anyone@example.org",
        "office@example.com",
    ] {
        assert_eq!(both(&policy, from), ok(from, "", from));
    }
    for from in [
        "billing@example.com",
        "other@example.net",
        "a@mail.example.org",
    ] {
        assert_eq!(both(&policy, from), Err("from_not_allowed"), "{from}");
    }
}

#[test]
fn another_from_address_is_rewritten_and_replies_go_to_it() {
    let policy = policy(|rules| rules.other_from = OtherFrom::Rewrite);
    let from = "Eve <eve@example.net>";
    let expected = ok("Eve <office@example.com>", from, "office@example.com");
    assert_eq!(both(&policy, from), expected);
    // An allowed address stays, and there is no address to reply to.
    let billing = ok("billing@example.com", "", "billing@example.com");
    assert_eq!(both(&policy, "billing@example.com"), billing);
    // Devices send a name without a domain.
    let scanner = ok("Office <office@example.com>", "", "office@example.com");
    assert_eq!(both(&policy, "scanner"), scanner);
}

#[test]
fn a_reply_to_that_the_program_has_set_is_kept() {
    let policy = policy(|rules| rules.other_from = OtherFrom::Rewrite);
    let request = RawRequest {
        content: b"From: eve@example.net\r\nReply-To: help@example.net\r\nTo: bob@example.org\r\n\r\nhi\r\n"
            .to_vec(),
        ..RawRequest::default()
    };
    let text = String::from_utf8(request.compose(&policy, NOW).unwrap().content).unwrap();
    assert!(text.contains("Reply-To: help@example.net\r\n"), "{text}");
    assert!(!text.contains("eve@example.net"), "{text}");
}

#[test]
fn only_the_display_name_of_another_from_address_is_kept() {
    let policy = policy(|rules| rules.other_from = OtherFrom::KeepName);
    let expected = ok("Eve <office@example.com>", "", "office@example.com");
    assert_eq!(both(&policy, "Eve <eve@example.net>"), expected);
}

#[test]
fn a_display_name_and_a_default_address_apply_to_every_message() {
    let policy = policy(|rules| {
        rules.other_from = OtherFrom::KeepName;
        rules.display_name = Some("Printer".into());
        rules.default_from = Some(FromAddress::parse("Old <printer@example.com>").unwrap());
    });
    let printer = ok("Printer <printer@example.com>", "", "printer@example.com");
    for from in ["", "printer@example.com", "Eve <eve@example.net>"] {
        assert_eq!(both(&policy, from), printer, "{from}");
    }
    let office = ok("Printer <office@example.com>", "", "office@example.com");
    assert_eq!(both(&policy, "office@example.com"), office);
}

#[test]
fn the_null_sender_becomes_the_from_address_or_is_rejected() {
    let mapped = raw(&policy(|_| {}), "", Envelope::NULL_SENDER).unwrap();
    assert_eq!(mapped.sender.as_str(), "office@example.com");
    let policy = policy(|rules| rules.null_sender = NullSender::Reject);
    let errors = raw(&policy, "", Envelope::NULL_SENDER).unwrap_err();
    let codes: Vec<_> = errors.iter().map(|(_, error, _)| error.code()).collect();
    assert_eq!(codes, ["null_sender_not_allowed"]);
    assert!(raw(&policy, "", "office@example.com").is_ok());
    assert!(raw(&policy, "", "").is_ok());
}

#[test]
fn an_envelope_sender_that_is_not_allowed_is_replaced_with_the_from_address() {
    let rewriting = policy(|rules| rules.other_from = OtherFrom::Rewrite);
    let composed = raw(&rewriting, "eve@example.net", "eve@example.net").unwrap();
    assert_eq!(composed.sender.as_str(), "office@example.com");
    let errors = raw(&policy(|_| {}), "", "eve@example.net").unwrap_err();
    assert_eq!(
        errors.iter().next().unwrap().1,
        MessageFieldError::FromNotAllowed
    );
}

#[test]
fn a_recipient_outside_the_allowed_domains_is_rejected_by_its_address() {
    let inside = policy(|rules| {
        rules.allowed_recipients = vec![Host::parse("example.com").unwrap()];
    });
    for errors in [
        raw(&inside, "", "").unwrap_err(),
        draft(&inside, "").unwrap_err(),
    ] {
        let errors: Vec<_> = errors.iter().collect();
        let [(_, MessageFieldError::RecipientNotAllowed, Some(address))] = &*errors else {
            panic!("{errors:?}");
        };
        assert_eq!(*address, "bob@example.org");
    }
    let request = RawRequest {
        content: b"To: bob@example.org\r\n\r\nhi\r\n".to_vec(),
        envelope: Envelope {
            recipients: Some(vec!["ann@example.com".into()]),
            sender: None,
        },
        ..RawRequest::default()
    };
    // The envelope counts, not the header.
    assert!(request.compose(&inside, NOW).is_ok());
}
