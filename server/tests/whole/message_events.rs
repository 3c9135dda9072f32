//! Events that open pages about messages receive.

use std::time::Duration;

use domain::Actor;
use serde_json::Value;
use tokio::time::timeout;

use crate::support::{Browser, Server, submit};

/// Collects events until an expected one arrives.
pub struct Reported {
    response: reqwest::Response,
    /// Received bytes, which may end within a character.
    received: Vec<u8>,
}

impl Reported {
    pub async fn listen(browser: &Browser, path: &str) -> Self {
        let request = browser
            .request("GET", path)
            .header("accept", "text/event-stream");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let received = Vec::new();
        Self { response, received }
    }

    /// Returns the next event.
    pub async fn next_patch(&mut self) -> Value {
        loop {
            let end = self.received.windows(2).position(|two| two == b"\n\n");
            if let Some(end) = end {
                let rest = self.received.split_off(end + 2);
                let event = std::mem::replace(&mut self.received, rest);
                let event = String::from_utf8(event).unwrap();
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                match data.map(|data| serde_json::from_str(data).unwrap()) {
                    Some(patch) => return patch,
                    None => continue,
                }
            }
            let chunk = timeout(Duration::from_secs(30), self.response.chunk())
                .await
                .unwrap();
            self.received.extend(chunk.unwrap().unwrap());
        }
    }

    /// Returns the next event about the list.
    async fn of_the_list(&mut self) -> Value {
        loop {
            let patch = self.next_patch().await;
            if patch["into"].as_str().unwrap().starts_with("message") {
                return patch;
            }
        }
    }

    async fn ends(&mut self) -> bool {
        let end = async { while let Ok(Some(_)) = self.response.chunk().await {} };
        timeout(Duration::from_secs(30), end).await.is_ok()
    }
}

#[tokio::test]
async fn new_messages_and_new_states_are_sent_one_by_one() {
    let server = Server::start().await;
    let mailer = server.mailer().await;
    let first = submit(&mailer, "First").await;
    let viewer = server.viewer().await;
    let mut reported = Reported::listen(&viewer, "/events/messages").await;
    let all = reported.of_the_list().await;
    assert_eq!(
        (&all["into"], &all["place"]),
        (&"messages".into(), &"Within".into())
    );
    assert!(all["html"].as_str().unwrap().contains("First"));

    submit(&mailer, "Second").await;
    let new = reported.of_the_list().await;
    assert_eq!(
        (&new["into"], &new["place"]),
        (&"message-list".into(), &"Start".into())
    );
    let html = new["html"].as_str().unwrap();
    assert!(html.contains("Second") && !html.contains("First"), "{html}");

    mailer
        .outbox
        .cancel(&first, &Actor::command_line())
        .await
        .unwrap();
    let changed = reported.of_the_list().await;
    assert_eq!(changed["into"], format!("message-{}", first.as_str()));
    assert_eq!(changed["place"], "Instead");
    assert!(changed["html"].as_str().unwrap().contains("Cancelled"));
}

#[tokio::test]
async fn messages_that_no_longer_match_the_filter_leave_the_list() {
    let server = Server::start().await;
    let mailer = server.mailer().await;
    let (first, _) = (
        submit(&mailer, "First").await,
        submit(&mailer, "Second").await,
    );
    let viewer = server.viewer().await;
    let mut reported = Reported::listen(&viewer, "/events/messages?state=waiting").await;
    reported.of_the_list().await;
    mailer
        .outbox
        .cancel(&first, &Actor::command_line())
        .await
        .unwrap();
    let gone = reported.of_the_list().await;
    assert_eq!(gone["into"], format!("message-{}", first.as_str()));
    assert_eq!(
        (&gone["place"], &gone["html"]),
        (&"Instead".into(), &"".into())
    );
}

#[tokio::test]
async fn the_page_of_a_message_receives_its_state_and_offers_the_actions_of_the_role() {
    let server = Server::start().await;
    let mailer = server.mailer().await;
    let id = submit(&mailer, "First").await;
    let path = format!("/events/messages/{}", id.as_str());
    let mut operator = Reported::listen(&server.operator().await, &path).await;
    let mut viewer = Reported::listen(&server.viewer().await, &path).await;
    let (seen, offered) = (viewer.next_patch().await, operator.next_patch().await);
    assert_eq!(seen["into"], "message-details");
    assert!(!seen["html"].as_str().unwrap().contains("value=\"cancel\""));
    assert!(
        offered["html"]
            .as_str()
            .unwrap()
            .contains("value=\"cancel\"")
    );
    mailer
        .outbox
        .cancel(&id, &Actor::command_line())
        .await
        .unwrap();
    let changed = viewer.next_patch().await;
    assert!(changed["html"].as_str().unwrap().contains("Cancelled"));
}

#[tokio::test]
async fn events_end_with_the_session_and_with_the_server() {
    let server = Server::start().await;
    let viewer = server.viewer().await;
    let mut reported = Reported::listen(&viewer, "/events/messages").await;
    viewer.submit("/logout", "").await;
    assert!(reported.ends().await);
    let mut reported = Reported::listen(&server.administrator(), "/events/messages").await;
    server.stop().await;
    assert!(reported.ends().await);
}
