//! Senders: labels, choices, and errors of their form.

use domain::{NullSender, OtherFrom, SenderField, SenderForm, SenderFormError};

use crate::{
    Words, count,
    field_error::{
        CONTROL_CHARACTER, IN_THE_PAST, NAME_TAKEN, NOT_A_DATE, REQUIRED, SEVERAL_ADDRESSES,
        TOO_LONG, UNKNOWN_CHOICE,
    },
    request_problem::UNKNOWN_DATA_CENTER,
    words,
};

/// Returns the label of a field.
pub fn sender_field_label(field: SenderField) -> &'static str {
    match field {
        SenderField::Name => "Name",
        SenderField::Credentials => "User name and password",
        SenderField::User => "User name",
        SenderField::Networks => "Addresses and networks",
        SenderField::ConfirmNetworks => "Allow networks that are not private",
        SenderField::DataCenter => "Data center",
        SenderField::PerMinute => "Messages per minute",
        SenderField::PerDay => "Messages per day",
        SenderField::Expires => "Last day",
        SenderField::SilentAfter => "Hours of silence before an alert",
        SenderField::AllowedFrom => "Other From addresses",
        SenderField::OtherFrom => "If a From address is not allowed",
        SenderField::DisplayName => "Display name",
        SenderField::DefaultFrom => "Default From address",
        SenderField::NullSender => "Null sender",
        SenderField::AllowedRecipients => "Allowed recipient domains",
        SenderField::ReadMailbox => "May read and delete mail",
    }
}

/// Returns the help next to a field. Empty if the label says enough.
pub fn sender_field_help(field: SenderField) -> &'static str {
    match field {
        SenderField::Name => "For example, the program or the place of the device.",
        SenderField::Credentials => {
            "The password is shown once, when the sender is added. Turning this off ends all its passwords."
        }
        SenderField::User => {
            "1 to 20 letters and digits. Leave it empty for one that is derived from the name. Another user name needs a new password."
        }
        SenderField::Networks => {
            "One in each line, such as 192.168.1.20 or 192.168.1.0/24. Everyone there can send as this sender without a password."
        }
        SenderField::ConfirmNetworks => {
            "Only for addresses that belong to you alone. Networks that contain every address are always refused."
        }
        SenderField::DataCenter => "The settings that its mail is sent with.",
        SenderField::PerMinute | SenderField::PerDay => "Empty: no limit.",
        SenderField::Expires => {
            "The sender expires at the end of this day (UTC). Leave it empty for one that does not expire."
        }
        SenderField::SilentAfter => "Empty: no alert.",
        SenderField::AllowedFrom => {
            "Addresses like alerts@example.com and domains like example.com, one in each line. Leave it empty to allow what the data center allows. The provider must accept them."
        }
        SenderField::DisplayName => {
            "Replaces the name of all messages. Leave it empty to keep theirs."
        }
        SenderField::DefaultFrom => {
            "For messages without a From address, and in place of one that is replaced. Leave it empty for that of the data center."
        }
        SenderField::AllowedRecipients => {
            "For devices that should only send to your own domains, one in each line. Leave it empty to allow all recipients."
        }
        SenderField::ReadMailbox => {
            "Over the IMAP gateway, with its user name and password. It can also delete mail."
        }
        SenderField::OtherFrom | SenderField::NullSender => "",
    }
}

/// Returns what happens to a From address that is not allowed.
pub fn other_from(choice: OtherFrom) -> &'static str {
    match choice {
        OtherFrom::Reject => "Reject the message",
        OtherFrom::Rewrite => "Replace the address, and send replies to the original one",
        OtherFrom::KeepName => "Replace the address, and keep the display name",
    }
}

/// Returns what happens to a message with the null sender.
pub fn null_sender(choice: NullSender) -> &'static str {
    match choice {
        NullSender::Map => "Send bounces to the From address",
        NullSender::Reject => "Reject the message",
    }
}

/// Returns the text of an error at a field of the form.
pub fn sender_form_error(field: SenderField, error: SenderFormError) -> String {
    let words = match error {
        SenderFormError::Required => REQUIRED,
        SenderFormError::TooLong if is_list(field) => {
            let most = SenderForm::MAX_ENTRIES;
            return format!("There are more than {most} entries. Remove some.");
        }
        SenderFormError::TooLong => TOO_LONG,
        SenderFormError::ControlCharacter => CONTROL_CHARACTER,
        SenderFormError::NameTaken => NAME_TAKEN,
        SenderFormError::NotAUserName => words(
            "This is not a user name for a sender.",
            "Use 1 to 20 letters and digits.",
        ),
        SenderFormError::NotANetwork => words(
            "One of these is neither an IP address nor a network.",
            "Enter addresses like 192.168.1.20 and networks like 192.168.1.0/24.",
        ),
        SenderFormError::NetworkHasHostBits => words(
            "One of these is an address within a network.",
            "Set the bits after the prefix to 0, as in 192.168.1.0/24, or enter only the address.",
        ),
        SenderFormError::EveryAddress => words(
            "This network contains every address, so anyone could send mail.",
            "Enter the networks of the sender only.",
        ),
        SenderFormError::NetworkNotPrivate => words(
            "One of these networks can be reached from the internet. Everyone in it could send mail without a password.",
            "Enter private networks only, or confirm that this is intended.",
        ),
        SenderFormError::NetworkTaken => words(
            "Another sender has the same address or network.",
            "Give each network to one sender.",
        ),
        SenderFormError::UnknownDataCenter => UNKNOWN_DATA_CENTER,
        SenderFormError::NotANumber => {
            let most = count(field.max_value().into());
            return format!(
                "This is not a number from 1 to {most}. Enter digits only, or leave the field empty."
            );
        }
        SenderFormError::NotADate => NOT_A_DATE,
        SenderFormError::InThePast => IN_THE_PAST,
        SenderFormError::NotAnAddress if field == SenderField::AllowedFrom => words(
            "One of these is neither an email address nor a domain.",
            "Enter addresses like mail@example.com and domains like example.com.",
        ),
        SenderFormError::NotAnAddress => crate::field_error::NOT_AN_ADDRESS,
        SenderFormError::SeveralAddresses => SEVERAL_ADDRESSES,
        SenderFormError::NotADomain => words(
            "One of these is not a domain.",
            "Enter domains like example.com.",
        ),
        SenderFormError::UnknownChoice => UNKNOWN_CHOICE,
        SenderFormError::NeedsPassword => words(
            "Mail is only read with a password.",
            "Give the sender a user name and a password.",
        ),
    };
    Words::joined(words)
}

fn is_list(field: SenderField) -> bool {
    matches!(
        field,
        SenderField::Networks | SenderField::AllowedFrom | SenderField::AllowedRecipients
    )
}

/// Returns the errors of a form in one line, for the command line.
pub fn sender_form_errors(errors: &domain::FormErrors<SenderField, SenderFormError>) -> String {
    let texts: Vec<_> = errors
        .iter()
        .map(|(field, error)| {
            let text = sender_form_error(field, error);
            format!("{}: {text}", sender_field_label(field))
        })
        .collect();
    texts.join(" ")
}
