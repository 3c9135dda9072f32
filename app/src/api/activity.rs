//! Data of the activity page. Only the server renders it.

use domain::{AuditEntry, AuditFilter, DataCenter};

use crate::error::ApiError;

/// Entries of the audit log, newest first.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Sequence number for the link to older entries; `None` if there are none.
    pub older: Option<i64>,
    /// All data centers. Entries refer to them by ID.
    pub data_centers: Vec<DataCenter>,
}

/// Loads the newest entries, or the newest before a sequence number.
///
/// # Errors
/// `SignedOut`, `Unavailable`; `Offline` in the browser.
pub async fn activity(filter: AuditFilter, before: Option<i64>) -> Result<Activity, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::activity(&filter, before).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere((filter, before)).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::AuditFilter;

    use super::Activity;
    use crate::{
        error::ApiError,
        request::context::{access, mailer, signed_in},
    };

    pub async fn activity(filter: &AuditFilter, before: Option<i64>) -> Result<Activity, ApiError> {
        signed_in()?;
        let page = access()?.activity(filter, before).await?;
        Ok(Activity {
            entries: page.entries,
            older: page.older,
            data_centers: mailer()?.settings.data_centers().await?,
        })
    }
}
