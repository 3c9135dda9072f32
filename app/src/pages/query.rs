//! The query of a page's URL.

use leptos::prelude::*;
use leptos_router::{hooks::use_url, location::Url};

/// Returns a parameter of the query. `use_query_map` is not used, because it decodes twice on the
/// server up to `leptos_router` 0.8.
pub fn query_parameter(name: &str) -> Option<String> {
    use_url().with_untracked(|url| find(url.search(), name))
}

fn find(query: &str, name: &str) -> Option<String> {
    query
        .trim_start_matches('?')
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| Url::unescape(&value.replace('+', " ")))
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::find;

    #[test]
    fn a_value_is_decoded_once() {
        let query = "a=1&next=/page?who%3Da%2520b%26to%3D1%2B2&b=x+y&c";
        let next = find(query, "next");
        assert_eq!(next.as_deref(), Some("/page?who=a%20b&to=1+2"));
        assert_eq!(find(query, "b").as_deref(), Some("x y"));
        assert_eq!(find(query, "c").as_deref(), Some(""));
        assert_eq!(find(query, "d"), None);
        assert_eq!(find("", "a"), None);
    }
}
