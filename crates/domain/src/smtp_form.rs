//! The form of SMTP settings: what was typed.

mod following;
mod grant;

use serde::{Deserialize, Serialize};

use crate::{
    Authentication, MailboxSecurity, Provider, SavedSettings, SecretField, Security, SmtpSettings,
    TlsMinimum, TypedSecret,
    mailbox_settings::{PASSWORD, SAME_AUTHORIZATION},
};

/// What was typed and chosen on the settings page. Nothing in it is checked;
/// [`SmtpForm::parse`] does that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SmtpForm {
    /// The id of the data center whose settings these are.
    pub data_center: String,
    /// The version of the saved settings that the form started from.
    pub version: i64,
    /// Code of a [`Provider`].
    pub provider: String,
    /// SMTP host.
    pub smtp_host: String,
    /// SMTP port.
    pub smtp_port: String,
    /// From address.
    pub from_address: String,
    /// Enable SSL.
    pub enable_ssl: bool,
    /// Code of a [`Security`]; empty means what the port means. Counts only with `enable_ssl`.
    pub security: String,
    /// Code of a [`TlsMinimum`].
    pub tls_minimum: String,
    /// Email box.
    pub mailbox_enabled: bool,
    /// Email of the email box.
    pub mailbox_email: String,
    /// `password` or `same_authorization`; empty means a password.
    pub mailbox_sign_in: String,
    /// Password of the email box; empty keeps the saved one.
    pub mailbox_password: TypedSecret,
    /// Host name of the email box.
    pub mailbox_host: String,
    /// Port of the email box.
    pub mailbox_port: String,
    /// Code of a [`MailboxSecurity`]; empty means what the port means.
    pub mailbox_security: String,
    /// Authentication required.
    pub authentication_required: bool,
    /// `basic` or `oauth`.
    pub authentication_type: String,
    /// Redirect URL.
    pub redirect_url: String,
    /// Client ID.
    pub client_id: String,
    /// Client Secret; empty keeps the saved one.
    pub client_secret: TypedSecret,
    /// Authorization endpoint.
    pub authorization_endpoint: String,
    /// Token endpoint.
    pub token_endpoint: String,
    /// Scope.
    pub scope: String,
    /// Username.
    pub username: String,
    /// Password; empty keeps the saved one.
    pub password: TypedSecret,
}

impl Default for SmtpForm {
    /// All empty and off: what a browser sends of a form in which nothing is set.
    fn default() -> Self {
        Self {
            data_center: String::new(),
            version: 0,
            provider: String::new(),
            smtp_host: String::new(),
            smtp_port: String::new(),
            from_address: String::new(),
            enable_ssl: false,
            security: String::new(),
            tls_minimum: String::new(),
            mailbox_enabled: false,
            mailbox_email: String::new(),
            mailbox_sign_in: String::new(),
            mailbox_password: TypedSecret::default(),
            mailbox_host: String::new(),
            mailbox_port: String::new(),
            mailbox_security: String::new(),
            authentication_required: false,
            authentication_type: String::new(),
            redirect_url: String::new(),
            client_id: String::new(),
            client_secret: TypedSecret::default(),
            authorization_endpoint: String::new(),
            token_endpoint: String::new(),
            scope: String::new(),
            username: String::new(),
            password: TypedSecret::default(),
        }
    }
}

/// The code of Basic authentication in forms.
pub const BASIC: &str = "basic";
/// The code of OAuth authentication in forms.
pub const OAUTH: &str = "oauth";

impl SmtpForm {
    /// The form as it opens: of the saved settings, or of a first visit. Secrets are never in it.
    pub fn open(saved: &SavedSettings, redirect_url: &str) -> Self {
        let mut form = Self {
            data_center: saved.data_center.id.to_string(),
            version: saved.version,
            provider: Provider::Other.code().into(),
            smtp_port: "587".into(),
            enable_ssl: true,
            security: Security::StartTls.code().into(),
            tls_minimum: TlsMinimum::Tls12.code().into(),
            mailbox_sign_in: PASSWORD.into(),
            mailbox_port: "993".into(),
            mailbox_security: MailboxSecurity::ImplicitTls.code().into(),
            authentication_required: true,
            authentication_type: OAUTH.into(),
            redirect_url: redirect_url.into(),
            ..Self::default()
        };
        if let Some(settings) = &saved.settings {
            form.fill(settings);
        }
        form
    }

    fn fill<S>(&mut self, settings: &SmtpSettings<S>) {
        self.provider = settings.provider.code().into();
        self.smtp_host = settings.host.to_string();
        self.smtp_port = settings.port.to_string();
        self.from_address = settings.from.to_string();
        self.enable_ssl = settings.security != Security::Plaintext;
        self.security = if self.enable_ssl {
            settings.security.code().into()
        } else {
            Security::for_port(settings.port).code().into()
        };
        self.tls_minimum = settings.tls_minimum.code().into();
        if let Some(mailbox) = &settings.mailbox {
            self.mailbox_enabled = true;
            self.mailbox_email = mailbox.email.to_string();
            self.mailbox_sign_in = mailbox.sign_in.code().into();
            self.mailbox_host = mailbox.host.to_string();
            self.mailbox_port = mailbox.port.to_string();
            self.mailbox_security = mailbox.security.code().into();
        }
        self.authentication_required = true;
        match &settings.authentication {
            Authentication::None => self.authentication_required = false,
            Authentication::Basic { username, .. } => {
                self.authentication_type = BASIC.into();
                self.username.clone_from(username);
            }
            Authentication::OAuth { username, client } => {
                self.authentication_type = OAUTH.into();
                self.username.clone_from(username);
                self.client_id.clone_from(&client.client_id);
                self.authorization_endpoint = client.authorization_endpoint.to_string();
                self.token_endpoint = client.token_endpoint.to_string();
                self.scope = client.scope.to_string();
            }
        }
    }

    /// Whether the form asks for OAuth.
    pub fn uses_oauth(&self) -> bool {
        self.authentication_required && self.authentication_type == OAUTH
    }

    /// Whether the form asks for reading mail with the same authorization.
    pub fn reads_with_grant(&self) -> bool {
        self.mailbox_enabled && self.mailbox_sign_in.trim() == SAME_AUTHORIZATION
    }

    /// The typed secret of a field.
    pub fn secret(&self, field: SecretField) -> &TypedSecret {
        match field {
            SecretField::MailboxPassword => &self.mailbox_password,
            SecretField::ClientSecret => &self.client_secret,
            SecretField::Password => &self.password,
        }
    }

    /// The form without its secrets, for a draft that is shown again.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        Self {
            mailbox_password: TypedSecret::default(),
            client_secret: TypedSecret::default(),
            password: TypedSecret::default(),
            ..self.clone()
        }
    }

    /// Whether anything differs that a save would change.
    pub fn differs_from(&self, other: &Self) -> bool {
        let comparable = |form: &Self| Self {
            version: 0,
            redirect_url: String::new(),
            ..form.clone()
        };
        comparable(self) != comparable(other)
    }
}
