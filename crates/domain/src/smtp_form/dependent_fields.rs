//! Changes of a form that follow from the choice of another value.

use super::{BASIC, OAUTH, SmtpForm};
use crate::{
    EndpointUrl, MailboxSecurity, Preset, PresetAuthentication, Scope, Security, SmtpField,
};

impl SmtpForm {
    /// Sets the security that the typed port stands for.
    pub fn follow_port(&mut self) {
        if let Ok(port) = crate::url::parse_port(&self.smtp_port) {
            self.security = Security::for_port(port).code().into();
        }
    }

    /// Sets the standard port of the chosen security, unless the port is not a standard one.
    pub fn follow_security(&mut self) {
        match (Security::from_code(&self.security), self.smtp_port.trim()) {
            (Some(Security::ImplicitTls), "587" | "25" | "2525" | "") => {
                self.smtp_port = "465".into();
            }
            (Some(Security::StartTls), "465" | "") => self.smtp_port = "587".into(),
            _ => {}
        }
    }

    /// Sets the security of the email box that the typed port stands for.
    pub fn follow_mailbox_port(&mut self) {
        if let Ok(port) = crate::url::parse_port(&self.mailbox_port) {
            self.mailbox_security = MailboxSecurity::for_port(port).code().into();
        }
    }

    /// Sets the standard port of the email box for the chosen security, unless the port is not a
    /// standard one.
    pub fn follow_mailbox_security(&mut self) {
        let security = MailboxSecurity::from_code(&self.mailbox_security);
        match (security, self.mailbox_port.trim()) {
            (Some(MailboxSecurity::ImplicitTls), "143" | "") => self.mailbox_port = "993".into(),
            (Some(MailboxSecurity::StartTls), "993" | "") => self.mailbox_port = "143".into(),
            _ => {}
        }
    }

    /// Adds the scope for IMAP if the email box uses the authorization of SMTP. Otherwise removes
    /// the part that only allows IMAP. Changes nothing if the provider is unknown.
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

    /// Fills in the values of a preset.
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

    /// Returns the fields whose typed values a preset would replace. A field does not count if it
    /// is empty, already has the preset's value, or still has its value in `filled`: the form after
    /// the previous preset, or as it was opened.
    pub fn overwritten_by(&self, preset: &Preset, filled: &Self) -> Vec<SmtpField> {
        let mut after = self.clone();
        after.apply(preset);
        [
            SmtpField::SmtpHost,
            SmtpField::SmtpPort,
            SmtpField::MailboxHost,
            SmtpField::MailboxPort,
            SmtpField::AuthorizationEndpoint,
            SmtpField::TokenEndpoint,
            SmtpField::Scope,
        ]
        .into_iter()
        .filter(|field| {
            let now = self.text(*field);
            !now.trim().is_empty() && now != filled.text(*field) && now != after.text(*field)
        })
        .collect()
    }
}
