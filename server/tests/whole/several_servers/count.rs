//! What has arrived in the end.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use domain::{Actor, AttemptOutcome, MessageFilter, MessageState};
use mail::Mailer;
use sandbox::Control;

use super::{programs::Submitted, servers::Servers};
use crate::support::Program;

/// Waits until nothing is under way; what waits for its next attempt is made due.
pub async fn settle(mailer: &Mailer, all: &Servers<'_>) {
    let patience = Instant::now() + Duration::from_secs(150);
    loop {
        let filter = |states| MessageFilter {
            states,
            ..MessageFilter::default()
        };
        let waiting = mailer
            .messages(&filter(vec![MessageState::Waiting]), None, 500)
            .await
            .unwrap();
        let sending = mailer
            .messages(&filter(vec![MessageState::Sending]), None, 1)
            .await
            .unwrap();
        if waiting.messages.is_empty() && sending.messages.is_empty() {
            return;
        }
        let logs: Vec<_> = all.running.iter().map(Program::log).collect();
        assert!(Instant::now() < patience, "{waiting:?}\n{logs:?}");
        for message in waiting.messages {
            if message.due_at > mailer.now() {
                mailer
                    .retry_message(&message.id, &Actor::command_line())
                    .await
                    .unwrap();
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Every message has arrived, and once more only for each reply that nobody could hear. A request that was sent again made no
/// other message.
pub async fn count(mailer: &Mailer, control: &Control, all: &Servers<'_>, submitted: &Submitted) {
    let mut arrived: HashMap<String, usize> = HashMap::new();
    for message in control.messages() {
        let id = format!("<{}>", message.message_id.unwrap());
        *arrived.entry(id).or_default() += 1;
    }
    let (mut doubled, mut unknown) = (0, 0);
    let mut message_ids = HashSet::new();
    for id in &submitted.accepted {
        let message = mailer.message(id).await.unwrap().unwrap();
        assert_eq!(message.state, MessageState::Delivered, "{message:?}");
        let times = arrived.get(&message.message_id).copied().unwrap_or(0);
        assert!(times >= 1, "lost: {message:?}");
        let attempts = mailer.message_attempts(id).await.unwrap();
        let with = |outcome| attempts.iter().filter(|one| one.outcome == outcome).count();
        let cut = with(AttemptOutcome::Unknown);
        let killed = all.unfinished.get(&message.message_id);
        let killed = killed.copied().unwrap_or(0);
        assert!(
            times <= 1 + cut + killed,
            "{times} times, {cut} replies were cut, {killed} servers killed: {message:?}\n{attempts:?}"
        );
        assert_eq!(with(AttemptOutcome::Delivered), 1, "{attempts:?}");
        doubled += times - 1;
        unknown += cut;
        message_ids.insert(message.message_id);
    }
    let accepted = submitted.accepted.len();
    let ids: HashSet<_> = submitted.accepted.iter().collect();
    assert_eq!((ids.len(), message_ids.len()), (accepted, accepted));
    let made = all.messages().await;
    println!(
        "{accepted} messages, {} servers killed, {} requests repeated, {unknown} final replies cut, {doubled} arrived once more",
        all.kills, submitted.repeated
    );
    assert_eq!(
        made, accepted,
        "a request that was repeated made another message"
    );
    assert!(all.kills > 0 && accepted > 0 && submitted.repeated > 0);
}
