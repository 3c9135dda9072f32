//! The first start: a one-use link makes the first administrator.

use domain::access::SetupForm;

use crate::{Access, AccessError, FormError, Link, NewSession, Token, Visitor};

impl Access {
    /// Whether there is no account that can sign in, so that nothing but the setup is reachable. Once it is
    /// false it is remembered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn needs_setup(&self) -> Result<bool, AccessError> {
        todo!()
    }

    /// At the start: ends the setup link of the last start and makes a new one; `None` when there is an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_setup(&self) -> Result<Option<Link>, AccessError> {
        todo!()
    }

    /// Whether a token is that of the setup link. Does not use it up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_setup_link(&self, token: &Token) -> Result<bool, AccessError> {
        let _ = token;
        todo!()
    }

    /// Makes the first administrator and signs in; the link has ended then.
    ///
    /// # Errors
    /// When the link is not good or a field is wrong.
    pub async fn finish_setup(
        &self,
        form: &SetupForm,
        visitor: &Visitor,
    ) -> Result<NewSession, FormError> {
        let _ = (form, visitor);
        todo!()
    }
}
