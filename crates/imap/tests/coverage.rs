//! Conversations with servers that do not follow the standard, played over TCP and TLS through the
//! real client.
//!
//! The files in `coverage/` have one block per conversation, with its source and the right result.
//! `cargo xtask bench coverage` prints the line that this test prints.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "coverage/conversation.rs"]
mod conversation;
#[path = "coverage/play.rs"]
mod play;
#[path = "coverage/server.rs"]
mod server;

use std::{
    io,
    sync::{Arc, Mutex},
};

use conversation::Conversation;

const SET: &str = "IMAP oddities";

const FILES: [(&str, &str); 8] = [
    ("capability", include_str!("coverage/capability.txt")),
    ("content", include_str!("coverage/content.txt")),
    ("folders", include_str!("coverage/folders.txt")),
    ("framing", include_str!("coverage/framing.txt")),
    ("greeting", include_str!("coverage/greeting.txt")),
    ("messages", include_str!("coverage/messages.txt")),
    ("sign_in", include_str!("coverage/sign_in.txt")),
    ("state", include_str!("coverage/state.txt")),
];

#[tokio::test]
async fn servers_that_do_not_follow_the_standard_are_understood() {
    let authority = server::Authority::new();
    let (mut right, mut total) = (0, 0);
    for (file, text) in FILES {
        for conversation in Conversation::all(text).into_iter().map(Arc::new) {
            total += 1;
            let got = play::play(&conversation, &authority).await;
            if got == conversation.right {
                right += 1;
            } else {
                let (name, expected) = (&conversation.name, &conversation.right);
                println!("coverage miss: {SET}: {file}: {name}: {expected} / {got}");
            }
        }
    }
    println!("coverage: {SET}: {right} of {total}");
    assert!(total >= 91, "{total}");
    assert!(right * 100 >= total * 95, "{right} of {total}");
}

/// A conversation with two unreadable responses beside one that is read.
const UNREADABLE: &str = r#"
== Unreadable folders
source: folders.txt
do: skipped
LIST: * LIST (\HasNoChildren
LIST: * LIST
LIST: * LIST (\HasNoChildren) "/" "Sent"
right: 2 | 2
"#;

/// Lines of the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn what_is_unreadable_is_counted_and_logged_with_one_warning_per_connection() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let [conversation] = <[_; 1]>::try_from(Conversation::all(UNREADABLE))
        .ok()
        .unwrap();
    let conversation = Arc::new(conversation);
    let got = play::play(&conversation, &server::Authority::new()).await;
    assert_eq!(got, conversation.right);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let about = |line: &&str| line.contains("unreadable parts of an IMAP response skipped");
    let lines: Vec<_> = log.lines().filter(about).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines.iter().all(|line| line.contains("skipped=2")), "{log}");
    assert!(
        lines[0].contains("WARN") && lines[1].contains("DEBUG"),
        "{log}"
    );
}
