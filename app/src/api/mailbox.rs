//! What the pages of the mailbox show. Only the server renders them.

use domain::{DataCenter, Folder, Mail, MailPage};

pub use crate::mailbox_query::MailTrouble;
use crate::{error::ApiError, mailbox_query::MailboxQuery};

/// The page of a mailbox.
#[derive(Clone, Debug)]
pub struct MailboxPage<T> {
    /// Every data center, to choose from.
    pub data_centers: Vec<DataCenter>,
    /// What is shown, or why it is not.
    pub shown: Result<T, MailTrouble>,
}

/// Folders, and mail of one of them.
#[derive(Clone, Debug)]
pub struct MailList {
    /// Those that can be opened.
    pub folders: Vec<Folder>,
    /// The mail.
    pub page: MailPage,
}

/// The list that a query asks for.
///
/// # Errors
/// `SignedOut`, `UnknownDataCenter`, `Unavailable`; `Offline` in the browser.
pub async fn mail_list(query: MailboxQuery) -> Result<MailboxPage<MailList>, ApiError> {
    #[cfg(feature = "ssr")]
    return super::context::answer(verbs::list(&query).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(query).await
}

/// The mail that a query asks for.
///
/// # Errors
/// As [`mail_list`].
pub async fn mail(query: MailboxQuery) -> Result<MailboxPage<Mail>, ApiError> {
    #[cfg(feature = "ssr")]
    return super::context::answer(verbs::mail(&query).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(query).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{DataCenterId, Mail, MailQuery};
    use http::StatusCode;
    use mail::{MailError, MailboxError, Mailer};

    use super::{MailList, MailTrouble, MailboxPage};
    use crate::{
        api::context::{mailer, set_status, signed_in},
        error::ApiError,
        mailbox_query::{MailboxField, MailboxQuery},
    };

    pub async fn list(query: &MailboxQuery) -> Result<MailboxPage<MailList>, ApiError> {
        let (mailer, id) = whose(query)?;
        let shown = match query.list() {
            Ok(asked) => listed(&mailer, &id, &asked).await,
            Err(field) => return page(&mailer, Err(MailTrouble::Field(field))).await,
        };
        page(&mailer, told(shown)?).await
    }

    async fn listed(
        mailer: &Mailer,
        id: &DataCenterId,
        asked: &MailQuery,
    ) -> Result<MailList, MailboxError> {
        let page = mailer.mail_page(id, asked).await?;
        let folders = mailer.mail_folders(id).await?;
        Ok(MailList { folders, page })
    }

    pub async fn mail(query: &MailboxQuery) -> Result<MailboxPage<Mail>, ApiError> {
        let (mailer, id) = whose(query)?;
        let asked = query
            .folder()
            .and_then(|folder| Ok((folder, query.mail()?)));
        let shown = match asked {
            Ok((folder, asked)) => mailer.mail(&id, &folder, asked).await,
            Err(field) => return page(&mailer, Err(MailTrouble::Field(field))).await,
        };
        page(&mailer, told(shown)?).await
    }

    fn whose(query: &MailboxQuery) -> Result<(Mailer, DataCenterId), ApiError> {
        signed_in()?;
        let id = query
            .data_center()
            .map_err(|_: MailboxField| ApiError::UnknownDataCenter)?;
        Ok((mailer()?, id))
    }

    async fn page<T>(
        mailer: &Mailer,
        shown: Result<T, MailTrouble>,
    ) -> Result<MailboxPage<T>, ApiError> {
        if let Err(trouble) = &shown {
            set_status(status(trouble));
        }
        Ok(MailboxPage {
            data_centers: mailer.data_centers().await?,
            shown,
        })
    }

    fn status(trouble: &MailTrouble) -> StatusCode {
        match trouble {
            // A page like any other.
            MailTrouble::Off | MailTrouble::Renumbered => StatusCode::OK,
            MailTrouble::Failed(_) => StatusCode::BAD_GATEWAY,
            MailTrouble::NoFolder | MailTrouble::NoMail => StatusCode::NOT_FOUND,
            MailTrouble::TooLarge => StatusCode::UNPROCESSABLE_ENTITY,
            MailTrouble::Busy => StatusCode::SERVICE_UNAVAILABLE,
            MailTrouble::Field(_) => StatusCode::BAD_REQUEST,
        }
    }

    /// What is shown in place of the mailbox, and what in place of the page.
    fn told<T>(outcome: Result<T, MailboxError>) -> Result<Result<T, MailTrouble>, ApiError> {
        let trouble = match outcome {
            Ok(shown) => return Ok(Ok(shown)),
            Err(MailboxError::Mail(MailError::UnknownDataCenter)) => {
                return Err(ApiError::UnknownDataCenter);
            }
            Err(MailboxError::Mail(error)) => return Err(error.into()),
            Err(error) => MailTrouble::from(error),
        };
        Ok(Err(trouble))
    }

    impl From<MailboxError> for MailTrouble {
        fn from(error: MailboxError) -> Self {
            match error {
                MailboxError::Off | MailboxError::Mail(_) => Self::Off,
                MailboxError::Failed(finding) => Self::Failed(finding),
                MailboxError::NoFolder => Self::NoFolder,
                MailboxError::NoMail | MailboxError::NoAttachment => Self::NoMail,
                MailboxError::Renumbered { .. } => Self::Renumbered,
                MailboxError::TooLarge => Self::TooLarge,
                MailboxError::Busy => Self::Busy,
            }
        }
    }
}
