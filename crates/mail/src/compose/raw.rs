//! A message that a program has written itself, made fit to be sent.

use domain::{
    EmailAddress, FieldError, FormErrors, FromAddress, Recipient, RecipientKind, UnixTime,
};

use super::{
    MessageField as Field, RawMessage, Senders, build, draft,
    header::{self, LINE},
    parts,
    raw_message::{clean, decoded},
};

/// Octets of a header.
const HEADER: usize = 256 * 1_024;
/// What the envelope says, or a mail server would add.
const REMOVED: [&str; 5] = [
    "Bcc",
    "Resent-Bcc",
    "Return-Path",
    "Delivered-To",
    "Envelope-To",
];
/// Fields that hold addresses (RFC 5322 §3.6.2, 3.6.3, 3.6.6).
const ADDRESSES: [&str; 8] = [
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Resent-From",
    "Resent-Sender",
    "Resent-To",
    "Resent-Cc",
];
/// Fields that may be there once, whose first one counts (RFC 5322 §3.6).
const ONCE: [&str; 3] = ["Date", "Message-ID", "Subject"];

/// A message that a program has written itself, with what it says about it.
#[derive(Clone, Debug, Default)]
pub struct RawRequest {
    /// The message (RFC 5322).
    pub content: Vec<u8>,
    /// Who it goes to and comes from.
    pub envelope: Envelope,
    /// Whether a From address that is not allowed is replaced by the data center's, its name kept, instead of being refused.
    pub replace_from: bool,
}

/// What a program says about who a message goes to and comes from.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// Who gets it; `None`: everybody in `To`, `Cc` and `Bcc`.
    pub recipients: Option<Vec<String>>,
    /// The address of the envelope; `None`: that of `From`.
    pub sender: Option<String>,
}

/// The message, and what is said about it.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) sender: EmailAddress,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) message_id: String,
    pub(crate) from: String,
    pub(crate) subject: String,
    pub(crate) content: Vec<u8>,
}

impl RawRequest {
    pub(super) fn prepare(
        self,
        senders: &Senders,
        now: UnixTime,
    ) -> Result<Prepared, FormErrors<Field>> {
        let mut message = RawMessage::parse(&self.content);
        let mut errors = FormErrors::default();
        let from = from(&mut message, senders, self.replace_from);
        let from = errors.check(Field::From, from);
        let sender = sender(&mut message, senders, &self, from.as_ref());
        let sender = errors.check(Field::Sender, sender);
        let recipients = recipients(&message, &self.envelope, &mut errors);
        let (Some(from), Some(sender), true) = (from, sender, errors.is_empty()) else {
            return Err(errors);
        };
        for name in REMOVED {
            message.remove(name);
        }
        keep_first(&mut message);
        let message_id = identify(&mut message, &from, now);
        let subject = message.values("Subject").into_iter().next();
        let subject = subject
            .map(|value| subject_text(&value))
            .unwrap_or_default();
        make_ascii(&mut message);
        parts::make_fit(&mut message).map_err(|error| FormErrors::one(Field::Message, error))?;
        let head = message.header();
        let fits = head.len() <= HEADER
            && head
                .split(|b| *b == b'\n')
                .all(|line| line.len() <= LINE + 1);
        if !fits {
            return Err(FormErrors::one(Field::Message, FieldError::TooLong));
        }
        Ok(Prepared {
            sender,
            recipients,
            message_id,
            from: from.to_string(),
            subject,
            content: message.to_bytes(),
        })
    }
}

/// Who it is from. What is sent says so in a form that all mail programs read alike.
fn from(
    message: &mut RawMessage,
    senders: &Senders,
    replace: bool,
) -> Result<FromAddress, FieldError> {
    let written = message.mailboxes("From");
    let from = match &*written {
        [] if message.count("From") > 0 && !replace => return Err(FieldError::NotAnAddress),
        [] => senders.from.clone(),
        [(name, address)] => {
            let name = name.as_deref().map(|name| name.chars().take(128).collect());
            match EmailAddress::parse(address) {
                Ok(address) if senders.allow(&address) => FromAddress { name, address },
                _ if replace => FromAddress {
                    name: name.or_else(|| senders.from.name.clone()),
                    address: senders.from.address.clone(),
                },
                Ok(_) => return Err(FieldError::FromNotAllowed),
                Err(error) => return Err(error),
            }
        }
        _ => return Err(FieldError::SeveralAddresses),
    };
    if !is_clear(message, &from) {
        message.set_mailboxes("From", std::slice::from_ref(&from));
    }
    Ok(from)
}

/// Whether there is one `From`, and nobody could read another address in it.
fn is_clear(message: &RawMessage, from: &FromAddress) -> bool {
    let values = message.values("From");
    let [value] = &*values else { return false };
    let text = decoded(value);
    let is_simple = text.bytes().all(|b| (b' '..=b'~').contains(&b))
        && text.matches('@').count() == 1
        && text.matches('<').count() <= 1
        && !text.contains(['(', ':', ';', ',']);
    is_simple && FromAddress::parse(&text).is_ok_and(|parsed| parsed.address == from.address)
}

/// The address of the envelope; `Sender` (RFC 5322 §3.6.2) has to be allowed as well.
fn sender(
    message: &mut RawMessage,
    senders: &Senders,
    request: &RawRequest,
    from: Option<&FromAddress>,
) -> Result<EmailAddress, FieldError> {
    let fallback = from.map_or(&senders.from.address, |from| &from.address);
    let allowed = |written: &str| {
        let address = EmailAddress::parse(written)?;
        let allowed = senders.allow(&address);
        allowed.then_some(address).ok_or(FieldError::FromNotAllowed)
    };
    let headers = message.mailboxes("Sender");
    if message.count("Sender") > 0
        && let Err(error) = match &*headers {
            [(_, address)] => allowed(address).map(|_| ()),
            _ => Err(FieldError::NotAnAddress),
        }
    {
        if !request.replace_from {
            return Err(error);
        }
        message.remove("Sender");
    }
    match request.envelope.sender.as_deref().map(allowed) {
        None => Ok(fallback.clone()),
        Some(Err(_)) if request.replace_from => Ok(fallback.clone()),
        Some(result) => result,
    }
}

fn recipients(
    message: &RawMessage,
    envelope: &Envelope,
    errors: &mut FormErrors<Field>,
) -> Vec<Recipient> {
    let in_header = |name: &str, field: Field| {
        let mut parsed = Vec::new();
        let mut wrong = None;
        for (_, address) in message.mailboxes(name) {
            match EmailAddress::parse(&address) {
                Ok(address) => parsed.push(header::bare(address)),
                Err(error) => wrong = wrong.or(Some((field, error))),
            }
        }
        (parsed, wrong)
    };
    let ((to, in_to), (cc, in_cc), (bcc, hidden)) = (
        in_header("To", Field::To),
        in_header("Cc", Field::Cc),
        in_header("Bcc", Field::Bcc),
    );
    let all = match &envelope.recipients {
        None => {
            for (field, error) in [in_to, in_cc, hidden].into_iter().flatten() {
                errors.add(field, error);
            }
            draft::recipients([
                (&to, RecipientKind::To),
                (&cc, RecipientKind::Cc),
                (&bcc, RecipientKind::Bcc),
            ])
        }
        Some(written) => {
            let mut named = Vec::new();
            for (at, text) in written.iter().enumerate().take(draft::RECIPIENTS + 1) {
                let address = errors.check(Field::ToAt(at), EmailAddress::parse(text));
                named.extend(address.map(header::bare));
            }
            let kind_of = |address: &EmailAddress| {
                let is_in = |list: &[FromAddress]| {
                    let folded = draft::folded(address);
                    list.iter().any(|one| draft::folded(&one.address) == folded)
                };
                if is_in(&to) {
                    RecipientKind::To
                } else if is_in(&cc) {
                    RecipientKind::Cc
                } else {
                    RecipientKind::Bcc
                }
            };
            let mut all = draft::recipients([(&named, RecipientKind::Bcc)]);
            for recipient in &mut all {
                recipient.kind = kind_of(&recipient.address);
            }
            all
        }
    };
    if all.is_empty() && errors.is_empty() {
        errors.add(Field::To, FieldError::Required);
    }
    if all.len() > draft::RECIPIENTS {
        errors.add(Field::To, FieldError::TooMany);
    }
    all
}

fn keep_first(message: &mut RawMessage) {
    for name in ONCE {
        if message.count(name) > 1 {
            let first = message.values(name).swap_remove(0);
            let value = header::text(&clean(&decoded(&first)));
            message.set_line(name, &header::line(name, &value));
        }
    }
}

/// Its Message-ID, and adds that and `Date` when they are missing.
fn identify(message: &mut RawMessage, from: &FromAddress, now: UnixTime) -> String {
    // Some programs take what follows for a part of a date that they cannot read.
    if !message
        .values("Date")
        .first()
        .is_some_and(|date| is_date(date))
    {
        message.set_line("Date", &header::line("Date", &build::date(now)));
    }
    let written = message.values("Message-ID").into_iter().next();
    let written = written.and_then(|value| String::from_utf8(value).ok());
    if let Some(id) = written.filter(|id| is_message_id(id)) {
        return id;
    }
    let id = build::new_message_id(from);
    message.set_line("Message-ID", &header::line("Message-ID", &id));
    id
}

fn is_date(value: &[u8]) -> bool {
    let text = [b"Date: ", value, b"\r\n\r\n"].concat();
    let parsed = mail_parser::MessageParser::default().parse_headers(&text);
    value.is_ascii()
        && parsed.is_some_and(|parsed| parsed.date().is_some_and(mail_parser::DateTime::is_valid))
}

/// `msg-id` of RFC 5322 §3.6.4, without looking closely at its two sides.
fn is_message_id(id: &str) -> bool {
    let inner = id.strip_prefix('<').and_then(|id| id.strip_suffix('>'));
    inner.is_some_and(|inner| {
        let good = |b: u8| b.is_ascii_graphic() && !b"<>".contains(&b);
        inner.len() <= 250
            && inner.bytes().all(good)
            && inner
                .split_once('@')
                .is_some_and(|(left, right)| !left.is_empty() && !right.is_empty())
    })
}

/// The subject for people.
fn subject_text(value: &[u8]) -> String {
    let mut text = b"Subject: ".to_vec();
    text.extend_from_slice(decoded(value).as_bytes());
    text.extend_from_slice(b"\r\n\r\n");
    let parsed = mail_parser::MessageParser::default().parse_headers(&text);
    let subject = parsed.as_ref().and_then(|parsed| parsed.subject());
    clean(subject.unwrap_or_default())
        .chars()
        .take(998)
        .collect()
}

/// Header fields are in ASCII, without control characters and in lines that are not too long: what is not becomes encoded
/// words (RFC 2047). Fields about contents have another encoding for their parameters and stay as they are.
fn make_ascii(message: &mut RawMessage) {
    let copy = message.clone();
    message.map_fields(|name, raw| {
        let is_good = raw
            .iter()
            .all(|b| (b' '..=b'~').contains(b) || b"\t\r\n".contains(b))
            && raw
                .split(|b| *b == b'\n')
                .all(|line| line.len() <= LINE + 1);
        let about_contents = name
            .get(..8)
            .is_some_and(|start| start.eq_ignore_ascii_case("content-"));
        if is_good || (about_contents && !raw.contains(&0)) {
            return None;
        }
        let value: Vec<u8> = raw[name.len() + 1..].to_vec();
        let text = clean(&decoded(&value).replace("\r\n", ""));
        let value = if ADDRESSES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
        {
            let all: Option<Vec<_>> = copy
                .mailboxes(name)
                .into_iter()
                .map(|(name, address)| {
                    let address = EmailAddress::parse(&address).ok()?;
                    Some(FromAddress { name, address })
                })
                .collect();
            all.map_or_else(|| header::text(&text), |all| header::mailboxes(&all))
        } else if text.is_ascii() && header::fits(&text) {
            text
        } else {
            header::text(&text)
        };
        Some(header::line(name, &value).into_bytes())
    });
}
