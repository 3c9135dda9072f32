//! Warnings about values that are valid but usually wrong. They do not prevent a save.

use crate::{
    EmailAddress, EndpointUrl, FromAddress, Host, MailboxSecurity, ProviderFamily, RedirectUrl,
    Security, SmtpField, SmtpForm, codes::codes, smtp_form::BASIC, url::RedirectRefusal,
};

codes! {
    /// Warning about a field.
    FieldWarning {
        /// The client secret looks like a GUID. At Microsoft, that is the secret's ID instead of
        /// its value.
        SecretLooksLikeId = "secret_looks_like_id",
        /// Providers reject a redirect URL that is plain http on another machine.
        RedirectUrlPlainHttp = "redirect_url_plain_http",
        /// Providers reject a redirect URL with a private address or a local name.
        RedirectUrlPrivate = "redirect_url_private",
        /// Without TLS, credentials are only sent to this machine.
        PlaintextWithoutCredential = "plaintext_without_credential",
        /// Port 465 is used with STARTTLS.
        ImplicitTlsIsUsual = "implicit_tls_is_usual",
        /// Port 587 or 25 is used with implicit TLS.
        StartTlsIsUsual = "start_tls_is_usual",
        /// Port 993 is used with STARTTLS.
        MailboxImplicitTlsIsUsual = "mailbox_implicit_tls_is_usual",
        /// Google ends grants after 7 days while the consent screen is in "Testing".
        GoogleTesting = "google_testing",
        /// Microsoft only issues a refresh token with the scope `offline_access`.
        NoOfflineAccess = "no_offline_access",
        /// The user name is an address that differs from the From address. The account needs
        /// permission to send as that address.
        FromIsNotUsername = "from_is_not_username",
        /// Google and Microsoft are retiring SMTP passwords.
        PasswordsAreEnding = "passwords_are_ending",
    }
}

impl SmtpForm {
    /// Returns the warnings about the typed form, in the order of the fields.
    pub fn warnings(&self) -> Vec<(SmtpField, FieldWarning)> {
        let mut warnings = Vec::new();
        let host = Host::parse(&self.smtp_host).ok();
        if !self.enable_ssl {
            warnings.push((
                SmtpField::EnableSsl,
                FieldWarning::PlaintextWithoutCredential,
            ));
        } else if let Some(security) = Security::from_code(&self.security) {
            match (self.smtp_port.trim(), security) {
                ("465", Security::StartTls) => {
                    warnings.push((SmtpField::Security, FieldWarning::ImplicitTlsIsUsual));
                }
                ("587" | "25", Security::ImplicitTls) => {
                    warnings.push((SmtpField::Security, FieldWarning::StartTlsIsUsual));
                }
                _ => {}
            }
        }
        if self.mailbox_enabled {
            let security = MailboxSecurity::from_code(&self.mailbox_security);
            let warning = match (self.mailbox_port.trim(), security) {
                ("993", Some(MailboxSecurity::StartTls)) => {
                    Some(FieldWarning::MailboxImplicitTlsIsUsual)
                }
                ("143", Some(MailboxSecurity::ImplicitTls)) => Some(FieldWarning::StartTlsIsUsual),
                _ => None,
            };
            warnings.extend(warning.map(|warning| (SmtpField::MailboxSecurity, warning)));
        }
        if self.uses_oauth() {
            self.warn_about_oauth(&mut warnings);
        }
        if self.authentication_required {
            self.warn_about_username(host.as_ref(), &mut warnings);
        }
        warnings.sort_unstable();
        warnings
    }

    /// Returns the warning about a field.
    pub fn warning(&self, field: SmtpField) -> Option<FieldWarning> {
        self.warnings()
            .into_iter()
            .find(|(own, _)| *own == field)
            .map(|(_, warning)| warning)
    }

    fn warn_about_oauth(&self, warnings: &mut Vec<(SmtpField, FieldWarning)>) {
        let endpoint = EndpointUrl::parse(&self.authorization_endpoint).ok();
        let family = endpoint.map_or(ProviderFamily::Other, |endpoint| endpoint.family());
        match RedirectUrl::parse(&self.redirect_url)
            .ok()
            .and_then(|url| url.refusal())
        {
            Some(RedirectRefusal::PlainHttp) => {
                warnings.push((SmtpField::RedirectUrl, FieldWarning::RedirectUrlPlainHttp));
            }
            Some(RedirectRefusal::PrivateHost) => {
                warnings.push((SmtpField::RedirectUrl, FieldWarning::RedirectUrlPrivate));
            }
            None => {}
        }
        if is_guid(self.client_secret.expose().trim()) {
            warnings.push((SmtpField::ClientSecret, FieldWarning::SecretLooksLikeId));
        }
        if family == ProviderFamily::Google {
            warnings.push((
                SmtpField::AuthorizationEndpoint,
                FieldWarning::GoogleTesting,
            ));
        }
        let offline = self
            .scope
            .split_whitespace()
            .any(|token| token == "offline_access");
        if family == ProviderFamily::Microsoft && !self.scope.trim().is_empty() && !offline {
            warnings.push((SmtpField::Scope, FieldWarning::NoOfflineAccess));
        }
    }

    fn warn_about_username(
        &self,
        host: Option<&Host>,
        warnings: &mut Vec<(SmtpField, FieldWarning)>,
    ) {
        let ending = [
            "smtp.gmail.com",
            "smtp.office365.com",
            "smtp-mail.outlook.com",
        ];
        if self.authentication_type == BASIC
            && host.is_some_and(|host| ending.contains(&host.as_str()))
        {
            warnings.push((
                SmtpField::AuthenticationType,
                FieldWarning::PasswordsAreEnding,
            ));
        }
        if let (Ok(username), Ok(from)) = (
            EmailAddress::parse(&self.username),
            FromAddress::parse(&self.from_address),
        ) && !username
            .as_str()
            .eq_ignore_ascii_case(from.address.as_str())
        {
            warnings.push((SmtpField::Username, FieldWarning::FromIsNotUsername));
        }
    }
}

/// Returns true for `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in hexadecimal digits.
fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
