//! Coverage of servers that do not keep to the letter of SMTP, played over TCP.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "coverage/script.rs"]
mod script;

use std::{
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use clock::SystemClock;
use domain::{EhloName, Finding, FindingCode, Host, Security, StepKind, TlsMinimum, UnixTime};
use net::{DeniedNetworks, Outgoing, Recorder, SystemResolver, Timeouts};
use sasl::Credential;
use smtp::{ConnectOptions, Connection, Message, Server};
use tokio::net::TcpListener;

use self::script::Script;

/// Share of oddities that must end as they should.
const AT_LEAST_PERCENT: usize = 95;

static OUTGOING: LazyLock<Outgoing> = LazyLock::new(|| {
    let (resolver, clock) = (Arc::new(SystemResolver), Arc::new(SystemClock));
    Outgoing::new(resolver, DeniedNetworks::default(), &[], clock).unwrap()
});

const LONG: Timeouts = Timeouts {
    connect: Duration::from_secs(20),
    reply: Duration::from_secs(20),
    message: Duration::from_secs(20),
};

#[tokio::test]
async fn oddities_of_servers_end_as_they_should() {
    let name = "SMTP oddities";
    let (mut right, mut total) = (0, 0);
    let lines = include_str!("coverage/oddities.tsv").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let columns: Vec<_> = line.split('\t').collect();
        let [expected, setup, script, _source] = columns[..] else {
            panic!("not four columns: {line}");
        };
        let script = Script::parse(script);
        // A case that is silent on purpose need not wait for long.
        let reply = Duration::from_millis(700);
        let timeouts = if script.is_silent() {
            Timeouts { reply, ..LONG }
        } else {
            LONG
        };
        let got = play(setup, script, timeouts, &Recorder::default()).await;
        let got = got.map_or_else(|finding| finding.code.code(), |()| "delivered");
        total += 1;
        if expected.split('|').any(|one| one == got) {
            right += 1;
        } else {
            println!("coverage miss: {name}: {line} / {got}");
        }
    }
    println!("coverage: {name}: {right} of {total}");
    assert!(
        right * 100 >= total * AT_LEAST_PERCENT,
        "{right} of {total}"
    );
}

#[tokio::test]
async fn a_server_that_is_silent_during_auth_is_waited_for_once() {
    let timeouts = Timeouts {
        connect: Duration::from_mins(1),
        reply: Duration::from_millis(500),
        message: Duration::from_mins(1),
    };
    let began = Instant::now();
    let recorder = Recorder::default();
    let script = Script::parse("auth=<silence>");
    let ended = play("password", script, timeouts, &recorder).await;
    assert_eq!(ended.unwrap_err().code, FindingCode::Timeout);
    // QUIT would be waited for as long as a connection.
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn the_finding_about_an_ehlo_name_names_it() {
    let script =
        Script::parse("ehlo=504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname");
    let recorder = Recorder::default();
    let ended = play("name=vm.example.com", script, LONG, &recorder).await;
    let finding = ended.unwrap_err();
    assert_eq!(finding.code, FindingCode::EhloNameRefused);
    let name = finding
        .values
        .values()
        .any(|value| value == "vm.example.com");
    assert!(name, "{finding:?}");
    let steps = recorder.steps();
    let step = steps
        .iter()
        .find(|step| step.kind == StepKind::Ehlo)
        .unwrap();
    assert_eq!(step.sent, "EHLO vm.example.com");
}

/// Sends a message to a server with this script. Words of the setup: `password` and `token` sign
/// in, `starttls` wants TLS, `name=` is the EHLO name, `to=` is the number of recipients, and
/// `long` makes the message long.
async fn play(
    setup: &str,
    script: Script,
    timeouts: Timeouts,
    recorder: &Recorder,
) -> Result<(), Finding> {
    let words: Vec<_> = setup.split(' ').collect();
    let value = |name: &str| words.iter().find_map(|word| word.strip_prefix(name));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server {
        host: Host::parse("127.0.0.1").unwrap(),
        port: listener.local_addr().unwrap().port(),
        security: if words.contains(&"starttls") {
            Security::StartTls
        } else {
            Security::Plaintext
        },
        tls_minimum: TlsMinimum::Tls12,
        ehlo_name: value("name=").and_then(|name| EhloName::parse(name).unwrap()),
        named: Vec::new(),
    };
    let playing = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(script.clone().play(stream));
        }
    });
    let username = "alice".to_owned();
    let credential = if words.contains(&"token") {
        let access_token = "ya29.token".into();
        Some(Credential::Token {
            username,
            access_token,
        })
    } else {
        let password = "s3cret".into();
        let password = Credential::Password { username, password };
        words.contains(&"password").then_some(password)
    };
    let options = ConnectOptions {
        server: &server,
        outgoing: &OUTGOING,
        timeouts,
        now: UnixTime(0),
    };
    let count = value("to=").map_or(1, |count| count.parse().unwrap());
    let recipients: Vec<_> = (0..count).map(|n| format!("bob{n}@example.com")).collect();
    let content = format!(
        "Subject: x\r\n\r\n{}",
        if words.contains(&"long") {
            "A line of a long message.\r\n".repeat(100_000)
        } else {
            ".\r\n".to_owned()
        }
    );
    let ended = deliver(
        &options,
        credential,
        &recipients,
        content.as_bytes(),
        recorder,
    )
    .await;
    playing.abort();
    ended
}

async fn deliver(
    options: &ConnectOptions<'_>,
    credential: Option<Credential>,
    recipients: &[String],
    content: &[u8],
    recorder: &Recorder,
) -> Result<(), Finding> {
    let mut connection = Connection::open(options, recorder).await?;
    let mut ended = Ok(());
    if let Some(credential) = credential {
        ended = connection.authenticate(&credential, false).await;
    }
    if ended.is_ok() {
        let message = Message {
            sender: "alice@example.com",
            recipients: &recipients.iter().map(String::as_str).collect::<Vec<_>>(),
            content,
            with_ascii_header: |content| content.into(),
        };
        ended = connection.send_recorded(message).await;
    }
    connection.quit_recorded().await;
    ended
}
