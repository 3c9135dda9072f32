//! `POST /api/v1/messages`: submits a message.

use access::{Access, AccessError};
use app::request::context::RequestInfo;
use axum::{
    Extension, Json,
    body::HttpBody as _,
    extract::{Query, Request, State},
    http::{
        HeaderMap, StatusCode, Uri,
        header::{CONTENT_TYPE, LOCATION, RETRY_AFTER},
    },
    response::{IntoResponse as _, Response},
};
use domain::{
    ApiKey, Arrival, ArrivalProtocol, DataCenterId, MessageFieldError, MessageId, ParameterError,
    Sender, address::split_list, paths,
};
use mail::{
    BodyBudget, ComposeError, CountedSender, ExceededLimit, MailError, Mailer, Submission,
    SubmitError,
};
use message::{Envelope, RawRequest};

use super::{
    Accepted, NewMessage, idempotency,
    problem::{self, ProblemError, Refused},
    request_body::{self, Format},
};
use crate::web::{
    api::{refuses_mail, unavailable},
    body_budget,
};

/// Seconds until a client may retry when too many of its messages are queued.
const RETRY_SECONDS: u32 = 60;
const MEGABYTE: u64 = 1024 * 1024;
/// Header with the envelope recipients of a `message/rfc822` request.
const RECIPIENTS: &str = "Mailgrant-Recipients";
/// Header with the envelope sender.
const SENDER: &str = "Mailgrant-Sender";
/// Header of a message that has waited in a spool.
const SPOOLED: &str = "Mailgrant-Spooled";

/// Submit a message
///
/// The server answers `202 Accepted` once the message is stored durably. It survives a crash and is
/// delivered in the background. A `message/rfc822` body is sent as it is, with three exceptions:
/// `Bcc` is removed, missing `Date`, `Message-ID`, and `From` fields are added, and content that
/// mail servers do not accept is encoded.
#[utoipa::path(
    post,
    path = paths::api::Messages::PATH,
    tag = "messages",
    operation_id = "submit_message",
    security(("key" = ["send"])),
    params(
        ("data_center" = Option<String>, Query, description = "For `message/rfc822`: the ID of the data center to send from. Defaults to that of the API key, then to `default`."),
        ("replace_from" = Option<bool>, Query, description = "For `message/rfc822`: if true, a From address that is not allowed is replaced by the data center's instead of rejected. The display name is kept."),
        ("Idempotency-Key" = Option<String>, Header, description = "A unique key for this request, 1 to 255 printable characters. A repeated request with the same key and body submits no second message and gets the same response."),
        ("Mailgrant-Recipients" = Option<String>, Header, description = "For `message/rfc822`: the envelope recipients, separated by commas. Defaults to the addresses in `To`, `Cc`, and `Bcc`."),
        ("Mailgrant-Sender" = Option<String>, Header, description = "For `message/rfc822`: the envelope sender, which receives bounces. Defaults to the address in `From`."),
        ("Mailgrant-Spooled" = Option<String>, Header, description = "`true` if the message has waited in a spool, which is shown with it. `mailgrant send` sets this."),
    ),
    request_body(
        description = "At most 25 MB.",
        content(
            (NewMessage = "application/json"),
            (String = "message/rfc822", example = "To: bob@example.com\r\nSubject: Disk is full\r\n\r\n/var has 120 MB left.\r\n"),
        ),
    ),
    responses(
        (status = 202, description = "The message was stored.", body = Accepted, headers(("Location" = String, description = "The path of the message."))),
        (status = 400, description = "The request is malformed.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is neither `application/json` nor `message/rfc822`.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 422, description = "Some fields are invalid (see `errors`), or the idempotency key was used for a different request.", body = problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn submit(
    State(access): State<Access>,
    State(mailer): State<Mailer>,
    State(budget): State<BodyBudget>,
    Extension(key): Extension<ApiKey>,
    Extension(info): Extension<RequestInfo>,
    request: Request,
) -> Response {
    let sender = match access.sender_of_key(&key).await {
        Ok(sender) => sender,
        Err(AccessError::Unknown) => return sender_expired(),
        Err(error) => return unavailable(&error),
    };
    let from = Program {
        key: &key,
        sender: sender.as_ref(),
        info: &info,
    };
    match accept(&mailer, &budget, &from, request).await {
        Ok(id) => accepted(&id),
        Err(refused) => *refused,
    }
}

/// The program that submits a message.
struct Program<'a> {
    key: &'a ApiKey,
    /// The sender that the key belongs to.
    sender: Option<&'a Sender>,
    info: &'a RequestInfo,
}

async fn accept(
    mailer: &Mailer,
    budget: &BodyBudget,
    from: &Program<'_>,
    request: Request,
) -> Result<MessageId, Refused> {
    let refused = |error: MailError| Box::new(not_accepted(&error.into()));
    mailer.disk.accepts_mail().map_err(refused)?;
    let (parts, body) = request.into_parts();
    let format = request_body::format(&parts.headers)?;
    let query = SubmitQuery::read(&parts.uri, &parts.headers, format)?;
    let _held = body_budget::reserve(budget, body.size_hint().exact()).await?;
    let body = request_body::read(body).await?;
    let same = query.identity(&parts.headers);
    let idempotency = idempotency::read(&parts.headers, from.key, &[same.as_bytes(), &body])?;
    if let Some(idempotency) = &idempotency
        && let Some(known) = mailer
            .outbox
            .known_submission(idempotency)
            .await
            .map_err(|error| Box::new(not_accepted(&error)))?
    {
        return Ok(known);
    }
    let (data_center, composed) = match format {
        Format::Json => {
            let message = NewMessage::read(&body)?;
            drop(body);
            let id = data_center(message.data_center.as_deref(), from)?;
            let composed = mailer
                .outbox
                .compose(&id, from.sender, message.draft())
                .await;
            (id, composed)
        }
        Format::Raw => {
            let id = data_center(query.data_center.as_deref(), from)?;
            let raw = RawRequest {
                content: body.into(),
                envelope: query.envelope,
                replace_from: query.replace_from,
                received: None,
            };
            let composed = mailer.outbox.compose_raw(&id, from.sender, raw).await;
            (id, composed)
        }
    };
    let submission = Submission {
        data_center,
        message: composed.map_err(|error| Box::new(compose_error(&error)))?,
        submitted_by: from.info.actor.who.clone(),
        arrival: arrival(&parts.headers, from.info),
        idempotency,
        due_at: None,
        counts_for: from.sender.map(CountedSender::from),
    };
    let submitted = mailer.outbox.submit(submission).await;
    Ok(submitted
        .map_err(|error| Box::new(not_accepted(&error)))?
        .id)
}

/// The submission parameters in the query and headers.
#[derive(Debug, Default)]
struct SubmitQuery {
    data_center: Option<String>,
    replace_from: bool,
    envelope: Envelope,
}

impl SubmitQuery {
    fn read(uri: &Uri, headers: &HeaderMap, format: Format) -> Result<Self, Refused> {
        let mut query = Self::default();
        let mut errors = Vec::new();
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
        let Ok(Query(pairs)) = pairs else {
            return Err(Box::new(unreadable_query()));
        };
        for (name, value) in pairs {
            match (&*name, &*value) {
                ("data_center", _) => query.data_center = Some(value),
                ("replace_from", "true") => query.replace_from = true,
                ("replace_from", "false") => query.replace_from = false,
                _ => errors.push(ProblemError::of_parameter(
                    &name,
                    ParameterError::UnknownChoice,
                )),
            }
        }
        if format == Format::Raw {
            query.envelope = Envelope {
                recipients: list(headers, RECIPIENTS, &mut errors),
                sender: list(headers, SENDER, &mut errors).map(|all| all.join(", ")),
            };
        }
        if errors.is_empty() {
            Ok(query)
        } else {
            Err(Box::new(problem::with_errors(
                StatusCode::BAD_REQUEST,
                errors,
            )))
        }
    }

    /// Returns the inputs that identify the request, except its body.
    fn identity(&self, headers: &HeaderMap) -> String {
        let media = headers.get(CONTENT_TYPE);
        format!("{media:?} {self:?}")
    }
}

fn arrival(headers: &HeaderMap, info: &RequestInfo) -> Arrival {
    let protocol = match headers.get(SPOOLED) {
        Some(value) if value == "true" => ArrivalProtocol::Spool,
        _ => ArrivalProtocol::Http,
    };
    Arrival {
        client_address: info.actor.address.parse().ok(),
        ..Arrival::over(protocol)
    }
}

/// Reads a list of addresses, which may contain UTF-8 (RFC 6531).
fn list(
    headers: &HeaderMap,
    name: &'static str,
    errors: &mut Vec<ProblemError>,
) -> Option<Vec<String>> {
    let mut found = None;
    for value in headers.get_all(name) {
        let Ok(text) = std::str::from_utf8(value.as_bytes()) else {
            errors.push(ProblemError::of_header(name, ParameterError::NotAnAddress));
            continue;
        };
        found
            .get_or_insert_with(Vec::new)
            .extend(split_list(text).map(str::to_owned));
    }
    found
}

/// Returns the data center to send from.
fn data_center(query: Option<&str>, from: &Program<'_>) -> Result<DataCenterId, Refused> {
    let own = from.sender.map(|sender| &sender.data_center);
    let only = own.or(from.key.data_center.as_ref());
    let found = match query {
        None => Ok(only.cloned().unwrap_or_default()),
        Some(query) => DataCenterId::parse(query),
    };
    found
        .ok()
        .filter(|found| only.is_none_or(|only| only == found))
        .ok_or_else(|| {
            let error = MessageFieldError::UnknownDataCenter;
            let error = ProblemError::at("/data_center".into(), error);
            Box::new(problem::with_errors(
                StatusCode::UNPROCESSABLE_ENTITY,
                vec![error],
            ))
        })
}

pub(super) fn unreadable_query() -> Response {
    problem::answer(
        StatusCode::BAD_REQUEST,
        "The query of the request is malformed.",
    )
}

fn compose_error(error: &ComposeError) -> Response {
    match error {
        ComposeError::Form(errors) => {
            let errors = errors.iter();
            let errors = errors.map(|(field, error, address)| {
                ProblemError::at(field.pointer(), error).about(address)
            });
            problem::with_errors(StatusCode::UNPROCESSABLE_ENTITY, errors.collect())
        }
        ComposeError::Mail(error) => unavailable(error),
    }
}

fn not_accepted(error: &SubmitError) -> Response {
    match error {
        SubmitError::KeyReused => idempotency::reused(),
        SubmitError::KeyFull { limit } => key_full(*limit),
        SubmitError::LimitExceeded(limit) => sender_limit(*limit),
        // Removed while the request was processed.
        SubmitError::Mail(MailError::UnknownDataCenter) => {
            let error =
                ProblemError::at("/data_center".into(), MessageFieldError::UnknownDataCenter);
            problem::with_errors(StatusCode::UNPROCESSABLE_ENTITY, vec![error])
        }
        SubmitError::Mail(MailError::MailRefused(condition)) => refuses_mail(*condition),
        SubmitError::Mail(error) => unavailable(error),
    }
}

fn sender_limit(limit: ExceededLimit) -> Response {
    let detail = wording::api_problem::sender_limit(limit == ExceededLimit::PerDay);
    let mut response = problem::answer(StatusCode::TOO_MANY_REQUESTS, detail);
    response
        .headers_mut()
        .insert(RETRY_AFTER, RETRY_SECONDS.into());
    response
}

fn sender_expired() -> Response {
    let detail = wording::api_problem::SENDER_EXPIRED;
    problem::answer(StatusCode::FORBIDDEN, detail)
}

fn key_full(limit: u64) -> Response {
    let megabytes = limit / MEGABYTE;
    let detail = format!(
        "The messages of this API key that wait to be delivered are larger than {megabytes} MB together. Try again when some of \
         them have been delivered."
    );
    let mut response = problem::answer(StatusCode::TOO_MANY_REQUESTS, &detail);
    response
        .headers_mut()
        .insert(RETRY_AFTER, RETRY_SECONDS.into());
    response
}

fn accepted(id: &MessageId) -> Response {
    let href = paths::api::Message::path(id.as_str());
    let accepted = Accepted {
        id: id.as_str().to_owned(),
        href: href.clone(),
    };
    (StatusCode::ACCEPTED, [(LOCATION, href)], Json(accepted)).into_response()
}
