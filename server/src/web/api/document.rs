//! The OpenAPI 3.1 description of the API, generated from the handlers.

use std::sync::LazyLock;

use app::api_document::ApiDocument;
use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use domain::paths;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        ContentBuilder, HeaderBuilder, ObjectBuilder, RefOr, Response as Answer, ResponseBuilder,
        schema::Type,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{super::problem, mailbox, messages, senders, status};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Mailgrant",
        description = "Sends mail with the permission that Mailgrant holds. Programs authenticate with an API key, which an \
            administrator creates: `Authorization: Bearer mgk_…`. Errors have the format of RFC 9457.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        messages::submit::submit,
        messages::read::list,
        messages::read::one,
        messages::change::retry,
        messages::change::cancel,
        senders::read::list,
        senders::change::add,
        senders::read::one,
        senders::change::update,
        senders::sessions::list,
        senders::change::rotate,
        senders::change::remove,
        mailbox::folders,
        mailbox::messages,
        mailbox::message,
        mailbox::source,
        mailbox::attachment,
        status::status,
        json,
    ),
    components(schemas(problem::Problem)),
    tags(
        (name = "messages", description = "Submit messages, and read their delivery states."),
        (name = "senders", description = "Manage the programs and devices that may submit mail."),
        (name = "mailbox", description = "Read the email box."),
        (name = "status", description = "Read the state of data centers."),
    ),
    modifiers(&Common),
)]
struct Document;

/// Adds what all operations have in common.
struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key: `mgk_…`."))
            .build();
        if let Some(components) = &mut document.components {
            components.add_security_scheme("key", SecurityScheme::Http(key));
        }
        for item in document.paths.paths.values_mut() {
            for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
                if operation.security.is_none() {
                    continue;
                }
                let responses = &mut operation.responses.responses;
                for (status, description) in REFUSALS {
                    responses.insert(status.to_owned(), RefOr::T(refusal(status, description)));
                }
            }
        }
    }
}

const REFUSALS: [(&str, &str); 4] = [
    ("401", "The request has no valid API key."),
    ("403", "The API key lacks the scope."),
    (
        "429",
        "Too many requests from one address, or too many waiting messages of the API key.",
    ),
    (
        "503",
        "Mailgrant cannot respond right now, for example because its database does not.",
    ),
];

fn refusal(status: &str, description: &str) -> Answer {
    let schema = utoipa::openapi::Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let mut answer = ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .build();
    if matches!(status, "429" | "503") {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
        let header = HeaderBuilder::new()
            .schema(seconds)
            .description(Some("Seconds until a client may retry."))
            .build();
        answer.headers.insert("Retry-After".into(), header);
    }
    answer
}

static DOCUMENT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(Document::openapi);

/// Return the OpenAPI description of this API
#[utoipa::path(
    get,
    path = paths::api::OpenApi::PATH,
    tag = "status",
    operation_id = "openapi",
    responses((status = 200, description = "OpenAPI 3.1.", body = Object)),
)]
pub async fn json() -> Response {
    Json(&*DOCUMENT).into_response()
}

/// Returns the document for the page that displays it.
pub fn page_document() -> ApiDocument {
    static PAGE_DOCUMENT: LazyLock<ApiDocument> =
        LazyLock::new(|| ApiDocument::read(&serde_json::to_value(&*DOCUMENT).unwrap_or_default()));
    PAGE_DOCUMENT.clone()
}
