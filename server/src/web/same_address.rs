//! Detects a proxy that is missing in the configuration: all clients then seem to have its address
//! and share its limits.

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{FORWARDED, USER_AGENT},
};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Number of requests before a conclusion.
const REQUESTS: u32 = 10;
/// This many of them with a forwarded header, or this many different browsers, indicate more than
/// one client.
const MIN_INDICATIONS: usize = 5;

/// Watches until a second address appears or a warning was logged.
#[derive(Debug)]
pub struct SameAddress {
    is_over: AtomicBool,
    seen: Mutex<Observed>,
}

#[derive(Debug, Default)]
struct Observed {
    address: Option<IpAddr>,
    requests: u32,
    forwarded: usize,
    agents: HashSet<HeaderValue>,
}

impl SameAddress {
    /// Watches unless a proxy is trusted.
    pub fn new(is_proxy_trusted: bool) -> Self {
        Self {
            is_over: AtomicBool::new(is_proxy_trusted),
            seen: Mutex::default(),
        }
    }

    /// Counts a request from an address. Returns true once, when a proxy seems to be in front of
    /// the server.
    pub fn is_of_proxy(&self, address: IpAddr, headers: &HeaderMap) -> bool {
        if self.is_over.load(Ordering::Relaxed) {
            return false;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen.address.get_or_insert(address) != address {
            self.is_over.store(true, Ordering::Relaxed);
            return false;
        }
        seen.requests = seen.requests.saturating_add(1);
        let is_forwarded = headers.contains_key(FORWARDED_FOR) || headers.contains_key(FORWARDED);
        seen.forwarded += usize::from(is_forwarded);
        if let Some(agent) = headers.get(USER_AGENT)
            && seen.agents.len() < MIN_INDICATIONS
        {
            seen.agents.insert(agent.clone());
        }
        let is_several = seen.forwarded >= MIN_INDICATIONS || seen.agents.len() >= MIN_INDICATIONS;
        let is_proxy = seen.requests >= REQUESTS && is_several;
        // Of concurrent requests, only one reports the proxy.
        is_proxy && !self.is_over.swap(true, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use axum::http::{HeaderMap, HeaderValue, header::USER_AGENT};

    use super::{FORWARDED_FOR, REQUESTS, SameAddress};

    const ONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    fn headers(forwarded: bool, agent: u32) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let agent = HeaderValue::from_str(&format!("Browser/{agent}")).unwrap();
        headers.insert(USER_AGENT, agent);
        if forwarded {
            headers.insert(FORWARDED_FOR, HeaderValue::from_static("192.0.2.1"));
        }
        headers
    }

    fn warnings(watch: &SameAddress, forwarded: bool, agents: u32) -> usize {
        (0..REQUESTS * 2)
            .filter(|number| watch.is_of_proxy(ONE, &headers(forwarded, number % agents)))
            .count()
    }

    #[test]
    fn warns_once_when_several_clients_have_one_address_and_no_proxy_is_trusted() {
        assert_eq!(warnings(&SameAddress::new(false), true, 1), 1);
        assert_eq!(warnings(&SameAddress::new(false), false, 7), 1);
        assert_eq!(warnings(&SameAddress::new(false), false, 2), 0);
        assert_eq!(warnings(&SameAddress::new(true), true, 7), 0);
        let watch = SameAddress::new(false);
        watch.is_of_proxy(OTHER, &headers(true, 0));
        assert_eq!(warnings(&watch, true, 7), 0);
    }
}
