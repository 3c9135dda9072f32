//! The settings form as browsers post it.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sandbox::Descriptor;

pub const SAVE: &str = "/api/save_smtp_settings";
pub const TEST: &str = "/api/send_test_email";

/// Names and values. Unchecked boxes are not sent, as in browsers.
#[derive(Clone, Debug)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Returns the form as an administrator fills it in for the sandbox.
    pub fn oauth(sandbox: &Descriptor, server: &str) -> Self {
        let account = &sandbox.accounts[0].address;
        Self(Vec::new())
            .with("data_center", "default")
            .with("version", "0")
            .with("provider", "sandbox")
            .with("smtp_host", &sandbox.smtp_host)
            .with("smtp_port", &sandbox.smtp_starttls_port.to_string())
            .with("from_address", account)
            .with("enable_ssl", "true")
            .with("security", "starttls")
            .with("tls_minimum", "1.2")
            .with("authentication_required", "true")
            .with("authentication_type", "oauth")
            .with("redirect_url", &format!("{server}/oauth/callback"))
            .with("client_id", &sandbox.client_id)
            .with("client_secret", &sandbox.client_secret)
            .with("authorization_endpoint", &sandbox.authorization_endpoint)
            .with("token_endpoint", &sandbox.token_endpoint)
            .with("scope", &sandbox.scope)
            .with("username", account)
    }

    /// Returns a form with this value in every field.
    pub fn of_nothing_but(typed: &str) -> Self {
        let fields = [
            "data_center",
            "provider",
            "smtp_host",
            "smtp_port",
            "from_address",
            "security",
            "tls_minimum",
            "ehlo_name",
            "mailbox_email",
            "mailbox_password",
            "mailbox_host",
            "mailbox_port",
            "mailbox_sign_in",
            "mailbox_security",
            "authentication_type",
            "redirect_url",
            "client_id",
            "client_secret",
            "authorization_endpoint",
            "token_endpoint",
            "scope",
            "username",
            "password",
        ];
        let form = Self(Vec::new()).with("enable_ssl", "true");
        fields
            .iter()
            .fold(form, |form, name| form.with(name, typed))
    }

    /// Returns a form with a password instead of OAuth.
    pub fn basic(sandbox: &Descriptor, server: &str) -> Self {
        Self::oauth(sandbox, server)
            .with("authentication_type", "basic")
            .with("password", &sandbox.accounts[0].password)
            .without("client_secret")
    }

    /// Sets a value.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Removes a value.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    /// Adds an email box.
    #[must_use]
    pub fn with_mailbox(self) -> Self {
        self.with("mailbox_enabled", "true")
            .with("mailbox_email", "box@example.com")
            .with("mailbox_password", "box-password")
            .with("mailbox_host", "localhost")
            .with("mailbox_port", "9")
    }

    /// Adds the mailbox of the sandbox's first account.
    #[must_use]
    pub fn with_mailbox_at(self, sandbox: &Descriptor) -> Self {
        let account = &sandbox.accounts[0];
        self.with_mailbox()
            .with("mailbox_email", &account.address)
            .with("mailbox_password", &account.password)
            .with("mailbox_host", &sandbox.imap_host)
            .with("mailbox_port", &sandbox.imap_starttls_port.to_string())
    }

    /// Returns the text fields that a page shows again: no secrets, no choices.
    pub fn shown(&self) -> Vec<(String, String)> {
        let shown = [
            "smtp_host",
            "smtp_port",
            "from_address",
            "mailbox_email",
            "mailbox_host",
            "mailbox_port",
            "client_id",
            "authorization_endpoint",
            "token_endpoint",
            "scope",
            "username",
        ];
        let pairs = self.0.iter();
        pairs
            .filter(|(name, value)| shown.contains(&&**name) && !value.contains('\n'))
            .cloned()
            .collect()
    }

    /// Returns the body of a POST.
    pub fn body(&self) -> String {
        let pairs: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| {
                format!("{}={}", encoded(&format!("form[{name}]")), encoded(value))
            })
            .collect();
        pairs.join("&")
    }

    /// Returns the body of a POST that sends a test email.
    pub fn body_to(&self, recipient: &str) -> String {
        format!("{}&recipient={}", self.body(), encoded(recipient))
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
