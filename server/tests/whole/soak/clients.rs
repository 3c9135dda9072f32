//! Programs that submit through the HTTP API and repeat each request until it is answered. Those
//! that submit over SMTP are in [`smtp`](super::smtp).

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use domain::MessageId;
use serde_json::Value;

use crate::support::Browser;

/// Number of programs that submit concurrently, half of them through the HTTP API.
const CLIENTS: usize = 4;
const HTTP_CLIENTS: usize = CLIENTS / 2;
pub const SMTP_CLIENTS: usize = CLIENTS - HTTP_CLIENTS;
/// Shortest pause between two messages of one program.
const PAUSE: Duration = Duration::from_millis(80);
/// Maximum number of messages of one program. In a long run the pauses are longer, so the database
/// fits on a small disk.
const MAX_MESSAGES: u32 = 7_500;
/// Pause between two requests for the same message.
pub const RETRY_AFTER: Duration = Duration::from_millis(100);
/// Request timeout. A frozen server does not answer, so the program tries another one.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// One in this many accepted messages is submitted again, as if the response had been lost.
const ANSWER_LOST: usize = 10;
/// Maximum time until a message is accepted, whatever the faults.
pub const ACCEPTED_WITHIN: Duration = Duration::from_secs(90);

/// The addresses of a server.
#[derive(Clone)]
pub struct Address {
    /// The URL of the HTTP API.
    pub url: String,
    /// The address and port of the SMTP server.
    pub smtp: String,
}

/// The server addresses that programs know. A killed server stays listed for a while.
#[derive(Clone, Default)]
pub struct Addresses(Arc<Mutex<Vec<Address>>>);

impl Addresses {
    pub fn add(&self, address: Address) {
        self.0.lock().unwrap().push(address);
    }

    pub fn remove(&self, url: &str) {
        self.0.lock().unwrap().retain(|known| known.url != url);
    }

    pub fn round_robin(&self, turn: usize) -> Option<Address> {
        let all = self.0.lock().unwrap();
        (!all.is_empty()).then(|| all[turn % all.len()].clone())
    }
}

/// The responses of the servers.
#[derive(Default)]
pub struct Submitted {
    /// Messages that were answered with 202 or 250.
    pub accepted: Vec<MessageId>,
    /// Number of requests that failed or were cut off, and were sent again.
    pub repeated: usize,
    /// Number of requests that were answered with 503, and of commands answered with 4yz.
    pub unavailable: usize,
    /// The Message-IDs of messages that were sent over SMTP to their end, but not answered. The
    /// program has sent them again under another Message-ID.
    pub unanswered: HashSet<String>,
    /// The Message-IDs of messages that were answered with 4yz after their end. One may be stored
    /// nevertheless if the connection to PostgreSQL is lost during the commit.
    pub refused: HashSet<String>,
}

impl Submitted {
    /// Adds the responses that another program got.
    pub fn add(&mut self, other: Self) {
        self.accepted.extend(other.accepted);
        self.repeated += other.repeated;
        self.unavailable += other.unavailable;
        self.unanswered.extend(other.unanswered);
        self.refused.extend(other.refused);
    }
}

/// Returns the pause between two messages of one program in a run of this duration.
pub fn pause(duration: Duration) -> Duration {
    PAUSE.max(duration / MAX_MESSAGES)
}

/// Returns the maximum number of messages that all programs submit in a run of this duration.
pub fn most_messages(duration: Duration) -> u64 {
    let each = duration.as_millis() / pause(duration).as_millis() + 1;
    u64::try_from(each).unwrap() * u64::try_from(CLIENTS).unwrap()
}

/// Submits from several programs until the given time.
pub async fn submit_until(until: Instant, key: &str, servers: &Addresses) -> Submitted {
    let pause = pause(until.saturating_duration_since(Instant::now()));
    let one = |first| {
        let (client, servers) = (Browser::at("").with_key(key), servers.clone());
        tokio::spawn(async move {
            let mut submitted = Submitted::default();
            let mut number = first;
            while Instant::now() < until {
                let id = submit(&client, &servers, number, &mut submitted).await;
                submitted.accepted.push(id);
                number += HTTP_CLIENTS;
                tokio::time::sleep(pause).await;
            }
            submitted
        })
    };
    let clients: Vec<_> = (0..HTTP_CLIENTS).map(one).collect();
    let mut all = Submitted::default();
    for client in clients {
        all.add(client.await.unwrap());
    }
    all
}

/// Submits one message. Each request goes to another server and carries the same idempotency key.
async fn submit(
    client: &Browser,
    servers: &Addresses,
    number: usize,
    submitted: &mut Submitted,
) -> MessageId {
    let deadline = Instant::now() + ACCEPTED_WITHIN;
    let mut lost = None;
    for turn in number.. {
        assert!(
            Instant::now() < deadline,
            "message {number} was not accepted within {ACCEPTED_WITHIN:?}"
        );
        if let Some(server) = servers.round_robin(turn)
            && let Some(id) = request(client, &server.url, number, submitted).await
        {
            if lost.is_some() || !number.is_multiple_of(ANSWER_LOST) {
                assert!(lost.is_none_or(|lost| lost == id), "{number}: {id:?}");
                return id;
            }
            lost = Some(id);
        }
        submitted.repeated += 1;
        tokio::time::sleep(RETRY_AFTER).await;
    }
    unreachable!("the turns are endless")
}

/// Sends one request. Returns `None` if it was not answered or answered with 503.
async fn request(
    client: &Browser,
    server: &str,
    number: usize,
    submitted: &mut Submitted,
) -> Option<MessageId> {
    let request = client
        .request("POST", &format!("{server}/api/v1/messages"))
        .timeout(REQUEST_TIMEOUT)
        .header("content-type", "message/rfc822")
        .header("idempotency-key", format!("message-{number}"))
        .body(message(number));
    let answer = request.send().await.ok()?;
    let status = answer.status();
    let has_retry_after = answer.headers().contains_key("retry-after");
    let body = answer.text().await.ok()?;
    if status == 503 {
        assert!(has_retry_after, "503 without Retry-After: {body}");
        submitted.unavailable += 1;
        return None;
    }
    assert_eq!(status, 202, "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    Some(MessageId::parse(body["id"].as_str().unwrap()).unwrap())
}

/// Returns a message. `name` makes its Message-ID.
pub fn message(name: impl fmt::Display) -> String {
    format!(
        "From: alice@sandbox.test\r\nTo: bob@sandbox.test\r\nMessage-ID: <{name}@soak.test>\r\nSubject: {name}\r\n\r\n{}\r\n",
        "x".repeat(1_000)
    )
}
