//! API keys.

mod lookups;

use domain::{
    Actor, ApiKey, ApiKeyId, FormErrors,
    access::{AccessField, NewKeyError, NewKeyForm},
};
use secrecy::{ExposeSecret as _, SecretString};
use store::MakeKeyOutcome;

use crate::{Access, AccessError, FormError, Token, id::api_key_id};

pub(crate) use lookups::Lookups;

/// Prefix of every key, which secret scanners can search for.
const PREFIX: &str = "mgk_";
/// Accuracy of the time of the last use in seconds.
const USE_INTERVAL: i64 = 60;

/// Returns true if a text has the form of a key.
pub(crate) fn is_key(presented: &SecretString) -> bool {
    presented.expose_secret().starts_with(PREFIX)
}

impl Access {
    /// Returns all keys that were not revoked, ordered by name. Includes expired keys.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, AccessError> {
        Ok(self.store().api_keys().await?)
    }

    /// Creates a key: `mgk_` and 43 characters. Only its hash is stored, so it cannot be shown
    /// again.
    ///
    /// # Errors
    /// Returns an error if a field is invalid, the name is taken, or the database fails.
    pub async fn make_api_key(
        &self,
        form: &NewKeyForm,
        by: &Actor,
    ) -> Result<(ApiKey, SecretString), FormError<NewKeyError>> {
        let now = self.now();
        let new = form.parse(now).map_err(FormError::Form)?;
        let token = Token::generate();
        let mut data_center = new.data_center;
        let sender = match new.sender {
            None => None,
            Some(name) => {
                let sender = self.sender_of_name(&name).await?.ok_or_else(|| {
                    let error = NewKeyError::UnknownSender;
                    FormError::Form(FormErrors::one(AccessField::Sender, error))
                })?;
                let id = data_center.get_or_insert_with(|| sender.data_center.clone());
                if *id != sender.data_center {
                    let error = NewKeyError::OtherDataCenter;
                    return Err(FormError::Form(FormErrors::one(
                        AccessField::DataCenter,
                        error,
                    )));
                }
                Some(sender.id)
            }
        };
        let key = ApiKey {
            id: api_key_id(),
            name: new.name,
            scopes: new.scopes,
            data_center,
            sender,
            created_at: now,
            expires_at: new.expires_at,
            last_used_at: None,
        };
        let (field, error) = match self.store().make_api_key(&key, &token.hash(), by).await? {
            MakeKeyOutcome::Created => {
                return Ok((key, format!("{PREFIX}{}", token.expose()).into()));
            }
            MakeKeyOutcome::NameTaken => (AccessField::Name, NewKeyError::NameTaken),
            MakeKeyOutcome::UnknownDataCenter => {
                (AccessField::DataCenter, NewKeyError::UnknownDataCenter)
            }
            MakeKeyOutcome::UnknownSender => (AccessField::Sender, NewKeyError::UnknownSender),
        };
        Err(FormError::Form(FormErrors::one(field, error)))
    }

    /// Revokes a key.
    ///
    /// # Errors
    /// Returns `Unknown` if the key does not exist, or an error if the database fails.
    pub async fn end_api_key(&self, id: &ApiKeyId, by: &Actor) -> Result<(), AccessError> {
        let ended = self.store().end_api_key(id, by, self.now()).await?;
        ended.then_some(()).ok_or(AccessError::Unknown)
    }

    /// Authenticates a program by its key and records the use. Returns `None` if the key is
    /// invalid, revoked, or expired.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn api_key(&self, presented: &SecretString) -> Result<Option<ApiKey>, AccessError> {
        let token = presented.expose_secret().strip_prefix(PREFIX);
        let Some(token) = token.and_then(Token::parse) else {
            return Ok(None);
        };
        self.look_up(token.hash()).await
    }

    /// Returns the valid key with this hash and records its use.
    async fn use_key(&self, hash: &str) -> Result<Option<ApiKey>, AccessError> {
        let now = self.now();
        let Some(mut key) = self.store().api_key(hash, now).await? else {
            return Ok(None);
        };
        if key
            .last_used_at
            .is_none_or(|last| now.since(last) >= USE_INTERVAL)
        {
            // A full disk must not keep a program from reading.
            match self.store().touch_api_key(&key.id, now).await {
                Ok(()) => key.last_used_at = Some(now),
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "use of an API key could not be recorded");
                }
            }
        }
        Ok(Some(key))
    }
}
