//! Prepares the message from standard input for submission.

use domain::{EmailAddress, FromAddress, address::split_list};
use message::RawMessage;
use server::spool::{SendSettings, Spooled};

use super::{SendArguments, exit::Failure, host::is_local};

/// Returns the message and its envelope, with local users replaced by addresses.
pub fn prepare(
    content: &[u8],
    arguments: &SendArguments,
    settings: &SendSettings,
) -> Result<Spooled, Failure> {
    let content = if arguments.ignore_dots {
        content
    } else {
        before_single_dot(content)
    };
    let mut message = RawMessage::parse(content);
    let mut recipients = Vec::new();
    for written in arguments.recipients.iter().flat_map(|one| split_list(one)) {
        recipients.push(address(bare(written), settings)?);
    }
    for name in ["To", "Cc", "Bcc"] {
        let written = message.mailboxes(name);
        let mut qualified = Vec::new();
        for (name, written) in &written {
            let counts = arguments.from_header;
            match address(written, settings) {
                Ok(address) => qualified.push(FromAddress {
                    name: name.clone(),
                    address,
                }),
                Err(failure) if counts => return Err(failure),
                // The header is only displayed, and the message already had it.
                Err(_) => {}
            }
        }
        if arguments.from_header {
            recipients.extend(qualified.iter().map(|one| one.address.clone()));
        }
        let rewritten = written.iter().any(|(_, address)| is_local(address));
        if rewritten && !qualified.is_empty() {
            message.set_mailboxes(name, &qualified);
        }
    }
    if recipients.is_empty() {
        return Err(Failure::usage(
            "there are no recipients: specify them, or read them from the header with -t",
        ));
    }
    let mut recipients: Vec<_> = recipients.iter().map(ToString::to_string).collect();
    let mut seen = std::collections::HashSet::new();
    recipients.retain(|one| seen.insert(one.to_ascii_lowercase()));
    let replace_from = from(&mut message, arguments, settings);
    let sender = arguments.sender.as_deref().map(bare);
    let sender = sender.filter(|sender| !sender.is_empty() && !is_local(sender));
    Ok(Spooled {
        recipients,
        sender: sender.map(str::to_owned),
        data_center: settings.data_center.clone(),
        replace_from,
        content: message.to_bytes(),
    })
}

/// Adds a `From` field if there is a value for it. Returns true if the server is to replace a From
/// address that is not allowed.
fn from(message: &mut RawMessage, arguments: &SendArguments, settings: &SendSettings) -> bool {
    let written = message.mailboxes("From");
    let name = arguments.name.as_deref();
    let name = name.filter(|name| !name.is_empty() && !name.chars().any(char::is_control));
    if written.is_empty() {
        let sender = arguments.sender.as_deref().map(bare);
        let given = sender.filter(|sender| !is_local(sender));
        let given = given.and_then(|sender| EmailAddress::parse(sender).ok());
        let is_given = given.is_some();
        // The server puts its own address here and keeps the display name.
        let nobody = || EmailAddress::parse("nobody@localhost").ok();
        if let Some(address) = given.or_else(|| name.and_then(|_| nobody())) {
            let name = name.map(str::to_owned);
            message.set_mailboxes("From", &[FromAddress { name, address }]);
        }
        return !is_given || settings.replace_from;
    }
    settings.replace_from || written.iter().all(|(_, address)| is_local(address))
}

/// Converts a recipient into an address that mail can be delivered to.
fn address(written: &str, settings: &SendSettings) -> Result<EmailAddress, Failure> {
    let wrong = |_| Failure::no_user(format!("{written:?} is not a valid email address"));
    if !is_local(written) {
        return EmailAddress::parse(written).map_err(wrong);
    }
    if let Some(address) = &settings.local_recipient {
        return Ok(address.clone());
    }
    match (&settings.domain, written.split_once('@')) {
        (Some(domain), None) => EmailAddress::parse(&format!("{written}@{domain}")).map_err(wrong),
        (_, Some(_)) => EmailAddress::parse(written).map_err(wrong),
        (None, None) => Err(Failure::no_user(format!(
            "{written:?} is a local user, and Mailgrant does not deliver locally; set local_recipient or domain in {}",
            settings.source.display()
        ))),
    }
}

/// Returns the address of `Name <address>` without the name.
fn bare(written: &str) -> &str {
    let inner = written.rsplit_once('<');
    let inner = inner.and_then(|(_, rest)| rest.trim_end().strip_suffix('>'));
    inner.unwrap_or(written).trim()
}

/// Returns the part before a line with a single dot.
fn before_single_dot(content: &[u8]) -> &[u8] {
    let mut start = 0;
    for line in content.split_inclusive(|b| *b == b'\n') {
        if line.trim_ascii_end() == b"." {
            return &content[..start];
        }
        start += line.len();
    }
    content
}
