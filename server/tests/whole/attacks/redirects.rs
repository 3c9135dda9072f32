//! Attack: redirect a browser from this server to another site (open redirect).

use reqwest::Url;

use crate::support::{ADMINISTRATOR, Browser, PASSWORD, Reply, Server, body, raw};

/// Values that browsers may interpret as another host or another header.
const TRICKS: [&str; 34] = [
    "https://evil.example/",
    "HTTPS://EVIL.EXAMPLE",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example/",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "/%2f%2fevil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/./\\evil.example",
    "/;//evil.example",
    "//user@evil.example",
    "//127.0.0.1@evil.example",
    "/@evil.example",
    "@evil.example",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "/a\r\nLocation: https://evil.example",
    "/\u{2028}/evil.example\u{85}",
];

/// Returns the URL to which a browser would navigate.
fn target(base: &str, location: &str) -> Url {
    Url::parse(base).unwrap().join(location).unwrap()
}

fn assert_stays(reply: &Reply, base: &str, trick: &str) {
    let all: Vec<_> = reply.headers.get_all("location").iter().collect();
    assert_eq!(all.len(), 1, "{trick:?} {reply:?}");
    let location = std::str::from_utf8(all[0].as_bytes()).unwrap();
    let (target, base) = (target(base, location), Url::parse(base).unwrap());
    assert_eq!(target.origin(), base.origin(), "{trick:?} {reply:?}");
    // A proxy that normalizes dots in the path must not see a host either.
    assert!(!target.path().starts_with("//"), "{trick:?} {reply:?}");
    assert!(reply.headers.get("refresh").is_none());
}

#[tokio::test]
async fn a_sign_in_leads_to_a_page_of_this_server_whatever_was_asked_for() {
    let server = Server::start().await;
    let browser = server.anonymous();
    let long = format!("/{}", "//evil.example".repeat(20_000));
    for trick in TRICKS.into_iter().chain([&*long]) {
        let fields = [
            ("name", ADMINISTRATOR),
            ("password", PASSWORD),
            ("next", trick),
        ];
        let reply = browser.submit("/login", body(&fields)).await;
        assert_eq!(reply.status, 303, "{trick:?} {reply:?}");
        assert_stays(&reply, &server.url(), trick);
    }
}

#[tokio::test]
async fn a_refusal_leads_to_the_sign_in_whatever_was_asked_for() {
    let server = Server::start().await;
    for trick in TRICKS {
        // Sent verbatim, except characters that cannot be part of a request line.
        let written = trick.replace([' ', '\t', '\r', '\n'], "%0d%0a");
        if !written.starts_with('/') {
            continue;
        }
        let request = format!(
            "GET {written} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nConnection: close\r\n\r\n",
            server.address
        );
        let answer = raw(server.address, request).await;
        let (head, _) = answer.split_once("\r\n\r\n").unwrap();
        let locations: Vec<_> = head
            .lines()
            .filter_map(|line| line.strip_prefix("location: "))
            .collect();
        if answer.starts_with("HTTP/1.1 400") {
            assert!(locations.is_empty(), "{trick:?} {answer}");
            continue;
        }
        assert_eq!(locations.len(), 1, "{trick:?} {answer}");
        assert!(locations[0].starts_with("/login"), "{trick:?} {answer}");
        let target = target(&server.url(), locations[0]);
        assert_eq!(target.path(), "/login", "{trick:?} {answer}");
    }
}

async fn submit_from(browser: &Browser, path: &str, body: &str, referers: &[&str]) -> Reply {
    let mut request = browser
        .request("POST", path)
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.to_owned());
    for referer in referers {
        request = request.header("referer", *referer);
    }
    browser.send(request).await
}

#[tokio::test]
async fn a_form_leads_back_to_its_page_only_when_that_is_one_of_this_server() {
    let server = Server::start().await;
    let browser = server.administrator();
    let own = server.url();
    let (host, port) = own.rsplit_once(':').unwrap();
    let foreign = [
        "https://evil.example/?a=b".to_owned(),
        "//evil.example".to_owned(),
        "null".to_owned(),
        String::new(),
        "javascript:alert(1)".to_owned(),
        format!("{own}.evil.example/"),
        format!("{own}@evil.example/"),
        format!("{host}@evil.example:{port}/"),
        format!("{host}:1/"),
        format!("https{}/", own.strip_prefix("http").unwrap()),
        format!("{own}\\@evil.example/"),
        format!("{own}//evil.example/"),
        format!("{own}/\\evil.example/"),
        format!(" {own}/"),
    ];
    // One request that succeeds, one that is rejected, and one that cannot be parsed.
    for (path, body) in [
        ("/api/grant_status", "data_center=default"),
        ("/api/grant_status", "data_center=none"),
        ("/api/save_smtp_settings", "form[data_center]=none"),
        ("/api/save_smtp_settings", "%"),
    ] {
        for referer in &foreign {
            let reply = submit_from(&browser, path, body, &[referer]).await;
            assert_eq!(reply.status, 303, "{referer} {reply:?}");
            assert_stays(&reply, &own, referer);
            assert!(!reply.header("location").contains("evil"), "{reply:?}");
        }
        let page = format!("{own}/settings/smtp?data_center=default");
        for twice in [
            [&*page, "https://evil.example"],
            ["https://evil.example", &*page],
        ] {
            let reply = submit_from(&browser, path, body, &twice).await;
            assert_stays(&reply, &own, "twice");
        }
        let reply = submit_from(&browser, path, body, &[&page]).await;
        assert!(reply.location().starts_with(&page), "{reply:?}");
        let reply = submit_from(&browser, path, body, &[]).await;
        assert_eq!(reply.location(), "/", "{reply:?}");
    }
}
