//! Duration of outbox operations by the number of messages in the database.

use std::time::{Duration, Instant};

use domain::{
    Arrival, ArrivalProtocol, DataCenterId, MessageFilter, MessageId, Principal, Recipient,
    RecipientKind, UnixTime,
};
use store::{Claim, NewMessage};

use crate::world::{ADDRESS, address, store};

const ROUNDS: i64 = 51;

fn new(number: i64, at: UnixTime) -> NewMessage {
    NewMessage {
        id: MessageId::parse(&format!("{:010x}{number:026x}", at.0)).unwrap(),
        data_center: DataCenterId::default(),
        created_at: at,
        due_at: at,
        message_id: format!("<{number}@bench>"),
        sender: address(),
        from: ADDRESS.into(),
        subject: format!("bench {number}"),
        recipients: vec![Recipient::new(address(), RecipientKind::To)],
        submitted_by: Principal::CommandLine,
        arrival: Arrival::over(ArrivalProtocol::Http),
        content: b"Subject: bench\r\n\r\nx\r\n".to_vec(),
        idempotency: None,
        counts_for: None,
    }
}

/// Stores messages, half of them due now and half later.
pub async fn fill(messages: i64) {
    let store = store().await;
    let at = UnixTime(1_700_000_000);
    for from in (0..messages).step_by(1_024) {
        let part = (from..messages.min(from + 1_024)).map(|number| {
            let mut message = new(number, at.plus(number / 100));
            message.due_at = UnixTime(if number % 2 == 0 { 4_000_000_000 } else { 0 });
            message
        });
        store.enqueue(&part.collect::<Vec<_>>()).await.unwrap();
    }
}

pub async fn scale() {
    let store = store().await;
    let id = DataCenterId::default();
    let at = UnixTime(1_900_000_000);
    let (mut enqueue, mut claim, mut page) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let part: Vec<_> = (0..64).map(|number| new(round * 64 + number, at)).collect();
        let since = Instant::now();
        store.enqueue(&part).await.unwrap();
        enqueue.push(since.elapsed());

        let lease = format!("bench.{round}");
        let wanted = Claim {
            data_center: &id,
            lease: &lease,
            until: at.plus(60),
            except: &[],
            max_messages: 64,
            octets: 8_000_000,
            per_minute: None,
            per_day: None,
        };
        let since = Instant::now();
        let claimed = store.claim(&wanted, at).await.unwrap();
        claim.push(since.elapsed());
        assert_eq!(claimed.messages.len(), 64);

        let since = Instant::now();
        let first = store.messages(&MessageFilter::default(), None, 50).await;
        page.push(since.elapsed());
        assert_eq!(first.unwrap().len(), 50);
    }
    for times in [&mut enqueue, &mut claim, &mut page] {
        times.sort();
        let median: Duration = times[times.len() / 2];
        println!("{:.3}", median.as_secs_f64() * 1_000.0);
    }
}
