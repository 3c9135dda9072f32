//! Changes to a valid form with the expected errors.

use domain::{SmtpField, SmtpFormError};

use crate::support::Form;

/// A change, the field with the error, and the error.
pub type Case = (fn(Form) -> Form, SmtpField, SmtpFormError);

/// Returns cases for every rule.
pub fn cases() -> Vec<Case> {
    [connection(), mailbox(), authentication()].concat()
}

/// Returns the cases of the section "SMTP configuration".
fn connection() -> Vec<Case> {
    use SmtpField as F;
    use SmtpFormError as E;
    vec![
        (
            |f| f.with("provider", "none"),
            F::Provider,
            E::UnknownChoice,
        ),
        (|f| f.with("smtp_host", " "), F::SmtpHost, E::Required),
        (|f| f.without("smtp_host"), F::SmtpHost, E::Required),
        (
            |f| f.with("smtp_host", "smtp://x"),
            F::SmtpHost,
            E::HostHasScheme,
        ),
        (
            |f| f.with("smtp_host", "x.example:25"),
            F::SmtpHost,
            E::HostHasPort,
        ),
        (|f| f.with("smtp_host", "a b"), F::SmtpHost, E::NotAHost),
        (|f| f.with("smtp_port", ""), F::SmtpPort, E::Required),
        (|f| f.with("smtp_port", "0"), F::SmtpPort, E::NotAPort),
        (|f| f.with("smtp_port", "65536"), F::SmtpPort, E::NotAPort),
        (|f| f.with("smtp_port", "+25"), F::SmtpPort, E::NotAPort),
        (|f| f.with("from_address", ""), F::FromAddress, E::Required),
        (
            |f| f.with("from_address", "nobody"),
            F::FromAddress,
            E::NotAnAddress,
        ),
        (
            |f| f.with("from_address", "a@example.com, b@example.com"),
            F::FromAddress,
            E::SeveralAddresses,
        ),
        (
            |f| f.with("from_address", "a@example.com\r\nBcc: b@example.com"),
            F::FromAddress,
            E::ControlCharacter,
        ),
        (
            |f| {
                f.without("enable_ssl")
                    .with("smtp_host", "smtp.example.com")
            },
            F::EnableSsl,
            E::CredentialInPlaintext,
        ),
        (
            |f| f.with("security", "plaintext"),
            F::Security,
            E::UnknownChoice,
        ),
        (
            |f| f.with("tls_minimum", "1.0"),
            F::TlsMinimum,
            E::UnknownChoice,
        ),
        (|f| f.with("ehlo_name", "vm"), F::EhloName, E::NotAnEhloName),
        (
            |f| f.with("ehlo_name", "a b.example"),
            F::EhloName,
            E::NotAHost,
        ),
    ]
}

/// Returns the cases of the email box.
fn mailbox() -> Vec<Case> {
    use SmtpField as F;
    use SmtpFormError as E;
    vec![
        (
            |f| f.with_mailbox().with("mailbox_email", ""),
            F::MailboxEmail,
            E::Required,
        ),
        (
            |f| f.with_mailbox().with("mailbox_email", "x"),
            F::MailboxEmail,
            E::NotAnAddress,
        ),
        (
            |f| f.with_mailbox().with("mailbox_sign_in", "x"),
            F::MailboxSignIn,
            E::UnknownChoice,
        ),
        (
            |f| {
                f.with_mailbox()
                    .with("mailbox_sign_in", "same_authorization")
                    .with("authentication_type", "basic")
                    .with("password", "smtp")
            },
            F::MailboxSignIn,
            E::NeedsOAuth,
        ),
        (
            |f| f.with_mailbox().with("mailbox_security", "plaintext"),
            F::MailboxSecurity,
            E::UnknownChoice,
        ),
        (
            |f| f.with_mailbox().without("mailbox_password"),
            F::MailboxPassword,
            E::Required,
        ),
        (
            |f| f.with_mailbox().with("mailbox_host", "imaps://x"),
            F::MailboxHost,
            E::HostHasScheme,
        ),
        (
            |f| f.with_mailbox().with("mailbox_port", "x"),
            F::MailboxPort,
            E::NotAPort,
        ),
    ]
}

/// Returns the cases of the section "Authentication".
fn authentication() -> Vec<Case> {
    use SmtpField as F;
    use SmtpFormError as E;
    vec![
        (
            |f| f.with("authentication_type", "x"),
            F::AuthenticationType,
            E::UnknownChoice,
        ),
        (
            |f| f.with("redirect_url", "https://evil.example/oauth/callback"),
            F::RedirectUrl,
            E::RedirectUrlMismatch,
        ),
        (|f| f.with("client_id", ""), F::ClientId, E::Required),
        (
            |f| f.with("client_id", &"x".repeat(2_000)),
            F::ClientId,
            E::TooLong,
        ),
        (|f| f.without("client_secret"), F::ClientSecret, E::Required),
        (
            |f| f.with("authorization_endpoint", "http://example.com/a"),
            F::AuthorizationEndpoint,
            E::UrlNotHttps,
        ),
        (
            |f| f.with("authorization_endpoint", "https://example.com/a#b"),
            F::AuthorizationEndpoint,
            E::UrlHasFragment,
        ),
        (
            |f| f.with("token_endpoint", "example.com"),
            F::TokenEndpoint,
            E::NotAUrl,
        ),
        (
            |f| f.with("token_endpoint", "https://u:p@example.com/"),
            F::TokenEndpoint,
            E::UrlHasCredentials,
        ),
        (|f| f.with("scope", ""), F::Scope, E::Required),
        (|f| f.with("scope", "a\"b"), F::Scope, E::NotAScope),
        (
            |f| {
                f.with(
                    "scope",
                    "https://outlook.office.com/SMTP.Send https://graph.microsoft.com/Mail.Send",
                )
            },
            F::Scope,
            E::MixedScopes,
        ),
        (|f| f.with("username", ""), F::Username, E::Required),
        (
            |f| f.with("authentication_type", "basic"),
            F::Password,
            E::Required,
        ),
    ]
}
