//! Names of choices.

use domain::{MailboxSecurity, Provider, Security, TlsMinimum};

/// Returns the name of a provider.
pub fn provider(provider: Provider) -> &'static str {
    match provider {
        Provider::Google => "Google (Gmail, Workspace)",
        Provider::GoogleRelay => "Google Workspace relay",
        Provider::Microsoft365 => "Microsoft 365",
        Provider::OutlookCom => "Outlook.com",
        Provider::Yahoo => "Yahoo",
        Provider::Aol => "AOL",
        Provider::Fastmail => "Fastmail",
        Provider::Icloud => "iCloud",
        Provider::Zoho => "Zoho",
        Provider::Sandbox => "Sandbox (on this machine)",
        Provider::Other => "Other",
    }
}

/// Returns the name of a protection of the SMTP connection.
pub fn security(security: Security) -> &'static str {
    match security {
        Security::ImplicitTls => "Implicit TLS",
        Security::StartTls => "STARTTLS, required",
        Security::Plaintext => "None",
    }
}

/// Returns the name of a protection of the IMAP connection.
pub fn mailbox_security(security: MailboxSecurity) -> &'static str {
    match security {
        MailboxSecurity::ImplicitTls => "Implicit TLS",
        MailboxSecurity::StartTls => "STARTTLS, required",
    }
}

/// Returns the name of the lowest TLS version that is accepted.
pub fn tls_minimum(minimum: TlsMinimum) -> &'static str {
    match minimum {
        TlsMinimum::Tls12 => "1.2 or higher (recommended)",
        TlsMinimum::Tls13 => "1.3 only",
    }
}
