//! The pages about messages, without WASM.

use domain::{
    Arrival, ArrivalProtocol, EmailAddress, MessageId, MessageState, Recipient, RecipientKind,
    SenderId, SenderLimits, SenderName,
};
use mail::CountedSender;

use crate::support::{Browser, Reply, Server, body, mail, submit};

async fn act(browser: &Browser, id: &str, what: &str) -> Reply {
    browser
        .submit(&format!("/messages/{id}"), body(&[("do", what)]))
        .await
}

#[tokio::test]
async fn an_empty_outbox_says_what_to_do_next() {
    let server = Server::start().await;
    let page = server.viewer().await.get("/messages").await;
    assert_eq!(page.status, 200);
    for shown in [
        "No messages yet",
        &format!("{}/api/v1/messages", server.url()),
        "mailgrant send",
        "There are no SMTP settings yet",
    ] {
        assert!(page.body.contains(shown), "{shown}: {page:?}");
    }
}

#[tokio::test]
async fn messages_are_listed_filtered_and_found() {
    let server = Server::start().await;
    let mailer = server.mailer().await;
    let first = submit(&mailer, "Invoice <1>").await;
    let second = submit(&mailer, "Newsletter").await;
    let browser = server.viewer().await;
    server.operator().await.get("/messages").await;
    let by = domain::Actor::command_line();
    mailer.outbox.cancel(&second, &by).await.unwrap();

    let all = browser.get("/messages").await.body;
    let place = |text: &str| all.find(text).unwrap_or_else(|| panic!("{text}: {all}"));
    assert!(
        place("Newsletter") < place("Invoice &lt;1&gt;"),
        "the newest is first"
    );
    assert!(all.contains("bob@example.com") && all.contains("The shop &lt;shop@example.com&gt;"));

    let has = async |query: &str, subject: &str| {
        let page = browser.get(&format!("/messages?{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        page.body.contains(&format!(">{subject}<"))
    };
    for (query, invoice, newsletter) in [
        ("state=waiting", true, false),
        ("state=cancelled", false, true),
        ("search=newsl", false, true),
        ("search=BOB%40example", true, true),
        ("search=100%25", false, false),
        ("data_center=default&from=2020-01-01", true, true),
        ("to=2020-01-01", false, false),
    ] {
        assert_eq!(has(query, "Invoice &lt;1&gt;").await, invoice, "{query}");
        assert_eq!(has(query, "Newsletter").await, newsletter, "{query}");
    }
    let after = browser
        .get(&format!("/messages?after={}", second.as_str()))
        .await;
    assert!(after.body.contains("Invoice") && !after.body.contains(">Newsletter<"));
    assert!(after.body.contains(">Newest<"), "{after:?}");
    let none = browser.get("/messages?search=nobody-wrote-this").await;
    assert!(none.body.contains("No matches.") && none.body.contains("Show all messages"));
    let unreadable = browser.get("/messages?from=yesterday&state=lost").await;
    assert!(
        unreadable.body.contains("This is not a valid option."),
        "{unreadable:?}"
    );
    assert!(all.contains(first.as_str()));
}

#[tokio::test]
async fn more_messages_than_a_page_holds_are_behind_a_link() {
    let server = Server::start().await;
    let mailer = server.mailer().await;
    for number in 0..51 {
        submit(&mailer, &format!("Number {number}.")).await;
    }
    let browser = server.administrator();
    let page = browser.get("/messages?search=number").await.body;
    assert!(
        page.contains("Number 50.") && page.contains("Number 1.") && !page.contains("Number 0.")
    );
    let link = page
        .split("id=\"older\"")
        .next()
        .unwrap()
        .rsplit("href=\"")
        .next()
        .unwrap();
    let path = link.split('"').next().unwrap().replace("&amp;", "&");
    let older = browser.get(&path).await.body;
    assert!(
        older.contains("Number 0.") && !older.contains("Number 1."),
        "{path}"
    );
}

#[tokio::test]
async fn one_message_is_shown_with_its_recipients_and_downloaded_as_it_is() {
    let server = Server::start().await;
    let mailer = server.mailer().await;
    let mut sent = mail(&mailer, "Hello");
    let copy = EmailAddress::parse("copy@example.com").unwrap();
    sent.message
        .recipients
        .push(Recipient::new(copy, RecipientKind::Bcc));
    let content = sent.message.content.clone();
    let id = mailer.outbox.submit(sent).await.unwrap().id;
    let viewer = server.viewer().await;
    let page = viewer.get(&format!("/messages/{}", id.as_str())).await;
    assert_eq!(page.status, 200);
    for shown in [
        "<title>Hello",
        "Waiting",
        "bob@example.com",
        "copy@example.com",
        "Bcc",
        "No attempts yet.",
        "API key shop",
        "&lt;5@example.com&gt;",
    ] {
        assert!(page.body.contains(shown), "{shown}: {page:?}");
    }
    assert!(
        !page.body.contains("value=\"cancel\""),
        "a viewer only looks"
    );
    let source = viewer.get(&format!("/messages/{}/raw", id.as_str())).await;
    assert_eq!(source.body.as_bytes(), content);
    assert_eq!(source.header("content-type"), "message/rfc822");
    assert!(
        source
            .header("content-disposition")
            .starts_with("attachment; filename=\"message-")
    );

    for path in ["/messages/none", "/messages/%20", "/messages/none/raw"] {
        assert_eq!(viewer.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_subject_is_isolated_and_is_only_words_also_in_the_title() {
    let server = Server::start().await;
    let mailer = server.mailer().await;
    let subject = "\u{202e}evil\u{2069} שלום </title><img src=x>";
    let id = submit(&mailer, subject).await;
    let viewer = server.viewer().await;
    // Without the marks between texts.
    let plain = |page: Reply| page.body.replace("<!>", "");
    let list = plain(viewer.get("/messages").await);
    let page = plain(viewer.get(&format!("/messages/{}", id.as_str())).await);
    let shown = "<bdi>evil שלום &lt;/title&gt;&lt;img src=x&gt;</bdi>";
    assert!(list.contains(shown), "{list}");
    assert!(page.contains(&format!("<h1>{shown}</h1>")), "{page}");
    assert!(
        page.contains("<title>evil שלום &lt;/title>&lt;img src=x> – Mailgrant</title>"),
        "{page}"
    );
    assert_eq!(page.matches("</title>").count(), 1, "{page}");
    assert!(
        page.contains("<bdi>The shop &lt;shop@example.com&gt;</bdi>"),
        "{page}"
    );
    assert!(page.contains("<bdi>bob@example.com</bdi>"), "{page}");
    for page in [&list, &page] {
        assert!(!page.contains(domain::untrusted::is_bidi_control), "{page}");
    }
}

#[tokio::test]
async fn the_preview_shows_words_and_loads_and_runs_nothing() {
    let server = Server::start().await;
    let mailer = server.mailer().await;
    let mut sent = mail(&mailer, "News");
    let html = "<h1>Our news</h1><p onclick=alert(1)>Words <a href='https://example.com/a'>a link</a></p>\
        <img src='https://tracker.example.com/p.gif' alt='A cat'><script>alert(1)</script><style>@import 'x'</style>";
    sent.message.content = format!(
        "Subject: News\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nPlain <words>\r\n\
         --b\r\nContent-Type: text/html\r\n\r\n{html}\r\n--b--\r\n"
    )
    .into_bytes();
    let id = mailer.outbox.submit(sent).await.unwrap().id;
    let path = format!("/messages/{}", id.as_str());
    let viewer = server.viewer().await;
    let page = viewer.get(&path).await.body;
    assert!(
        page.contains(&format!("src=\"{path}/html\"")) && page.contains("sandbox=\"allow-popups")
    );
    assert!(
        !page.contains("tracker.example.com") && !page.contains("onclick"),
        "{page}"
    );
    let text = viewer.get(&format!("{path}?show=text")).await.body;
    assert!(
        text.contains("Plain &lt;words&gt;") && !text.contains("<iframe"),
        "{text}"
    );

    let frame = viewer.get(&format!("{path}/html")).await;
    for kept in [
        "<h1>Our news</h1>",
        "https://example.com/a",
        "alt=\"A cat\"",
    ] {
        assert!(frame.body.contains(kept), "{kept}: {frame:?}");
    }
    for gone in ["tracker.example.com", "onclick", "<script", "@import"] {
        assert!(!frame.body.contains(gone), "{gone}: {frame:?}");
    }
    let policy = frame.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none';") && policy.contains("sandbox"),
        "{policy}"
    );
    let plain = submit(&mailer, "Plain").await;
    let none = viewer
        .get(&format!("/messages/{}/html", plain.as_str()))
        .await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn a_message_is_cancelled_and_retried_and_the_audit_names_the_user() {
    let server = Server::start().await;
    let mailer = server.mailer().await;
    let id = submit(&mailer, "Hello").await;
    let (operator, path) = (
        server.operator().await,
        format!("/messages/{}", id.as_str()),
    );
    let state = async || mailer.outbox.message(&id).await.unwrap().unwrap().state;

    let cancelled = act(&operator, id.as_str(), "cancel").await;
    assert_eq!(cancelled.location(), format!("{path}?done=cancel"));
    assert_eq!(state().await, MessageState::Cancelled);
    let page = operator.get(cancelled.location()).await;
    assert!(
        page.body.contains("Cancelled. You can retry it."),
        "{page:?}"
    );
    let again = act(&operator, id.as_str(), "cancel").await;
    assert_eq!(again.status, 409);
    assert!(
        again.body.contains("The message has changed its state"),
        "{again:?}"
    );
    let retried = act(&operator, id.as_str(), "retry").await;
    assert_eq!(retried.location(), format!("{path}?done=retry"));

    let audit = operator.get("/activity").await.body;
    for action in ["message_cancelled", "message_retried"] {
        assert!(
            audit.contains(&format!("data-action=\"{action}\"")),
            "{action}"
        );
    }
    assert_eq!(act(&operator, "none", "retry").await.status, 404);
    assert_eq!(act(&operator, id.as_str(), "delete").await.status, 422);
}

#[tokio::test]
async fn a_message_that_has_ended_is_sent_once_more_as_a_new_one() {
    let server = Server::start().await;
    let mailer = server.mailer().await;
    let id = submit(&mailer, "Hello").await;
    let operator = server.operator().await;
    let early = act(&operator, id.as_str(), "resend").await;
    assert_eq!(early.status, 409, "{early:?}");
    act(&operator, id.as_str(), "cancel").await;

    let resent = act(&operator, id.as_str(), "resend").await;
    let (page, code) = resent.location().split_once("?done=").unwrap();
    assert_eq!(code, "resend");
    let new = MessageId::parse(page.strip_prefix("/messages/").unwrap()).unwrap();
    assert!(
        operator
            .get(resent.location())
            .await
            .body
            .contains("This is the new message.")
    );
    let (old, new) = (
        mailer.outbox.message(&id).await.unwrap().unwrap(),
        mailer.outbox.message(&new).await.unwrap().unwrap(),
    );
    assert_eq!(old.state, MessageState::Cancelled);
    assert_eq!(
        (&new.subject, &new.recipients),
        (&old.subject, &old.recipients)
    );
    assert_ne!((&new.id, &new.message_id), (&old.id, &old.message_id));
    let content = mailer.outbox.content(&new.id).await.unwrap().unwrap();
    let header = format!("Message-ID: {}\r\n", new.message_id);
    assert!(content.starts_with(header.as_bytes()) && content.ends_with(b"Hello Bob\r\n"));
    let audit = operator.get("/activity?action=message_resent").await.body;
    assert!(
        audit.contains(id.as_str()) && audit.contains(new.id.as_str()),
        "{audit}"
    );
}

#[tokio::test]
async fn the_page_of_a_message_shows_how_it_came_in() {
    let server = Server::start().await;
    let mailer = server.mailer().await;
    let viewer = server.viewer().await;
    let mut submission = mail(&mailer, "Scan");
    submission.counts_for = Some(CountedSender {
        id: SenderId::parse("gone").unwrap(),
        name: SenderName::parse("Printer, 2nd floor").unwrap(),
        limits: SenderLimits::default(),
    });
    submission.arrival = Arrival {
        client_address: Some("192.168.1.20".parse().unwrap()),
        client_name: Some("<b>printer\u{202e}</b>".into()),
        tls: Some("1.2".into()),
        listener: Some("0.0.0.0:587 starttls".into()),
        ..Arrival::over(ArrivalProtocol::Smtp)
    };
    let id = mailer.outbox.submit(submission).await.unwrap().id;
    let path = format!("/messages/{}", id.as_str());
    let page = viewer.get(&path).await.body;
    // Without the marks between texts.
    let page = page.replace("<!>", "");
    for shown in [
        "Over SMTP",
        "<bdi>Printer, 2nd floor</bdi>",
        "(removed)",
        "<bdi>192.168.1.20</bdi>",
        // Untrusted text is escaped, isolated, and cannot reverse what follows.
        "<bdi>&lt;b&gt;printer&lt;/b&gt;</bdi>",
        "<bdi>1.2</bdi>",
        "<bdi>0.0.0.0:587 starttls</bdi>",
    ] {
        assert!(page.contains(shown), "{shown} {page}");
    }
    let id = submit(&mailer, "Report").await;
    let path = format!("/messages/{}", id.as_str());
    let page = viewer.get(&path).await;
    assert!(page.body.contains("Over the HTTP API"), "{page:?}");
    assert!(!page.body.contains("<dt>Listener"), "{page:?}");
}

#[tokio::test]
async fn viewing_changes_no_message() {
    let server = Server::start().await;
    let mailer = server.mailer().await;
    let id = submit(&mailer, "Hello").await;
    let viewer = server.viewer().await;
    for what in ["retry", "cancel", "resend"] {
        assert_eq!(act(&viewer, id.as_str(), what).await.status, 403, "{what}");
    }
    let message = mailer.outbox.message(&id).await.unwrap().unwrap();
    assert_eq!(message.state, MessageState::Waiting);
}
