//! The SMTP client alone, without the outbox.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use clock::{Clock as _, SystemClock};
use domain::{DataCenterId, Security};
use mail::{DeniedNetworks, SystemResolver};
use net::{Outgoing, Recorder, Timeouts};
use sasl::Credential;
use smtp::{ConnectOptions, Connection, Message, Server, TransactionEnd};

use crate::world::{ADDRESS, TOKEN, rate, root, store, text};

const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(10),
    reply: Duration::from_mins(1),
    message: Duration::from_mins(1),
};

pub async fn run(connections: usize, messages: usize, ca: Option<&Path>) {
    let settings = store().await.settings(&DataCenterId::default()).await;
    let settings = settings.unwrap().unwrap().settings;
    assert!(ca.is_some() || settings.security == Security::Plaintext);
    let server = Arc::new(Server::of(&settings));
    let roots: Vec<_> = ca.into_iter().map(root).collect();
    let (resolver, clock) = (Arc::new(SystemResolver), Arc::new(SystemClock));
    let outgoing = Outgoing::new(resolver, DeniedNetworks::default(), &roots, clock).unwrap();
    let content: Arc<str> = format!(
        "From: {ADDRESS}\r\nTo: {ADDRESS}\r\nSubject: bench\r\nMessage-ID: <1@bench>\r\n\r\n{}",
        text()
    )
    .into();
    let left = Arc::new(AtomicUsize::new(messages));
    let since = Instant::now();
    let tasks = (0..connections).map(|_| {
        let (server, outgoing, content, left) = (
            Arc::clone(&server),
            outgoing.clone(),
            Arc::clone(&content),
            Arc::clone(&left),
        );
        tokio::spawn(async move { send(&server, &outgoing, &content, &left).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    println!("{:.0}", rate(messages, since));
}

/// Sends messages over one connection until none are left. Signs in only with TLS, because
/// the sink in the clear does not offer XOAUTH2.
async fn send(server: &Server, outgoing: &Outgoing, content: &str, left: &AtomicUsize) {
    let options = ConnectOptions {
        server,
        outgoing,
        timeouts: TIMEOUTS,
        now: SystemClock.now(),
    };
    let connection = Connection::open(&options, &Recorder::default()).await;
    let mut connection = connection.unwrap_or_else(|finding| panic!("{finding:?}"));
    if server.security != Security::Plaintext {
        let credential = Credential::Token {
            username: ADDRESS.into(),
            access_token: TOKEN.into(),
        };
        let signed_in = connection.authenticate(&credential, false).await;
        signed_in.unwrap_or_else(|finding| panic!("{finding:?}"));
    }
    let one_less = |left: usize| left.checked_sub(1);
    while left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
        .is_ok()
    {
        let message = Message {
            sender: ADDRESS,
            recipients: &[ADDRESS],
            content: content.as_bytes(),
            with_ascii_header: |content| content.into(),
        };
        let outcome = connection.send(message, &|| true).await;
        assert!(
            matches!(outcome.end, TransactionEnd::Accepted(_)),
            "{outcome:?}"
        );
    }
    connection.quit().await;
}
