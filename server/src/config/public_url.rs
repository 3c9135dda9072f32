//! The origin under which administrators reach the server.

use domain::{EndpointUrl, Host, RedirectUrl, UrlError, url};

use super::{ConfigError, values::Sourced};

/// An origin: `https:`, or `http:` on loopback.
#[derive(Clone, Debug)]
pub struct PublicUrl {
    origin: String,
    host: Host,
    port: u16,
    redirect_url: RedirectUrl,
}

impl PublicUrl {
    pub(super) fn read(value: &Sourced<String>) -> Result<Self, ConfigError> {
        Self::parse(&value.value).map_err(|error| {
            value.invalid(match error {
                UrlError::UrlNotHttps => "is not https. Browsers would send passwords and sessions unencrypted. Only a host on loopback may have http, \
                     such as http://localhost:3000",
                UrlError::UrlHasCredentials => "contains a user name or a password",
                _ => "is not an origin such as https://mailgrant.example.com",
            })
        })
    }

    /// Parses an origin and removes a trailing slash.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`EndpointUrl::parse`], and `NotAUrl` if there is a path or a query.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let text = text.trim();
        let url = EndpointUrl::parse(text.strip_suffix('/').unwrap_or(text))?;
        let origin = url.as_str().to_ascii_lowercase();
        let (_, host, port) = url::origin(&origin).ok_or(UrlError::NotAUrl)?;
        Ok(Self {
            redirect_url: RedirectUrl::below(&origin)?,
            origin,
            host,
            port,
        })
    }

    /// Returns the origin without a trailing slash.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the scheme (true for https), host, and port.
    pub fn parts(&self) -> (bool, Host, u16) {
        (self.is_https(), self.host.clone(), self.port)
    }

    /// Returns true for `https:`.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }

    /// Returns true if a request for this host and port was sent to this origin. A missing port
    /// means the default of the scheme.
    pub fn is_at(&self, host: &Host, port: Option<u16>) -> bool {
        let default = if self.is_https() { 443 } else { 80 };
        *host == self.host && port.unwrap_or(default) == self.port
    }

    /// Returns the redirect URL to which providers send administrators back.
    pub fn redirect_url(&self) -> &RedirectUrl {
        &self.redirect_url
    }
}
