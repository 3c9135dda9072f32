//! Signing in and out.

use domain::{SignedIn, access::SignInForm};

use crate::{Access, AccessError, NewSession, SignInError, Visitor};

impl Access {
    /// Signs in. The session that the browser had ends; the new one has a new token. The answer and its time are the
    /// same whether the account exists.
    ///
    /// # Errors
    /// `Wrong`, `SlowDown`; when the database fails.
    pub async fn sign_in(
        &self,
        form: &SignInForm,
        visitor: &Visitor,
    ) -> Result<NewSession, SignInError> {
        let _ = (form, visitor);
        todo!()
    }

    /// Ends the session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, signed_in: &SignedIn, address: &str) -> Result<(), AccessError> {
        let _ = (signed_in, address);
        todo!()
    }
}
