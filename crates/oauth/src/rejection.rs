//! Errors of token endpoints (RFC 6749 §5.2), as providers write them: with any status, in members
//! of many names, as an object, as a page, or as text.

use decode::TokenRequest;
use domain::Finding;
use http::StatusCode;
use net::Redactor;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::{
    failure::TokenFailure,
    response::{Members, Received},
};

/// Names of members that hold a code, and of those that hold words, in lower case and without
/// hyphens and underscores. The first come first in the text.
const CODES: [&str; 5] = ["error", "errorcode", "errcode", "errortype", "code"];
/// Names that hold a code within an error object only. Elsewhere they mean something else.
const NESTED_CODES: [&str; 2] = ["type", "status"];
const TEXTS: [&str; 15] = [
    "errordescription",
    "errormessage",
    "errormsg",
    "errmsg",
    "errorsummary",
    "errordetail",
    "errorreason",
    "faultstring",
    "message",
    "msg",
    "detail",
    "details",
    "description",
    "title",
    "reason",
];
/// Names of members that hold error objects.
const OBJECTS: [&str; 3] = ["errors", "fault", "errorcauses"];
/// Codes and words of a success.
const FINE: [&str; 7] = ["", "0", "ok", "success", "none", "null", "false"];
/// Maximum depth of error objects, and number of codes and texts.
const MAX_DEPTH: usize = 3;
const MAX_PARTS: usize = 8;
/// Parts of names whose values are never shown.
const SECRET: [&str; 7] = [
    "token",
    "secret",
    "assertion",
    "password",
    "key",
    "jwt",
    "session",
];

/// A rejected request.
#[derive(Debug)]
pub(crate) struct Rejection {
    status: StatusCode,
    codes: Vec<String>,
    /// The codes and words.
    text: String,
    said: String,
    retry_after: Option<i64>,
}

/// The codes and words of an error.
#[derive(Default)]
struct Parts {
    codes: Vec<String>,
    texts: Vec<String>,
}

impl Rejection {
    /// Returns the rejection in a response; `None` for a success that is to be read.
    pub(crate) fn of(received: &Received) -> Option<Self> {
        let is_error = received
            .string("error")
            .is_some_and(|error| !is_fine(error));
        if received.status.is_success() && !is_error && received.string("access_token").is_some() {
            return None;
        }
        let mut parts = Parts::default();
        if let Some(members) = &received.members {
            parts.collect(members, received.status, 0);
        }
        if received.status.is_success() && parts.codes.is_empty() {
            return None;
        }
        let mut text = parts.text();
        if text.is_empty() {
            text = received
                .members
                .as_ref()
                .map_or_else(|| received.text.clone(), other_members);
        }
        Some(Self {
            status: received.status,
            codes: parts.codes,
            said: received.said(&text),
            text,
            retry_after: received.retry_after,
        })
    }

    /// Returns true if the reason may be that the credentials are in the header: after any 400 or
    /// 401, and after an error about the client or the request with any other status.
    pub(crate) fn may_be_about_the_header(&self) -> bool {
        let is_about = |code: &String| decode::rejects_client(code) || code == "invalid_request";
        matches!(self.status.as_u16(), 400 | 401) || self.codes.iter().any(is_about)
    }

    /// Returns true if this rejection, of credentials in the body, says more than the `first` one,
    /// of credentials in the header. It does not if the server only accepts the header.
    pub(crate) fn explains_more_than(&self, first: &Self) -> bool {
        !first.ends_grant()
            && (!self.rejects_client() || first.rejects_client())
            && (!self.codes.is_empty() || first.codes.is_empty())
    }

    fn rejects_client(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
            || self.codes.iter().any(|code| decode::rejects_client(code))
    }

    fn ends_grant(&self) -> bool {
        self.codes.iter().any(|code| decode::ends_grant(code))
    }

    /// Explains the rejection of a request.
    pub(crate) fn failure(
        &self,
        request: TokenRequest,
        secret: &SecretString,
        redactor: &Redactor,
    ) -> TokenFailure {
        let rejection = decode::TokenRejection {
            status: self.status.as_u16(),
            codes: &self.codes,
            text: &self.text,
            asks_to_wait: self.retry_after.is_some(),
        };
        let code = decode::token_error(request, &rejection);
        let code = decode::of_secret(code, &self.text, secret.expose_secret());
        TokenFailure {
            finding: Finding::new(code).saying(redactor.clean(&self.said)),
            ends_grant: self.ends_grant(),
            retry_after: self.retry_after,
        }
    }
}

impl Parts {
    /// Collects the codes and words of an object and of the error objects within it.
    fn collect(&mut self, members: &Members, status: StatusCode, depth: usize) {
        let nested = if depth > 0 { &NESTED_CODES[..] } else { &[] };
        // A success may name something else.
        let failed = if status.is_success() {
            &[]
        } else {
            &["name"][..]
        };
        for name in CODES.iter().chain(nested).chain(failed) {
            for value in values(members, name) {
                self.take(value, status, depth, true);
            }
        }
        for name in TEXTS.iter().chain(&OBJECTS) {
            for value in values(members, name) {
                self.take(value, status, depth, false);
            }
        }
    }

    fn take(&mut self, value: &Value, status: StatusCode, depth: usize, is_code: bool) {
        match value {
            Value::Object(members) if depth < MAX_DEPTH => self.collect(members, status, depth + 1),
            Value::Array(values) if depth < MAX_DEPTH => {
                for value in values.iter().take(MAX_PARTS) {
                    self.take(value, status, depth + 1, is_code);
                }
            }
            Value::String(text) => self.add(text.trim(), is_code),
            // A number in the place of a code often repeats the status.
            Value::Number(number) if number.as_u64() != Some(status.as_u16().into()) => {
                self.add(&number.to_string(), is_code);
            }
            _ => {}
        }
    }

    fn add(&mut self, part: &str, is_code: bool) {
        let parts = if is_code {
            &mut self.codes
        } else {
            &mut self.texts
        };
        if !is_fine(part) && parts.len() < MAX_PARTS && !parts.iter().any(|known| known == part) {
            parts.push(part.to_owned());
        }
    }

    fn text(&self) -> String {
        let mut parts: Vec<&str> = Vec::new();
        for part in self.codes.iter().chain(&self.texts) {
            if !parts.contains(&part.as_str()) {
                parts.push(part);
            }
        }
        parts.join(": ")
    }
}

fn is_fine(text: &str) -> bool {
    FINE.iter().any(|fine| text.eq_ignore_ascii_case(fine))
}

/// Returns the values of the members with a name.
fn values<'a>(members: &'a Members, name: &str) -> impl Iterator<Item = &'a Value> {
    members
        .iter()
        .filter(move |(own, _)| normalized(own) == name)
        .map(|(_, value)| value)
}

/// Returns a name without case, hyphens, and underscores: providers write `error_code`, `errorCode`
/// and `ErrorCode`.
fn normalized(name: &str) -> String {
    let name = name.chars().filter(|c| !matches!(c, '_' | '-'));
    name.map(|c| c.to_ascii_lowercase()).collect()
}

/// Returns members that have none of the known names, without those that may be secret.
pub(crate) fn other_members(members: &Members) -> String {
    let shown = members.iter().filter_map(|(name, value)| {
        let own = normalized(name);
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => return None,
        };
        let is_secret = SECRET.iter().any(|secret| own.contains(secret));
        (!is_secret && !value.is_empty()).then(|| format!("{name}={value}"))
    });
    shown.take(MAX_PARTS).collect::<Vec<_>>().join(", ")
}
