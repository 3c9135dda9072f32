//! Scopes that providers require for reading mail.

use crate::{EndpointUrl, ProviderFamily, Scope, ScopeError, scope::is_same};

/// Scope for both SMTP and IMAP.
const GOOGLE: &str = "https://mail.google.com/";
const MICROSOFT_SMTP: &str = "SMTP.Send";
const MICROSOFT_IMAP: &str = "IMAP.AccessAsUser.All";

impl Scope {
    /// Returns the scope with IMAP added, as the provider of the authorization endpoint names it.
    /// Returns it unchanged for other providers.
    ///
    /// # Errors
    /// The errors of [`Scope::parse`].
    pub fn with_imap(&self, authorization_endpoint: &EndpointUrl) -> Result<Self, ScopeError> {
        let Some(added) = self.imap_token(authorization_endpoint) else {
            return Ok(self.clone());
        };
        if self.tokens().any(|token| is_same(token, &added)) {
            return Ok(self.clone());
        }
        // Next to the scope for SMTP, which makes the list easy to read.
        let mut tokens: Vec<&str> = self.tokens().collect();
        let at = tokens.iter().position(|token| resource(token).is_some());
        tokens.insert(at.map_or(tokens.len(), |at| at + 1), &added);
        Self::parse(&tokens.join(" "))
    }

    /// Returns the scope without the part that only allows IMAP.
    ///
    /// # Errors
    /// `Required` if nothing remains.
    pub fn without_imap(&self, authorization_endpoint: &EndpointUrl) -> Result<Self, ScopeError> {
        if authorization_endpoint.family() != ProviderFamily::Microsoft {
            return Ok(self.clone());
        }
        let ending = ["/", MICROSOFT_IMAP].concat();
        let kept = self.tokens().filter(|token| !token.ends_with(&ending));
        Self::parse(&kept.collect::<Vec<_>>().join(" "))
    }

    /// Returns the scope token that reading mail needs. Returns `None` if none is known for the
    /// provider, or if the scope already requests everything.
    fn imap_token(&self, authorization_endpoint: &EndpointUrl) -> Option<String> {
        match authorization_endpoint.family() {
            ProviderFamily::Google => Some(GOOGLE.to_owned()),
            ProviderFamily::Microsoft => {
                if self.tokens().any(|token| token.ends_with("/.default")) {
                    return None;
                }
                // Microsoft issues a token for a single resource, so IMAP has to use the one of
                // SMTP.
                let requested = self.tokens().find_map(resource);
                let resource =
                    requested.unwrap_or_else(|| national(authorization_endpoint.as_str()));
                Some([resource, "/", MICROSOFT_IMAP].concat())
            }
            ProviderFamily::Other => None,
        }
    }
}

/// Returns the resource of Microsoft's scope for SMTP.
fn resource(token: &str) -> Option<&str> {
    let at = token.len().checked_sub(MICROSOFT_SMTP.len())?;
    let (resource, permission) = token.split_at_checked(at)?;
    permission
        .eq_ignore_ascii_case(MICROSOFT_SMTP)
        .then(|| resource.strip_suffix('/'))?
}

/// Returns the mail resource of the Microsoft cloud that the endpoint belongs to.
fn national(authorization_endpoint: &str) -> &'static str {
    let endpoint = authorization_endpoint.to_ascii_lowercase();
    if endpoint.starts_with("https://login.microsoftonline.us") {
        "https://outlook.office365.us"
    } else if endpoint.starts_with("https://login.chinacloudapi.cn")
        || endpoint.starts_with("https://login.partner.microsoftonline.cn")
    {
        "https://partner.outlook.cn"
    } else {
        "https://outlook.office.com"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MICROSOFT: &str = "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize";

    fn with_imap(scope: &str, endpoint: &str) -> String {
        let endpoint = EndpointUrl::parse(endpoint).unwrap();
        let scope = Scope::parse(scope).unwrap();
        scope.with_imap(&endpoint).unwrap().to_string()
    }

    #[test]
    fn microsoft_has_a_scope_for_imap_in_each_of_its_clouds() {
        for (endpoint, scope, expected) in [
            (
                MICROSOFT,
                "https://outlook.office.com/SMTP.Send offline_access",
                "https://outlook.office.com/SMTP.Send https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
            ),
            (
                MICROSOFT,
                "https://outlook.office365.com/SMTP.Send offline_access",
                "https://outlook.office365.com/SMTP.Send https://outlook.office365.com/IMAP.AccessAsUser.All offline_access",
            ),
            (
                "https://login.microsoftonline.us/common/oauth2/v2.0/authorize",
                "https://outlook.office365.us/SMTP.Send",
                "https://outlook.office365.us/SMTP.Send https://outlook.office365.us/IMAP.AccessAsUser.All",
            ),
            (
                "https://login.chinacloudapi.cn/common/oauth2/v2.0/authorize",
                "offline_access",
                "offline_access https://partner.outlook.cn/IMAP.AccessAsUser.All",
            ),
            (
                MICROSOFT,
                "https://outlook.office365.com/.default",
                "https://outlook.office365.com/.default",
            ),
        ] {
            assert_eq!(with_imap(scope, endpoint), expected);
            assert_eq!(with_imap(expected, endpoint), expected, "once is enough");
        }
    }

    #[test]
    fn the_scope_of_google_and_of_unknown_providers_stays() {
        let google = "https://accounts.google.com/o/oauth2/v2/auth";
        assert_eq!(
            with_imap("https://mail.google.com/ openid", google),
            "https://mail.google.com/ openid"
        );
        assert_eq!(
            with_imap("openid", google),
            "openid https://mail.google.com/"
        );
        let other = "https://id.example.com/authorize";
        assert_eq!(with_imap("mail openid", other), "mail openid");
    }

    #[test]
    fn it_goes_as_it_came() {
        let endpoint = EndpointUrl::parse(MICROSOFT).unwrap();
        let scope = Scope::parse("https://outlook.office.com/SMTP.Send offline_access").unwrap();
        let with = scope.with_imap(&endpoint).unwrap();
        assert_ne!(with, scope);
        assert_eq!(with.without_imap(&endpoint), Ok(scope));
    }
}
