//! Delivery of mail from the outbox to working and faulty servers.

mod afterwards;
mod clocks;
mod cut;
mod delivered;
mod internationalized;
mod recipients;
mod refused;
mod unreadable;
mod waiting;

use std::{sync::Arc, time::Duration};

use domain::{
    Actor, Arrival, ArrivalProtocol, Attempt, DataCenterId, EmailAddress, MessageId, MessageState,
    OutboxMessage, Principal, Recipient, RecipientKind, SendingSettings,
};
use mail::{Mailer, Submission};
use message::Composed;
use sandbox::{CutAt, Faults, Stage, StageReply};
use store::SaveSendingOutcome;
use tokio::{sync::Notify, task::JoinHandle, time::timeout};

use crate::support::{ALICE, World};

const PATIENCE: Duration = Duration::from_secs(20);

/// A running delivery server.
pub(crate) struct Delivering {
    stop: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Delivering {
    pub(crate) fn start(mailer: &Mailer) -> Self {
        let stop = Arc::new(Notify::new());
        let task = tokio::spawn({
            let (mailer, stop) = (mailer.clone(), Arc::clone(&stop));
            async move { mailer.outbox.deliver(stop.notified()).await }
        });
        Self { stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.notify_one();
        timeout(PATIENCE, self.task).await.unwrap().unwrap();
    }
}

pub(crate) fn submission(to: &[&str]) -> Submission {
    let address = |text: &str| EmailAddress::parse(text).unwrap();
    let recipients = to.iter();
    let message_id = format!("<{}@sandbox.test>", clock::random::hex::<8>());
    Submission {
        data_center: DataCenterId::default(),
        message: Composed {
            sender: address(ALICE),
            recipients: recipients
                .map(|to| Recipient::new(address(to), RecipientKind::To))
                .collect(),
            content: format!(
                "From: {ALICE}\r\nMessage-ID: {message_id}\r\nSubject: Hi\r\n\r\n.Hi\r\n"
            )
            .into_bytes(),
            message_id,
            from: ALICE.into(),
            subject: "Hi".into(),
        },
        submitted_by: Principal::Key("cron".into()),
        arrival: Arrival::over(ArrivalProtocol::Http),
        idempotency: None,
        due_at: None,
        counts_for: None,
    }
}

async fn submit(world: &World, to: &[&str]) -> MessageId {
    world.mailer.outbox.submit(submission(to)).await.unwrap().id
}

async fn read(world: &World, id: &MessageId) -> OutboxMessage {
    world.mailer.outbox.message(id).await.unwrap().unwrap()
}

async fn attempts(world: &World, id: &MessageId) -> Vec<Attempt> {
    world.mailer.outbox.attempts(id).await.unwrap()
}

/// Waits until a message reaches an expected state.
pub(crate) async fn until(
    world: &World,
    id: &MessageId,
    what: impl Fn(&OutboxMessage) -> bool,
) -> OutboxMessage {
    for _ in 0..400 {
        let message = read(world, id).await;
        if what(&message) {
            return message;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!(
        "{:?}\n{:?}",
        read(world, id).await,
        attempts(world, id).await
    );
}

async fn until_attempts(world: &World, id: &MessageId, count: i64) -> OutboxMessage {
    until(world, id, |message| {
        message.attempts == count && message.state != MessageState::Sending
    })
    .await
}

async fn until_state(world: &World, id: &MessageId, state: MessageState) -> OutboxMessage {
    until(world, id, |message| message.state == state).await
}

/// Returns faults that replace a reply, a number of times or always.
fn replying(stage: Stage, reply: &str, times: Option<u32>) -> Faults {
    Faults {
        replies: vec![StageReply {
            stage,
            reply: reply.into(),
            times,
        }],
        ..Faults::default()
    }
}

fn cut_once(stage: CutAt) -> Faults {
    Faults {
        cut_at: Some(stage),
        cut_times: Some(1),
        ..Faults::default()
    }
}

/// Creates a world with settings, a grant, a mail server with these faults, and a delivery server.
async fn delivering_at(faults: Faults) -> (World, Delivering) {
    let world = World::authorized().await;
    world.control().set(faults);
    let delivering = Delivering::start(&world.mailer);
    (world, delivering)
}

async fn save_sending(world: &World, change: impl FnOnce(&mut SendingSettings)) {
    let id = DataCenterId::default();
    let mut settings = world.mailer.outbox.settings(&id).await.unwrap();
    change(&mut settings);
    let (store, by) = (world.store().await, Actor::command_line());
    let saved =
        store.save_sending_settings(&id, &settings, Vec::new(), &by, world.mailer.clock.now());
    assert!(matches!(saved.await.unwrap(), SaveSendingOutcome::Saved(_)));
}
