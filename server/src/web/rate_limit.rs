//! How many requests one address may send.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header::RETRY_AFTER},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::NoOpMiddleware,
    state::keyed::DashMapStateStore,
};

use super::{Web, client_address::ClientAddress, problem};

/// A burst may be this many times what is allowed per second.
const BURST: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// What is costly to answer, or worth guessing at.
const STRICT_PATHS: [&str; 4] = ["/login", "/setup", "/password", "/account"];
/// Whoever watches the server may ask as often as it likes.
const EXEMPT: &str = "/healthz";
/// Addresses that have been quiet are forgotten each time so many requests have come.
const SWEEP_EVERY: u32 = 1_024;

/// What each address has used.
#[derive(Debug)]
pub struct RateLimits {
    /// Requests of any kind.
    all: Option<Limiter<DefaultClock>>,
    /// Guesses; nobody can switch this off.
    strict: Limiter<DefaultClock>,
}

impl RateLimits {
    /// With so many requests per second, or as many as there are, and so many guesses at once.
    pub fn new(per_second: Option<NonZeroU32>, guesses: NonZeroU32) -> Self {
        let all = per_second.map(|rate| {
            let quota = Quota::per_second(rate).allow_burst(rate.saturating_mul(BURST));
            Limiter::new(quota, DefaultClock::default())
        });
        let strict = Limiter::new(once_a_second(guesses), DefaultClock::default());
        Self { all, strict }
    }

    /// A request of an address.
    ///
    /// # Errors
    /// It is one too many; the seconds to wait.
    fn request(&self, address: IpAddr, is_strict: bool) -> Result<(), u64> {
        if let Some(all) = &self.all {
            all.check(address)?;
        }
        if is_strict {
            self.strict.check(address)?;
        }
        Ok(())
    }

    /// Somebody at an address has guessed wrong.
    ///
    /// # Errors
    /// It is one too many; the seconds to wait.
    pub fn wrong_guess(&self, address: IpAddr) -> Result<(), u64> {
        self.strict.check(address)
    }
}

/// Once a second, after so many at once.
fn once_a_second(burst: NonZeroU32) -> Quota {
    Quota::per_second(NonZeroU32::MIN).allow_burst(burst)
}

#[derive(Debug)]
struct Limiter<C: Clock> {
    used: RateLimiter<IpAddr, DashMapStateStore<IpAddr>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    since_sweep: AtomicU32,
}

impl<C: Clock + Clone> Limiter<C> {
    fn new(quota: Quota, clock: C) -> Self {
        Self {
            used: RateLimiter::dashmap_with_clock(quota, clock.clone()),
            clock,
            since_sweep: AtomicU32::new(0),
        }
    }

    fn check(&self, address: IpAddr) -> Result<(), u64> {
        if self.since_sweep.fetch_add(1, Ordering::Relaxed) >= SWEEP_EVERY {
            self.since_sweep.store(0, Ordering::Relaxed);
            self.used.retain_recent();
        }
        self.used.check_key(&network(address)).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            wait.as_secs() + 1
        })
    }
}

/// Whoever has an IPv6 address has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

/// Refuses what is too much with 429 (RFC 6585 §4), before anything is done for it.
pub async fn limit(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let Some(ClientAddress(address)) = request.extensions().get().copied() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if path == EXEMPT {
        return next.run(request).await;
    }
    let is_strict = request.method() == Method::POST && STRICT_PATHS.contains(&path);
    match web.rate_limits.request(address, is_strict) {
        Ok(()) => next.run(request).await,
        Err(seconds) => too_many(path, seconds),
    }
}

/// The answer to one request too many.
pub fn too_many(path: &str, seconds: u64) -> Response {
    let status = StatusCode::TOO_MANY_REQUESTS;
    let told = format!("Too many requests from this address. Try again in {seconds} s.\n");
    let mut response = if problem::is_for(path) {
        problem::answer(status, told.trim_end())
    } else {
        (status, told).into_response()
    };
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, num::NonZeroU32, time::Duration};

    use governor::{Quota, clock::FakeRelativeClock};

    use super::{Limiter, SWEEP_EVERY, once_a_second};

    const STRICT: NonZeroU32 = NonZeroU32::new(30).unwrap();

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn limiter(quota: Quota) -> (Limiter<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Limiter::new(quota, clock.clone()), clock)
    }

    #[test]
    fn a_burst_is_taken_and_then_one_a_second() {
        let (limiter, clock) = limiter(once_a_second(STRICT));
        let one = address("192.0.2.1");
        for _ in 0..30 {
            assert_eq!(limiter.check(one), Ok(()));
        }
        assert!(limiter.check(one).is_err_and(|seconds| seconds <= 2));
        assert_eq!(limiter.check(address("192.0.2.2")), Ok(()));
        clock.advance(Duration::from_secs(1));
        assert_eq!(limiter.check(one), Ok(()));
        assert!(limiter.check(one).is_err());
    }

    #[test]
    fn all_addresses_of_an_ipv6_network_count_as_one() {
        let (limiter, _) = limiter(once_a_second(STRICT));
        for last in 0..30 {
            assert_eq!(limiter.check(address(&format!("2001:db8::{last}"))), Ok(()));
        }
        assert!(limiter.check(address("2001:db8::ffff")).is_err());
        assert_eq!(limiter.check(address("2001:db8:0:1::1")), Ok(()));
    }

    #[test]
    fn addresses_that_have_been_quiet_are_forgotten() {
        let (limiter, clock) = limiter(once_a_second(STRICT));
        for number in 0..SWEEP_EVERY {
            let [_, a, b, c] = number.to_be_bytes();
            assert_eq!(limiter.check(IpAddr::from([10, a, b, c])), Ok(()));
        }
        clock.advance(Duration::from_mins(1));
        let _ = limiter.check(address("192.0.2.1"));
        assert_eq!(limiter.used.len(), 1);
    }
}
