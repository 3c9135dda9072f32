//! OAuth 2.0 and OpenID Connect as a client.
//!
//! [`Client`] makes authorization URLs and token requests (RFC 6749, RFC 7636) with the crate
//! `oauth2`. Responses are brought into the form that it reads, because few providers keep to the
//! standard. Metadata of authorization servers is fetched by [`metadata_of`] and
//! [`issuer_document()`] (RFC 8414, OpenID Connect Discovery 1.0). The crate stores nothing and
//! decides nothing about grants. Start reading at [`Client::exchange_code`].

mod admin_consent;
mod client;
mod failure;
mod id_token;
mod issuer;
mod issuer_document;
mod library;
mod metadata;
mod metadata_document;
#[cfg(test)]
mod property_tests;
mod readable;
mod rejection;
mod response;
mod standard_response;
mod token_endpoint;
mod token_response;
mod userinfo;

pub use crate::{
    admin_consent::admin_consent_url,
    client::{Client, missing_scopes},
    failure::{TokenFailure, token_endpoint_finding},
    id_token::SignedIn,
    issuer::{GOOGLE_ISSUER, is_below_issuer, is_microsoft_issuer, is_same_origin},
    issuer_document::{issuer_document, issuer_metadata_urls},
    metadata::{ServerMetadata, is_same_endpoint, metadata_of, metadata_urls},
    token_response::Tokens,
    userinfo::userinfo,
};
