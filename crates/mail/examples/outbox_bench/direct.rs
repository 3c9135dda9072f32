//! The way to the mail server alone.

use std::{path::Path, time::Instant};

use domain::DataCenterId;

use crate::world::{ADDRESS, address, mailer, rate, text};

pub async fn run(connections: usize, messages: usize, ca: Option<&Path>) {
    let mailer = mailer(ca).await;
    let content = format!(
        "From: {ADDRESS}\r\nTo: {ADDRESS}\r\nSubject: bench\r\nMessage-ID: <1@bench>\r\n\r\n{}",
        text()
    );
    let id = DataCenterId::default();
    let since = Instant::now();
    let accepted = mailer
        .send_without_outbox(&id, &address(), content.as_bytes(), messages, connections)
        .await;
    assert_eq!(accepted.unwrap(), messages);
    println!("{:.0}", rate(messages, since));
}
