//! The mailbox pages and their downloads.

use crate::support::{Browser, Provider, Reply, SAVE, Server};

const HOSTILE: &str = "From: \"<script>alert(1)</script>\" <bob@sandbox.test>\r\n\
    Subject: </title></h1><img src=x onerror=alert(1)> &amp;\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/html\r\n\r\n<p onclick=alert(1)>Words</p><script>alert(1)</script>\
    <img src=https://tracker.example/p.gif><style>@import 'https://tracker.example'</style>\
    <a href=\"https://example.com\">link</a>\r\n\
    --b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=\"../../x\\\"y.html\"\r\n\r\n\
    <script>alert(1)</script>\r\n--b--\r\n";

/// Returns a provider, a server that reads Alice's mailbox, and one message in it.
pub async fn world() -> (Provider, Server) {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let administrator = server.administrator();
    let form = crate::support::Form::basic(provider.descriptor(), &administrator.url)
        .with_mailbox_at(provider.descriptor());
    let saved = administrator.fetch(SAVE, form.body()).await;
    assert_eq!(saved.status, 200, "{saved:?}");
    (provider, server)
}

pub fn put(provider: &Provider, raw: &str) -> String {
    let alice = &provider.descriptor().accounts[0].address;
    format!("1.{}", provider.control().deliver(alice, "INBOX", raw))
}

async fn show(browser: &Browser, path: &str) -> Reply {
    let reply = browser.get(path).await;
    assert_eq!(reply.status, 200, "{path} {reply:?}");
    reply
}

#[tokio::test]
async fn untrusted_text_is_shown_as_words() {
    let (provider, server) = world().await;
    let id = put(&provider, HOSTILE);
    let operator = server.operator().await;
    let list = show(&operator, "/mailbox").await;
    let mail = show(&operator, &format!("/mailbox/message?mail={id}")).await;
    for page in [&list, &mail] {
        assert!(!page.body.contains("<script>alert"), "{page:?}");
        assert!(!page.body.contains("<img src=x"), "{page:?}");
        assert!(page.body.contains("&lt;img src=x"), "{page:?}");
        assert!(page.body.matches("</title>").count() == 1, "{page:?}");
        assert!(
            page.header("content-security-policy")
                .contains("default-src 'self'")
        );
    }
    // There is no plain text, so the page shows HTML in a sandboxed frame.
    assert!(mail.body.contains("<iframe"), "{mail:?}");
    assert!(
        mail.body
            .contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"")
    );
    assert!(!mail.body.contains("Words"), "{mail:?}");
}

/// Names and subjects with bidirectional controls, which are not displayed, and right-to-left text,
/// which is.
#[tokio::test]
async fn text_that_changes_its_direction_is_isolated_and_cannot_reverse_anything() {
    let (provider, server) = world().await;
    // Both are base64: U+202E evil U+202C שלום </title><b>, and U+2067 דוד U+2069 levi.
    let raw = "From: =?utf-8?b?FROM?= <dov@sandbox.test>\r\nSubject: =?utf-8?b?SUBJECT?=\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nשלום \u{202e}moc.elpmaxe\r\n\
        --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
        <p dir=rtl>שלום <a href='https://example.com'>&#x202e;moc.elpmaxe</a><bdo dir=rtl>abc</bdo></p>\r\n\
        --b\r\nContent-Disposition: attachment; filename*=utf-8''invoice%E2%80%AEfdp.exe\r\n\r\nx\r\n--b--\r\n";
    let raw = raw.replace("FROM", "4oGn15PXldeT4oGpIGxldmk=");
    let id = put(
        &provider,
        &raw.replace("SUBJECT", "4oCuZXZpbOKArCDXqdec15XXnSA8L3RpdGxlPjxiPg=="),
    );
    let operator = server.operator().await;
    // Without the marks between texts.
    let plain = |page: Reply| page.body.replace("<!>", "");
    let list = plain(show(&operator, "/mailbox").await);
    let path = format!("/mailbox/message?mail={id}");
    let mail = plain(show(&operator, &path).await);
    let html = format!("/mailbox/message/html?mail={id}");
    let html = show(&operator, &html).await.body;
    for (page, shown) in [
        (
            &list,
            "<bdi class=\"mail-subject\">evil שלום &lt;/title&gt;&lt;b&gt;</bdi>",
        ),
        (
            &list,
            "<bdi class=\"mail-from\">דוד levi &lt;dov@sandbox.test&gt;</bdi>",
        ),
        (
            &mail,
            "<h1 class=\"mail-title\"><bdi>evil שלום &lt;/title&gt;&lt;b&gt;</bdi></h1>",
        ),
        (&mail, "<title>evil שלום &lt;/title>&lt;b>"),
        (&mail, "<bdi>דוד levi &lt;dov@sandbox.test&gt;</bdi>"),
        (&mail, "<bdi>invoicefdp.exe</bdi>"),
        (&mail, "id=\"mail-text\" dir=\"auto\""),
        (&mail, ">שלום moc.elpmaxe</pre>"),
        (&html, "<body dir=\"auto\">"),
        (&html, "<p dir=\"rtl\">שלום <a "),
        (&html, "href=\"https://example.com\""),
        (&html, ">moc.elpmaxe</a>abc</p>"),
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let file = format!("/mailbox/message/attachment?mail={id}&attachment=1");
    let file = show(&operator, &file).await;
    let disposition = file.header("content-disposition");
    assert_eq!(disposition, "attachment; filename*=UTF-8''invoicefdp.exe");
    for page in [&list, &mail, &html] {
        assert!(!page.contains(domain::untrusted::is_bidi_control), "{page}");
        assert_eq!(page.matches("</title>").count(), 1, "{page}");
    }
}

#[tokio::test]
async fn html_is_a_document_of_its_own_that_loads_and_runs_nothing() {
    let (provider, server) = world().await;
    let id = put(&provider, HOSTILE);
    let operator = server.operator().await;
    let html = show(&operator, &format!("/mailbox/message/html?mail={id}")).await;
    let policy = html.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(
        policy.contains("; sandbox allow-popups allow-popups-to-escape-sandbox"),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
    assert!(
        !policy.contains("script-src") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(html.header("referrer-policy"), "no-referrer");
    assert_eq!(html.header("x-content-type-options"), "nosniff");
    assert_eq!(html.header("cache-control"), "no-store");
    assert!(html.body.contains("<p>Words</p>"), "{html:?}");
    for gone in ["tracker", "alert", "onclick", "<script", "<img"] {
        let without_style = html.body.split("</style>").last().unwrap();
        assert!(
            !without_style.contains(gone) || gone == "<img",
            "{gone} {html:?}"
        );
    }
    assert!(!html.body.contains("src="), "{html:?}");
}

#[tokio::test]
async fn files_are_saved_and_never_shown() {
    let (provider, server) = world().await;
    let id = put(&provider, HOSTILE);
    let operator = server.operator().await;
    let file = show(
        &operator,
        &format!("/mailbox/message/attachment?mail={id}&attachment=1"),
    )
    .await;
    assert_eq!(file.header("content-type"), "application/octet-stream");
    let disposition = file.header("content-disposition");
    assert!(
        disposition.starts_with("attachment; filename*=UTF-8''"),
        "{disposition}"
    );
    assert!(!disposition.contains(['/', '"', '\\']), "{disposition}");
    assert!(file.header("content-security-policy").ends_with("sandbox"));
    assert_eq!(file.body.trim(), "<script>alert(1)</script>");
    let source = show(&operator, &format!("/mailbox/message/source?mail={id}")).await;
    assert_eq!(source.body, HOSTILE);
    assert_eq!(source.header("content-type"), "application/octet-stream");
}

#[tokio::test]
async fn a_missing_message_has_a_page_that_says_so() {
    let (provider, server) = world().await;
    let operator = server.operator().await;
    let id = put(&provider, "Subject: a\r\n\r\nb");
    for (path, status, words) in [
        ("/mailbox?folder=None", 404, "There is no such folder."),
        ("/mailbox?folder=a%0d%0ab", 400, "is incomplete"),
        ("/mailbox?since=yesterday", 400, "This is not a date."),
        ("/mailbox/message?mail=1.999", 404, "There is no such mail."),
        ("/mailbox/message?mail=x", 400, "is incomplete"),
        ("/mailbox/message?mail=7.1", 200, "renumbered this folder"),
        ("/mailbox?before=7.1", 200, "renumbered this folder"),
        (
            "/mailbox?data_center=none",
            404,
            "There is no such data center.",
        ),
        ("/mailbox/message/html?mail=1.999", 404, ""),
        ("/mailbox/message/html?mail=x", 404, ""),
        ("/mailbox/message/attachment?mail=1.1&attachment=9", 404, ""),
    ] {
        let reply = operator.get(path).await;
        assert_eq!(reply.status, status, "{path} {reply:?}");
        assert!(reply.body.contains(words), "{path} {reply:?}");
    }
    provider.control().set(sandbox::Faults {
        imap: Some(sandbox::ImapFault::CutInFetch),
        ..sandbox::Faults::default()
    });
    let cut = operator.get(&format!("/mailbox/message?mail={id}")).await;
    assert_eq!(cut.status, 502);
    assert!(cut.body.contains("connection_closed"), "{cut:?}");
}

#[tokio::test]
async fn an_email_box_that_is_off_leads_to_its_settings() {
    let server = Server::start().await;
    let operator = server.operator().await;
    let page = show(&operator, "/mailbox").await;
    assert!(page.body.contains("The email box is off."), "{page:?}");
    assert!(page.body.contains("href=\"/settings/smtp\""), "{page:?}");
    assert_eq!(operator.get("/events/mailbox").await.status, 404);
}

#[tokio::test]
async fn a_viewer_reads_no_mail() {
    let (provider, server) = world().await;
    let id = put(&provider, HOSTILE);
    let viewer = server.viewer().await;
    assert!(
        !viewer
            .get("/settings/smtp")
            .await
            .body
            .contains("href=\"/mailbox\"")
    );
    for path in [
        "/mailbox".to_owned(),
        format!("/mailbox/message?mail={id}"),
        format!("/mailbox/message/html?mail={id}"),
        format!("/mailbox/message/source?mail={id}"),
        format!("/mailbox/message/attachment?mail={id}&attachment=1"),
        "/events/mailbox".to_owned(),
    ] {
        assert_eq!(viewer.get(&path).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_mailbox_that_cannot_be_read_leads_to_the_settings() {
    let (provider, server) = world().await;
    provider.control().set(sandbox::Faults {
        imap: Some(sandbox::ImapFault::WrongCredentials),
        ..sandbox::Faults::default()
    });
    let page = server.operator().await.get("/mailbox").await;
    assert!(
        page.body.contains("The mailbox cannot be read."),
        "{page:?}"
    );
    assert!(page.body.contains("Try again"), "{page:?}");
    assert!(page.body.contains("href=\"/settings/smtp"), "{page:?}");
    assert!(page.body.contains("Go to the settings of this data center"));
}
