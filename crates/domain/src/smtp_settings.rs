//! Validated SMTP settings.
//!
//! `S` is the representation of secrets: [`SecretEdit`](crate::SecretEdit) in the input of a form,
//! [`SavedSecret`] in data for the browser, and a sealed string on the server.

use serde::{Deserialize, Serialize};

use crate::{
    DataCenter, EhloName, EndpointUrl, FromAddress, GrantBinding, Host, MailboxSettings,
    MailboxSignIn, Provider, RedirectUrl, SavedSecret, Scope, SecretField,
};

/// Protection of the connection to the SMTP server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// TLS from the first byte (RFC 8314 §3.3).
    ImplicitTls,
    /// TLS after the STARTTLS command (RFC 3207), required.
    StartTls,
    /// No TLS. Credentials are only sent to loopback.
    Plaintext,
}

impl Security {
    /// Returns the security that a port stands for if TLS is on: implicit TLS for 465, STARTTLS for
    /// any other.
    pub fn for_port(port: u16) -> Self {
        if port == 465 {
            Self::ImplicitTls
        } else {
            Self::StartTls
        }
    }

    /// Returns the code in forms and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::ImplicitTls => "implicit_tls",
            Self::StartTls => "starttls",
            Self::Plaintext => "plaintext",
        }
    }

    /// Returns the value of a code, or `None` if the code is unknown.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::ImplicitTls, Self::StartTls, Self::Plaintext]
            .into_iter()
            .find(|security| security.code() == code)
    }
}

/// Minimum TLS version. Versions below 1.2 are never offered (RFC 8996).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMinimum {
    /// TLS 1.2 or higher.
    Tls12,
    /// TLS 1.3 only.
    Tls13,
}

impl TlsMinimum {
    /// Returns the code in forms and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        }
    }

    /// Returns the value of a code, or `None` if the code is unknown.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Tls12, Self::Tls13]
            .into_iter()
            .find(|version| version.code() == code)
    }
}

/// OAuth client as registered at the provider, with the provider's endpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthClient<S> {
    /// `client_id` (RFC 6749 §2.2).
    pub client_id: String,
    /// `client_secret` (RFC 6749 §2.3.1).
    pub client_secret: S,
    /// Endpoint at which the administrator signs in.
    pub authorization_endpoint: EndpointUrl,
    /// Endpoint that exchanges codes and refresh tokens.
    pub token_endpoint: EndpointUrl,
    /// Requested scope.
    pub scope: Scope,
    /// URL that the provider redirects the administrator to.
    pub redirect_url: RedirectUrl,
}

/// Authentication at the SMTP server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authentication<S> {
    /// No authentication.
    None,
    /// User name and password (SASL PLAIN or LOGIN).
    Basic {
        /// User name at the server.
        username: String,
        /// Password for the server.
        password: S,
    },
    /// User name and access token (SASL OAUTHBEARER or XOAUTH2).
    OAuth {
        /// User name. Large providers expect the email address that signs in.
        username: String,
        /// OAuth client that gets the access token.
        client: OAuthClient<S>,
    },
}

/// SMTP settings of one data center.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpSettings<S> {
    /// Provider whose preset the settings started from.
    pub provider: Provider,
    /// Host name or address of the SMTP server.
    pub host: Host,
    /// TCP port of the SMTP server.
    pub port: u16,
    /// Protection of the connection.
    pub security: Security,
    /// Minimum TLS version of SMTP and IMAP.
    pub tls_minimum: TlsMinimum,
    /// Name that EHLO sends. `None` means the name or address of this machine.
    pub ehlo_name: Option<EhloName>,
    /// From address of messages.
    pub from: FromAddress,
    /// Mailbox, if reading mail is on.
    pub mailbox: Option<MailboxSettings<S>>,
    /// Authentication at the SMTP server.
    pub authentication: Authentication<S>,
}

impl<S> SmtpSettings<S> {
    /// Converts each secret to another representation.
    ///
    /// # Errors
    /// The first error of `turn`.
    pub fn try_map_secrets<T, E>(
        self,
        mut turn: impl FnMut(SecretField, S) -> Result<T, E>,
    ) -> Result<SmtpSettings<T>, E> {
        let mailbox = match self.mailbox {
            None => None,
            Some(mailbox) => Some(MailboxSettings {
                email: mailbox.email,
                sign_in: mailbox
                    .sign_in
                    .try_map(|password| turn(SecretField::MailboxPassword, password))?,
                host: mailbox.host,
                port: mailbox.port,
                security: mailbox.security,
            }),
        };
        let authentication = match self.authentication {
            Authentication::None => Authentication::None,
            Authentication::Basic { username, password } => Authentication::Basic {
                username,
                password: turn(SecretField::Password, password)?,
            },
            Authentication::OAuth { username, client } => Authentication::OAuth {
                username,
                client: OAuthClient {
                    client_id: client.client_id,
                    client_secret: turn(SecretField::ClientSecret, client.client_secret)?,
                    authorization_endpoint: client.authorization_endpoint,
                    token_endpoint: client.token_endpoint,
                    scope: client.scope,
                    redirect_url: client.redirect_url,
                },
            },
        };
        Ok(SmtpSettings {
            provider: self.provider,
            host: self.host,
            port: self.port,
            security: self.security,
            tls_minimum: self.tls_minimum,
            ehlo_name: self.ehlo_name,
            from: self.from,
            mailbox,
            authentication,
        })
    }

    /// Returns the secret of a field, if the settings have one.
    pub fn secret(&self, field: SecretField) -> Option<&S> {
        match (field, &self.authentication) {
            (SecretField::MailboxPassword, _) => self.mailbox.as_ref()?.sign_in.password(),
            (SecretField::Password, Authentication::Basic { password, .. }) => Some(password),
            (SecretField::ClientSecret, Authentication::OAuth { client, .. }) => {
                Some(&client.client_secret)
            }
            _ => None,
        }
    }

    /// Returns true if a secret saved with `self` may be used by `other`. The host, port, user, and
    /// endpoints that it belongs to must be the same. Otherwise, an attacker could send a saved
    /// secret to another machine.
    pub fn lends_secret_to<T>(&self, field: SecretField, other: &SmtpSettings<T>) -> bool {
        match field {
            SecretField::MailboxPassword => match (&self.mailbox, &other.mailbox) {
                (Some(a), Some(b)) => (&a.email, &a.host, a.port) == (&b.email, &b.host, b.port),
                _ => false,
            },
            SecretField::Password => match (&self.authentication, &other.authentication) {
                (
                    Authentication::Basic { username: a, .. },
                    Authentication::Basic { username: b, .. },
                ) => (&self.host, self.port, a) == (&other.host, other.port, b),
                _ => false,
            },
            SecretField::ClientSecret => match (&self.authentication, &other.authentication) {
                (
                    Authentication::OAuth { client: a, .. },
                    Authentication::OAuth { client: b, .. },
                ) => {
                    (&a.client_id, &a.authorization_endpoint, &a.token_endpoint)
                        == (&b.client_id, &b.authorization_endpoint, &b.token_endpoint)
                }
                _ => false,
            },
        }
    }

    /// Returns the IMAP server, if it uses the grant for SMTP.
    pub fn reads_with_grant(&self) -> Option<&Host> {
        let mailbox = self.mailbox.as_ref()?;
        matches!(mailbox.sign_in, MailboxSignIn::SameAuthorization).then_some(&mailbox.host)
    }

    /// Returns the values that a grant for these settings is bound to. `None` if they do not use
    /// OAuth.
    pub fn grant_binding(&self) -> Option<GrantBinding> {
        let Authentication::OAuth { username, client } = &self.authentication else {
            return None;
        };
        Some(GrantBinding {
            smtp_host: self.host.clone(),
            imap_host: self.reads_with_grant().cloned(),
            username: username.clone(),
            client_id: client.client_id.clone(),
            authorization_endpoint: client.authorization_endpoint.clone(),
            token_endpoint: client.token_endpoint.clone(),
            scope: client.scope.clone(),
        })
    }

    /// Returns the settings without their secrets, as a browser may see them.
    pub fn without_secrets(self) -> SmtpSettings<SavedSecret> {
        let saved = self.try_map_secrets(|_, _| Ok::<_, std::convert::Infallible>(SavedSecret));
        match saved {
            Ok(settings) => settings,
            Err(never) => match never {},
        }
    }
}

/// Saved settings, as a browser may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSettings {
    /// Data center that the settings belong to.
    pub data_center: DataCenter,
    /// Number of saves; 0 if nothing was saved yet. Detects concurrent changes.
    pub version: i64,
    /// Settings. `None` if nothing was saved yet.
    pub settings: Option<SmtpSettings<SavedSecret>>,
}
