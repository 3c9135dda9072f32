//! First start: a one-use link creates the first administrator.

use std::sync::atomic::Ordering;

use domain::{
    AccountName, FormErrors, Role,
    access::{AccessField, SetupError, SetupForm},
};
use store::NewAccount;

use crate::{
    Access, AccessError, FormError, Link, LinkKind, NewSession, Token, Visitor, id::account_id,
};

impl Access {
    /// Returns true if no account exists, so only the setup may be reachable. A result of false is
    /// cached, because the last administrator cannot be removed.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn needs_setup(&self) -> Result<bool, AccessError> {
        let known = &self.0.is_set_up;
        if known.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let is_set_up = self.store().has_accounts().await?;
        known.store(is_set_up, Ordering::Relaxed);
        Ok(!is_set_up)
    }

    /// Creates a new setup link at the start of the server and invalidates the previous one.
    /// Returns `None` if an account exists.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn begin_setup(&self) -> Result<Option<Link>, AccessError> {
        let token = Token::generate();
        let made = self.store().make_setup_link(&token.hash()).await?;
        Ok(made.then_some(Link {
            kind: LinkKind::Setup,
            token,
            expires_at: None,
        }))
    }

    /// Returns true if the token belongs to the setup link. Does not use the link up.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn is_setup_link(&self, token: &Token) -> Result<bool, AccessError> {
        Ok(self.store().is_setup_link(&token.hash()).await?)
    }

    /// Creates the first administrator and signs in. Uses the link up.
    ///
    /// # Errors
    /// Returns an error if the link or a field is not valid, or if the database fails.
    pub async fn finish_setup(
        &self,
        form: &SetupForm,
        visitor: &Visitor,
    ) -> Result<NewSession, FormError<SetupError>> {
        let token = Token::parse(form.token.expose());
        let hash = match &token {
            Some(token) if self.is_setup_link(token).await? => token.hash(),
            _ => return Err(self.wrong_link(&visitor.address).await),
        };
        let name = AccountName::parse(&form.name);
        let typed = name.as_ref().map_or("", AccountName::as_str);
        let passwords = &self.0.passwords;
        let password_hash = passwords
            .new_hash(typed, &form.password, &form.repeated)
            .await
            .map_err(|error| error.map(SetupError::from));
        let (name, password_hash) = match (name, password_hash) {
            (Ok(name), Ok(hash)) => (name, hash),
            (Err(error), Ok(_)) => {
                return Err(FormError::Form(FormErrors::one(
                    AccessField::Name,
                    error.into(),
                )));
            }
            (Err(error), Err(FormError::Form(mut errors))) => {
                errors.add(AccessField::Name, error.into());
                return Err(FormError::Form(errors));
            }
            (_, Err(error)) => return Err(error),
        };
        let new = NewAccount {
            id: account_id(),
            name,
            role: Role::Administrator,
            password_hash: Some(password_hash.clone()),
        };
        let session = self.prepare_session(visitor, None);
        let finished = self.store().finish_setup(&hash, &new, &session.row).await?;
        match finished {
            Some(signed_in) => Ok(session.complete(self, signed_in, &password_hash)),
            None => Err(self.wrong_link(&visitor.address).await),
        }
    }
}
