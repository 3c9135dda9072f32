//! Warnings at fields.

use domain::FieldWarning;

use crate::{Words, words};

/// Returns the text of a warning.
pub fn field_warning(warning: FieldWarning) -> Words {
    match warning {
        FieldWarning::SecretLooksLikeId => words(
            "This looks like the ID of a secret.",
            "In Microsoft's portal, copy the column \"Value\", not \"Secret ID\". The value is shown only once, right after the secret is created.",
        ),
        FieldWarning::RedirectUrlPlainHttp => words(
            "Google, Microsoft, and most other providers reject redirect URLs that start with http:// unless they are on localhost.",
            "Open this page with https://.",
        ),
        FieldWarning::RedirectUrlPrivate => words(
            "Google and other providers reject redirect URLs with an IP address or a local host name.",
            "Open this page at a public host name with https://, or at http://localhost on the server itself.",
        ),
        FieldWarning::PlaintextWithoutCredential => words(
            "Mail is sent unencrypted. Mailgrant sends no password or token over this connection, except on this machine.",
            "Turn SSL on, unless the server is a trusted relay on a trusted network.",
        ),
        FieldWarning::ImplicitTlsIsUsual => words(
            "Port 465 usually means implicit TLS.",
            "With STARTTLS, the connection will most likely time out.",
        ),
        FieldWarning::StartTlsIsUsual => words(
            "This port usually means STARTTLS.",
            "With implicit TLS, the handshake will most likely fail.",
        ),
        FieldWarning::MailboxImplicitTlsIsUsual => words(
            "Port 993 usually means implicit TLS.",
            "With STARTTLS, the connection will most likely time out.",
        ),
        FieldWarning::GoogleTesting => words(
            "While the consent screen in Google's console is in \"Testing\", Google ends the authorization after 7 days, and mail stops.",
            "Before you sign in, set the publishing status to \"In production\", or the user type to \"Internal\".",
        ),
        FieldWarning::NoOfflineAccess => words(
            "Without offline_access, Microsoft issues no refresh token, so mail stops when the access token expires.",
            "Add offline_access.",
        ),
        FieldWarning::FromIsNotUsername => words(
            "This differs from the From address.",
            "The account needs permission to send as the From address. Otherwise, the server rejects the mail.",
        ),
        FieldWarning::PasswordsAreEnding => words(
            "Google and Microsoft are phasing out passwords for SMTP.",
            "Use OAuth.",
        ),
    }
}
