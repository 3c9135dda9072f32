use secrecy::ExposeSecret;
use store::{MailCursor, MailReader, StoredWebhook};

use crate::{
    database::on_both,
    samples::{NOW, PLANTED, by, home, secret},
};

fn hook(url: &str) -> StoredWebhook {
    StoredWebhook {
        url: format!("{PLANTED}-{url}").into(),
        secret: secret("signing"),
    }
}

on_both! {
    async fn a_webhook_is_sealed_and_shown_by_its_host(database) {
        let store = database.open().await;
        assert_eq!(store.inbound_webhook(home()).await.unwrap(), None);
        assert!(store.save_inbound_webhook(home(), "hooks.example.com", &hook("1"), by(), NOW).await.unwrap());
        let stored = store.stored_inbound_webhook(home()).await.unwrap().unwrap();
        assert_eq!(stored.url.expose_secret(), hook("1").url.expose_secret());
        assert_eq!(stored.secret.expose_secret(), secret("signing").expose_secret());
        assert!(!format!("{stored:?}").contains(PLANTED));
        let shown = store.inbound_webhook(home()).await.unwrap().unwrap();
        assert_eq!((shown.host.as_str(), shown.failing), ("hooks.example.com", None));

        for (failure, at, failing) in [
            (Some("timeout"), 5, Some(("timeout".to_owned(), NOW.plus(5)))),
            (Some("status"), 9, Some(("status".to_owned(), NOW.plus(5)))),
            (None, 10, None),
        ] {
            store.note_inbound_webhook(home(), failure, NOW.plus(at)).await.unwrap();
            assert_eq!(store.inbound_webhook(home()).await.unwrap().unwrap().failing, failing);
        }
        let nowhere = domain::DataCenterId::parse("nowhere").unwrap();
        assert!(!store.save_inbound_webhook(&nowhere, "x", &hook("1"), by(), NOW).await.unwrap());
    }

    async fn a_new_webhook_starts_with_mail_that_arrives_afterwards(database) {
        let store = database.open().await;
        let lease = async || {
            let turn = store.lease_mail_cursor(home(), MailReader::Webhook, "a", NOW, 60);
            turn.await.unwrap().unwrap()
        };
        store.save_inbound_webhook(home(), "one.example", &hook("1"), by(), NOW).await.unwrap();
        lease().await;
        let cursor = MailCursor {
            mailbox: "box".into(),
            uid_validity: 1,
            last_uid: 7,
            looked_at: NOW,
        };
        store.store_mail_cursor(home(), MailReader::Webhook, "a", &cursor).await.unwrap();
        assert_eq!(lease().await, Some(cursor.clone()));
        store.save_inbound_webhook(home(), "two.example", &hook("2"), by(), NOW).await.unwrap();
        assert_eq!(lease().await, None);

        // The bounce cursor gives the start without a poll.
        let bounces = MailReader::Bounces;
        store.lease_mail_cursor(home(), bounces, "b", NOW, 60).await.unwrap();
        let cursor = MailCursor { last_uid: 9, ..cursor };
        store.store_mail_cursor(home(), bounces, "b", &cursor).await.unwrap();
        let version = store.inbound_webhook_version(home()).await.unwrap();
        store.save_inbound_webhook(home(), "two.example", &hook("2"), by(), NOW.plus(60)).await.unwrap();
        assert_eq!(lease().await, Some(cursor));
        assert_ne!(store.inbound_webhook_version(home()).await.unwrap(), version);
        // Mail that arrived during a long time without polls is left out.
        store.save_inbound_webhook(home(), "two.example", &hook("2"), by(), NOW.plus(3_600)).await.unwrap();
        assert_eq!(lease().await, None);

        assert!(store.remove_inbound_webhook(home(), by(), NOW).await.unwrap());
        assert_eq!(store.inbound_webhook_version(home()).await.unwrap(), None);
        assert!(!store.remove_inbound_webhook(home(), by(), NOW).await.unwrap());
        assert!(store.stored_inbound_webhook(home()).await.unwrap().is_none());
    }
}
