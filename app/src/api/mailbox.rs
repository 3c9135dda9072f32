//! Data of the mailbox pages. Only the server renders them.

use domain::{DataCenter, Folder, Mail, MailPage, mailbox::MailboxProblem};

use crate::{error::ApiError, mailbox_query::MailboxQuery};

/// Data of a mailbox page.
#[derive(Clone, Debug)]
pub struct MailboxPage<T> {
    /// All data centers, for the choice.
    pub data_centers: Vec<DataCenter>,
    /// Content of the page.
    pub content: MailboxContent<T>,
}

/// Content of a mailbox page, or the problem to show in its place.
pub type MailboxContent<T> = Result<T, MailboxProblem>;

/// Folders, and the mail of one of them.
#[derive(Clone, Debug)]
pub struct MailList {
    /// Folders that can be opened.
    pub folders: Vec<Folder>,
    /// Mail of the folder.
    pub page: MailPage,
}

/// Loads the list for a query.
///
/// # Errors
/// `SignedOut`, `UnknownDataCenter`, `Unavailable`; `Offline` in the browser.
pub async fn mail_list(query: MailboxQuery) -> Result<MailboxPage<MailList>, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::list(&query).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(query).await
}

/// Loads the mail for a query.
///
/// # Errors
/// As [`mail_list`].
pub async fn mail(query: MailboxQuery) -> Result<MailboxPage<Mail>, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::mail(&query).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(query).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{
        DataCenterId, Mail, MailQuery,
        mailbox::{MailboxField, MailboxProblem},
    };
    use http::StatusCode;
    use mail::{MailboxError, Mailer};

    use super::{MailList, MailboxContent, MailboxPage};
    use crate::{
        error::ApiError,
        mailbox_query::MailboxQuery,
        request::context::{mailer, set_status, signed_in},
    };

    pub async fn list(query: &MailboxQuery) -> Result<MailboxPage<MailList>, ApiError> {
        let (mailer, id) = requested_mailbox(query)?;
        let outcome = match query.list() {
            Ok(requested) => listed(&mailer, &id, &requested).await,
            Err(field) => return page(&mailer, Err(MailboxProblem::Field(field))).await,
        };
        page(&mailer, content(outcome)?).await
    }

    async fn listed(
        mailer: &Mailer,
        id: &DataCenterId,
        requested: &MailQuery,
    ) -> Result<MailList, MailboxError> {
        let page = mailer.mailboxes.page(id, requested).await?;
        let folders = mailer.mailboxes.folders(id).await?;
        Ok(MailList { folders, page })
    }

    pub async fn mail(query: &MailboxQuery) -> Result<MailboxPage<Mail>, ApiError> {
        let (mailer, id) = requested_mailbox(query)?;
        let requested = query
            .folder()
            .and_then(|folder| Ok((folder, query.mail()?)));
        let outcome = match requested {
            Ok((folder, requested)) => mailer.mailboxes.message(&id, &folder, requested).await,
            Err(field) => return page(&mailer, Err(MailboxProblem::Field(field))).await,
        };
        page(&mailer, content(outcome)?).await
    }

    fn requested_mailbox(query: &MailboxQuery) -> Result<(Mailer, DataCenterId), ApiError> {
        signed_in()?;
        let id = query
            .data_center()
            .map_err(|_: MailboxField| ApiError::UnknownDataCenter)?;
        Ok((mailer()?, id))
    }

    async fn page<T>(
        mailer: &Mailer,
        content: MailboxContent<T>,
    ) -> Result<MailboxPage<T>, ApiError> {
        if let Err(problem) = &content {
            set_status(status(problem));
        }
        Ok(MailboxPage {
            data_centers: mailer.settings.data_centers().await?,
            content,
        })
    }

    fn status(problem: &MailboxProblem) -> StatusCode {
        match problem {
            // The page itself works.
            MailboxProblem::Off | MailboxProblem::Renumbered => StatusCode::OK,
            MailboxProblem::Failed(_) => StatusCode::BAD_GATEWAY,
            MailboxProblem::NoFolder | MailboxProblem::NoMail => StatusCode::NOT_FOUND,
            MailboxProblem::TooLarge => StatusCode::UNPROCESSABLE_ENTITY,
            MailboxProblem::Busy => StatusCode::SERVICE_UNAVAILABLE,
            MailboxProblem::Field(_) => StatusCode::BAD_REQUEST,
        }
    }

    /// Separates problems that are shown in place of the content from errors of the page.
    fn content<T>(outcome: Result<T, MailboxError>) -> Result<MailboxContent<T>, ApiError> {
        let problem = match outcome {
            Ok(content) => return Ok(Ok(content)),
            Err(MailboxError::Mail(error)) => return Err(error.into()),
            Err(MailboxError::Off) => MailboxProblem::Off,
            Err(MailboxError::Failed(finding)) => MailboxProblem::Failed(finding),
            Err(MailboxError::NoFolder) => MailboxProblem::NoFolder,
            Err(MailboxError::NoMail | MailboxError::NoAttachment) => MailboxProblem::NoMail,
            Err(MailboxError::Renumbered { .. }) => MailboxProblem::Renumbered,
            Err(MailboxError::TooLarge) => MailboxProblem::TooLarge,
            Err(MailboxError::Busy) => MailboxProblem::Busy,
        };
        Ok(Err(problem))
    }
}
