//! Settings of the mailbox that mail is read from.

use serde::{Deserialize, Serialize};

use crate::{EmailAddress, Host};

/// Protection of the connection to the IMAP server. Plaintext is not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailboxSecurity {
    /// TLS from the first byte (RFC 8314 §3.2).
    ImplicitTls,
    /// TLS after the STARTTLS command (RFC 9051 §6.2.1), required.
    StartTls,
}

impl MailboxSecurity {
    /// Returns the security that a port stands for: implicit TLS for 993, STARTTLS for any other.
    pub fn for_port(port: u16) -> Self {
        if port == 993 {
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
        }
    }

    /// Returns the value of a code, or `None` if the code is unknown.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::ImplicitTls, Self::StartTls]
            .into_iter()
            .find(|security| security.code() == code)
    }
}

/// Authentication at the IMAP server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailboxSignIn<S> {
    /// A separate password (LOGIN, or SASL PLAIN or LOGIN).
    Password(S),
    /// The access token of the grant for SMTP (SASL OAUTHBEARER or XOAUTH2).
    SameAuthorization,
}

/// Code of `Password` in forms and in the database.
pub const PASSWORD: &str = "password";
/// Code of `SameAuthorization` in forms and in the database.
pub const SAME_AUTHORIZATION: &str = "same_authorization";

impl<S> MailboxSignIn<S> {
    /// Returns the code in forms and in the database.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Password(_) => PASSWORD,
            Self::SameAuthorization => SAME_AUTHORIZATION,
        }
    }

    /// Returns the password, if there is one.
    pub fn password(&self) -> Option<&S> {
        match self {
            Self::Password(password) => Some(password),
            Self::SameAuthorization => None,
        }
    }

    /// Converts the password to another representation.
    ///
    /// # Errors
    /// The error of `turn`.
    pub fn try_map<T, E>(
        self,
        turn: impl FnOnce(S) -> Result<T, E>,
    ) -> Result<MailboxSignIn<T>, E> {
        Ok(match self {
            Self::Password(password) => MailboxSignIn::Password(turn(password)?),
            Self::SameAuthorization => MailboxSignIn::SameAuthorization,
        })
    }
}

/// IMAP account that mail is read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxSettings<S> {
    /// Email address of the account, which is also the user name.
    pub email: EmailAddress,
    /// Authentication at the server.
    pub sign_in: MailboxSignIn<S>,
    /// Host name or address of the IMAP server.
    pub host: Host,
    /// TCP port of the IMAP server.
    pub port: u16,
    /// Protection of the connection.
    pub security: MailboxSecurity,
}
