//! `/api/v1/mailbox`: reads received mail.

mod answer;
mod query;
mod refused;
mod request;

use axum::{
    Json,
    extract::{Path, Query},
    response::{IntoResponse as _, Response},
};
use domain::paths;

use self::{
    answer::{Folders, MailList, OneMail},
    query::{ListQuery, mail_id},
    refused::Refused,
    request::MailboxRequest,
};
use crate::web::mailbox::file;

/// List the folders that can be opened
#[utoipa::path(
    get,
    path = paths::api::Folders::PATH,
    tag = "mailbox",
    operation_id = "list_folders",
    security(("key" = ["mailbox"])),
    params(("data_center" = Option<String>, Query, description = "The ID of the data center whose email box is read. Defaults to that of the API key, then to `default`.")),
    responses(
        (status = 200, description = "The folders that can be opened.", body = Object),
        (status = "default", description = "The request failed. The problem describes the reason.", body = crate::web::problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn folders(
    MailboxRequest { mailer, id, .. }: MailboxRequest,
) -> Result<Response, Refused> {
    let folders = mailer.mailboxes.folders(&id).await?;
    Ok(Json(Folders::from(folders)).into_response())
}

/// List messages of a folder
#[utoipa::path(
    get,
    path = paths::api::MailList::PATH,
    tag = "mailbox",
    operation_id = "list_mail",
    security(("key" = ["mailbox"])),
    params(("data_center" = Option<String>, Query, description = "The ID of the data center whose email box is read. Defaults to that of the API key, then to `default`."), ("folder" = Option<String>, Query, description = "The name of the folder. Defaults to the inbox.")),
    responses(
        (status = 200, description = "A page of messages of the folder.", body = Object),
        (status = "default", description = "The request failed. The problem describes the reason.", body = crate::web::problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn messages(
    MailboxRequest { mailer, id, folder }: MailboxRequest,
    Query(query): Query<ListQuery>,
) -> Result<Response, Refused> {
    let request = query.list(folder)?;
    let page = mailer.mailboxes.page(&id, &request).await?;
    Ok(Json(MailList::of(&request.folder, page)).into_response())
}

/// Get a message
#[utoipa::path(
    get,
    path = paths::api::Mail::PATTERN,
    tag = "mailbox",
    operation_id = "read_mail",
    security(("key" = ["mailbox"])),
    params(("uid" = u32, Path, description = "The ID of the message, or its UID in the folder."), ("data_center" = Option<String>, Query, description = "The ID of the data center whose email box is read. Defaults to that of the API key, then to `default`."), ("folder" = Option<String>, Query, description = "The name of the folder. Defaults to the inbox.")),
    responses(
        (status = 200, description = "The message.", body = Object),
        (status = "default", description = "The request failed. The problem describes the reason.", body = crate::web::problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn message(
    MailboxRequest { mailer, id, folder }: MailboxRequest,
    Path(uid): Path<String>,
) -> Result<Response, Refused> {
    let mail = mailer
        .mailboxes
        .message(&id, &folder, mail_id(&uid)?)
        .await?;
    Ok(Json(OneMail::from(mail)).into_response())
}

/// Get the source of a message (RFC 5322)
#[utoipa::path(
    get,
    path = paths::api::MailSource::PATTERN,
    tag = "mailbox",
    operation_id = "read_mail_source",
    security(("key" = ["mailbox"])),
    params(("uid" = u32, Path, description = "The ID of the message, or its UID in the folder."), ("data_center" = Option<String>, Query, description = "The ID of the data center whose email box is read. Defaults to that of the API key, then to `default`."), ("folder" = Option<String>, Query, description = "The name of the folder. Defaults to the inbox.")),
    responses(
        (status = 200, description = "The source of the message.", body = String, content_type = "message/rfc822"),
        (status = "default", description = "The request failed. The problem describes the reason.", body = crate::web::problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn source(
    MailboxRequest { mailer, id, folder }: MailboxRequest,
    Path(uid): Path<String>,
) -> Result<Response, Refused> {
    let bytes = mailer
        .mailboxes
        .source(&id, &folder, mail_id(&uid)?)
        .await?;
    Ok(file("mail.eml", "message/rfc822", bytes))
}

/// Download an attachment
#[utoipa::path(
    get,
    path = paths::api::MailAttachment::PATTERN,
    tag = "mailbox",
    operation_id = "read_mail_attachment",
    security(("key" = ["mailbox"])),
    params(("uid" = u32, Path, description = "The ID of the message, or its UID in the folder."), ("number" = u32, Path, description = "The number of the attachment, starting at 1."), ("data_center" = Option<String>, Query, description = "The ID of the data center whose email box is read. Defaults to that of the API key, then to `default`."), ("folder" = Option<String>, Query, description = "The name of the folder. Defaults to the inbox.")),
    responses(
        (status = 200, description = "The attachment.", body = String, content_type = "application/octet-stream"),
        (status = "default", description = "The request failed. The problem describes the reason.", body = crate::web::problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn attachment(
    MailboxRequest { mailer, id, folder }: MailboxRequest,
    Path((uid, number)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let number = number.parse().map_err(|_| Refused::no_attachment())?;
    let found = mailer
        .mailboxes
        .attachment(&id, &folder, mail_id(&uid)?, number)
        .await?;
    Ok(file(&found.name, &found.media_type, found.bytes))
}
