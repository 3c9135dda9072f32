//! Who gets a message.

use domain::{EmailAddress, FieldError, FormErrors, FromAddress, Recipient, RecipientKind};

use super::{Envelope, Field, RawMessage};
use crate::compose::{draft, header};

/// Those of the envelope, else those of the header.
pub(super) fn read(
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
