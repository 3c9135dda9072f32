//! API clients that submit messages. They write HTTP by hand, which leaves most of the machine's
//! capacity to the server under test.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use domain::UnixTime;
use store::Store;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::world::{ADDRESS, rate, store, text};

/// Number of concurrent clients.
const PROGRAMS: usize = 64;
const CROWD: usize = 1_000;

/// Measures from the first call until the last delivery is recorded.
pub async fn post(url: &str, key: &str, messages: usize) {
    let store = store().await;
    let all = delivered(&store).await + i64::try_from(messages).unwrap();
    let since = Instant::now();
    submit_all(url, key, PROGRAMS, messages).await;
    eprintln!("taken: {:.0}/s", rate(messages, since));
    wait_in(&store, all).await;
    println!("{:.0}", rate(messages, since));
}

/// Waits until this many messages are delivered in all.
pub async fn wait(messages: i64) {
    wait_in(&store().await, messages).await;
}

async fn wait_in(store: &Store, messages: i64) {
    while delivered(store).await < messages {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Makes 1,000 concurrent calls, each over its own connection.
pub async fn crowd(url: &str, key: &str) {
    let since = Instant::now();
    submit_all(url, key, CROWD, CROWD).await;
    println!("{}", since.elapsed().as_millis());
}

async fn submit_all(url: &str, key: &str, programs: usize, messages: usize) {
    let host = url.strip_prefix("http://").unwrap().to_owned();
    let request: Arc<[u8]> = request(&host, key).into_bytes().into();
    let left = Arc::new(AtomicUsize::new(messages));
    let mut tasks = JoinSet::new();
    for _ in 0..programs {
        let (host, request, left) = (host.clone(), Arc::clone(&request), Arc::clone(&left));
        tasks.spawn(async move {
            let mut stream = TcpStream::connect(&host).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let one_less = |left: usize| left.checked_sub(1);
            while left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
                .is_ok()
            {
                stream.write_all(&request).await.unwrap();
                answered(&mut stream).await;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

fn request(host: &str, key: &str) -> String {
    let body =
        serde_json::json!({ "to": [ADDRESS], "subject": "bench", "text": text() }).to_string();
    format!(
        "POST /api/v1/messages HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads a response to its end and requires status 202.
async fn answered(stream: &mut TcpStream) {
    let mut answer = Vec::with_capacity(1_024);
    loop {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "no answer");
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        assert!(head.starts_with("HTTP/1.1 202"), "{text}");
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.parse::<usize>().unwrap())
        });
        if body.len() >= length.unwrap() {
            return;
        }
    }
}

async fn delivered(store: &Store) -> i64 {
    let hours = store.hour_counts(None, UnixTime(0)).await.unwrap();
    hours.iter().map(|hour| hour.delivered).sum()
}
