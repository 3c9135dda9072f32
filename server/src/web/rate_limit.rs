//! Limits the rate of requests from one address.

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header::RETRY_AFTER},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::paths;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::NoOpMiddleware,
    state::keyed::DashMapStateStore,
};

use super::{Web, client_address::ClientAddress, problem};
use crate::limited_counters::network;

/// Burst size as a multiple of the requests allowed per second.
const BURST: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// Paths that are expensive to answer or where secrets could be guessed.
const STRICT_PATHS: [&str; 4] = [
    paths::Login::PATH,
    paths::Setup::PATH,
    paths::ChoosePassword::PATH,
    paths::OwnAccount::PATH,
];
/// Health checks are not limited.
const EXEMPT: &str = paths::Healthz::PATH;
/// Entries of inactive addresses are deleted each time this number of requests has arrived.
const SWEEP_AFTER_REQUESTS: u32 = 1_024;

/// The usage of each address.
#[derive(Debug)]
pub struct RateLimits {
    /// Requests of any kind.
    all: Option<Limiter<IpAddr, DefaultClock>>,
    /// Guesses at passwords and links. This limit cannot be disabled.
    sign_ins: Limiter<IpAddr, DefaultClock>,
    /// Guesses in browsers that have signed in before. Failed sign-ins of others at the same
    /// address do not slow them down.
    devices: Limiter<String, DefaultClock>,
    /// Guesses at API keys. They do not slow down sign-ins.
    keys: Limiter<IpAddr, DefaultClock>,
}

impl RateLimits {
    /// Returns limits with this number of requests per second (`None` means unlimited) and this
    /// burst of guesses.
    pub fn new(per_second: Option<NonZeroU32>, guesses: NonZeroU32) -> Self {
        let all = per_second.map(|rate| {
            let quota = Quota::per_second(rate).allow_burst(rate.saturating_mul(BURST));
            Limiter::new(quota, DefaultClock::default())
        });
        Self {
            all,
            sign_ins: Limiter::new(once_a_second(guesses), DefaultClock::default()),
            devices: Limiter::new(once_a_second(guesses), DefaultClock::default()),
            keys: Limiter::new(once_a_second(guesses), DefaultClock::default()),
        }
    }

    /// Counts a request of any kind from an address.
    ///
    /// # Errors
    ///
    /// Returns the seconds to wait if the limit is exceeded.
    fn request(&self, address: IpAddr) -> Result<(), u64> {
        match &self.all {
            Some(all) => all.check(&network(address)),
            None => Ok(()),
        }
    }

    /// Counts a sign-in attempt from an address, in a browser that has signed in before or in
    /// another one.
    ///
    /// # Errors
    ///
    /// Returns the seconds to wait if the limit is exceeded.
    fn sign_in(&self, address: IpAddr, device: Option<String>) -> Result<(), u64> {
        match device {
            Some(device) => self.devices.check(&device),
            None => self.sign_ins.check(&network(address)),
        }
    }

    /// Counts a wrong API key from an address.
    ///
    /// # Errors
    ///
    /// Returns the seconds to wait if the limit is exceeded.
    pub fn wrong_key(&self, address: IpAddr) -> Result<(), u64> {
        self.keys.check(&network(address))
    }
}

/// Returns a quota of one per second after a burst.
fn once_a_second(burst: NonZeroU32) -> Quota {
    Quota::per_second(NonZeroU32::MIN).allow_burst(burst)
}

#[derive(Debug)]
struct Limiter<K: Clone + Eq + Hash, C: Clock> {
    used: RateLimiter<K, DashMapStateStore<K>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    since_sweep: AtomicU32,
}

impl<K: Clone + Eq + Hash, C: Clock + Clone> Limiter<K, C> {
    fn new(quota: Quota, clock: C) -> Self {
        Self {
            used: RateLimiter::dashmap_with_clock(quota, clock.clone()),
            clock,
            since_sweep: AtomicU32::new(0),
        }
    }

    fn check(&self, key: &K) -> Result<(), u64> {
        if self.since_sweep.fetch_add(1, Ordering::Relaxed) >= SWEEP_AFTER_REQUESTS {
            self.since_sweep.store(0, Ordering::Relaxed);
            self.used.retain_recent();
        }
        self.used.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            wait.as_secs() + 1
        })
    }
}

/// Rejects requests over the limit with 429 (RFC 6585 §4) before any other work is done for them.
pub async fn limit(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let Some(ClientAddress(address)) = request.extensions().get().copied() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if path == EXEMPT {
        return next.run(request).await;
    }
    let limits = &web.rate_limits;
    let is_guess = request.method() == Method::POST && STRICT_PATHS.contains(&path);
    let counted = limits.request(address).and_then(|()| {
        if !is_guess {
            return Ok(());
        }
        let device = web.cookies().device(request.headers());
        let name = device.and_then(|device| web.access.device_name(&device));
        limits.sign_in(address, name)
    });
    match counted {
        Ok(()) => next.run(request).await,
        Err(seconds) => too_many(path, seconds),
    }
}

/// Returns the response to a request over the limit.
pub fn too_many(path: &str, seconds: u64) -> Response {
    let status = StatusCode::TOO_MANY_REQUESTS;
    let reported = format!("Too many requests from this address. Try again in {seconds} s.\n");
    let mut response = if problem::is_for(path) {
        problem::answer(status, reported.trim_end())
    } else {
        (status, reported).into_response()
    };
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, num::NonZeroU32, time::Duration};

    use governor::{Quota, clock::FakeRelativeClock};

    use super::{Limiter, SWEEP_AFTER_REQUESTS, network, once_a_second};

    const STRICT: NonZeroU32 = NonZeroU32::new(30).unwrap();

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn limiter(quota: Quota) -> (Limiter<IpAddr, FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Limiter::new(quota, clock.clone()), clock)
    }

    #[test]
    fn allows_a_burst_and_then_one_request_per_second() {
        let (limiter, clock) = limiter(once_a_second(STRICT));
        let one = address("192.0.2.1");
        for _ in 0..30 {
            assert_eq!(limiter.check(&one), Ok(()));
        }
        assert!(limiter.check(&one).is_err_and(|seconds| seconds <= 2));
        assert_eq!(limiter.check(&address("192.0.2.2")), Ok(()));
        clock.advance(Duration::from_secs(1));
        assert_eq!(limiter.check(&one), Ok(()));
        assert!(limiter.check(&one).is_err());
    }

    #[test]
    fn all_addresses_of_an_ipv6_network_count_as_one() {
        let (limiter, _) = limiter(once_a_second(STRICT));
        for last in 0..30 {
            let address = address(&format!("2001:db8::{last}"));
            assert_eq!(limiter.check(&network(address)), Ok(()));
        }
        assert!(limiter.check(&network(address("2001:db8::ffff"))).is_err());
        assert_eq!(limiter.check(&network(address("2001:db8:0:1::1"))), Ok(()));
    }

    #[test]
    fn addresses_that_have_been_quiet_are_forgotten() {
        let (limiter, clock) = limiter(once_a_second(STRICT));
        for number in 0..SWEEP_AFTER_REQUESTS {
            let [_, a, b, c] = number.to_be_bytes();
            assert_eq!(limiter.check(&IpAddr::from([10, a, b, c])), Ok(()));
        }
        clock.advance(Duration::from_mins(1));
        let _ = limiter.check(&address("192.0.2.1"));
        assert_eq!(limiter.used.len(), 1);
    }
}
