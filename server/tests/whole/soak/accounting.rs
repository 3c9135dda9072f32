//! The final accounting: each accepted message was delivered, and each duplicate is explained.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use domain::{Actor, AttemptOutcome, MessageFilter, MessageState};
use mail::Mailer;
use sandbox::Control;

use super::{clients::Submitted, servers::Servers};

/// Maximum time from the last fault until everything is delivered.
const DELIVERED_WITHIN: Duration = Duration::from_secs(150);

/// Waits until no message is queued or being sent. A message that waits for its next attempt is
/// retried immediately.
pub async fn wait_until_sent(mailer: &Mailer, servers: &Servers<'_>) {
    let deadline = Instant::now() + DELIVERED_WITHIN;
    loop {
        let filter = |states| MessageFilter {
            states,
            ..MessageFilter::default()
        };
        let waiting = mailer
            .outbox
            .messages(&filter(vec![MessageState::Waiting]), None, 500)
            .await
            .unwrap();
        let sending = mailer
            .outbox
            .messages(&filter(vec![MessageState::Sending]), None, 1)
            .await
            .unwrap();
        if waiting.messages.is_empty() && sending.messages.is_empty() {
            return;
        }
        let logs: Vec<_> = servers
            .running
            .iter()
            .map(|one| one.program.log())
            .collect();
        assert!(Instant::now() < deadline, "{waiting:?}\n{logs:?}");
        for message in waiting.messages {
            if message.due_at > mailer.clock.now() {
                mailer
                    .outbox
                    .retry(&message.id, &Actor::command_line())
                    .await
                    .unwrap();
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Fails unless all accepted messages were delivered, no request created a second message, and each
/// duplicate is explained.
pub async fn check(
    what: &str,
    mailer: &Mailer,
    control: &Control,
    servers: &Servers<'_>,
    submitted: &Submitted,
) {
    let mut arrived: HashMap<String, usize> = HashMap::new();
    for message in control.messages() {
        let id = format!("<{}>", message.message_id.unwrap());
        *arrived.entry(id).or_default() += 1;
    }
    let (mut duplicates, mut unknown) = (0, 0);
    let mut message_ids = HashSet::new();
    for id in &submitted.accepted {
        let message = mailer.outbox.message(id).await.unwrap();
        let message = message.unwrap_or_else(|| panic!("lost after its acceptance: {id:?}"));
        assert_eq!(message.state, MessageState::Delivered, "{message:?}");
        let times = arrived.get(&message.message_id).copied().unwrap_or(0);
        assert!(times >= 1, "never arrived: {message:?}");
        let attempts = mailer.outbox.attempts(id).await.unwrap();
        let with = |outcome| attempts.iter().filter(|one| one.outcome == outcome).count();
        let cut = with(AttemptOutcome::Unknown);
        let interrupted = servers.interrupted.get(&message.message_id);
        let interrupted = interrupted.copied().unwrap_or(0);
        assert!(
            times <= 1 + cut + interrupted,
            "arrived {times} times without an explanation: {message:?}\n{attempts:?}"
        );
        let delivered = with(AttemptOutcome::Delivered);
        assert!((1..=1 + interrupted).contains(&delivered), "{attempts:?}");
        if times > 1 {
            println!(
                "{what}: {} arrived {times} times: {cut} final replies were cut, {interrupted} times its server was killed or frozen",
                message.message_id
            );
        }
        duplicates += times - 1;
        unknown += cut;
        message_ids.insert(message.message_id);
    }
    let accepted = submitted.accepted.len();
    let ids: HashSet<_> = submitted.accepted.iter().collect();
    assert_eq!((ids.len(), message_ids.len()), (accepted, accepted));
    let stored = servers.message_ids().await;
    let (answered, others): (Vec<_>, Vec<_>) = stored
        .iter()
        .partition(|stored| message_ids.contains(*stored));
    for other in &others {
        let is_explained = submitted.unanswered.contains(*other)
            || servers.database.is_postgres() && submitted.refused.contains(*other);
        assert!(
            is_explained,
            "a repeated request made a second message: {other}"
        );
    }
    println!(
        "{what}: {accepted} accepted = {} delivered + 0 waiting; {} servers killed, {} requests repeated, {} answered with 503 or 4yz, \
         {unknown} final replies cut, {duplicates} duplicates, {} of {} messages stored whose program got no reply, all explained",
        message_ids.len(),
        servers.kills,
        submitted.repeated,
        submitted.unavailable,
        others.len(),
        submitted.unanswered.len()
    );
    assert_eq!(
        answered.len(),
        accepted,
        "a repeated request made a second message"
    );
    assert!(servers.kills > 0 && accepted > 0 && submitted.repeated > 0);
}
