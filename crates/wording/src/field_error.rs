//! Errors at fields.

use domain::{FieldError, SmtpField};

use crate::{Words, request_problem, words};

/// Returns the text of an error at a field of the settings.
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
        // Of no field of the settings; the pages about access have their own words.
        FieldError::NotAUserName
        | FieldError::PasswordTooShort
        | FieldError::PasswordGuessable
        | FieldError::PasswordsDiffer
        | FieldError::PasswordWrong
        | FieldError::LastAdministrator
        | FieldError::NotADate
        | FieldError::InThePast
        | FieldError::NotAWebhookSecret
        // Nor those of messages, which programs hand over: the browser is not to load their words.
        | FieldError::TooMany
        | FieldError::NotBase64
        | FieldError::NotAMediaType
        | FieldError::NotAFileName
        | FieldError::NotAHeaderName
        | FieldError::HeaderReserved
        | FieldError::HeaderRepeated
        | FieldError::FromNotAllowed
        | FieldError::DataCenterNotSetUp
        | FieldError::NotATime
        | FieldError::NotANumber => words("This cannot be taken.", "Enter something else."),
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
