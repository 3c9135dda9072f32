//! Responses of token endpoints, in any notation that providers use.

use domain::UnixTime;
use http::{HeaderMap, Response, StatusCode, header};
use serde_json::{Map, Value};

use crate::readable::readable;

/// Longest wait that a provider can ask for, in seconds.
const MAX_RETRY_AFTER: i64 = 86_400;

/// The names and values of a response.
pub(crate) type Members = Map<String, Value>;

/// A response as it was received.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    /// Seconds until the provider accepts the next request.
    pub(crate) retry_after: Option<i64>,
    /// The members of a body in JSON or in the notation of forms.
    pub(crate) members: Option<Members>,
    /// The words of any other body, or the place of a redirect.
    pub(crate) text: String,
}

impl Received {
    /// Reads a response that arrived at `now`. The content type does not decide, because many
    /// providers send JSON as HTML or text.
    pub(crate) fn new(response: Response<Vec<u8>>, now: UnixTime) -> Self {
        let (parts, body) = response.into_parts();
        let text = String::from_utf8_lossy(&body);
        // Some frameworks write a byte order mark.
        let text = text.trim_start_matches('\u{feff}').trim();
        let members = members(text);
        let text = match (&members, location(&parts.headers)) {
            (Some(_), _) => String::new(),
            (None, Some(place)) if parts.status.is_redirection() => format!("Location: {place}"),
            (None, _) => readable(text),
        };
        Self {
            status: parts.status,
            retry_after: retry_after(&parts.headers, now),
            members,
            text,
        }
    }

    /// Returns a string member that is not empty.
    pub(crate) fn string(&self, name: &str) -> Option<&str> {
        let value = self.members.as_ref()?.get(name)?.as_str()?;
        Some(value).filter(|value| !value.is_empty())
    }

    /// Returns the status with a text.
    pub(crate) fn said(&self, text: &str) -> String {
        let status = format!("HTTP {}", self.status);
        if text.is_empty() {
            status
        } else {
            format!("{status}: {text}")
        }
    }
}

/// Reads JSON, also with one object in an array and with text behind it, and the notation of forms
/// (`access_token=…&expires_in=…`).
fn members(text: &str) -> Option<Members> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(Value::Object(members))) => return Some(members),
        Some(Ok(Value::Array(mut values))) if values.len() == 1 => {
            if let Some(Value::Object(members)) = values.pop() {
                return Some(members);
            }
        }
        _ => {}
    }
    let members: Members = form_urlencoded::parse(text.as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect();
    let is_form = members.contains_key("access_token") || members.contains_key("error");
    (is_form && !text.starts_with(['<', '{', '['])).then_some(members)
}

/// Returns the target of a redirect without its query, which may contain secrets.
fn location(headers: &HeaderMap) -> Option<&str> {
    let place = headers.get(header::LOCATION)?.to_str().ok()?;
    place.split(['?', '#']).next()
}

/// Returns the wait that a response asks for, in seconds (RFC 9110 §10.2.3): a number, or a date
/// that is compared with the date of the response.
fn retry_after(headers: &HeaderMap, now: UnixTime) -> Option<i64> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if let Ok(seconds) = text.parse::<i64>() {
        seconds
    } else {
        let sent = headers
            .get(header::DATE)
            .and_then(|date| date.to_str().ok());
        unix_time(text)?.since(sent.and_then(unix_time).unwrap_or(now))
    };
    (seconds > 0).then(|| seconds.min(MAX_RETRY_AFTER))
}

fn unix_time(date: &str) -> Option<UnixTime> {
    let date = httpdate::parse_http_date(date).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok().map(UnixTime)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn received(headers: &[(&str, &str)], body: &str) -> Received {
        let mut response = Response::builder().status(503);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        Received::new(response.body(body.as_bytes().to_vec()).unwrap(), NOW)
    }

    #[test]
    fn a_provider_asks_for_a_wait_in_seconds_or_until_a_date() {
        for (headers, expected) in [
            (&[("retry-after", "120")][..], Some(120)),
            (&[("retry-after", " 7 ")], Some(7)),
            (&[("retry-after", "9999999999")], Some(MAX_RETRY_AFTER)),
            (
                &[("retry-after", "Fri, 15 Jan 2027 08:10:00 GMT")],
                Some(600),
            ),
            // The provider's clock is ten minutes ahead.
            (
                &[
                    ("date", "Fri, 15 Jan 2027 08:10:00 GMT"),
                    ("retry-after", "Fri, 15 Jan 2027 08:11:00 GMT"),
                ],
                Some(60),
            ),
            (&[("retry-after", "Fri, 15 Jan 2027 07:00:00 GMT")], None),
            (&[("retry-after", "0")], None),
            (&[("retry-after", "-5")], None),
            (&[("retry-after", "soon")], None),
            (&[], None),
        ] {
            assert_eq!(received(headers, "").retry_after, expected, "{headers:?}");
        }
    }

    #[test]
    fn reads_json_and_forms_under_any_content_type() {
        for body in [
            r#"{"access_token":"a"}"#,
            "\u{feff}{\"access_token\":\"a\"}",
            " \r\n{\"access_token\":\"a\"}\n<!-- 12 ms -->",
            r#"[{"access_token":"a"}]"#,
            "access_token=a&expires_in=3600",
        ] {
            assert_eq!(
                received(&[], body).string("access_token"),
                Some("a"),
                "{body}"
            );
        }
        for body in [
            "",
            "[]",
            "3",
            "a=b",
            "<a href='?access_token=a'>",
            "{access_token=a}",
        ] {
            assert!(received(&[], body).members.is_none(), "{body}");
        }
    }
}
