//! Limits per address.

use std::num::NonZeroU32;

use server::{Limits, config::PublicUrl};

use crate::support::{Browser, Reply, Server};

const DEVICE: &str = "__Host-mailgrant_device";

/// Starts a server with the product's limits. A rate of 0 disables the limit on all requests.
async fn limited(per_second: u32) -> Server {
    let change = |config: &mut server::Config| {
        config.rate_limit = NonZeroU32::new(per_second);
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        config.public_url = Some(PublicUrl::parse("https://mailgrant.example.com").unwrap());
    };
    Server::start_limited(change, Limits::default()).await
}

async fn from(browser: &Browser, address: &str, method: &str, path: &str) -> Reply {
    let request = browser.request(method, path);
    browser
        .send(request.header("x-forwarded-for", address))
        .await
}

#[tokio::test]
async fn one_request_too_many_learns_when_to_retry_and_others_are_not_affected() {
    let server = limited(1).await;
    let browser = server.anonymous();
    let mut replies = Vec::new();
    for _ in 0..40 {
        replies.push(from(&browser, "198.51.100.7", "GET", "/login").await);
    }
    assert!(replies[..10].iter().all(|reply| reply.status == 200));
    let refused = replies.iter().find(|reply| reply.status == 429).unwrap();
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_ne!(refused.header("content-security-policy"), "");

    assert_eq!(
        from(&browser, "198.51.100.8", "GET", "/login").await.status,
        200
    );
    assert_eq!(
        from(&browser, "198.51.100.7", "GET", "/healthz")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn addresses_of_one_ipv6_network_count_as_one() {
    let server = limited(1).await;
    let browser = server.anonymous();
    let mut refused = 0;
    for last in 0..40 {
        let address = format!("2001:db8::{last}");
        refused += usize::from(from(&browser, &address, "GET", "/login").await.status == 429);
    }
    assert!(refused > 0);
    assert_eq!(
        from(&browser, "2001:db8:0:1::1", "GET", "/login")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn forms_about_passwords_have_a_separate_limit() {
    for per_second in [0, 1_000] {
        let server = limited(per_second).await;
        let browser = server.anonymous();
        for path in ["/login", "/password", "/setup", "/account"] {
            let address = format!("198.51.100.{}", path.len());
            let mut refused = 0;
            for _ in 0..60 {
                let reply = from(&browser, &address, "POST", path).await;
                refused += usize::from(reply.status == 429);
            }
            assert!(refused > 0, "{per_second} {path}");
            assert_eq!(from(&browser, &address, "GET", "/login").await.status, 200);
        }
    }
}

#[tokio::test]
async fn invalid_keys_are_rate_limited() {
    for per_second in [0, 1_000] {
        let server = limited(per_second).await;
        let guesser = server
            .anonymous()
            .with_key(&format!("mgk_{}", "x".repeat(43)));
        let mut statuses = Vec::new();
        for _ in 0..60 {
            let reply = from(&guesser, "198.51.100.7", "GET", "/api/v1/status").await;
            statuses.push(reply.status.as_u16());
        }
        assert_eq!(statuses[0], 401);
        assert!(statuses.contains(&429), "{per_second} {statuses:?}");
    }
}

#[tokio::test]
async fn wrong_keys_and_wrong_sign_ins_do_not_slow_down_each_other() {
    let server = limited(0).await;
    let browser = server.anonymous();
    let key = format!("mgk_{}", "x".repeat(43));
    let guesser = server.anonymous().with_key(&key);
    let (one, two) = ("198.51.100.7", "198.51.100.8");
    let until_slowed = async |browser: &Browser, address, method, path| {
        for _ in 0..60 {
            if from(browser, address, method, path).await.status == 429 {
                return;
            }
        }
        panic!("{path}");
    };
    until_slowed(&guesser, one, "GET", "/api/v1/status").await;
    assert_ne!(from(&browser, one, "POST", "/login").await.status, 429);
    until_slowed(&browser, two, "POST", "/login").await;
    assert_eq!(
        from(&guesser, two, "GET", "/api/v1/status").await.status,
        401
    );
}

#[tokio::test]
async fn a_browser_that_has_signed_in_before_has_a_limit_of_its_own() {
    let server = limited(0).await;
    let known = server.anonymous();
    let device = server.administrator().cookie(DEVICE).unwrap();
    known.plant(DEVICE, &device);
    let address = "198.51.100.7";
    let mut refused = false;
    for _ in 0..60 {
        let reply = from(&server.anonymous(), address, "POST", "/login").await;
        refused |= reply.status == 429;
    }
    assert!(refused);
    assert_ne!(from(&known, address, "POST", "/login").await.status, 429);
    // A cookie that this server did not sign is ignored.
    let forged = server.anonymous();
    let (rest, signature) = device.rsplit_once('.').unwrap();
    forged.plant(DEVICE, &format!("{rest}x.{signature}"));
    let mut refused = false;
    for _ in 0..20 {
        let reply = from(&forged, address, "POST", "/login").await;
        refused |= reply.status == 429;
    }
    assert!(refused);
}
