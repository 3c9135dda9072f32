//! The issuers of known providers, and how an issuer relates to its endpoints (RFC 9207 §2.4).

use domain::{EndpointUrl, Host, url};

/// The issuer of Google.
pub const GOOGLE_ISSUER: &str = "https://accounts.google.com";
/// The tenant of all personal Microsoft accounts, which the endpoint calls `consumers`.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Returns true if two URLs have the same scheme, host, and port.
pub fn is_same_origin(one: &str, other: &str) -> bool {
    matches!((origin_of(one), origin_of(other)), (Some(one), Some(other)) if one == other)
}

/// Returns scheme, host, and port of a URL with a path.
fn origin_of(text: &str) -> Option<(bool, Host, u16)> {
    EndpointUrl::parse(text).ok()?;
    let (scheme, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    url::origin(&format!("{scheme}://{authority}"))
}

/// Returns true if a URL is an issuer, or is below its path.
pub fn is_below_issuer(url: &str, issuer: &str) -> bool {
    let bare = issuer.strip_suffix('/').unwrap_or(issuer);
    !issuer.contains('?')
        && url
            .strip_prefix(bare)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// Returns true if `iss` is an issuer of the Microsoft authorization endpoint `endpoint`.
///
/// Microsoft's issuers contain the ID of the account's tenant. The tenant of the endpoint is that
/// ID, a domain, or a name for several tenants. Only an ID and `consumers` identify the tenant in
/// advance.
pub fn is_microsoft_issuer(endpoint: &str, iss: &str) -> bool {
    fn parts(url: &str) -> Option<(&str, &str, &str)> {
        let (host, rest) = url.strip_prefix("https://")?.split_once('/')?;
        let (tenant, rest) = rest.split_once('/')?;
        Some((host, tenant, rest))
    }
    let (Some((host, requested, _)), Some((iss_host, tenant, "v2.0"))) =
        (parts(endpoint), parts(iss))
    else {
        return false;
    };
    let is_asked = if is_guid(requested) {
        tenant.eq_ignore_ascii_case(requested)
    } else if requested == "consumers" {
        tenant == CONSUMERS
    } else {
        true
    };
    host == iss_host && is_guid(tenant) && is_asked
}

fn is_guid(text: &str) -> bool {
    let parts = text.split('-').map(|part| {
        let is_hexadecimal = part.bytes().all(|b| b.is_ascii_hexdigit());
        is_hexadecimal.then_some(part.len())
    });
    parts.eq([8, 4, 4, 4, 12].map(Some))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

    #[test]
    fn microsofts_issuer_holds_the_tenant_that_was_asked() {
        let iss = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
        for (requested, iss, expected) in [
            ("common", &*iss, true),
            ("organizations", &iss, true),
            ("contoso.com", &iss, true),
            (TENANT, &iss, true),
            (&TENANT.to_uppercase(), &iss, true),
            (CONSUMERS, &iss, false),
            ("consumers", &iss, false),
            (
                "consumers",
                &format!("https://login.microsoftonline.com/{CONSUMERS}/v2.0"),
                true,
            ),
            ("common", &iss.replace(".com", ".us"), false),
            ("common", &iss.replace(".com/", ".com.evil.example/"), false),
            ("common", &iss.replace("https:", "http:"), false),
            ("common", &iss.replace("/v2.0", ""), false),
            ("common", &iss.replace("/v2.0", "/v2.0/"), false),
            (
                "common",
                "https://login.microsoftonline.com/{tenantid}/v2.0",
                false,
            ),
            (
                "common",
                "https://login.microsoftonline.com/common/v2.0",
                false,
            ),
            ("common", "", false),
        ] {
            let endpoint =
                format!("https://login.microsoftonline.com/{requested}/oauth2/v2.0/authorize");
            assert_eq!(
                is_microsoft_issuer(&endpoint, iss),
                expected,
                "{requested} {iss}"
            );
        }
    }

    #[test]
    fn an_endpoint_is_below_its_issuer() {
        let endpoint = "https://id.example.com/realms/a/protocol/openid-connect/auth";
        for (issuer, expected) in [
            ("https://id.example.com", true),
            ("https://id.example.com/", true),
            ("https://id.example.com/realms/a", true),
            ("https://id.example.com/realms/b", false),
            ("https://id.example.com/realms/a?x", false),
            ("https://id.example.com/realm", false),
            ("https://id.example.co", false),
            ("http://id.example.com", false),
        ] {
            assert_eq!(is_below_issuer(endpoint, issuer), expected, "{issuer}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(
            origin_of("https://id.example.com/a?b"),
            origin_of("https://ID.example.com:443")
        );
        assert_ne!(
            origin_of("http://127.0.0.1:1/a"),
            origin_of("http://127.0.0.1:2/a")
        );
        for text in [
            "",
            "null",
            "id.example.com",
            "https://a@b/",
            "javascript://x/",
        ] {
            assert!(origin_of(text).is_none(), "{text}");
        }
    }
}
