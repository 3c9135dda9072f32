//! Data that the server puts into a page, for the browser to start from.

use std::future::Future;

use leptos::{prelude::*, server::codee};
use serde::{Serialize, de::DeserializeOwned};

/// JSON, read as the answers of server functions are: one reader for both keeps the WASM small.
pub struct Json;

impl<T: Serialize> codee::Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> codee::Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// What `load` gives on the server.
pub fn in_page<T>(load: impl Future<Output = T> + Send + 'static) -> OnceResource<T, Json>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    OnceResource::new_with_options(load, false)
}
