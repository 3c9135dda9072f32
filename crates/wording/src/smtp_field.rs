//! Labels, help, and examples of the fields of SMTP settings.

use domain::SmtpField;

/// Returns the label of a field.
pub fn smtp_field_label(field: SmtpField) -> &'static str {
    match field {
        SmtpField::Provider => "Provider",
        SmtpField::SmtpHost => "SMTP host",
        SmtpField::SmtpPort => "SMTP port",
        SmtpField::DataCenter => "Data center",
        SmtpField::FromAddress => "From address",
        SmtpField::EnableSsl => "Enable SSL",
        SmtpField::Security | SmtpField::MailboxSecurity => "Security",
        SmtpField::TlsMinimum => "SMTP TLS Version",
        SmtpField::EhloName => "EHLO name (optional)",
        SmtpField::MailboxEmail => "Email",
        SmtpField::MailboxSignIn => "Sign in with",
        SmtpField::MailboxPassword | SmtpField::Password => "Password",
        SmtpField::MailboxHost => "Host name",
        SmtpField::MailboxPort => "Port",
        SmtpField::AuthenticationType => "Authentication type",
        SmtpField::RedirectUrl => "Redirect URL",
        SmtpField::ClientId => "Client ID",
        SmtpField::ClientSecret => "Client Secret",
        SmtpField::AuthorizationEndpoint => "Authorization endpoint",
        SmtpField::TokenEndpoint => "Token endpoint",
        SmtpField::Scope => "Scope",
        SmtpField::Username => "Username",
    }
}

/// Returns the help under a field. It may be empty.
pub fn smtp_field_help(field: SmtpField) -> &'static str {
    match field {
        SmtpField::Provider => "Fills in the fields below. You can change them afterward.",
        SmtpField::SmtpHost => "A host name or an IP address.",
        SmtpField::SmtpPort => "Usually 587 or 465.",
        SmtpField::DataCenter => "Each data center has its own settings.",
        SmtpField::FromAddress => "One address, with an optional name: Example <mail@example.com>.",
        SmtpField::EnableSsl => "Encrypts the connection to the SMTP server.",
        SmtpField::Security => {
            "Follows the port: implicit TLS for 465, STARTTLS for any other port. If the server does not offer STARTTLS, no mail is sent."
        }
        SmtpField::TlsMinimum => {
            "The lowest accepted version. TLS 1.0 and 1.1 are insecure and deprecated (RFC 8996)."
        }
        SmtpField::EhloName => {
            "The name that Mailgrant sends in EHLO, such as mail.example.com, or an IP address in brackets. If empty, Mailgrant uses the host name of this machine, or its IP address if the name has no dot."
        }
        SmtpField::MailboxEmail => "The account that mail is read from.",
        SmtpField::MailboxSignIn => {
            "With the same authorization, no password is needed: the account that you sign in with at the provider also opens the mailbox. Requires OAuth, below."
        }
        SmtpField::MailboxPassword => "Often an app password.",
        SmtpField::MailboxHost => "The IMAP server.",
        SmtpField::MailboxPort => "Usually 993.",
        SmtpField::MailboxSecurity => {
            "Follows the port: implicit TLS for 993, STARTTLS for any other port. The TLS version is that of SMTP."
        }
        SmtpField::AuthenticationType => {
            "OAuth for Google and Microsoft. Basic uses a user name and a password."
        }
        SmtpField::RedirectUrl => {
            "Enter exactly this URL in the provider's console. It is derived from the address at which you opened this page."
        }
        SmtpField::ClientId => "From the provider's console.",
        SmtpField::ClientSecret => "The secret's value, not its ID.",
        SmtpField::AuthorizationEndpoint => "The provider's sign-in page.",
        SmtpField::TokenEndpoint => "The URL where Mailgrant requests and refreshes tokens.",
        SmtpField::Scope => "The requested permissions, separated by spaces.",
        SmtpField::Username => "The account that sends, usually its email address.",
        SmtpField::Password => {
            "Most providers require an app password, not the password of the account."
        }
    }
}

/// Returns the example in an empty field. It may be empty.
pub fn smtp_field_placeholder(field: SmtpField) -> &'static str {
    match field {
        SmtpField::SmtpHost => "smtp.example.com",
        SmtpField::SmtpPort => "587",
        SmtpField::FromAddress | SmtpField::Username | SmtpField::MailboxEmail => {
            "mail@example.com"
        }
        SmtpField::EhloName => "mail.example.com",
        SmtpField::MailboxHost => "imap.example.com",
        SmtpField::MailboxPort => "993",
        SmtpField::AuthorizationEndpoint => "https://login.example.com/authorize",
        SmtpField::TokenEndpoint => "https://login.example.com/token",
        _ => "",
    }
}
