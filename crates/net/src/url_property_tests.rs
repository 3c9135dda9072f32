//! URLs: the HTTP client parses the same host from them as the form does.

use domain::{EndpointUrl, Host, url::host_and_port};
use fuzz::{cases, hostile};
use proptest::{prelude::*, sample::select};

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn an_endpoint_leads_where_it_says(
        scheme in select(&["https://", "http://", "HTTPS://", ""]),
        host in prop_oneof![
            Just("example.com".to_owned()),
            Just("localhost".to_owned()),
            "[0-9a-fx.:\\[\\]A-Z_-]{1,16}",
            hostile(),
        ],
        rest in hostile(),
    ) {
        let typed = format!("{scheme}{host}{rest}");
        let Ok(endpoint) = EndpointUrl::parse(&typed) else {
            return Ok(());
        };
        let (host, port) = host_and_port(endpoint.as_str()).unwrap();
        // Nothing is sent to a URL that the client rejects.
        let Ok(url) = reqwest::Url::parse(endpoint.as_str()) else {
            return Ok(());
        };
        let read = Host::parse(url.host_str().unwrap());
        prop_assert_eq!(read.as_ref(), Ok(&host), "{}", url);
        prop_assert_eq!(url.port_or_known_default(), Some(port));
        prop_assert!(url.scheme() == "https" || host.is_loopback());
        prop_assert!(url.username().is_empty() && url.password().is_none());
        prop_assert_eq!(url.fragment(), None);
    }
}
