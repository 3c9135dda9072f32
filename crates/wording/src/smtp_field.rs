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
        SmtpField::Provider => "Fills in the fields below. They can be changed afterwards.",
        SmtpField::SmtpHost => "A host name or an IP address.",
        SmtpField::SmtpPort => "Usually 587 or 465.",
        SmtpField::DataCenter => "Each data center has its own settings.",
        SmtpField::FromAddress => {
            "One address, with a name if you like: Example <mail@example.com>."
        }
        SmtpField::EnableSsl => "Encrypts the connection to the SMTP server.",
        SmtpField::Security => {
            "Follows the port: 465 means TLS from the first byte, any other port means STARTTLS. \
             Mail is never sent when the server does not offer it."
        }
        SmtpField::TlsMinimum => {
            "The lowest version accepted. Versions 1.0 and 1.1 are not offered: they are broken \
             and were withdrawn by RFC 8996."
        }
        SmtpField::EhloName => {
            "The name this server introduces itself with: a full name such as mail.example.com, or \
             an address in brackets. Leave it empty for the name of this machine, or its address if \
             the name has no dot."
        }
        SmtpField::MailboxEmail => "The account that mail is read from.",
        SmtpField::MailboxSignIn => {
            "The same authorization needs no password. The account that you sign in with at the provider \
             also opens the mailbox. Requires OAuth, below."
        }
        SmtpField::MailboxPassword => "Often an app password.",
        SmtpField::MailboxHost => "The IMAP server.",
        SmtpField::MailboxPort => "Usually 993.",
        SmtpField::MailboxSecurity => {
            "Follows the port: 993 means TLS from the first byte, any other port means STARTTLS. \
             The TLS version is that of SMTP."
        }
        SmtpField::AuthenticationType => {
            "OAuth for Google and Microsoft. Basic is a user name and a password."
        }
        SmtpField::RedirectUrl => {
            "Enter exactly this URL in the provider's console. It follows the address under which \
             this page was opened."
        }
        SmtpField::ClientId => "From the provider's console.",
        SmtpField::ClientSecret => "The secret's value, not its ID.",
        SmtpField::AuthorizationEndpoint => "The provider's sign-in page.",
        SmtpField::TokenEndpoint => "The URL where Mailgrant requests and refreshes tokens.",
        SmtpField::Scope => "The requested permissions, separated by spaces.",
        SmtpField::Username => "The account that sends, usually its email address.",
        SmtpField::Password => {
            "For most providers an app password, not the password of the account."
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
