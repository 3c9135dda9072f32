//! A thousand connections.

use std::{fs, sync::Arc, time::Duration};

use futures::future::join_all;
use rustix::process::{Resource, getrlimit, setrlimit};
use submission::{Limits, Mode};
use tokio::{sync::Semaphore, time::Instant};

use crate::world::World;

const CONNECTIONS: usize = 1_000;
/// Messages that are sent at the same time. More would wait for the memory of the server.
const AT_ONCE: usize = 100;
/// Octets that the test process may take for 2,000 connections with both of their sides.
const MEMORY: usize = 100 * 1_048_576;

/// Returns the memory of this process in octets.
fn memory() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kibibytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kibibytes.parse::<usize>().unwrap() * 1_024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_idle_and_a_thousand_active_connections_are_served_within_bounded_memory() {
    let mut descriptors = getrlimit(Resource::Nofile);
    descriptors.current = descriptors.maximum;
    setrlimit(Resource::Nofile, descriptors).unwrap();
    let limits = Limits {
        per_address: None,
        ..Limits::default()
    };
    let world = Arc::new(World::with(limits).await);
    let (before, begin) = (memory(), Instant::now());
    let idle = join_all((0..CONNECTIONS).map(|_| world.greeted(Mode::Plain))).await;
    let sending = Arc::new(Semaphore::new(AT_ONCE));
    let active = (0..CONNECTIONS).map(|_| {
        let (world, sending) = (Arc::clone(&world), Arc::clone(&sending));
        tokio::spawn(async move {
            let mut client = world.signed_in().await;
            let _permit = sending.acquire().await.unwrap();
            let dialogue = [
                ("MAIL FROM:<office@example.com>", 250),
                ("RCPT TO:<bob@example.org>", 250),
                ("DATA", 354),
                ("Subject: one of many\r\n\r\nHello\r\n.", 250),
            ];
            client.dialogue(&dialogue).await;
            client
        })
    });
    let active = join_all(active).await;
    let grown = memory().saturating_sub(before);
    let elapsed = begin.elapsed();
    assert!(
        grown < MEMORY,
        "{grown} octets for {CONNECTIONS} idle and active connections"
    );
    for client in idle
        .into_iter()
        .chain(active.into_iter().map(Result::unwrap))
    {
        let mut client = client;
        assert_eq!(client.say("NOOP").await, 250);
    }
    // On a quiet machine, it takes less than two seconds.
    assert!(elapsed < Duration::from_mins(1), "{elapsed:?}");
}
