//! `/api/v1/mailbox`: reading the mail that comes back.

mod answer;
mod query;
mod refused;

use axum::{
    Extension, Json,
    extract::{Path, Query, State},
    response::{IntoResponse as _, Response},
};
use domain::ApiKey;
use mail::Mailer;

use self::{
    answer::{Folders, MailList, OneMail},
    query::{ListQuery, OneQuery, mail_id},
    refused::Refused,
};
use crate::web::mailbox::file;

/// The folders that can be opened.
pub async fn folders(
    State(mailer): State<Mailer>,
    Extension(key): Extension<ApiKey>,
    Query(query): Query<OneQuery>,
) -> Result<Response, Refused> {
    let id = query.data_center(&key)?;
    let folders = mailer.mail_folders(&id).await?;
    Ok(Json(Folders::from(folders)).into_response())
}

/// A part of the mail of a folder.
pub async fn messages(
    State(mailer): State<Mailer>,
    Extension(key): Extension<ApiKey>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Refused> {
    let id = query.data_center(&key)?;
    let asked = query.list()?;
    let page = mailer.mail_page(&id, &asked).await?;
    Ok(Json(MailList::of(&asked.folder, page)).into_response())
}

/// One mail.
pub async fn message(
    State(mailer): State<Mailer>,
    Extension(key): Extension<ApiKey>,
    Path(uid): Path<String>,
    Query(query): Query<OneQuery>,
) -> Result<Response, Refused> {
    let (id, folder) = (query.data_center(&key)?, query.folder()?);
    let mail = mailer.mail(&id, &folder, mail_id(&uid)?).await?;
    Ok(Json(OneMail::from(mail)).into_response())
}

/// One mail as it came.
pub async fn source(
    State(mailer): State<Mailer>,
    Extension(key): Extension<ApiKey>,
    Path(uid): Path<String>,
    Query(query): Query<OneQuery>,
) -> Result<Response, Refused> {
    let (id, folder) = (query.data_center(&key)?, query.folder()?);
    let bytes = mailer.mail_source(&id, &folder, mail_id(&uid)?).await?;
    Ok(file("mail.eml", "message/rfc822", bytes))
}

/// A file that came with a mail.
pub async fn attachment(
    State(mailer): State<Mailer>,
    Extension(key): Extension<ApiKey>,
    Path((uid, number)): Path<(String, String)>,
    Query(query): Query<OneQuery>,
) -> Result<Response, Refused> {
    let (id, folder) = (query.data_center(&key)?, query.folder()?);
    let number = number.parse().map_err(|_| Refused::no_attachment())?;
    let found = mailer
        .mail_attachment(&id, &folder, mail_id(&uid)?, number)
        .await?;
    Ok(file(&found.name, &found.media_type, found.bytes))
}
