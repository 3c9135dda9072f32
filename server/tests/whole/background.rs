//! Failures of background tasks.

use std::time::Duration;

use mail::OutboxOptions;
use tokio::time::{sleep, timeout};

use crate::support::{Browser, Provider, Server, mail};

/// Waits until `/readyz` returns a status. Returns its body.
async fn until_readiness(anonymous: &Browser, status: u16) -> String {
    let wait = async {
        loop {
            let reply = anonymous.get("/readyz").await;
            if reply.status == status {
                return reply.body;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_mins(1), wait).await.unwrap()
}

async fn until_delivered(provider: &Provider, count: usize) {
    let wait = async {
        while provider.control().messages().len() < count {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_mins(1), wait).await.unwrap();
}

/// Returns a program that reads the metrics.
async fn reader(server: &Server) -> Browser {
    let administrator = server.administrator();
    let key = administrator.make_key("reader", &[("metrics", "on")]).await;
    server.anonymous().with_key(&key)
}

/// A non-numeric counter in the database makes the task panic.
#[tokio::test(flavor = "multi_thread")]
async fn a_loop_that_panics_is_reported_and_restarted_while_the_others_continue() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let administrator = server.administrator();
    let mut database = server.database().await;
    database
        .run(
            "INSERT INTO alert_channels (id, kind, host, url) VALUES ('0000route', 'webhook', 'example.com', 'x');
             INSERT INTO alert_notifications
                 (id, channel, event, condition_id, condition, state, created_at, due_at, attempts)
             VALUES ('0000telling', '0000route', 'began', '0000condition',
                 '{\"id\":\"0000condition\",\"data_center\":\"default\",\"kind\":\"outbox_old\",\"facts\":{},\"since\":0}',
                 'waiting', 0, 0, 9223372036854775807)",
        )
        .await;
    // Saving settings triggers an immediate evaluation of the conditions.
    provider.authorize(&administrator).await;
    let anonymous = server.anonymous();
    let body = until_readiness(&anonymous, 503).await;
    assert!(body.contains("background task failed"), "{body}");

    let mailer = server.mailer().await;
    let mut submission = mail(&mailer, "While alerts fail");
    submission.due_at = None;
    mailer.outbox.submit(submission).await.unwrap();
    until_delivered(&provider, 1).await;
    let text = reader(&server).await.get("/metrics").await.body;
    assert!(
        text.contains("mailgrant_task_failures_total{task=\"alerts\"}"),
        "{text}"
    );

    database.run("DELETE FROM alert_notifications").await;
    until_readiness(&anonymous, 200).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_panics_does_not_delay_other_messages() {
    let provider = Provider::start().await;
    let connections = 1;
    let server = Server::start_with(|config| {
        provider.introduce(config);
        config.outbox = OutboxOptions {
            connections,
            ..OutboxOptions::default()
        };
    })
    .await;
    provider.authorize(&server.administrator()).await;
    let mailer = server.mailer().await;
    let spoiled = mailer
        .outbox
        .submit(mail(&mailer, "Spoiled"))
        .await
        .unwrap()
        .id;
    let mut database = server.database().await;
    let id = spoiled.as_str();
    database
        .run(&format!(
            "UPDATE messages SET attempts = 9223372036854775807, due_at = 0 WHERE id = '{id}'"
        ))
        .await;
    let reader = reader(&server).await;
    let failed = async {
        let counted = "mailgrant_task_failures_total{task=\"connection\"}";
        while !reader.get("/metrics").await.body.contains(counted) {
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(Duration::from_mins(1), failed).await.unwrap();
    let before = provider.control().messages().len();
    for subject in ["First", "Second"] {
        let mut submission = mail(&mailer, subject);
        submission.due_at = None;
        mailer.outbox.submit(submission).await.unwrap();
    }
    until_delivered(&provider, before + 2).await;
    // Only this connection failed; no task of the server did.
    assert_eq!(server.anonymous().get("/readyz").await.status, 200);
    server.stop().await;
}
