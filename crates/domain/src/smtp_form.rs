//! Unchecked input of the form for SMTP settings.

mod dependent_fields;
mod error;
mod grant;
mod parse;
mod table;

use crate::{
    Authentication, MailboxSecurity, Provider, SavedSettings, SecretField, Security, SmtpSettings,
    TlsMinimum, TypedSecret,
    mailbox_settings::{PASSWORD, SAME_AUTHORIZATION},
};

pub use error::{SmtpFormError, SmtpFormErrors};
pub use parse::secret_form_field;
pub use table::{FieldValue, FieldValueMut};

table::form_table! {
    /// Form for SMTP settings, unchecked. [`SmtpForm::parse`] checks it. By default every field is
    /// empty or off, as if a browser had sent an untouched form.
    SmtpForm {
        /// Version of the saved settings that the form was opened with.
        version: i64,
        /// Email box.
        mailbox_enabled: bool,
        /// Authentication required.
        authentication_required: bool,
    }

    /// Fields of the form, in the order of the page.
    SmtpField {
        /// Provider: the code of a [`Provider`].
        provider: String = Provider, mandatory;
        /// SMTP host.
        smtp_host: String = SmtpHost, mandatory;
        /// SMTP port.
        smtp_port: String = SmtpPort, mandatory;
        /// Data center: the ID of the one that the settings belong to.
        data_center: String = DataCenter, mandatory;
        /// From address.
        from_address: String = FromAddress, mandatory;
        /// Enable SSL.
        enable_ssl: bool = EnableSsl, mandatory;
        /// STARTTLS or implicit TLS: the code of a [`Security`]. Empty means the security that the
        /// port stands for. Ignored if `enable_ssl` is off.
        security: String = Security, mandatory;
        /// SMTP TLS Version: the code of a [`TlsMinimum`].
        tls_minimum: String = TlsMinimum, mandatory;
        /// EHLO name: the name or address literal that EHLO sends; empty means the machine's.
        ehlo_name: String = EhloName, optional;
        /// Email of the email box.
        mailbox_email: String = MailboxEmail, mandatory;
        /// Sign in to the email box with: `password` or `same_authorization`; empty means a
        /// password.
        mailbox_sign_in: String = MailboxSignIn, mandatory;
        /// Password of the email box; empty keeps the saved one.
        mailbox_password: TypedSecret = MailboxPassword, mandatory;
        /// Host name of the email box.
        mailbox_host: String = MailboxHost, mandatory;
        /// Port of the email box.
        mailbox_port: String = MailboxPort, mandatory;
        /// STARTTLS or implicit TLS of the email box: the code of a [`MailboxSecurity`]. Empty
        /// means the security that the port stands for.
        mailbox_security: String = MailboxSecurity, mandatory;
        /// Authentication type: `basic` or `oauth`.
        authentication_type: String = AuthenticationType, mandatory;
        /// Redirect URL.
        redirect_url: String = RedirectUrl, mandatory;
        /// Client ID.
        client_id: String = ClientId, mandatory;
        /// Client Secret; empty keeps the saved one.
        client_secret: TypedSecret = ClientSecret, mandatory;
        /// Authorization endpoint.
        authorization_endpoint: String = AuthorizationEndpoint, mandatory;
        /// Token endpoint.
        token_endpoint: String = TokenEndpoint, mandatory;
        /// Scope.
        scope: String = Scope, mandatory;
        /// Username.
        username: String = Username, mandatory;
        /// Password; empty keeps the saved one.
        password: TypedSecret = Password, mandatory;
    }
}

/// Code of Basic authentication in forms.
pub const BASIC: &str = "basic";
/// Code of OAuth authentication in forms.
pub const OAUTH: &str = "oauth";

impl SmtpForm {
    /// Returns the form of settings, without their secrets, data center, and version.
    pub fn of<S>(settings: &SmtpSettings<S>) -> Self {
        let mut form = Self::default();
        form.fill(settings);
        form
    }

    /// Returns the form for saved settings, or for a first visit if nothing was saved. It never
    /// contains secrets.
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
            ..Self::default()
        };
        if let Some(settings) = &saved.settings {
            form.fill(settings);
        }
        // The saved one may be outdated if the server's URL has changed.
        form.redirect_url = redirect_url.into();
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
        if let Some(name) = &settings.ehlo_name {
            self.ehlo_name = name.to_string();
        }
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
                self.redirect_url = client.redirect_url.to_string();
            }
        }
    }

    /// Returns the text of a field. Empty for switches and secrets.
    pub fn text(&self, field: SmtpField) -> &str {
        match self.value(field) {
            FieldValue::Text(text) => text,
            FieldValue::Switch(_) | FieldValue::Secret(_) => "",
        }
    }

    /// Sets the text of a field. Does nothing for switches and secrets.
    pub fn set_text(&mut self, field: SmtpField, typed: String) {
        if let FieldValueMut::Text(text) = self.value_mut(field) {
            *text = typed;
        }
    }

    /// Returns true if the form selects OAuth.
    pub fn uses_oauth(&self) -> bool {
        self.authentication_required && self.authentication_type == OAUTH
    }

    /// Returns true if the form reads mail with the authorization of SMTP.
    pub fn reads_with_grant(&self) -> bool {
        self.mailbox_enabled && self.mailbox_sign_in.trim() == SAME_AUTHORIZATION
    }

    /// Returns the typed secret of a field.
    pub fn secret(&self, field: SecretField) -> &TypedSecret {
        match field {
            SecretField::MailboxPassword => &self.mailbox_password,
            SecretField::ClientSecret => &self.client_secret,
            SecretField::Password => &self.password,
        }
    }

    /// Sets the typed secret of a field.
    pub fn set_secret(&mut self, field: SecretField, typed: TypedSecret) {
        if let FieldValueMut::Secret(secret) = self.value_mut(secret_form_field(field)) {
            *secret = typed;
        }
    }

    /// Returns the form without its secrets, for a draft that is shown again.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        Self {
            mailbox_password: TypedSecret::default(),
            client_secret: TypedSecret::default(),
            password: TypedSecret::default(),
            ..self.clone()
        }
    }

    /// Returns true if saving one form instead of the other would make a difference.
    pub fn differs_from(&self, other: &Self) -> bool {
        let comparable = |form: &Self| Self {
            version: 0,
            redirect_url: String::new(),
            ..form.clone()
        };
        comparable(self) != comparable(other)
    }
}

#[cfg(test)]
mod tests {
    use super::{FieldValue, SmtpField, SmtpForm, secret_form_field};
    use crate::{SecretField, TypedSecret};

    #[test]
    fn a_field_has_one_name_in_the_form_in_json_and_in_errors() {
        let form = serde_json::to_value(SmtpForm::default()).unwrap();
        for field in SmtpField::ALL {
            assert!(form.get(field.name()).is_some(), "{field:?}");
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
        }
        assert_eq!(form.as_object().unwrap().len(), SmtpField::ALL.len() + 3);
    }

    #[test]
    fn each_value_is_set_and_read_by_its_field() {
        for field in SmtpField::ALL {
            let mut form = SmtpForm::default();
            form.set_text(*field, "typed".into());
            let is_text = matches!(form.value(*field), FieldValue::Text(_));
            assert_eq!(form.text(*field), if is_text { "typed" } else { "" });
            let read = serde_json::to_value(&form).unwrap();
            assert_eq!(read[field.name()] == "typed", is_text, "{field:?}");
        }
        for field in SecretField::ALL {
            let mut form = SmtpForm::default();
            form.set_secret(*field, TypedSecret::new("typed"));
            let read = serde_json::to_value(&form).unwrap();
            assert_eq!(read[secret_form_field(*field).name()], "typed");
            assert_eq!(form.secret(*field).expose(), "typed");
        }
    }
}
