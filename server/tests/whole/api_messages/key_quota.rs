//! The limit on queued messages per API key.

use super::MESSAGES;
use crate::support::{Browser, Provider, Reply, Server};

async fn submit(program: &Browser, octets: usize, idempotency_key: &str) -> Reply {
    let line = format!("{}\r\n", "x".repeat(70));
    let content = format!(
        "To: bob@example.com\r\nSubject: x\r\n\r\n{}",
        line.repeat(octets / line.len())
    );
    let request = program
        .request("POST", MESSAGES)
        .header("content-type", "message/rfc822")
        .header("idempotency-key", idempotency_key);
    program.send(request.body(content)).await
}

#[tokio::test]
async fn more_than_may_wait_for_a_key_is_refused_until_some_of_it_is_finished() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| {
        provider.introduce(config);
        config.outbox.waiting_per_key = Some(5_000);
    })
    .await;
    let administrator = server.administrator();
    // The data center is not authorized, so messages stay in the queue.
    provider.begin(&administrator).await;
    let both = [("send", "on"), ("messages", "on")];
    let one = administrator.make_key("one", &both).await;
    let (one, other) = (
        server.anonymous().with_key(&one),
        server
            .anonymous()
            .with_key(&administrator.make_key("other", &both).await),
    );
    let first = submit(&one, 3_000, "first").await;
    assert_eq!(first.status, 202, "{first:?}");
    let refused = submit(&one, 3_000, "second").await;
    assert_eq!(refused.status, 429, "{refused:?}");
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_ne!(refused.header("retry-after"), "");
    assert!(refused.body.contains("wait to be delivered"), "{refused:?}");
    // A message that was already accepted is not submitted again.
    assert_eq!(submit(&one, 3_000, "first").await.status, 202);
    assert_eq!(submit(&one, 1_000, "small").await.status, 202);
    assert_eq!(submit(&other, 3_000, "other").await.status, 202);

    let id = first.json()["id"].as_str().unwrap().to_owned();
    let cancel = one.request("POST", &format!("{MESSAGES}/{id}/cancel"));
    assert_eq!(one.send(cancel).await.status, 200);
    let wait = async {
        while submit(&one, 3_000, "second").await.status != 202 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), wait)
        .await
        .unwrap();
}
