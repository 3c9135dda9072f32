//! The page where an administrator consents for a whole tenant.

use domain::{EndpointUrl, ProviderFamily};

/// Returns the page where an administrator of the tenant of `authorization_endpoint` consents to
/// the client ("Grant tenant-wide admin consent"). Returns `None` where there is no such page.
pub fn admin_consent_url(authorization_endpoint: &EndpointUrl, client_id: &str) -> Option<String> {
    if authorization_endpoint.family() != ProviderFamily::Microsoft {
        return None;
    }
    let rest = authorization_endpoint.as_str().strip_prefix("https://")?;
    let (host, path) = rest.split_once('/')?;
    let tenant = match path.split(['/', '?']).next()? {
        // Personal accounts have no administrator.
        "" | "consumers" => return None,
        "common" => "organizations",
        tenant => tenant,
    };
    let page = format!("https://{host}/{tenant}/adminconsent");
    let url = reqwest::Url::parse_with_params(&page, [("client_id", client_id)]);
    Some(url.ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_tenant_and_the_client() {
        let id = "0f8fad5b-d9cb-469f-a165-70867728950e";
        for (endpoint, url) in [
            (
                "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize",
                Some("https://login.microsoftonline.com/contoso.com/adminconsent"),
            ),
            (
                "https://login.microsoftonline.us/common/oauth2/v2.0/authorize",
                Some("https://login.microsoftonline.us/organizations/adminconsent"),
            ),
            (
                "https://login.microsoftonline.com/consumers/oauth2/v2.0/authorize",
                None,
            ),
            ("https://accounts.google.com/o/oauth2/v2/auth", None),
        ] {
            let endpoint = EndpointUrl::parse(endpoint).unwrap();
            assert_eq!(
                admin_consent_url(&endpoint, id),
                url.map(|url| format!("{url}?client_id={id}"))
            );
        }
    }
}
