//! A message in JSON.

use axum::http::StatusCode;
use domain::FieldError;
use message::{Draft, DraftAttachment};
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem::{self, ProblemError, Refused};

/// A message in parts. Addresses are `bob@example.com` or `Bob <bob@example.com>`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "to": ["Bob <bob@example.com>"],
    "subject": "Disk is full",
    "text": "/var has 120 MB left."
}))]
pub struct NewMessage {
    /// The id of the data center to send from; without it that of the API key, else `default`.
    #[schema(max_length = 64, pattern = "^[a-z0-9-]+$")]
    #[serde(default)]
    pub data_center: Option<String>,
    /// Who it is from: the data center's From address or one that is allowed there. Without it: the From address.
    #[serde(default)]
    pub from: Option<String>,
    /// Who gets it. At least one of `to`, `cc` and `bcc` has an address, all together at most 1000.
    #[schema(max_items = 1000)]
    #[serde(default)]
    pub to: Vec<String>,
    /// Who gets a copy.
    #[schema(max_items = 1000)]
    #[serde(default)]
    pub cc: Vec<String>,
    /// Who gets a copy that the others do not know of.
    #[schema(max_items = 1000)]
    #[serde(default)]
    pub bcc: Vec<String>,
    /// Who gets answers, when it is not who it is from.
    #[schema(max_items = 25)]
    #[serde(default)]
    pub reply_to: Vec<String>,
    /// What it is about, in one line.
    #[schema(max_length = 998)]
    #[serde(default)]
    pub subject: String,
    /// Its text. There is `text`, `html` or both.
    #[serde(default)]
    pub text: Option<String>,
    /// The same as HTML.
    #[serde(default)]
    pub html: Option<String>,
    /// Files that come with it.
    #[schema(max_items = 100)]
    #[serde(default)]
    pub attachments: Vec<NewAttachment>,
    /// Further header fields, such as `In-Reply-To`. Those that Mailgrant or mail servers write are refused.
    #[schema(max_items = 50)]
    #[serde(default)]
    pub headers: Vec<NewHeader>,
}

/// A file that comes with a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAttachment {
    /// Its name.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// Its media type; neither `message/…` nor `multipart/…`.
    #[serde(default)]
    #[schema(default = "application/octet-stream", max_length = 200)]
    content_type: String,
    /// Its content in base64 (RFC 4648 section 4).
    #[schema(content_encoding = "base64")]
    content: String,
    /// The id by which the HTML shows it: `<img src="cid:ID">`.
    #[schema(min_length = 1, max_length = 200)]
    #[serde(default)]
    content_id: Option<String>,
}

/// A header field.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHeader {
    /// Its name.
    #[schema(min_length = 1, max_length = 76)]
    name: String,
    /// Its value, in one line.
    #[schema(min_length = 1, max_length = 8000)]
    value: String,
}

impl NewMessage {
    /// Reads JSON.
    pub fn read(body: &[u8]) -> Result<Self, Refused> {
        let mut json = serde_json::Deserializer::from_slice(body);
        let read = serde_path_to_error::deserialize::<_, Self>(&mut json);
        let read = read.map_err(|error| (pointer(error.path()), error.into_inner()));
        match read.and_then(|read| {
            json.end()
                .map(|()| read)
                .map_err(|error| (String::new(), error))
        }) {
            Ok(read) => Ok(read),
            Err((pointer, error)) if error.is_data() => {
                // Says which type or which field; it repeats no more of the request than that.
                let detail: String = error.to_string().chars().take(300).collect();
                let known = ProblemError::at(pointer, FieldError::UnknownChoice);
                let errors = vec![ProblemError {
                    code: "wrong_type".into(),
                    detail: detail.clone(),
                    ..known
                }];
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Err(Box::new(problem::answer_with(status, &detail, errors)))
            }
            Err((_, error)) => {
                let detail = format!(
                    "The body is not JSON: line {}, column {}.",
                    error.line(),
                    error.column()
                );
                Err(Box::new(problem::answer(StatusCode::BAD_REQUEST, &detail)))
            }
        }
    }

    /// The message without where it is sent from.
    pub fn draft(self) -> Draft {
        let attachments = self.attachments.into_iter().map(|file| DraftAttachment {
            name: file.name,
            content_type: file.content_type,
            content: file.content,
            content_id: file.content_id,
        });
        let headers = self.headers.into_iter();
        Draft {
            from: self.from,
            to: self.to,
            cc: self.cc,
            bcc: self.bcc,
            reply_to: self.reply_to,
            subject: self.subject,
            text: self.text,
            html: self.html,
            attachments: attachments.collect(),
            headers: headers.map(|header| (header.name, header.value)).collect(),
        }
    }
}

/// RFC 6901.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;

    let mut pointer = String::new();
    for segment in path {
        pointer.push('/');
        match segment {
            Segment::Seq { index } => pointer.push_str(&index.to_string()),
            Segment::Map { key } => {
                let key: String = key.chars().take(100).collect();
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { variant } => pointer.push_str(variant),
            Segment::Unknown => {}
        }
    }
    pointer
}
