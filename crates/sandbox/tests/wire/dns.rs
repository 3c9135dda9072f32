//! DNS server.

use std::str::FromStr as _;

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RecordType};
use sandbox::{Faults, Sandbox};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Duration, timeout};

use crate::support::start;

fn query(name: &str, kind: RecordType) -> Vec<u8> {
    let mut message = Message::query();
    let mut query = Query::new();
    query.name = Name::from_str(name).unwrap();
    query.query_type = kind;
    message.add_query(query);
    message.to_vec().unwrap()
}

async fn ask(sandbox: &Sandbox, name: &str, kind: RecordType) -> Option<Message> {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let server = &sandbox.descriptor().dns;
    socket.send_to(&query(name, kind), server).await.unwrap();
    let mut buffer = [0; 4_096];
    let length = timeout(Duration::from_millis(500), socket.recv(&mut buffer));
    let length = length.await.ok()?.unwrap();
    Some(Message::from_vec(&buffer[..length]).unwrap())
}

async fn ask_by_tcp(sandbox: &Sandbox, name: &str, kind: RecordType) -> Message {
    let mut stream = TcpStream::connect(&sandbox.descriptor().dns).await.unwrap();
    let bytes = query(name, kind);
    let length = u16::try_from(bytes.len()).unwrap();
    stream.write_u16(length).await.unwrap();
    stream.write_all(&bytes).await.unwrap();
    let length = stream.read_u16().await.unwrap();
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await.unwrap();
    Message::from_vec(&answer).unwrap()
}

fn data(message: &Message) -> Vec<String> {
    let answers = message.answers.iter();
    answers.map(|record| record.data.to_string()).collect()
}

#[tokio::test]
async fn answers_for_its_domain_and_knows_no_other() {
    let sandbox = start().await;
    let answer = ask(&sandbox, "Sandbox.TEST.", RecordType::MX).await;
    assert_eq!(data(&answer.unwrap()), ["10 localhost."]);
    let answer = ask(&sandbox, "sandbox.test.", RecordType::A).await.unwrap();
    assert_eq!(answer.metadata.response_code, ResponseCode::NoError);
    assert!(answer.answers.is_empty());
    let answer = ask(&sandbox, "example.org.", RecordType::MX).await.unwrap();
    assert_eq!(answer.metadata.response_code, ResponseCode::NXDomain);
    let requested = sandbox.control().dns_queries();
    assert_eq!(requested.last().unwrap(), "example.org MX");
}

#[tokio::test]
async fn records_are_changed_and_removed() {
    let sandbox = start().await;
    let mut faults = Faults::default();
    let long = format!("v=spf1 {} -all", "ip4:192.0.2.1 ".repeat(200));
    faults.dns.insert("sandbox.test TXT".into(), vec![long]);
    faults.dns.insert("sandbox.test MX".into(), Vec::new());
    sandbox.control().set(faults);
    let answer = ask(&sandbox, "sandbox.test.", RecordType::MX).await;
    assert!(answer.unwrap().answers.is_empty());

    let cut = ask(&sandbox, "sandbox.test.", RecordType::TXT).await;
    assert!(cut.unwrap().metadata.truncation);
    let whole = ask_by_tcp(&sandbox, "sandbox.test.", RecordType::TXT).await;
    assert_eq!(whole.answers.len(), 1);
    assert!(data(&whole)[0].ends_with("-all"), "{whole:?}");
}

#[tokio::test]
async fn fails_and_falls_silent_on_demand() {
    let sandbox = start().await;
    sandbox.control().set(Faults {
        dns_fails: true,
        ..Faults::default()
    });
    let answer = ask(&sandbox, "sandbox.test.", RecordType::MX).await;
    let code = answer.unwrap().metadata.response_code;
    assert_eq!(code, ResponseCode::ServFail);
    sandbox.control().set(Faults {
        dns_silent: true,
        ..Faults::default()
    });
    let answer = ask(&sandbox, "sandbox.test.", RecordType::MX).await;
    assert!(answer.is_none());
}
