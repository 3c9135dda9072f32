//! Programs that submit by the HTTP API, and ask again when they were not answered.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use domain::MessageId;
use serde_json::Value;

use crate::support::Browser;

/// How many there are.
const PROGRAMS: usize = 4;
/// Between two messages of one program.
const PAUSE: Duration = Duration::from_millis(80);
/// Between two requests about one message.
const PATIENCE: Duration = Duration::from_millis(50);
/// Of so many messages one program does not hear the first answer, and asks again.
const LOST: usize = 10;
/// A message is taken within this time, whatever happens to servers.
const AT_LAST: Duration = Duration::from_mins(1);

/// Where programs find servers; killed ones are in it for a while, as in any list of servers.
#[derive(Clone, Default)]
pub struct Addresses(Arc<Mutex<Vec<String>>>);

impl Addresses {
    pub fn add(&self, url: &str) {
        self.0.lock().unwrap().push(url.to_owned());
    }

    pub fn remove(&self, url: &str) {
        self.0.lock().unwrap().retain(|known| known != url);
    }

    /// The one whose turn it is.
    fn of_turn(&self, turn: usize) -> Option<String> {
        let all = self.0.lock().unwrap();
        (!all.is_empty()).then(|| all[turn % all.len()].clone())
    }
}

/// What the servers have answered.
#[derive(Default)]
pub struct Submitted {
    /// Messages that were taken, by 202.
    pub accepted: Vec<MessageId>,
    /// Requests that were cut or did not come through, and were sent again.
    pub repeated: usize,
}

/// Submits for a while, from several programs.
pub async fn submit_until(until: Instant, key: &str, servers: &Addresses) -> Submitted {
    let one = |first| {
        let (program, servers) = (Browser::at("").with_key(key), servers.clone());
        tokio::spawn(async move {
            let mut submitted = Submitted::default();
            let mut number = first;
            while Instant::now() < until {
                let id = submit(&program, &servers, number, &mut submitted.repeated).await;
                submitted.accepted.push(id);
                number += PROGRAMS;
                tokio::time::sleep(PAUSE).await;
            }
            submitted
        })
    };
    let programs: Vec<_> = (0..PROGRAMS).map(one).collect();
    let mut all = Submitted::default();
    for program in programs {
        let submitted = program.await.unwrap();
        all.accepted.extend(submitted.accepted);
        all.repeated += submitted.repeated;
    }
    all
}

/// Hands one message over; each request about it goes to another server and has the same idempotency key.
async fn submit(
    program: &Browser,
    servers: &Addresses,
    number: usize,
    repeated: &mut usize,
) -> MessageId {
    let at_last = Instant::now() + AT_LAST;
    let mut lost = None;
    for turn in number.. {
        assert!(Instant::now() < at_last, "nobody takes message {number}");
        if let Some(server) = servers.of_turn(turn)
            && let Some(id) = ask(program, &server, number).await
        {
            if lost.is_some() || !number.is_multiple_of(LOST) {
                assert!(lost.is_none_or(|lost| lost == id), "{number}: {id:?}");
                return id;
            }
            lost = Some(id);
        }
        *repeated += 1;
        tokio::time::sleep(PATIENCE).await;
    }
    unreachable!("turns do not end")
}

/// One request; `None` when it was not answered.
async fn ask(program: &Browser, server: &str, number: usize) -> Option<MessageId> {
    let request = program
        .request("POST", &format!("{server}/api/v1/messages"))
        .header("content-type", "message/rfc822")
        .header("idempotency-key", format!("message-{number}"))
        .body(message(number));
    let answer = request.send().await.ok()?;
    let status = answer.status();
    let body = answer.text().await.ok()?;
    // With it the server says that it cannot just now.
    if status == 503 {
        return None;
    }
    assert_eq!(status, 202, "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    Some(MessageId::parse(body["id"].as_str().unwrap()).unwrap())
}

fn message(number: usize) -> String {
    format!(
        "From: alice@sandbox.test\r\nTo: bob@sandbox.test\r\nMessage-ID: <{number}@several.test>\r\nSubject: {number}\r\n\r\n{}\r\n",
        "x".repeat(1_000)
    )
}
