//! Property tests: mail servers that send anything.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use base64::prelude::*;
use clock::SystemClock;
use domain::{Finding, FindingCode, Host, Security, StepKind, TlsMinimum, UnixTime};
use fuzz::{cases, hostile, is_clean};
use net::{DeniedNetworks, Outgoing, Recorder, SystemResolver, Timeouts};
use proptest::{prelude::*, sample::select};
use sasl::Credential;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::{ConnectOptions, Connection, Message, Server, ehlo::extensions, reply::Replies};

const PASSWORD: &str = "s3cr3t Pa/ss+w0rd";
const TOKEN: &str = "ya29.t0ken-that/nobody+knows==";

/// Generates text similar to a line of a reply.
fn line() -> impl Strategy<Value = String> {
    (
        select(&[
            "220", "250", "235", "334", "354", "421", "454", "535", "550", "571", "2", "25", "999", "000",
            "+25", "-1", "５５0", "", "2505",
        ]),
        select(&[" ", "-", " ", "-", "", "\t", "="]),
        prop_oneof![
            2 => hostile(),
            1 => select(&["AUTH PLAIN LOGIN XOAUTH2", "AUTH=", "SIZE", "STARTTLS", "5.7.8 no", "AQ=="])
                .prop_map(str::to_owned),
        ],
        select(&["\r\n", "\r\n", "\r\n", "\n", "\r", ""]),
    )
        .prop_map(|(code, separator, text, end)| format!("{code}{separator}{text}{end}"))
}

fn reply() -> impl Strategy<Value = String> {
    prop::collection::vec(line(), 0..4).prop_map(|lines| lines.concat())
}

fn check(recorder: &Recorder) -> Result<(), TestCaseError> {
    let (steps, last_reply) = (recorder.steps(), recorder.last_reply());
    let facts = steps.iter().flat_map(|step| &step.facts);
    let texts = steps
        .iter()
        .flat_map(|step| [&step.sent, &step.received])
        .chain(facts.map(|fact| &fact.value))
        .chain(&last_reply);
    for text in texts {
        prop_assert!(is_clean(text), "{text:?}");
        prop_assert!(text.chars().count() <= 4_000);
    }
    Ok(())
}

fn is_bounded(finding: &Finding) -> bool {
    let said = finding.said.as_deref().unwrap_or_default();
    is_clean(said)
        && said.chars().count() <= Finding::MAX_SAID
        && finding
            .values
            .values()
            .all(|value| is_clean(value) && value.chars().count() <= Finding::MAX_VALUE)
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn a_reply_is_decoded_and_recorded_whatever_it_is(
        replies in prop::collection::vec(reply(), 1..4),
        step in select(&[StepKind::Greeting, StepKind::Ehlo, StepKind::Authenticate, StepKind::RcptTo]),
        with_token in any::<bool>(),
    ) {
        let text = replies.concat();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut stream = text.as_bytes();
        let mut replies = Replies::default();
        let recorder = Recorder::default();
        loop {
            let open = recorder.begin(step, "");
            let next = runtime.block_on(replies.within(&mut stream, TIMEOUTS.reply));
            let reply = match next {
                Ok(reply) => reply,
                Err((code, text)) => {
                    prop_assert!(matches!(code, FindingCode::NotSmtp | FindingCode::ConnectionClosed));
                    prop_assert!(is_clean(&text), "{text:?}");
                    break;
                }
            };
            prop_assert!((200..600).contains(&reply.code));
            let finding = decode::smtp_reply(step, with_token, reply.code, &reply.text);
            let about_authentication = [FindingCode::TokenRefused, FindingCode::PasswordRefused];
            prop_assert!(step == StepKind::Authenticate || !about_authentication.contains(&finding));
            for keyword in extensions(&reply.text) {
                prop_assert!(!keyword.contains('\n'), "{keyword:?}");
                prop_assert!(!keyword.chars().any(|c| c.is_ascii_lowercase()));
            }
            recorder.heard(&reply.text);
            recorder.passed(open, &reply.text);
        }
        check(&recorder)?;
    }
}

/// An action of a server.
#[derive(Clone, Debug)]
enum Turn {
    Say(Vec<u8>),
    /// Echoes its last input, after these words and in another notation.
    Echo(&'static str, usize),
}

fn turn() -> impl Strategy<Value = Turn> {
    let proper = select(&[
        "220 hello\r\n",
        "250-hello\r\n250 AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER\r\n",
        "250 AUTH XOAUTH2\r\n",
        "334 \r\n",
        "334 VXNlcm5hbWU6\r\n",
        "235 welcome\r\n",
        "250 ok\r\n",
        "354 go on\r\n",
    ]);
    prop_oneof![
        4 => proper.prop_map(|text| Turn::Say(text.into())),
        1 => reply().prop_map(|text| Turn::Say(text.into_bytes())),
        1 => prop::collection::vec(any::<u8>(), 0..30).prop_map(Turn::Say),
        3 => (select(&["250 ", "250-AUTH ", "334 ", "535 5.7.8 ", "235 ", ""]), 0_usize..5)
            .prop_map(|(words, form)| Turn::Echo(words, form)),
    ]
}

fn encoded(heard: &[u8], form: usize) -> Vec<u8> {
    let word = heard
        .trim_ascii()
        .rsplit(|b| *b == b' ')
        .next()
        .unwrap_or_default();
    match form {
        0 => heard.trim_ascii().to_vec(),
        1 => BASE64_STANDARD
            .decode(word)
            .unwrap_or_else(|_| word.to_vec()),
        2 => BASE64_STANDARD
            .encode(BASE64_STANDARD.decode(word).unwrap_or_default())
            .into_bytes(),
        3 => heard.trim_ascii().to_ascii_uppercase(),
        _ => BASE64_STANDARD
            .encode(
                BASE64_STANDARD
                    .decode(word)
                    .unwrap_or_else(|_| word.to_vec()),
            )
            .bytes()
            .flat_map(|b| [b, 0])
            .collect(),
    }
}

/// Acts as a server: performs each turn after receiving something, and closes the connection.
async fn serve(mut stream: TcpStream, turns: Vec<Turn>) {
    let mut heard = Vec::new();
    for (at, turn) in turns.iter().enumerate() {
        if at > 0 {
            let mut buffer = [0; 4_096];
            let read = timeout(Duration::from_millis(20), stream.read(&mut buffer)).await;
            let Ok(Ok(count)) = read else { return };
            heard = buffer[..count].to_vec();
        }
        let bytes = match turn {
            Turn::Say(bytes) => bytes.clone(),
            Turn::Echo(words, form) => {
                [words.as_bytes(), &encoded(&heard, *form), b"\r\n"].concat()
            }
        };
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

static OUTGOING: LazyLock<Outgoing> = LazyLock::new(|| {
    let (resolver, clock) = (Arc::new(SystemResolver), Arc::new(SystemClock));
    Outgoing::new(resolver, DeniedNetworks::default(), &[], clock).unwrap()
});

const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(10),
    reply: Duration::from_secs(10),
    message: Duration::from_secs(10),
};

/// Runs a whole session with such a server.
async fn session(turns: Vec<Turn>, credential: Credential) -> (Recorder, Option<Finding>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = Server {
        host: Host::parse("127.0.0.1").unwrap(),
        port: listener.local_addr().unwrap().port(),
        security: Security::Plaintext,
        tls_minimum: TlsMinimum::Tls12,
        ehlo_name: None,
        named: Vec::new(),
    };
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream, turns).await;
    });
    let recorder = Recorder::default();
    match &credential {
        Credential::Password { password, .. } => recorder.hide(password),
        Credential::Token { access_token, .. } => recorder.hide(access_token),
    }
    let result = deliver(&target, &credential, &recorder).await;
    server.await.unwrap();
    (recorder, result.err())
}

/// Opens a connection.
async fn open(server: &Server, recorder: &Recorder) -> Result<Connection, Finding> {
    let options = ConnectOptions {
        server,
        outgoing: &OUTGOING,
        timeouts: TIMEOUTS,
        now: UnixTime(0),
    };
    Connection::open(&options, recorder).await
}

async fn deliver(
    server: &Server,
    credential: &Credential,
    recorder: &Recorder,
) -> Result<(), Finding> {
    let mut connection = open(server, recorder).await?;
    let mut sent = connection.authenticate(credential, false).await;
    if sent.is_ok() {
        let message = Message {
            sender: "alice@example.com",
            recipients: &["bob@example.com"],
            content: b"Subject: x\r\n\r\nx",
            with_ascii_header: |content| content.into(),
        };
        sent = connection.send_recorded(message).await;
    }
    connection.quit_recorded().await;
    sent
}

proptest! {
    // Each case is a connection.
    #![proptest_config(cases(500))]

    #[test]
    fn a_server_that_echoes_input_puts_no_secret_into_the_report(
        turns in prop::collection::vec(turn(), 0..7),
        greets in any::<bool>(),
        with_token in any::<bool>(),
    ) {
        let mut turns = turns;
        if greets {
            let proper = ["220 hello\r\n", "250-hello\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n"];
            turns.splice(0..0, proper.map(|text| Turn::Say(text.into())));
        }
        let username = "alice".to_owned();
        let credential = if with_token {
            Credential::Token { username, access_token: TOKEN.into() }
        } else {
            Credential::Password { username, password: PASSWORD.into() }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (recorder, finding) = runtime.block_on(session(turns, credential));
        check(&recorder)?;
        prop_assert!(finding.as_ref().is_none_or(is_bounded), "{finding:?}");
        let reported = format!("{:?} {:?} {finding:?}", recorder.steps(), recorder.last_reply());
        for secret in [PASSWORD, TOKEN] {
            let blob = BASE64_STANDARD.encode(secret);
            for form in [secret, &secret.to_uppercase(), &blob, &blob[2..]] {
                prop_assert!(!reported.contains(form), "{reported}");
            }
        }
    }
}

#[tokio::test]
async fn a_reply_without_end_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut said = 0_usize;
        // Far more than fits the socket buffers; a client that reads everything would never finish.
        let more = vec![b'x'; 65_536];
        while said < 64 * 1024 * 1024 && stream.write_all(&more).await.is_ok() {
            said += more.len();
        }
        said
    });
    let target = Server {
        host: Host::parse("127.0.0.1").unwrap(),
        port,
        security: Security::Plaintext,
        tls_minimum: TlsMinimum::Tls12,
        ehlo_name: None,
        named: Vec::new(),
    };
    let recorder = Recorder::default();
    let finding = open(&target, &recorder).await.err().unwrap();
    assert_eq!(finding.code, FindingCode::NotSmtp);
    assert!(is_bounded(&finding));
    check(&recorder).unwrap();
    assert!(server.await.unwrap() < 64 * 1024 * 1024);
}
