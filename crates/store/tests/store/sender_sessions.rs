use domain::{Finding, FindingCode, SenderId, SenderSession, SenderSessionId, Speaker};
use store::Store;

use crate::{
    database::on_both,
    samples::{NOW, by, secret},
    senders::sender,
};

const DAY: i64 = 24 * 3_600;

pub fn session(number: usize, sender: Option<&SenderId>, is_clean: bool) -> SenderSession {
    let mut session = SenderSession {
        id: SenderSessionId::parse(&format!("{number:08}")).unwrap(),
        sender: sender.cloned(),
        address: "192.0.2.1".into(),
        listener: "192.0.2.2:587".into(),
        mode: "starttls".into(),
        tls: None,
        began_at: NOW,
        ended_at: Some(NOW),
        accepted: 0,
        finding: (!is_clean).then(|| Finding::new(FindingCode::InboundWrongPassword)),
        lines: Vec::new(),
        omitted: 0,
    };
    session.push(Speaker::Client, "EHLO device");
    session
}

async fn numbers(store: &Store, sender: Option<&SenderId>) -> Vec<usize> {
    let found = store.sender_sessions(sender).await.unwrap();
    let number = |session: &SenderSession| session.id.as_str().parse().unwrap();
    found.iter().map(number).collect()
}

on_both! {
    async fn the_last_sessions_are_kept_for_a_week(database) {
        let store = database.open().await;
        let printer = sender(1, "Printer");
        store.add_sender(&printer, Some(&secret("first")), by()).await.unwrap();
        let id = Some(&printer.id);
        let clean: Vec<_> = (0..9).map(|number| session(number, id, true)).collect();
        store.record_sender_sessions(&clean, NOW).await.unwrap();
        let refused: Vec<_> = (100..130).map(|number| session(number, id, false)).collect();
        store.record_sender_sessions(&refused, NOW).await.unwrap();
        let unknown: Vec<_> = (200..290).map(|number| session(number, None, false)).collect();
        store.record_sender_sessions(&unknown, NOW).await.unwrap();

        let kept: Vec<_> = (110..130).rev().chain((4..9).rev()).collect();
        assert_eq!(numbers(&store, id).await, kept);
        let unknown: Vec<_> = (230..290).rev().collect();
        assert_eq!(numbers(&store, None).await, unknown);
        let found = store.sender_sessions(id).await.unwrap();
        assert_eq!(found[0], session(129, id, false));

        store.record_sender_sessions(&[], NOW.plus(7 * DAY)).await.unwrap();
        assert_eq!(numbers(&store, id).await.len(), 25);
        store.record_sender_sessions(&[], NOW.plus(7 * DAY + 1)).await.unwrap();
        assert!(numbers(&store, id).await.is_empty() && numbers(&store, None).await.is_empty());
    }

    async fn the_sessions_of_a_removed_sender_go_with_it(database) {
        let store = database.open().await;
        let printer = sender(1, "Printer");
        store.add_sender(&printer, Some(&secret("first")), by()).await.unwrap();
        let id = Some(&printer.id);
        store.record_sender_sessions(&[session(1, id, true)], NOW).await.unwrap();
        store.remove_sender(&printer.id, by(), NOW).await.unwrap();
        // One that ends after that.
        store.record_sender_sessions(&[session(2, id, true)], NOW).await.unwrap();
        assert!(numbers(&store, id).await.is_empty());
        assert_eq!(numbers(&store, None).await, [2]);
    }
}
