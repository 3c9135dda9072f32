//! The description of the API.

use crate::api_document::Operation;

/// Returns the operations of the API. Empty without a server.
pub fn api_document() -> Vec<Operation> {
    #[cfg(feature = "ssr")]
    return crate::request::context::api_document()
        .map_or_else(Vec::new, |document| document.0.to_vec());
    #[cfg(not(feature = "ssr"))]
    Vec::new()
}

/// Returns the origin of this server as the client reaches it. Empty without a server.
pub fn own_origin() -> String {
    #[cfg(feature = "ssr")]
    return crate::request::context::request()
        .map(|request| request.redirect_url.origin().to_owned())
        .unwrap_or_default();
    #[cfg(not(feature = "ssr"))]
    String::new()
}
