//! One-use links: to set Mailgrant up, and to choose a password.

use domain::{UnixTime, access::PasswordForm, paths};
use store::NewLink;

use crate::{Access, AccessError, FormError, NewSession, Token, Visitor, throttle::address_bucket};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// The first administrator: [`paths::Setup`].
    Setup,
    /// Choosing a password: [`paths::ChoosePassword`].
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
            LinkKind::Setup => paths::Setup::PATH,
            LinkKind::Password => paths::ChoosePassword::PATH,
        };
        format!("{page}?token={}", self.token.expose())
    }
}

impl Access {
    /// A link to choose a password: 24 hours.
    pub(crate) fn new_link(&self) -> (Link, NewLink) {
        const LIFE: i64 = 24 * 3_600;
        let (token, expires_at) = (Token::generate(), self.now().plus(LIFE));
        let row = NewLink {
            token_hash: token.hash(),
            expires_at,
        };
        let link = Link {
            kind: LinkKind::Password,
            token,
            expires_at: Some(expires_at),
        };
        (link, row)
    }

    /// Whose password a link is for; `None` when it is not good. Does not use it up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn password_link(
        &self,
        token: &Token,
    ) -> Result<Option<domain::AccountName>, AccessError> {
        Ok(self
            .store()
            .password_link(&token.hash(), self.now())
            .await?)
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
        let token = Token::parse(form.token.expose());
        let account = match &token {
            Some(token) => self.password_link(token).await?,
            None => None,
        };
        let (Some(token), Some(name)) = (token, account) else {
            return Err(self.wrong_link(&visitor.address).await);
        };
        let passwords = &self.0.passwords;
        let hash = passwords.new_hash(name.as_str(), &form.password, &form.repeated);
        let hash = hash.await?;
        let (token_hash, begins) = (token.hash(), self.begins(visitor, None)?);
        let chosen = self
            .store()
            .choose_password(&token_hash, &hash, &begins.row);
        match chosen.await? {
            Some(signed_in) => Ok(begins.begun(self, signed_in, &hash)),
            None => Err(self.wrong_link(&visitor.address).await),
        }
    }

    /// Counts a wrong token at its address, like a wrong password. One that is right is never slowed down: it has 256 bits, so
    /// there is nothing to guess.
    pub(crate) async fn wrong_link(&self, address: &str) -> FormError {
        match self.count(&[address_bucket(address)], None, address).await {
            Ok(None) => FormError::Link,
            Ok(Some(seconds)) => FormError::SlowDown { seconds },
            Err(error) => error.into(),
        }
    }
}
