//! One-use links for the setup and for choosing a password.

use domain::{
    UnixTime,
    access::{NewPasswordError, PasswordForm},
    paths,
};
use store::NewLink;

use crate::{Access, AccessError, FormError, NewSession, Token, Visitor, throttle::address_bucket};

/// Purpose of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Create the first administrator: [`paths::Setup`].
    Setup,
    /// Choose a password: [`paths::ChoosePassword`].
    Password,
}

/// New link. Its token is shown only once.
#[derive(Clone, Debug)]
pub struct Link {
    /// Purpose of the link.
    pub kind: LinkKind,
    /// Secret token of the link.
    pub token: Token,
    /// Time at which the link expires. `None` for the setup link, which ends at the next start.
    pub expires_at: Option<UnixTime>,
}

impl Link {
    /// Returns the path with the token as its query.
    pub fn path(&self) -> String {
        Self::page(self.kind, &self.token)
    }

    /// Returns path and query of the page that a token opens.
    pub fn page(kind: LinkKind, token: &Token) -> String {
        let page = match kind {
            LinkKind::Setup => paths::Setup::PATH,
            LinkKind::Password => paths::ChoosePassword::PATH,
        };
        format!("{page}?token={}", token.expose())
    }
}

impl Access {
    /// Creates a link to choose a password, valid for 24 hours.
    pub(crate) fn new_link(&self) -> (Link, NewLink) {
        const TTL: i64 = 24 * 3_600;
        let (token, expires_at) = (Token::generate(), self.now().plus(TTL));
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

    /// Returns the account whose password the link sets, or `None` if the link is not valid. Does
    /// not use the link up.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn password_link(
        &self,
        token: &Token,
    ) -> Result<Option<domain::AccountName>, AccessError> {
        Ok(self
            .store()
            .password_link(&token.hash(), self.now())
            .await?)
    }

    /// Sets the password of the link's account, ends its other sessions, and signs in. Uses the
    /// link up.
    ///
    /// # Errors
    /// Returns an error if the link or a field is not valid, or if the database fails.
    pub async fn choose_password(
        &self,
        form: &PasswordForm,
        visitor: &Visitor,
    ) -> Result<NewSession, FormError<NewPasswordError>> {
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
        let (token_hash, session) = (token.hash(), self.prepare_session(visitor, None));
        let chosen = self
            .store()
            .choose_password(&token_hash, &hash, &session.row);
        match chosen.await? {
            Some(signed_in) => Ok(session.complete(self, signed_in, &hash)),
            None => Err(self.wrong_link(&visitor.address).await),
        }
    }

    /// Counts a wrong token as a failed attempt from its address. A valid token is never slowed
    /// down, because its 256 bits cannot be guessed.
    pub(crate) async fn wrong_link<E>(&self, address: &str) -> FormError<E> {
        match self.count(&[address_bucket(address)], None, address).await {
            Ok(None) => FormError::Link,
            Ok(Some(seconds)) => FormError::SlowDown { seconds },
            Err(error) => error.into(),
        }
    }
}
