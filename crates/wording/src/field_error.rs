//! Errors at fields.

use domain::{FieldError, SmtpField};

use crate::{Words, request_problem, words};

/// Returns the text of an error at a field. `field` is the field if it is one of the SMTP settings.
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn field_error(error: FieldError, field: Option<SmtpField>) -> Words {
    match error {
        FieldError::Required => required(field),
        FieldError::TooLong => words("This is too long.", "Shorten it."),
        FieldError::ControlCharacter => words(
            "There is a line break or another invisible character in it.",
            "Remove it, or type the value instead of pasting it.",
        ),
        FieldError::NotAnAddress => words(
            "This is not an email address.",
            "Write it like mail@example.com.",
        ),
        FieldError::SeveralAddresses => words("These are several addresses.", "Enter only one."),
        FieldError::NotAHost => words(
            "This is neither a host name nor an IP address.",
            "Write it like smtp.example.com or 192.0.2.1.",
        ),
        FieldError::HostHasScheme => words(
            "This is a URL.",
            "Enter only the host, without https:// and without a path.",
        ),
        FieldError::HostHasPort => words(
            "There is a port in it.",
            "Enter only the host here; the port has its own field.",
        ),
        FieldError::NotAnEhloName => words(
            "This is not a full name: it has no dot, or an underscore.",
            "Write it like mail.example.com, or enter an address like [192.0.2.1].",
        ),
        FieldError::NotAPort => words("This is not a port.", "Enter a number from 1 to 65535."),
        FieldError::NotAUrl => words(
            "This is not a complete URL.",
            "It begins with https:// and has a host, like https://login.example.com/token.",
        ),
        FieldError::UrlNotHttps => words(
            "Secrets would travel to this URL unencrypted.",
            "Use https://. Only a server on this machine may be http://.",
        ),
        FieldError::UrlHasFragment => words(
            "There is a # in the URL, which OAuth does not allow here.",
            "Remove it and what follows.",
        ),
        FieldError::UrlHasCredentials => words(
            "There is a user name or a password in the URL.",
            "Remove everything up to the @.",
        ),
        FieldError::NotAScope => words(
            "There is a character in it that no scope has.",
            "Remove quotes, backslashes, commas between scopes and letters beyond ASCII.",
        ),
        FieldError::MixedScopes => words(
            "Scopes of Microsoft Graph and of Outlook cannot be asked for together; a Graph token \
             cannot send over SMTP.",
            "Keep only those that begin with https://outlook.office.com/ (or your cloud's host), \
             and offline_access.",
        ),
        FieldError::UnknownChoice => words(
            "This is not one of the choices.",
            "Choose one of those offered.",
        ),
        FieldError::SecretBelongsElsewhere => words(
            "The saved secret belongs to other values: the server, user, client or endpoints it \
             was saved with have changed.",
            "Type it again, or restore those values. So nobody can point a saved secret at \
             another machine.",
        ),
        FieldError::CredentialInPlaintext => words(
            "Without SSL a password or token would travel in the clear, so none is sent except to \
             this machine.",
            "Turn SSL on, or turn authentication off.",
        ),
        FieldError::NeedsOAuth => words(
            "There is no authorization that could be the same: SMTP does not use OAuth.",
            "Sign in with a password, or choose OAuth as authentication type.",
        ),
        FieldError::RedirectUrlMismatch => words(
            "Mailgrant is not reached under this URL, by its configuration or by the address of \
             this request.",
            "Open this page under Mailgrant's public address, or correct the public URL in its \
             configuration.",
        ),
        FieldError::NameTaken => words("Another one has this name.", "Choose another name."),
        FieldError::DataCenterInUse => words(
            "This data center has settings, so mail may be sent from it.",
            "Only a data center without settings can be removed.",
        ),
        FieldError::DataCenterHasMail => words(
            "Mail waits in this data center.",
            "Wait until it is delivered, or cancel it.",
        ),
        FieldError::DataCenterIsDefault => words(
            "The data center from the start stays.",
            "Rename it if another name fits better.",
        ),
        FieldError::UnknownDataCenter => request_problem::UNKNOWN_DATA_CENTER,
        FieldError::NotAUserName => words(
            "There is a character in it that no user name has.",
            "Use letters without accents, digits, and . _ - + @.",
        ),
        FieldError::PasswordTooShort => words(
            "A password has at least 12 characters.",
            "Several words that do not belong together are long and easy to type.",
        ),
        FieldError::PasswordGuessable => words(
            "This password would be guessed soon.",
            "Use several words that do not belong together, or let a password manager make one.",
        ),
        FieldError::PasswordsDiffer => words(
            "The password was typed differently the second time.",
            "Type both again.",
        ),
        FieldError::PasswordWrong => words(
            "This is not the present password.",
            "Type it again. An administrator can make a link to choose a new one.",
        ),
        FieldError::LastAdministrator => words(
            "This is the only administrator who can sign in.",
            "Make another account an administrator first.",
        ),
        FieldError::NotADate => words("This is not a day.", "Write it like 2027-01-31."),
        FieldError::InThePast => words("This day has passed.", "Choose a later one, or none."),
        FieldError::NotAWebhookSecret => words(
            "This is no signing secret of Standard Webhooks.",
            "It is whsec_ and the base64 of 24 to 64 random bytes.",
        ),
        FieldError::TooMany => words("There are too many.", "Remove some."),
        FieldError::NotBase64 => words(
            "This is not base64.",
            "Encode the content as RFC 4648 section 4 says, with padding.",
        ),
        FieldError::NotAMediaType => words(
            "This is not the media type of an attachment.",
            "Write it like image/png. Use application/octet-stream for a message or for content of several parts.",
        ),
        FieldError::NotAFileName => words(
            "This is not a file name that every program reads alike.",
            "Write it without “=?”.",
        ),
        FieldError::NotAHeaderName => words(
            "This is not the name of a header field.",
            "Use up to 76 printable ASCII characters without spaces and colons.",
        ),
        FieldError::HeaderReserved => words(
            "This header field is written by Mailgrant or by mail servers, or has a field of its own.",
            "Leave it out, or use the field for it.",
        ),
        FieldError::HeaderRepeated => words(
            "Another entry has this header field.",
            "Remove one of the two.",
        ),
        FieldError::FromNotAllowed => words(
            "Mail from this address is not allowed in this data center.",
            "Use its From address, or ask an administrator to allow this one.",
        ),
        FieldError::DataCenterNotSetUp => words(
            "This data center has no SMTP settings.",
            "An administrator has to save them before anything can be sent from it.",
        ),
        FieldError::NotATime => words(
            "This is not a time.",
            "Write it like 2027-01-31T12:00:00Z, or as a day in UTC like 2027-01-31.",
        ),
        FieldError::NotANumber => words(
            "This is not a whole number in the range of the field.",
            "Write it in digits.",
        ),
    }
}

fn required(field: Option<SmtpField>) -> Words {
    match field {
        Some(SmtpField::ClientSecret | SmtpField::Password | SmtpField::MailboxPassword) => {
            words("None is saved.", "Type it, or paste it.")
        }
        Some(SmtpField::Security | SmtpField::TlsMinimum | SmtpField::AuthenticationType) => {
            words("Nothing is chosen.", "Choose one.")
        }
        _ => words("This field is mandatory.", "Fill it in."),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::FieldError;

    use super::field_error;

    #[test]
    fn every_error_says_what_is_wrong_and_what_to_enter() {
        let texts: HashSet<_> = FieldError::ALL
            .iter()
            .map(|error| field_error(*error, None))
            .inspect(|words| assert!(!words.cause.is_empty() && !words.fix.is_empty()))
            .map(|words| words.cause)
            .collect();
        assert_eq!(texts.len(), FieldError::ALL.len());
    }
}
