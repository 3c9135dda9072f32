//! SMTP settings that cannot be wrong.
//!
//! `S` is how a secret is held: [`SecretEdit`](crate::SecretEdit) in what a form asks for,
//! [`SavedSecret`] in what a browser may see, and a sealed string type on the server.

use serde::{Deserialize, Serialize};

use crate::{
    DataCenter, EndpointUrl, FromAddress, GrantBinding, Host, MailboxSettings, MailboxSignIn,
    Provider, RedirectUrl, SavedSecret, Scope, SecretField,
};

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// TLS from the first byte (RFC 8314 §3.3).
    ImplicitTls,
    /// TLS after the STARTTLS command (RFC 3207), required.
    StartTls,
    /// No TLS. Credentials are sent to loopback only.
    Plaintext,
}

impl Security {
    /// What a port means when TLS is on: 465 is implicit TLS, any other is STARTTLS.
    pub fn for_port(port: u16) -> Self {
        if port == 465 {
            Self::ImplicitTls
        } else {
            Self::StartTls
        }
    }

    /// The code in forms and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::ImplicitTls => "implicit_tls",
            Self::StartTls => "starttls",
            Self::Plaintext => "plaintext",
        }
    }

    /// The value of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::ImplicitTls, Self::StartTls, Self::Plaintext]
            .into_iter()
            .find(|security| security.code() == code)
    }
}

/// The lowest TLS version that is accepted. Versions below 1.2 are not offered (RFC 8996).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMinimum {
    /// TLS 1.2 or higher.
    Tls12,
    /// TLS 1.3 only.
    Tls13,
}

impl TlsMinimum {
    /// The code in forms and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        }
    }

    /// The value of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Tls12, Self::Tls13]
            .into_iter()
            .find(|version| version.code() == code)
    }
}

/// What the provider's console knows about us, and where its endpoints are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuthClient<S> {
    /// `client_id` (RFC 6749 §2.2).
    pub client_id: String,
    /// `client_secret` (RFC 6749 §2.3.1).
    pub client_secret: S,
    /// Where the administrator signs in.
    pub authorization_endpoint: EndpointUrl,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: EndpointUrl,
    /// What is asked for.
    pub scope: Scope,
    /// Where the provider sends the administrator back to.
    pub redirect_url: RedirectUrl,
}

/// How we sign in to the SMTP server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authentication<S> {
    /// Not at all.
    None,
    /// User name and password (SASL PLAIN or LOGIN).
    Basic {
        /// The user name.
        username: String,
        /// The password.
        password: S,
    },
    /// User name and access token (SASL OAUTHBEARER or XOAUTH2).
    OAuth {
        /// The user name; with the large providers the address that signs in.
        username: String,
        /// The OAuth client.
        client: OAuthClient<S>,
    },
}

/// What the settings page edits, for one data center.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpSettings<S> {
    /// The preset the settings started from.
    pub provider: Provider,
    /// The SMTP server.
    pub host: Host,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// The lowest TLS version that is accepted.
    pub tls_minimum: TlsMinimum,
    /// Who mail comes from.
    pub from: FromAddress,
    /// The mailbox, when reading mail is on.
    pub mailbox: Option<MailboxSettings<S>>,
    /// How we sign in.
    pub authentication: Authentication<S>,
}

impl<S> SmtpSettings<S> {
    /// The same settings with each secret turned into another representation.
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
            from: self.from,
            mailbox,
            authentication,
        })
    }

    /// The secret of a field, where the settings have one.
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

    /// Whether a secret saved with `self` may be used by `other`: only while the host, port, user
    /// and endpoints that it belongs to are the same, so that nobody can point a saved secret at
    /// another machine.
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

    /// The IMAP server that the grant signs in to as well.
    pub fn reads_with_grant(&self) -> Option<&Host> {
        let mailbox = self.mailbox.as_ref()?;
        matches!(mailbox.sign_in, MailboxSignIn::SameAuthorization).then_some(&mailbox.host)
    }

    /// What a grant for these settings is bound to; `None` when they do not use OAuth.
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

    /// The same settings as a browser may see them.
    pub fn without_secrets(self) -> SmtpSettings<SavedSecret> {
        let saved = self.try_map_secrets(|_, _| Ok::<_, std::convert::Infallible>(SavedSecret));
        match saved {
            Ok(settings) => settings,
            Err(never) => match never {},
        }
    }
}

/// Saved settings as a browser may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSettings {
    /// Whose settings they are.
    pub data_center: DataCenter,
    /// Counts the saves; 0 when nothing has been saved yet.
    pub version: i64,
    /// The settings, or `None` when nothing has been saved yet.
    pub settings: Option<SmtpSettings<SavedSecret>>,
}
