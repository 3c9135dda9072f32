//! The sender of a raw message, in its header and its envelope.

use domain::{EmailAddress, FromAddress, MessageFieldError};

use super::{RawMessage, RawRequest, SenderPolicy};
use crate::compose::raw_message::decoded;

/// Returns the `From` address. Rewrites the field if mail programs might read it differently.
pub(super) fn from(
    message: &mut RawMessage,
    policy: &SenderPolicy,
    replace: bool,
) -> Result<FromAddress, MessageFieldError> {
    let written = message.mailboxes("From");
    let from = match &*written {
        [] if message.count("From") > 0 && !replace => return Err(MessageFieldError::NotAnAddress),
        [] => policy.default_from.clone(),
        [(name, address)] => {
            let name = name.as_deref().map(|name| name.chars().take(128).collect());
            match EmailAddress::parse(address) {
                Ok(address) if policy.allows(&address) => FromAddress { name, address },
                _ if replace => FromAddress {
                    name: name.or_else(|| policy.default_from.name.clone()),
                    address: policy.default_from.address.clone(),
                },
                Ok(_) => return Err(MessageFieldError::FromNotAllowed),
                Err(error) => return Err(error.into()),
            }
        }
        _ => return Err(MessageFieldError::SeveralAddresses),
    };
    if !is_clear(message, &from) {
        message.set_mailboxes("From", std::slice::from_ref(&from));
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
    from: Option<&FromAddress>,
) -> Result<EmailAddress, MessageFieldError> {
    let fallback = from.map_or(&policy.default_from.address, |from| &from.address);
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
