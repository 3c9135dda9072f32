//! Attack: crash the server with malformed bodies.

use axum::http::Method;
use server::{PERMISSIONS, Rule};

use crate::support::{Browser, Reply, Server};

const FORM: &str = "application/x-www-form-urlencoded";

/// Returns every path that accepts a form. Without a key, the API answers before it reads a body,
/// and closes the connection.
fn paths() -> impl Iterator<Item = &'static str> {
    let posts = PERMISSIONS
        .iter()
        .filter(|known| known.method == Method::POST)
        .filter(|known| !matches!(known.rule, Rule::Key(_)));
    posts.map(|known| known.path)
}

async fn post(browser: &Browser, path: &str, kind: Option<&str>, body: &[u8]) -> Reply {
    let mut request = browser
        .request("POST", path)
        .header("accept", "application/json")
        .body(body.to_vec());
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    browser.send(request).await
}

/// Returns bodies that are not forms, and forms that no browser would send.
fn malformed() -> Vec<Vec<u8>> {
    let nested = format!("form{}=x", "[a]".repeat(10_000));
    let indices: Vec<_> = (0..10_000).map(|at| format!("form[{at}]=x")).collect();
    let pairs: Vec<_> = (0..100_000).map(|at| format!("a{at}=")).collect();
    let known: [&str; 21] = [
        "%",
        "%4",
        "%zz=%zz",
        "%00=%00",
        "name=%00&data_center=%00&do=%00",
        "name=a&name=b&data_center=a&data_center=b&do=end_key&do=make_key",
        "form[smtp_host]=a&form[smtp_host]=b&recipient=a&recipient=b",
        "form=x",
        "form[]=x",
        "form[][]=x",
        "form[=x",
        "form]=x",
        "form[smtp_host][x]=y",
        "form[version]=99999999999999999999",
        "form[version]=-1e9",
        "form[enable_ssl]=maybe&form[data_center]=default",
        "over=x&overwrite=x",
        "&&&===&&;;",
        "{\"form\":{}}",
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]><x>&y;</x>",
        "--x\r\nContent-Disposition: form-data; name=\"name\"; filename=\"../../x\"\r\n\r\ny\r\n--x--",
    ];
    let mut bodies: Vec<_> = known.iter().map(|body| body.as_bytes().to_vec()).collect();
    bodies.extend([
        Vec::new(),
        b"name=\xff\xfe&data_center=\xc3\x28&do=\xed\xa0\x80".to_vec(),
        b"do=%FF%FE&data_center=%C3%28&form[smtp_host]=%ED%A0%80".to_vec(),
        vec![0; 10_000],
        vec![b'&'; 500_000],
        vec![b'%'; 100_000],
        vec![b'['; 100_000],
        nested.into_bytes(),
        indices.join("&").into_bytes(),
        pairs.join("&").into_bytes(),
        format!("name={}", "x".repeat(1_000_000)).into_bytes(),
    ]);
    bodies
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_makes_any_form_or_server_function_fail() {
    let server = Server::start().await;
    let browser = server.administrator();
    let mut database = server.database().await;
    let before = database.dump().await;
    let count = |dump: &str, table: &str| {
        let lines = dump.lines();
        lines.filter(|line| line.starts_with(table)).count()
    };
    for path in paths().filter(|path| *path != "/logout") {
        for body in malformed() {
            let reply = post(&browser, path, Some(FORM), &body).await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
            let status = reply.status.as_u16();
            assert!((400..500).contains(&status), "{path} {shown} {reply:?}");
            assert_ne!(status, 403, "{path} {shown}");
            assert!(!reply.body.contains("root:"), "{path} {shown}");
            // The response repeats the typed name and nothing more.
            assert!(reply.body.len() < body.len() + 100_000, "{path} {shown}");
        }
    }
    let after = database.dump().await;
    for table in [
        "accounts:",
        "api_keys:",
        "data_centers:",
        "smtp_settings:",
        "links:",
    ] {
        assert_eq!(count(&after, table), count(&before, table), "{table}");
    }
    assert_eq!(browser.get("/settings/smtp").await.status, 200);
}

#[tokio::test]
async fn a_form_of_another_content_type_does_nothing() {
    let server = Server::start().await;
    let browser = server.administrator();
    let body = b"do=add_account&name=mallory&role=administrator";
    for kind in [
        None,
        Some(""),
        Some("text/plain"),
        Some("application/json"),
        Some("multipart/form-data; boundary=x"),
        Some("application/xml"),
        Some("\u{ff}"),
    ] {
        for path in ["/access", "/account", "/login", "/password", "/setup"] {
            let reply = post(&browser, path, kind, body).await;
            assert_eq!(reply.status, 415, "{path} {kind:?} {reply:?}");
        }
        let reply = post(&browser, "/api/add_data_center", kind, b"name=Intruder").await;
        assert_eq!(reply.status, 415, "{kind:?} {reply:?}");
    }
    let page = browser.get("/access").await;
    assert!(!page.body.contains("mallory") && !page.body.contains("Intruder"));
}

#[tokio::test]
async fn a_body_that_is_said_to_be_compressed_is_not_unpacked() {
    let server = Server::start().await;
    let request = server
        .administrator()
        .request("POST", "/api/grant_status")
        .header("content-type", FORM)
        .header("content-encoding", "gzip")
        .body("data_center=default");
    // The body is read as it is; the server never decompresses requests.
    let reply = server.administrator().send(request).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[tokio::test]
async fn queries_and_paths_of_any_kind_are_answered() {
    let server = Server::start().await;
    let browser = server.administrator();
    let nested = format!("?a{}=x", "[a]".repeat(2_000));
    let many: Vec<_> = (0..5_000).map(|at| format!("a{at}=b")).collect();
    let many = format!("?{}", many.join("&"));
    let long = format!("?who={}", "x".repeat(30_000));
    for known in PERMISSIONS
        .iter()
        .filter(|known| known.method == Method::GET)
    {
        for query in [
            "?%",
            "?%ff=%fe",
            "?%00",
            "?before=99999999999999999999&from=x&to=%00",
            "?before=-1&who=%25&action=x",
            "?__path=%2Fapi%2Fsave_smtp_settings&__err=%00",
            "?__path=%2Fapi%2Fsave_smtp_settings&__err=eyJGb3JtIjp7fX0",
            "?data_center=..%2F..&check=%00&draft=2&done=x",
            "?token=%00&token=x",
            &*nested,
            &*many,
            &*long,
        ] {
            let path = format!("{}{query}", known.path.replace("{id}", "%ff%00"));
            let reply = browser.get(&path).await;
            let shown = &path[..path.len().min(80)];
            assert!(!reply.status.is_server_error(), "{shown} {reply:?}");
        }
    }
}
