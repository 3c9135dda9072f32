//! Webhooks, as their receivers see them.

use domain::{WebhookFailure, WebhookSecret, WebhookUrl};
use mail::{DeniedNetworks, Webhook};

use crate::{
    hooks::Hooks,
    names::Names,
    support::{World, short_timeouts},
};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn signed(url: &str) -> Webhook {
    Webhook {
        url: WebhookUrl::parse(url).unwrap(),
        secret: Some(WebhookSecret::parse(SECRET).unwrap()),
    }
}

async fn post(world: &World, webhook: &Webhook) -> Result<(), WebhookFailure> {
    let document = r#"{"test": 2432232314}"#;
    world.mailer.webhooks.post(webhook, "msg_1", document).await
}

#[tokio::test]
async fn a_webhook_is_posted_once_and_signed() {
    let (world, hooks) = (World::new().await, Hooks::start().await);
    let url = hooks.url("/taken?by=whom");
    post(&world, &signed(&url)).await.unwrap();
    let [request] = &hooks.posted()[..] else {
        panic!("{:?}", hooks.posted());
    };
    assert_eq!(request.path, "/taken?by=whom");
    assert_eq!(request.body, r#"{"test": 2432232314}"#);
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("webhook-id"), "msg_1");
    assert_eq!(request.header("webhook-timestamp"), "1700000000");
    // Computed with Python's `hmac`: base64 of HMAC-SHA-256 over `msg_1.1700000000.{"test":
    // 2432232314}`.
    let expected = "v1,6q0vaq7Rj3yq63qYXf8f3YiUy7hPxbzJxCLjoo6qNf8=";
    assert_eq!(request.header("webhook-signature"), expected);
}

#[tokio::test]
async fn a_webhook_without_a_secret_has_no_signature() {
    let (world, hooks) = (World::new().await, Hooks::start().await);
    let webhook = Webhook {
        secret: None,
        ..signed(&hooks.url("/"))
    };
    post(&world, &webhook).await.unwrap();
    let request = &hooks.posted()[0];
    assert!(
        !request
            .headers
            .keys()
            .any(|name| name.starts_with("webhook-"))
    );
}

#[tokio::test]
async fn a_failed_delivery_is_reported_and_no_redirect_is_followed() {
    let (world, hooks) = (World::with(short_timeouts).await, Hooks::start().await);
    let url = hooks.url("/");
    let elsewhere = format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {url}\r\n\r\n");
    for (answer, failure) in [
        (elsewhere.as_str(), WebhookFailure::Redirected),
        (
            "HTTP/1.1 404 no_service\r\n\r\n",
            WebhookFailure::Status(404),
        ),
        (
            "HTTP/1.1 429 Slow Down\r\n\r\n",
            WebhookFailure::Status(429),
        ),
        ("HTTP/1.1 503 Busy\r\n\r\n", WebhookFailure::Status(503)),
        ("not HTTP\r\n\r\n", WebhookFailure::Unreachable),
        ("", WebhookFailure::Timeout),
    ] {
        hooks.script(answer);
        let outcome = post(&world, &signed(&url)).await;
        assert_eq!(outcome, Err(failure), "{answer}");
    }
    assert_eq!(hooks.posted().len(), 6);
}

#[tokio::test]
async fn a_webhook_does_not_connect_to_denied_or_unknown_hosts() {
    let hooks = Hooks::start().await;
    let world = World::with(|options| {
        options.denied = DeniedNetworks::default().and(["127.0.0.0/8".parse().unwrap()]);
        options.resolver = Names::none();
    })
    .await;
    let denied = Err(WebhookFailure::AddressDenied);
    assert_eq!(post(&world, &signed(&hooks.url("/"))).await, denied);
    let metadata = signed("https://169.254.169.254/latest");
    assert_eq!(post(&world, &metadata).await, denied);
    let unknown = signed("https://hooks.example.com/x");
    let not_found = Err(WebhookFailure::NotFound);
    assert_eq!(post(&world, &unknown).await, not_found);
    assert!(hooks.posted().is_empty());
}

#[tokio::test]
async fn an_untrusted_certificate_is_reported() {
    let world = World::new().await;
    let web = crate::web::Web::start(&["localhost"]).await;
    let webhook = signed(&format!("https://localhost:{}/x", web.port));
    let untrusted = Err(WebhookFailure::Certificate);
    assert_eq!(post(&world, &webhook).await, untrusted);
}
