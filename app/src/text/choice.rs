//! Names of choices.

use domain::{MailboxSecurity, Provider, Security, TlsMinimum};

/// The name of a provider.
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

/// How the connection is protected.
pub fn security(security: Security) -> &'static str {
    match security {
        Security::ImplicitTls => "Implicit TLS",
        Security::StartTls => "STARTTLS, required",
        Security::Plaintext => "None",
    }
}

/// How the connection to the mailbox is protected.
pub fn mailbox_security(security: MailboxSecurity) -> &'static str {
    match security {
        MailboxSecurity::ImplicitTls => "Implicit TLS",
        MailboxSecurity::StartTls => "STARTTLS, required",
    }
}

/// The lowest TLS version that is accepted.
pub fn tls_minimum(minimum: TlsMinimum) -> &'static str {
    match minimum {
        TlsMinimum::Tls12 => "1.2 or higher (recommended)",
        TlsMinimum::Tls13 => "1.3 only",
    }
}
