//! One-use links: to set Mailgrant up, and to choose a password.

use domain::{UnixTime, access::PasswordForm};

use crate::{Access, AccessError, FormError, NewSession, Token, Visitor};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// The first administrator: `/setup?token=…`.
    Setup,
    /// Choosing a password: `/password?token=…`.
    Password,
}

/// A link that has been made. Shown once.
#[derive(Clone, Debug)]
pub struct Link {
    /// What it is for.
    pub kind: LinkKind,
    /// Its token.
    pub token: Token,
    /// When it ends by itself; the setup link ends at the next start as well.
    pub expires_at: Option<UnixTime>,
}

impl Link {
    /// Path and query.
    pub fn path(&self) -> String {
        let page = match self.kind {
            LinkKind::Setup => "setup",
            LinkKind::Password => "password",
        };
        format!("/{page}?token={}", self.token.expose())
    }
}

impl Access {
    /// Whose password a link is for; `None` when it is not good. Does not use it up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn password_link(
        &self,
        token: &Token,
    ) -> Result<Option<domain::AccountName>, AccessError> {
        let _ = token;
        todo!()
    }

    /// Sets the password of the link's account, ends its other sessions and signs in. The link has ended then.
    ///
    /// # Errors
    /// When the link is not good or a field is wrong.
    pub async fn choose_password(
        &self,
        form: &PasswordForm,
        visitor: &Visitor,
    ) -> Result<NewSession, FormError> {
        let _ = (form, visitor);
        todo!()
    }
}
