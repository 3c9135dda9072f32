//! The form of SMTP settings: what was typed.

use serde::{Deserialize, Serialize};

use crate::{
    Authentication, EndpointUrl, MailboxSecurity, Preset, PresetAuthentication, Provider,
    SavedSettings, Scope, SecretField, Security, SmtpField, SmtpSettings, TlsMinimum, TypedSecret,
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

    /// A port was typed: what it means for the security follows it.
    pub fn follow_port(&mut self) {
        if let Ok(port) = crate::url::parse_port(&self.smtp_port) {
            self.security = Security::for_port(port).code().into();
        }
    }

    /// A security was chosen: one of the two standard ports follows it, any other port stays.
    pub fn follow_security(&mut self) {
        match (Security::from_code(&self.security), self.smtp_port.trim()) {
            (Some(Security::ImplicitTls), "587" | "25" | "2525" | "") => {
                self.smtp_port = "465".into();
            }
            (Some(Security::StartTls), "465" | "") => self.smtp_port = "587".into(),
            _ => {}
        }
    }

    /// A port of the email box was typed: what it means for the security follows it.
    pub fn follow_mailbox_port(&mut self) {
        if let Ok(port) = crate::url::parse_port(&self.mailbox_port) {
            self.mailbox_security = MailboxSecurity::for_port(port).code().into();
        }
    }

    /// A security of the email box was chosen: one of the two standard ports follows it, any other
    /// port stays.
    pub fn follow_mailbox_security(&mut self) {
        let security = MailboxSecurity::from_code(&self.mailbox_security);
        match (security, self.mailbox_port.trim()) {
            (Some(MailboxSecurity::ImplicitTls), "143" | "") => self.mailbox_port = "993".into(),
            (Some(MailboxSecurity::StartTls), "993" | "") => self.mailbox_port = "143".into(),
            _ => {}
        }
    }

    /// It was chosen how the email box is signed in to: the scope for IMAP comes and goes with the
    /// same authorization, where the provider has one.
    pub fn follow_mailbox_sign_in(&mut self) {
        let (Ok(scope), Ok(endpoint)) = (
            Scope::parse(&self.scope),
            EndpointUrl::parse(&self.authorization_endpoint),
        ) else {
            return;
        };
        let scope = if self.reads_with_grant() && self.uses_oauth() {
            scope.with_imap(&endpoint)
        } else {
            scope.without_imap(&endpoint)
        };
        if let Ok(scope) = scope {
            self.scope = scope.to_string();
        }
    }

    /// Fills in what a preset knows.
    pub fn apply(&mut self, preset: &Preset) {
        if !preset.smtp_host.is_empty() {
            self.provider = preset.provider.code().into();
            self.smtp_host.clone_from(&preset.smtp_host);
            self.smtp_port = preset.smtp_port.to_string();
            self.enable_ssl = preset.security != Security::Plaintext;
            self.security = preset.security.code().into();
        }
        if let Some((host, port)) = &preset.imap {
            self.mailbox_host.clone_from(host);
            self.mailbox_port = port.to_string();
            self.mailbox_security = MailboxSecurity::for_port(*port).code().into();
        }
        self.authentication_required = preset.authentication != PresetAuthentication::None;
        match &preset.authentication {
            PresetAuthentication::None => {}
            PresetAuthentication::Password => self.authentication_type = BASIC.into(),
            PresetAuthentication::OAuth {
                authorization_endpoint,
                token_endpoint,
                scope,
            } => {
                self.authentication_type = OAUTH.into();
                self.authorization_endpoint
                    .clone_from(authorization_endpoint);
                self.token_endpoint.clone_from(token_endpoint);
                if !scope.is_empty() {
                    self.scope.clone_from(scope);
                }
                if self.reads_with_grant() {
                    self.follow_mailbox_sign_in();
                }
            }
        }
    }

    /// The fields whose typed values a preset would replace. A field that is empty, that has the
    /// preset's value already, or that still has the value `filled` (the preset applied before, or
    /// the form as it opened) put there, does not count.
    pub fn overwritten_by(&self, preset: &Preset, filled: &Self) -> Vec<SmtpField> {
        let mut after = self.clone();
        after.apply(preset);
        [
            (
                SmtpField::SmtpHost,
                &self.smtp_host,
                &filled.smtp_host,
                &after.smtp_host,
            ),
            (
                SmtpField::SmtpPort,
                &self.smtp_port,
                &filled.smtp_port,
                &after.smtp_port,
            ),
            (
                SmtpField::MailboxHost,
                &self.mailbox_host,
                &filled.mailbox_host,
                &after.mailbox_host,
            ),
            (
                SmtpField::MailboxPort,
                &self.mailbox_port,
                &filled.mailbox_port,
                &after.mailbox_port,
            ),
            (
                SmtpField::AuthorizationEndpoint,
                &self.authorization_endpoint,
                &filled.authorization_endpoint,
                &after.authorization_endpoint,
            ),
            (
                SmtpField::TokenEndpoint,
                &self.token_endpoint,
                &filled.token_endpoint,
                &after.token_endpoint,
            ),
            (SmtpField::Scope, &self.scope, &filled.scope, &after.scope),
        ]
        .into_iter()
        .filter(|(_, now, filled, after)| !now.trim().is_empty() && now != filled && now != after)
        .map(|(field, ..)| field)
        .collect()
    }
}
