//! Data of the mailbox pages. Only the server renders them.

use domain::{DataCenter, Folder, Mail, MailPage, mailbox::MailboxProblem};

use crate::{error::ApiError, mailbox_query::MailboxQuery};

/// Data of a mailbox page.
#[derive(Clone, Debug)]
pub struct MailboxPage<T> {
    /// All data centers, for the choice.
    pub data_centers: Vec<DataCenter>,
    /// Content of the page, or the problem to show in its place.
    pub shown: Result<T, MailboxProblem>,
}

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
    return super::context::answer(verbs::list(&query).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(query).await
}

/// Loads the mail for a query.
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
    use domain::{
        DataCenterId, Mail, MailQuery,
        mailbox::{MailboxField, MailboxProblem},
    };
    use http::StatusCode;
    use mail::{MailError, MailboxError, Mailer};

    use super::{MailList, MailboxPage};
    use crate::{
        api::context::{mailer, set_status, signed_in},
        error::ApiError,
        mailbox_query::MailboxQuery,
    };

    pub async fn list(query: &MailboxQuery) -> Result<MailboxPage<MailList>, ApiError> {
        let (mailer, id) = whose(query)?;
        let shown = match query.list() {
            Ok(asked) => listed(&mailer, &id, &asked).await,
            Err(field) => return page(&mailer, Err(MailboxProblem::Field(field))).await,
        };
        page(&mailer, in_place(shown)?).await
    }

    async fn listed(
        mailer: &Mailer,
        id: &DataCenterId,
        asked: &MailQuery,
    ) -> Result<MailList, MailboxError> {
        let page = mailer.mailboxes.page(id, asked).await?;
        let folders = mailer.mailboxes.folders(id).await?;
        Ok(MailList { folders, page })
    }

    pub async fn mail(query: &MailboxQuery) -> Result<MailboxPage<Mail>, ApiError> {
        let (mailer, id) = whose(query)?;
        let asked = query
            .folder()
            .and_then(|folder| Ok((folder, query.mail()?)));
        let shown = match asked {
            Ok((folder, asked)) => mailer.mailboxes.message(&id, &folder, asked).await,
            Err(field) => return page(&mailer, Err(MailboxProblem::Field(field))).await,
        };
        page(&mailer, in_place(shown)?).await
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
        shown: Result<T, MailboxProblem>,
    ) -> Result<MailboxPage<T>, ApiError> {
        if let Err(problem) = &shown {
            set_status(status(problem));
        }
        Ok(MailboxPage {
            data_centers: mailer.settings.data_centers().await?,
            shown,
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

    /// Separates problems that are shown in place of the mailbox from errors of the page.
    fn in_place<T>(
        outcome: Result<T, MailboxError>,
    ) -> Result<Result<T, MailboxProblem>, ApiError> {
        let problem = match outcome {
            Ok(shown) => return Ok(Ok(shown)),
            Err(MailboxError::Mail(MailError::UnknownDataCenter)) => {
                return Err(ApiError::UnknownDataCenter);
            }
            Err(MailboxError::Mail(error)) => return Err(error.into()),
            Err(error) => problem_of(error),
        };
        Ok(Err(problem))
    }

    fn problem_of(error: MailboxError) -> MailboxProblem {
        match error {
            MailboxError::Off | MailboxError::Mail(_) => MailboxProblem::Off,
            MailboxError::Failed(finding) => MailboxProblem::Failed(finding),
            MailboxError::NoFolder => MailboxProblem::NoFolder,
            MailboxError::NoMail | MailboxError::NoAttachment => MailboxProblem::NoMail,
            MailboxError::Renumbered { .. } => MailboxProblem::Renumbered,
            MailboxError::TooLarge => MailboxProblem::TooLarge,
            MailboxError::Busy => MailboxProblem::Busy,
        }
    }
}
