//! Robustness against arbitrary input: the server replies or closes, and continues to serve others.

use crate::support::{SmtpClient, start};
use proptest::prelude::*;
use sandbox::Faults;

fn line() -> impl Strategy<Value = Vec<u8>> {
    let verb = prop::sample::select(vec![
        "",
        "EHLO ",
        "HELO ",
        "MAIL FROM:",
        "RCPT TO:",
        "AUTH ",
        "AUTH XOAUTH2 ",
        "AUTH LOGIN ",
        "AUTH OAUTHBEARER ",
        "AUTH PLAIN ",
        "DATA",
        "BDAT ",
        "RSET",
        "VRFY ",
        "MAIL FROM:<a@b> ",
    ]);
    let rest = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        prop::collection::vec(any::<u8>(), 0..80).prop_map(|bytes| {
            use base64::Engine as _;
            let engine = base64::engine::general_purpose::STANDARD;
            engine.encode(bytes).into_bytes()
        }),
        Just(vec![b'A'; 600]),
        Just(vec![b'A'; 20_000]),
    ];
    (verb, rest).prop_map(|(verb, rest)| [verb.as_bytes(), &rest, b"\r\n"].concat())
}

#[test]
fn random_lines_never_end_the_server() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let sandbox = runtime.block_on(start());
    sandbox.control().set(Faults {
        auth_without_tls: true,
        authentication_required: false,
        ..Faults::default()
    });
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(128)
    };
    proptest!(config, |(lines in prop::collection::vec(line(), 1..20))| {
        runtime.block_on(async {
            let mut client = SmtpClient::plain(&sandbox).await;
            let mut sent = b"EHLO test\r\n".to_vec();
            sent.extend(lines.concat());
            // Ends an open DATA or AUTH.
            sent.extend(b"\r\n.\r\n\r\n*\r\nQUIT\r\n");
            client.write(&sent).await;
            let mut last = String::new();
            loop {
                let reply = client.reply().await;
                if reply.is_empty() {
                    break;
                }
                last = reply;
            }
            // A task that panicked would close without a final reply.
            prop_assert!(last.starts_with("221 ") || last.starts_with("421 "), "{}", last);
            Ok(())
        })?;
    });
}
