//! Warnings at fields.

use domain::FieldWarning;

use crate::{Words, words};

/// Returns the text of a warning.
pub fn field_warning(warning: FieldWarning) -> Words {
    match warning {
        FieldWarning::SecretLooksLikeId => words(
            "This looks like the ID of a secret.",
            "In Microsoft's portal, copy the column \"Value\", not \"Secret ID\". The value is \
             shown only once, right after the secret was made.",
        ),
        FieldWarning::RedirectUrlPlainHttp => words(
            "Google, Microsoft and most others refuse a redirect URL that begins with http:// and \
             is not on localhost.",
            "Open this page over https://.",
        ),
        FieldWarning::RedirectUrlPrivate => words(
            "Google and others refuse a redirect URL with an IP address, a private address or a \
             local name.",
            "Open this page under a public name with https://, or on the machine itself under \
             http://localhost.",
        ),
        FieldWarning::PlaintextWithoutCredential => words(
            "Mail travels in the clear, and no password or token is ever sent, except to this \
             machine.",
            "Turn SSL on unless the server is a relay you trust on a network you trust.",
        ),
        FieldWarning::ImplicitTlsIsUsual => words(
            "Port 465 usually means implicit TLS.",
            "With STARTTLS the server will most likely not greet.",
        ),
        FieldWarning::StartTlsIsUsual => words(
            "This port usually means STARTTLS.",
            "With implicit TLS the handshake will most likely fail.",
        ),
        FieldWarning::MailboxImplicitTlsIsUsual => words(
            "Port 993 usually means implicit TLS.",
            "With STARTTLS the server will most likely not greet.",
        ),
        FieldWarning::GoogleTesting => words(
            "While the consent screen in Google's console is in \"Testing\", the authorization \
             ends after 7 days and mail stops.",
            "Before you sign in, set its publishing status to \"In production\", or its user type \
             to \"Internal\".",
        ),
        FieldWarning::NoOfflineAccess => words(
            "Without offline_access Microsoft gives no refresh token, and the authorization could \
             not be renewed.",
            "Add offline_access.",
        ),
        FieldWarning::FromIsNotUsername => words(
            "This is another address than From.",
            "The account needs the right to send as the From address, else mail is refused.",
        ),
        FieldWarning::PasswordsAreEnding => words(
            "Google and Microsoft are ending passwords for SMTP.",
            "Use OAuth.",
        ),
    }
}
