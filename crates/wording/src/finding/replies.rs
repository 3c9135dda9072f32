//! Findings of replies about recipients, messages, reputation, and limits.

use domain::FindingCode as Code;

use super::template::Template;

/// Returns the text of a code, if it is one of these.
pub fn template(code: Code) -> Option<Template> {
    recipient(code)
        .or_else(|| message(code))
        .or_else(|| reputation(code))
        .or_else(|| limits(code))
}

fn recipient(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::NoSuchUser => (
            "The recipient's mailbox does not exist.",
            "Check the spelling of the address. If it is correct, the mailbox was removed.",
        ),
        Code::RecipientDomainInvalid => (
            "The domain of the recipient does not exist or accepts no mail.",
            "Check the part after the @ for typing errors.",
        ),
        Code::MailboxFull => (
            "The recipient's mailbox is full.",
            "Ask the recipient to delete mail, then send the message again.",
        ),
        Code::MailboxInactive => (
            "The recipient's mailbox is disabled or suspended.",
            "Ask the recipient for another address.",
        ),
        Code::RecipientRestricted => (
            "The recipient only accepts mail from certain senders.",
            "Ask the recipient or the administrator of the recipient's domain to allow {from}.",
        ),
        Code::RecipientRateLimited => (
            "The recipient receives more mail than its server accepts at the moment.",
            "Mailgrant retries later. If this happens often, send fewer messages to this recipient.",
        ),
        Code::Greylisted => (
            "The recipient's server rejects the first attempt of unknown senders (greylisting).",
            "Mailgrant retries. The server usually accepts the message after a few minutes.",
        ),
        Code::ReceiverUnreachable => (
            "The recipient's mail server could not be reached, or did not answer in time.",
            "Check the domain of the address. If it is correct, try again later.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn message(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::SpamRefused => (
            "The message was classified as spam.",
            "Change the text, links, or subject, and check SPF, DKIM, and DMARC of the From domain. Recipients can also allow the sender's address.",
        ),
        Code::VirusRefused => (
            "The message contains a virus or an attachment of a type that the server does not accept.",
            "Check the attachments for viruses. Send files of other types, or a link to the files.",
        ),
        Code::MessageFormatRefused => (
            "The server does not accept the format of the message, for example a missing, repeated, or invalid header field.",
            "Read the reply below, and correct the program that wrote the message.",
        ),
        Code::MailLoop => (
            "The message passed through too many servers, which indicates a loop of forwarding rules.",
            "Ask the administrator of the recipient's domain to check its forwarding rules.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn reputation(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::ReputationRefused => (
            "The recipient's server rejects mail from this address or domain because of its reputation.",
            "Send through a provider with a good reputation, or follow the instructions in the reply. Make sure that recipients asked for the mail.",
        ),
        Code::Blocklisted => {
            return Some(
                Template::new(
                    "The address or domain that sends is on a blocklist: {blocklist}.",
                    "Look up the address on the blocklist's website, fix the cause, and request removal. If the address belongs to your provider, ask the provider to do so.",
                )
                .linking("{blocklist}", "{blocklist_url}"),
            );
        }
        Code::SpfFailed => (
            "The SPF check failed: the SPF record of the sender's domain does not allow the server that delivered the message.",
            "Add your provider's servers to the SPF record of the From domain. The connection check shows the record.",
        ),
        Code::DkimFailed => (
            "The DKIM check failed: the message has no valid signature from the From domain.",
            "Turn DKIM on at your provider and publish its key in DNS. The connection check shows the key.",
        ),
        Code::DmarcFailed => (
            "The message does not pass the DMARC check of the From domain, or has neither a valid SPF nor a valid DKIM result.",
            "Set up SPF and DKIM for the domain of {from}, and send with a From address of this domain.",
        ),
        Code::ReverseDnsRefused => (
            "The IP address of the sending server has no reverse DNS name, or the name does not resolve to the address.",
            "Ask the operator of the network to set a reverse DNS record (PTR), or send through a provider.",
        ),
        Code::EhloNameRefused => (
            "The server rejected the name that was sent in EHLO: {ehlo_name}.",
            "In the SMTP settings, set \"EHLO name\" to a fully qualified name that exists in DNS, such as the public name of this server.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}

fn limits(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::SendingRateLimited => (
            "The account sends faster than the server allows.",
            "Mailgrant pauses and continues by itself. Set a limit per minute in the sending settings to avoid such pauses.",
        ),
        Code::AccountSuspended => (
            "The provider has stopped the account from sending, for example because of unusual activity.",
            "Sign in at the provider and follow its instructions, or ask its support. Mailgrant keeps the messages and tries again later.",
        ),
        Code::ServerOverloaded => (
            "The server is overloaded or out of space.",
            "Mailgrant retries. If this persists, ask the server's administrator.",
        ),
        Code::TlsRequired => (
            "The server only continues over an encrypted connection.",
            "Turn \"Enable SSL\" on.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}
