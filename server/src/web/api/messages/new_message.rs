//! A message in JSON.

use axum::http::StatusCode;
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
    /// The ID of the data center to send from. Defaults to that of the API key, then to `default`.
    #[schema(max_length = 64, pattern = "^[a-z0-9-]+$")]
    #[serde(default)]
    pub data_center: Option<String>,
    /// The From address: that of the data center or one that is allowed there. Defaults to that of
    /// the data center.
    #[serde(default)]
    pub from: Option<String>,
    /// Recipients. At least one of `to`, `cc`, and `bcc` must have an address; all together at most
    /// 1000.
    #[schema(max_items = 1000)]
    #[serde(default)]
    pub to: Vec<String>,
    /// Recipients of a copy.
    #[schema(max_items = 1000)]
    #[serde(default)]
    pub cc: Vec<String>,
    /// Recipients of a copy whom the other recipients do not see.
    #[schema(max_items = 1000)]
    #[serde(default)]
    pub bcc: Vec<String>,
    /// Addresses for replies, if they differ from `from`.
    #[schema(max_items = 25)]
    #[serde(default)]
    pub reply_to: Vec<String>,
    /// The subject, on one line.
    #[schema(max_length = 998)]
    #[serde(default)]
    pub subject: String,
    /// The plain text body. `text`, `html`, or both are required.
    #[serde(default)]
    pub text: Option<String>,
    /// The HTML body.
    #[serde(default)]
    pub html: Option<String>,
    /// Attached files.
    #[schema(max_items = 100)]
    #[serde(default)]
    pub attachments: Vec<NewAttachment>,
    /// Additional header fields, such as `In-Reply-To`. Fields that Mailgrant or mail servers write
    /// are rejected.
    #[schema(max_items = 50)]
    #[serde(default)]
    pub headers: Vec<NewHeader>,
}

/// An attached file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAttachment {
    /// The file name.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// The media type; neither `message/…` nor `multipart/…`.
    #[serde(default)]
    #[schema(default = "application/octet-stream", max_length = 200)]
    content_type: String,
    /// The content in base64 (RFC 4648 §4).
    #[schema(content_encoding = "base64")]
    content: String,
    /// The content ID that the HTML refers to: `<img src="cid:ID">`.
    #[schema(min_length = 1, max_length = 200)]
    #[serde(default)]
    content_id: Option<String>,
}

/// A header field.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHeader {
    /// The field name.
    #[schema(min_length = 1, max_length = 76)]
    name: String,
    /// The field value, on one line.
    #[schema(min_length = 1, max_length = 8000)]
    value: String,
}

impl NewMessage {
    /// Parses the JSON of a request body.
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
                // The error names the type or the field, and contains no other part of the request.
                let detail: String = error.to_string().chars().take(300).collect();
                let errors = vec![ProblemError {
                    code: "wrong_type".into(),
                    detail: detail.clone(),
                    pointer: Some(pointer),
                    ..ProblemError::default()
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

    /// Converts the request into a draft, which does not include the data center.
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

/// Formats the path as a JSON Pointer (RFC 6901).
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
