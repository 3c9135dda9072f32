//! The sender of a raw message, in its header and its envelope.

use domain::{EmailAddress, FromAddress, MessageFieldError, NullSender, OtherFrom};

use super::{Envelope, RawMessage, RawRequest, SenderPolicy};
use crate::compose::raw_message::decoded;

/// Returns the `From` address. Rewrites the field if mail programs might read it differently.
pub(super) fn from(
    message: &mut RawMessage,
    policy: &SenderPolicy,
    other_from: OtherFrom,
) -> Result<FromAddress, MessageFieldError> {
    let written = message.mailboxes("From");
    let is_rejected = other_from == OtherFrom::Reject;
    let resolved = match &*written {
        [] if message.count("From") > 0 && is_rejected => {
            return Err(MessageFieldError::NotAnAddress);
        }
        [] => policy.missing_from(),
        [(name, address)] => {
            let name = name.as_deref().map(|name| name.chars().take(128).collect());
            let address = EmailAddress::parse(address).map_err(Into::into);
            policy.resolve(name, address, other_from)?
        }
        _ => return Err(MessageFieldError::SeveralAddresses),
    };
    let from = resolved.from;
    if policy.rules.display_name.is_some() || !is_clear(message, &from) {
        message.set_mailboxes("From", std::slice::from_ref(&from));
    }
    if let Some(original) = resolved.reply_to
        && message.mailboxes("Reply-To").is_empty()
    {
        message.set_mailboxes("Reply-To", &[original]);
    }
    Ok(from)
}

/// Returns true if there is one `From` that all programs read as the same address.
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

/// Returns the sender address of the envelope. `Sender` (RFC 5322 §3.6.2) has to be allowed as
/// well.
pub(super) fn sender(
    message: &mut RawMessage,
    policy: &SenderPolicy,
    request: &RawRequest,
    other_from: OtherFrom,
    from: Option<&FromAddress>,
) -> Result<EmailAddress, MessageFieldError> {
    let fallback = from.map_or(&policy.default_from().address, |from| &from.address);
    let allowed = |written: &str| {
        let address = EmailAddress::parse(written)?;
        let allowed = policy.allows(&address);
        allowed
            .then_some(address)
            .ok_or(MessageFieldError::FromNotAllowed)
    };
    let headers = message.mailboxes("Sender");
    if message.count("Sender") > 0
        && let Err(error) = match &*headers {
            [(_, address)] => allowed(address).map(|_| ()),
            _ => Err(MessageFieldError::NotAnAddress),
        }
    {
        if other_from == OtherFrom::Reject {
            return Err(error);
        }
        message.remove("Sender");
    }
    let envelope = request.envelope.sender.as_deref();
    if envelope.map(str::trim) == Some(Envelope::NULL_SENDER) {
        return match policy.rules.null_sender {
            NullSender::Map => Ok(fallback.clone()),
            NullSender::Reject => Err(MessageFieldError::NullSenderNotAllowed),
        };
    }
    match envelope.map(allowed) {
        None => Ok(fallback.clone()),
        Some(Err(_)) if other_from != OtherFrom::Reject => Ok(fallback.clone()),
        Some(result) => result,
    }
}
