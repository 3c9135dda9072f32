//! Metadata of authorization servers (RFC 8414 §2; OpenID Connect Discovery 1.0 §3).

use domain::{EndpointUrl, Scope};
use serde_json::{Map, Value};

/// Maximum number of scopes that are kept, and the length of the longest one in characters.
const MAX_SCOPES: usize = 100;
const MAX_SCOPE: usize = 200;

/// The members of a document that are used. Only the first three are required; another one that
/// cannot be used counts as missing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MetadataDocument {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    /// OpenID Connect Core §5.3.
    pub(crate) userinfo_endpoint: Option<EndpointUrl>,
    /// The scopes that can be requested one by one.
    pub(crate) scopes: Vec<String>,
    /// RFC 9207 §3.
    pub(crate) announces_iss: bool,
}

impl MetadataDocument {
    /// Parses a document; `None` if a required member is missing.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(body);
        // Some frameworks write a byte order mark.
        let text = text.trim_start_matches('\u{feff}');
        let members: Map<String, Value> = serde_json::from_str(text).ok()?;
        let text = |name: &str| members.get(name)?.as_str().map(str::to_owned);
        let document = Self {
            issuer: text("issuer")?,
            authorization_endpoint: text("authorization_endpoint")?,
            token_endpoint: text("token_endpoint")?,
            userinfo_endpoint: text("userinfo_endpoint")
                .and_then(|url| EndpointUrl::parse(&url).ok()),
            scopes: members
                .get("scopes_supported")
                .map_or_else(Vec::new, scopes),
            announces_iss: members
                .get("authorization_response_iss_parameter_supported")
                .is_some_and(is_true),
        };
        document.log_ignored(&members);
        Some(document)
    }

    /// Logs the names of members that were sent but could not be used.
    fn log_ignored(&self, members: &Map<String, Value>) {
        for (member, is_unused) in [
            ("userinfo_endpoint", self.userinfo_endpoint.is_none()),
            ("scopes_supported", self.scopes.is_empty()),
        ] {
            if is_unused && members.contains_key(member) {
                tracing::debug!(member, "member of provider metadata ignored");
            }
        }
    }
}

/// Returns the scopes in a list, in the keys of an object, or in a string with spaces.
fn scopes(value: &Value) -> Vec<String> {
    let texts: Vec<&str> = match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        Value::Object(members) => members.keys().map(String::as_str).collect(),
        Value::String(text) => text.split_whitespace().collect(),
        _ => Vec::new(),
    };
    let is_scope = |scope: &&str| {
        let read = Scope::parse(scope);
        scope.len() <= MAX_SCOPE && read.is_ok_and(|read| read.tokens().eq([*scope]))
    };
    let scopes = texts.into_iter().filter(is_scope).take(MAX_SCOPES);
    scopes.map(str::to_owned).collect()
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::String(text) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(name: &str, value: &Value) -> MetadataDocument {
        let mut document = json!({
            "issuer": "https://id.example.com",
            "authorization_endpoint": "https://id.example.com/a",
            "token_endpoint": "https://id.example.com/t",
        });
        document[name] = value.clone();
        MetadataDocument::parse(document.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn an_optional_member_that_cannot_be_used_is_ignored() {
        for value in [json!(null), json!(7), json!({}), json!([]), json!("")] {
            for name in [
                "scopes_supported",
                "userinfo_endpoint",
                "authorization_response_iss_parameter_supported",
            ] {
                let document = document(name, &value);
                assert!(
                    document.scopes.is_empty() && !document.announces_iss,
                    "{name} {value}"
                );
                assert_eq!(document.userinfo_endpoint, None, "{name} {value}");
            }
        }
        for value in [json!(true), json!("true"), json!("True")] {
            let name = "authorization_response_iss_parameter_supported";
            assert!(document(name, &value).announces_iss, "{value}");
        }
        for (value, is_used) in [
            ("https://id.example.com/userinfo", true),
            ("http://id.example.com/userinfo", false),
            ("/userinfo", false),
        ] {
            let document = document("userinfo_endpoint", &json!(value));
            assert_eq!(document.userinfo_endpoint.is_some(), is_used, "{value}");
        }
    }
}
