//! Validation of the SMTP form. The browser runs it while the user types, and the server before a
//! save.

use super::{BASIC, OAUTH};
use crate::{
    Authentication, DataCenterId, EhloName, EmailAddress, EndpointUrl, FromAddress, Host,
    MailboxSecurity, MailboxSettings, MailboxSignIn, OAuthClient, Provider, RedirectUrl,
    SavedSecret, Scope, SecretEdit, SecretField, Security, SmtpField, SmtpForm, SmtpFormError,
    SmtpFormErrors, SmtpSettings, TlsMinimum,
    mailbox_settings::{PASSWORD, SAME_AUTHORIZATION},
    one_line::one_line,
    url::parse_port,
};

/// Maximum length of a user name or client ID in characters.
const LINE: usize = 1_024;

type Saved<'a> = Option<&'a SmtpSettings<SavedSecret>>;

impl SmtpForm {
    /// Parses the form into valid settings. `saved` are the saved settings of the data center. They
    /// determine whether an empty secret field keeps a saved secret.
    ///
    /// # Errors
    /// One code for each invalid field. Fields of disabled sections are ignored.
    pub fn parse(&self, saved: Saved) -> Result<SmtpSettings<SecretEdit>, SmtpFormErrors> {
        let mut errors = SmtpFormErrors::default();
        let settings = self.settings(saved, &mut errors);
        if let (Some(requested), Some(saved)) = (&settings, saved) {
            for field in SecretField::ALL {
                let keeps = matches!(requested.secret(*field), Some(SecretEdit::Keep));
                if keeps && !saved.lends_secret_to(*field, requested) {
                    errors.add(
                        secret_form_field(*field),
                        SmtpFormError::SecretBelongsElsewhere,
                    );
                }
            }
        }
        match settings {
            Some(settings) if errors.is_empty() => Ok(settings),
            _ => Err(errors),
        }
    }

    /// Restores the settings from a form made by [`SmtpForm::of`]. A non-empty secret means that
    /// one is saved. Rules about several fields are not checked again, because [`SmtpForm::parse`]
    /// has checked them.
    ///
    /// # Errors
    /// The first field with an invalid value.
    pub fn restore(&self) -> Result<SmtpSettings<SavedSecret>, SmtpField> {
        let mut errors = SmtpFormErrors::default();
        let settings = self.settings(None, &mut errors);
        let wrong = || errors.iter().map(|(field, _)| field).next();
        let settings = settings.ok_or_else(|| wrong().unwrap_or(SmtpField::Provider))?;
        Ok(settings.without_secrets())
    }

    fn settings(
        &self,
        saved: Saved,
        errors: &mut SmtpFormErrors,
    ) -> Option<SmtpSettings<SecretEdit>> {
        let provider = errors.check(
            SmtpField::Provider,
            Provider::from_code(self.provider.trim()).ok_or(SmtpFormError::UnknownChoice),
        );
        let host = errors.check(SmtpField::SmtpHost, Host::parse(&self.smtp_host));
        let port = errors.check(SmtpField::SmtpPort, parse_port(&self.smtp_port));
        errors.check(
            SmtpField::DataCenter,
            DataCenterId::parse(&self.data_center),
        );
        let from = errors.check(
            SmtpField::FromAddress,
            FromAddress::parse(&self.from_address),
        );
        let security = errors.check(SmtpField::Security, self.security(port));
        let tls_minimum = errors.check(
            SmtpField::TlsMinimum,
            TlsMinimum::from_code(self.tls_minimum.trim()).ok_or(SmtpFormError::UnknownChoice),
        );
        let ehlo_name = errors.check(SmtpField::EhloName, EhloName::parse(&self.ehlo_name));
        let mailbox = self.mailbox_enabled.then(|| self.mailbox(saved, errors));
        let authentication = self.authentication(saved, errors);
        // Checked before the first return, because drafts without secrets must show this error as
        // well.
        let remote = host.as_ref().is_some_and(|host| !host.is_loopback());
        if self.authentication_required && remote && security == Some(Security::Plaintext) {
            errors.add(SmtpField::EnableSsl, SmtpFormError::CredentialInPlaintext);
        }
        Some(SmtpSettings {
            provider: provider?,
            host: host?,
            port: port?,
            security: security?,
            tls_minimum: tls_minimum?,
            ehlo_name: ehlo_name?,
            from: from?,
            mailbox: match mailbox {
                None => None,
                Some(mailbox) => Some(mailbox?),
            },
            authentication: authentication?,
        })
    }

    fn security(&self, port: Option<u16>) -> Result<Security, SmtpFormError> {
        if !self.enable_ssl {
            return Ok(Security::Plaintext);
        }
        match self.security.trim() {
            "" => Ok(Security::for_port(port.unwrap_or(587))),
            code => Security::from_code(code)
                .filter(|security| *security != Security::Plaintext)
                .ok_or(SmtpFormError::UnknownChoice),
        }
    }

    fn mailbox(
        &self,
        saved: Saved,
        errors: &mut SmtpFormErrors,
    ) -> Option<MailboxSettings<SecretEdit>> {
        let email = errors.check(
            SmtpField::MailboxEmail,
            EmailAddress::parse(&self.mailbox_email),
        );
        let host = errors.check(SmtpField::MailboxHost, Host::parse(&self.mailbox_host));
        let port = errors.check(SmtpField::MailboxPort, parse_port(&self.mailbox_port));
        let security = match self.mailbox_security.trim() {
            "" => Ok(MailboxSecurity::for_port(port.unwrap_or(993))),
            code => MailboxSecurity::from_code(code).ok_or(SmtpFormError::UnknownChoice),
        };
        let security = errors.check(SmtpField::MailboxSecurity, security);
        let sign_in = self.mailbox_sign_in(saved, errors);
        Some(MailboxSettings {
            email: email?,
            sign_in: sign_in?,
            host: host?,
            port: port?,
            security: security?,
        })
    }

    fn mailbox_sign_in(
        &self,
        saved: Saved,
        errors: &mut SmtpFormErrors,
    ) -> Option<MailboxSignIn<SecretEdit>> {
        match self.mailbox_sign_in.trim() {
            "" | PASSWORD => {
                let password = self.edit(SecretField::MailboxPassword, saved);
                let password = errors.check(SmtpField::MailboxPassword, password);
                password.map(MailboxSignIn::Password)
            }
            SAME_AUTHORIZATION if self.uses_oauth() => Some(MailboxSignIn::SameAuthorization),
            SAME_AUTHORIZATION => {
                errors.add(SmtpField::MailboxSignIn, SmtpFormError::NeedsOAuth);
                None
            }
            _ => {
                errors.add(SmtpField::MailboxSignIn, SmtpFormError::UnknownChoice);
                None
            }
        }
    }

    fn authentication(
        &self,
        saved: Saved,
        errors: &mut SmtpFormErrors,
    ) -> Option<Authentication<SecretEdit>> {
        if !self.authentication_required {
            return Some(Authentication::None);
        }
        match self.authentication_type.trim() {
            BASIC => {
                let username = errors.check(SmtpField::Username, one_line(&self.username, LINE));
                let password =
                    errors.check(SmtpField::Password, self.edit(SecretField::Password, saved));
                Some(Authentication::Basic {
                    username: username?,
                    password: password?,
                })
            }
            OAUTH => {
                let client = self.client(saved, errors);
                let username = errors.check(SmtpField::Username, one_line(&self.username, LINE));
                Some(Authentication::OAuth {
                    username: username?,
                    client: client?,
                })
            }
            _ => {
                errors.add(SmtpField::AuthenticationType, SmtpFormError::UnknownChoice);
                None
            }
        }
    }

    fn client(&self, saved: Saved, errors: &mut SmtpFormErrors) -> Option<OAuthClient<SecretEdit>> {
        let redirect_url = errors.check(
            SmtpField::RedirectUrl,
            RedirectUrl::parse(&self.redirect_url),
        );
        let client_id = errors.check(SmtpField::ClientId, one_line(&self.client_id, LINE));
        let client_secret = errors.check(
            SmtpField::ClientSecret,
            self.edit(SecretField::ClientSecret, saved),
        );
        let authorization_endpoint = errors.check(
            SmtpField::AuthorizationEndpoint,
            EndpointUrl::parse(&self.authorization_endpoint),
        );
        let token_endpoint = errors.check(
            SmtpField::TokenEndpoint,
            EndpointUrl::parse(&self.token_endpoint),
        );
        let scope = Scope::parse(&self.scope).and_then(|scope| match &authorization_endpoint {
            Some(endpoint) if self.reads_with_grant() => scope.with_imap(endpoint),
            _ => Ok(scope),
        });
        let scope = errors.check(SmtpField::Scope, scope);
        Some(OAuthClient {
            client_id: client_id?,
            client_secret: client_secret?,
            authorization_endpoint: authorization_endpoint?,
            token_endpoint: token_endpoint?,
            scope: scope?,
            redirect_url: redirect_url?,
        })
    }

    /// Returns the requested change of a secret. White space around a client secret is removed,
    /// because it comes from pasting. In a password it may be intended.
    fn edit(&self, field: SecretField, saved: Saved) -> Result<SecretEdit, SmtpFormError> {
        let typed = match field {
            SecretField::ClientSecret => self.secret(field).trimmed(),
            _ => self.secret(field).clone(),
        };
        if typed.is_empty() {
            let is_saved = saved.is_some_and(|saved| saved.secret(field).is_some());
            if is_saved {
                Ok(SecretEdit::Keep)
            } else {
                Err(SmtpFormError::Required)
            }
        } else if typed.expose().len() > 4_096 {
            Err(SmtpFormError::TooLong)
        } else if typed.expose().chars().any(char::is_control) {
            Err(SmtpFormError::ControlCharacter)
        } else {
            Ok(SecretEdit::Replace(typed))
        }
    }
}

/// Returns the form field that a secret is typed into.
pub fn secret_form_field(field: SecretField) -> SmtpField {
    match field {
        SecretField::MailboxPassword => SmtpField::MailboxPassword,
        SecretField::ClientSecret => SmtpField::ClientSecret,
        SecretField::Password => SmtpField::Password,
    }
}
