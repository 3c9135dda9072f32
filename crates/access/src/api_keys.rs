//! API keys.

use domain::{Actor, ApiKey, ApiKeyId, access::NewKeyForm};
use secrecy::SecretString;

use crate::{Access, AccessError, FormError};

impl Access {
    /// All keys that have not been ended, by name; those that have expired as well.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, AccessError> {
        todo!()
    }

    /// Makes a key: `mgk_` and 43 characters. It is known to nobody after this.
    ///
    /// # Errors
    /// When a field is wrong or another key has the name; when the database fails.
    pub async fn make_api_key(
        &self,
        form: &NewKeyForm,
        by: &Actor,
    ) -> Result<(ApiKey, SecretString), FormError> {
        let _ = (form, by);
        todo!()
    }

    /// Ends a key.
    ///
    /// # Errors
    /// `Unknown`; when the database fails.
    pub async fn end_api_key(&self, id: &ApiKeyId, by: &Actor) -> Result<(), AccessError> {
        let _ = (id, by);
        todo!()
    }

    /// The key that a program shows, and notes that it was used; `None` when it is none, has ended or expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_key(&self, shown: &SecretString) -> Result<Option<ApiKey>, AccessError> {
        let _ = shown;
        todo!()
    }
}
