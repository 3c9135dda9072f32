//! Attack: forge lines of the log.

use tempfile::TempDir;

use crate::support::{Browser, PASSWORD, Program, body, raw};

const FORGED: &str = "2026-01-01T00:00:00.000000Z  INFO server::web::log: planted";

/// All characters that some software treats as the end of a line.
const ENDS: [&str; 7] = [
    "\n",
    "\r\n",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{b}",
    "\u{1b}[2K\u{1b}[1G",
];

fn encoded(text: &str) -> String {
    body(&[("", text)])[1..].to_owned()
}

/// Sends everything from anonymous and administrator requests that ends up in the log.
async fn write_everything(program: &Program, browser: &Browser) {
    let anonymous = Browser::at(&program.url);
    let address = program.url.strip_prefix("http://").unwrap();
    for end in ENDS {
        let text = format!("x{end}{FORGED}{end}");
        let path = format!("/{}", encoded(&text));
        for one in [&anonymous, browser] {
            one.get(&path).await;
            one.get(&format!("/api/v1{path}")).await;
            one.get(&format!(
                "/oauth/callback?state={}&error={}",
                encoded(&text),
                encoded(&text)
            ))
            .await;
            one.fetch("/api/grant_status", body(&[("data_center", &text)]))
                .await;
            one.submit("/login", body(&[("name", &text), ("password", PASSWORD)]))
                .await;
            one.submit(
                "/access",
                body(&[("do", "add_account"), ("name", &text), ("role", &text)]),
            )
            .await;
            one.submit(
                "/access",
                body(&[("do", "make_key"), ("name", &text), ("messages", "on")]),
            )
            .await;
            one.fetch("/api/add_data_center", body(&[("name", &text)]))
                .await;
        }
        // HTTP libraries refuse to send these characters.
        let request = format!(
            "GET /{} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: {text}\r\nX-Forwarded-For: {text}\r\n\
             Authorization: Bearer {text}\r\nCookie: mailgrant_session={text}\r\nConnection: close\r\n\r\n",
            text.replace(' ', "+")
        );
        raw(address.parse().unwrap(), &request).await;
        let method = format!("GET{end}{FORGED} / HTTP/1.1\r\nHost: {address}\r\n\r\n");
        raw(address.parse().unwrap(), &method).await;
    }
    // A browser with this user agent may sign in.
    for end in ["\u{85}", "\u{2028}"] {
        let agent = format!("x{end}{FORGED}");
        let request = anonymous
            .request("POST", "/login")
            .header(
                "user-agent",
                reqwest::header::HeaderValue::from_bytes(agent.as_bytes()).unwrap(),
            )
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body(&[("name", "admin"), ("password", PASSWORD)]));
        assert_eq!(anonymous.send(request).await.status, 303);
    }
}

async fn log_in(format: &str) -> (TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let settings = [
        ("MAILGRANT_LOG", "info"),
        ("MAILGRANT_LOG_FORMAT", format),
        ("MAILGRANT_RATE_LIMIT", "0"),
    ];
    let program = Program::start(directory.path(), &settings);
    let browser = program.administrator().await;
    write_everything(&program, &browser).await;
    let log = program.log();
    assert!(program.stop());
    (directory, log)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sent_begins_a_line_in_the_log() {
    let (_directory, log) = log_in("text").await;
    let lines: Vec<_> = log
        .split(['\n', '\r', '\u{85}', '\u{2028}', '\u{b}'])
        .collect();
    assert!(log.contains("planted"), "paths are logged: {log}");
    for line in lines {
        assert!(!line.starts_with(FORGED), "{line:?}");
        assert!(!line.contains('\u{1b}'), "{line:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_of_a_log_in_json_is_one_event() {
    let (_directory, log) = log_in("json").await;
    let mut requests = 0;
    for line in log
        .lines()
        .filter(|line| !line.starts_with("Set up Mailgrant: "))
    {
        let event: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert!(event["timestamp"].is_string(), "{line}");
        if event["message"] == "request" {
            requests += 1;
            assert_eq!(event["address"], "127.0.0.1", "{line}");
        }
    }
    assert!(requests > 50, "{log}");
}
