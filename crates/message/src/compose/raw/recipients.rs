//! The recipients of a raw message.

use domain::{EmailAddress, FromAddress, MessageFieldError, Recipient, RecipientKind};

use super::{Envelope, Field, MessageErrors, RawMessage, SenderPolicy};
use crate::compose::{draft, header};

/// Returns the recipients of the envelope, or those of the header if there are none.
pub(super) fn read(
    message: &RawMessage,
    envelope: &Envelope,
    policy: &SenderPolicy,
    errors: &mut MessageErrors,
) -> Vec<Recipient> {
    let mut in_header = MessageErrors::default();
    let mut read_header = |name: &str, field: fn(usize) -> Field| {
        let mailboxes = message.mailboxes(name).into_iter().enumerate();
        let parsed = mailboxes.filter_map(|(at, (_, written))| {
            let parsed = parse(&written, policy);
            in_header.check_address(field(at), &written, parsed)
        });
        parsed.map(header::bare).collect::<Vec<_>>()
    };
    let (to, cc, bcc) = (
        read_header("To", Field::ToAt),
        read_header("Cc", Field::CcAt),
        read_header("Bcc", Field::BccAt),
    );
    let all = match &envelope.recipients {
        None => {
            errors.extend(in_header);
            draft::recipients([
                (&to, RecipientKind::To),
                (&cc, RecipientKind::Cc),
                (&bcc, RecipientKind::Bcc),
            ])
        }
        Some(written) => {
            let mut named = Vec::new();
            for (at, text) in written.iter().enumerate().take(draft::MAX_RECIPIENTS + 1) {
                let address = errors.check_address(Field::ToAt(at), text, parse(text, policy));
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
        errors.add(Field::To, MessageFieldError::Required);
    }
    if all.len() > draft::MAX_RECIPIENTS {
        errors.add(Field::To, MessageFieldError::TooMany);
    }
    all
}

/// Parses the address of a recipient, and checks that mail may go there.
fn parse(written: &str, policy: &SenderPolicy) -> Result<EmailAddress, MessageFieldError> {
    let address = EmailAddress::parse(written)?;
    policy.check_recipient(&address)?;
    Ok(address)
}
