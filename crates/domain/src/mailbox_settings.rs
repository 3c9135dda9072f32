//! The settings of the mailbox.

use serde::{Deserialize, Serialize};

use crate::{EmailAddress, Host};

/// How the connection to the IMAP server is protected. There is no way without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailboxSecurity {
    /// TLS from the first byte (RFC 8314 §3.2).
    ImplicitTls,
    /// TLS after the STARTTLS command (RFC 9051 §6.2.1), required.
    StartTls,
}

impl MailboxSecurity {
    /// What a port means: 993 is implicit TLS, any other is STARTTLS.
    pub fn for_port(port: u16) -> Self {
        if port == 993 {
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
        }
    }

    /// The value of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::ImplicitTls, Self::StartTls]
            .into_iter()
            .find(|security| security.code() == code)
    }
}

/// How we sign in to the IMAP server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailboxSignIn<S> {
    /// With a password of its own (LOGIN, or SASL PLAIN or LOGIN).
    Password(S),
    /// With the access token of the grant for SMTP (SASL OAUTHBEARER or XOAUTH2).
    SameAuthorization,
}

/// The code of a password in forms and in the database.
pub const PASSWORD: &str = "password";
/// The code of the same authorization as SMTP.
pub const SAME_AUTHORIZATION: &str = "same_authorization";

impl<S> MailboxSignIn<S> {
    /// The code in forms and in the database.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Password(_) => PASSWORD,
            Self::SameAuthorization => SAME_AUTHORIZATION,
        }
    }

    /// The password, where there is one.
    pub fn password(&self) -> Option<&S> {
        match self {
            Self::Password(password) => Some(password),
            Self::SameAuthorization => None,
        }
    }

    /// The same with the password turned into another representation.
    ///
    /// # Errors
    /// That of `turn`.
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

/// The IMAP account that mail is read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxSettings<S> {
    /// The account; also the user name.
    pub email: EmailAddress,
    /// How we sign in.
    pub sign_in: MailboxSignIn<S>,
    /// The IMAP server.
    pub host: Host,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: MailboxSecurity,
}
