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

use std::sync::Arc;

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
