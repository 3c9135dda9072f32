//! The description of the API.

use crate::api_document::Operation;

/// What programs can ask for; nothing where there is no server.
pub fn api_document() -> Vec<Operation> {
    #[cfg(feature = "ssr")]
    return super::context::api_document().map_or_else(Vec::new, |document| document.0.to_vec());
    #[cfg(not(feature = "ssr"))]
    Vec::new()
}

/// The origin of this server, as the one who asks reaches it; empty where there is no server.
pub fn own_origin() -> String {
    #[cfg(feature = "ssr")]
    return super::context::request()
        .map(|request| request.redirect_url.origin().to_owned())
        .unwrap_or_default();
    #[cfg(not(feature = "ssr"))]
    String::new()
}
