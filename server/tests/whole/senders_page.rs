//! `/settings/senders`: forms that work without WASM, passwords that appear once, and the listeners
//! of the SMTP server.

use std::{fs, net::SocketAddr};

use server::config::SmtpConfig;
use submission::{ListenerOptions, Mode};

use crate::support::{Browser, Reply, Server, body};

const PAGE: &str = "/settings/senders";
const ADD: &str = "/settings/senders/new";

async fn act(browser: &Browser, action: &str, fields: &[(&str, &str)]) -> Reply {
    let fields = [&[("do", action)], fields].concat();
    browser.submit(PAGE, body(&fields)).await
}

/// Returns the password on a page that shows it.
fn password(page: &Reply) -> String {
    assert_eq!(page.status, 200, "{page:?}");
    let (_, rest) = page
        .body
        .split_once("id=\"shown-once\"")
        .unwrap_or_else(|| panic!("{page:?}"));
    let (_, rest) = rest.split_once("value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Returns the path of the form of the only sender, and its ID.
async fn edit(browser: &Browser) -> (String, String) {
    let page = browser.get(PAGE).await.body;
    let (_, rest) = page.split_once("href=\"/settings/senders/").unwrap();
    let rest = if rest.starts_with("new") {
        rest.split_once("href=\"/settings/senders/").unwrap().1
    } else {
        rest
    };
    let id = rest.split('/').next().unwrap().to_owned();
    (format!("{PAGE}/{id}/edit"), id)
}

/// Returns a page without the comments between its texts.
async fn text(browser: &Browser, path: &str) -> String {
    browser.get(path).await.body.replace("<!>", "")
}

#[tokio::test]
async fn a_sender_is_added_changed_and_removed_and_each_password_appears_once() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let empty = administrator.get(PAGE).await;
    assert!(empty.body.contains("A sender is a program or device"));
    assert!(empty.body.contains("href=\"/settings/senders/new\""));
    let new = administrator.get(ADD).await;
    assert_eq!(new.status, 200, "{new:?}");

    let fields = [
        ("name", "Printer"),
        ("credentials", "on"),
        ("networks", "192.168.1.0/24\n10.0.0.7"),
        ("messages_per_minute", "10"),
        ("expires", "2099-12-31"),
    ];
    let added = act(&administrator, "add_sender", &fields).await;
    let first = password(&added);
    assert_eq!(first.len(), 16);
    assert!(added.body.contains("Password of Printer"), "{added:?}");
    let page = text(&administrator, PAGE).await;
    for shown in [
        "User name <code>printer</code>",
        "192.168.1.0/24, 10.0.0.7",
        "10 a minute, until 2099-12-31",
        "0 accepted, 0 rejected",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }

    // Saving the form as it is changes nothing.
    let (path, id) = edit(&administrator).await;
    let form = administrator.get(&path).await;
    assert_eq!(form.status, 200, "{form:?}");
    assert!(form.body.contains("value=\"2099-12-31\""), "{form:?}");
    let with_id = [&[("id", &*id)][..], &fields].concat();
    let saved = act(&administrator, "change_sender", &with_id).await;
    assert_eq!(saved.location(), "/settings/senders?done=change_sender");

    let kept = [("id", &*id), ("old", "keep")];
    let second = password(&act(&administrator, "rotate_password", &kept).await);
    let form = administrator.get(&path).await;
    assert_eq!(form.body.matches("<li>Created ").count(), 2, "{form:?}");
    assert!(form.body.contains("valid until"));
    let ended = [("id", &*id), ("old", "end")];
    let third = password(&act(&administrator, "rotate_password", &ended).await);
    let form = administrator.get(&path).await;
    assert_eq!(form.body.matches("<li>Created ").count(), 1, "{form:?}");

    // Without credentials it has no password; with them again, it gets one.
    let without = [("id", &*id), ("name", "Printer"), ("networks", "10.0.0.7")];
    let saved = act(&administrator, "change_sender", &without).await;
    assert_eq!(saved.location(), "/settings/senders?done=change_sender");
    assert!(
        !administrator
            .get(&path)
            .await
            .body
            .contains("rotate_password")
    );
    let again = [("id", &*id), ("name", "Printer"), ("credentials", "on")];
    let fourth = password(&act(&administrator, "change_sender", &again).await);

    for path in [&path, PAGE, "/activity", "/activity/export", "/access"] {
        administrator.get(path).await;
    }
    let seen = administrator.seen();
    for secret in [first, second, third, fourth] {
        assert_eq!(seen.matches(&*secret).count(), 1);
    }

    let removed = act(&administrator, "remove_sender", &[("id", &*id)]).await;
    assert_eq!(removed.location(), "/settings/senders?done=remove_sender");
    assert_eq!(administrator.get(&path).await.status, 404);
    for (action, fields) in [
        ("remove_sender", vec![("id", &*id)]),
        ("rotate_password", vec![("id", &*id), ("old", "keep")]),
        ("rotate_password", vec![("id", "../x"), ("old", "keep")]),
        ("change_sender", vec![("id", &*id), ("name", "Printer")]),
        ("change_sender", vec![("id", "?x"), ("name", "Printer")]),
    ] {
        let gone = act(&administrator, action, &fields).await;
        assert_eq!(gone.status, 422, "{action} {gone:?}");
        assert!(gone.body.contains("no longer exists"), "{action} {gone:?}");
    }
}

#[tokio::test]
async fn a_refused_form_keeps_everything_and_shows_each_error_at_its_field() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let typed = [
        ("name", "<Printer>\u{7}"),
        ("credentials", "on"),
        ("user", "a b"),
        ("networks", "198.51.100.7"),
        ("data_center", "none!"),
        ("messages_per_minute", "ten"),
        ("messages_per_day", "0"),
        ("expires", "2020-01-01"),
        ("silent_after_hours", "soon"),
        ("allowed_from", "nobody here"),
        ("other_from", "rewrite"),
        ("display_name", "a\u{7}b"),
        ("default_from", "nobody"),
        ("null_sender", "reject"),
        ("allowed_recipients", "a@b.c"),
    ];
    let refused = act(&administrator, "add_sender", &typed).await;
    assert_eq!(refused.status, 422);
    let chosen = ["credentials", "other_from", "null_sender"];
    for (name, value) in typed {
        let error = format!("id=\"sender-{name}-error\"");
        assert_eq!(
            refused.body.contains(&error),
            !chosen.contains(&name),
            "{name}: {refused:?}"
        );
        let shown = value.replace('<', "&lt;").replace('>', "&gt;");
        // A select shows only what it offers.
        if name != "data_center" {
            assert!(refused.body.contains(&shown), "{name}: {refused:?}");
        }
    }
    for chosen in ["sender-other_from-rewrite", "sender-null_sender-reject"] {
        let (_, rest) = refused
            .body
            .split_once(&format!("id=\"{chosen}\""))
            .unwrap();
        assert!(
            rest.split('>').next().unwrap().contains("checked"),
            "{chosen}"
        );
    }

    // A public network needs a confirmation, and every address is always refused.
    let network = |network: &'static str, confirmed: &'static str| {
        [
            ("name", "Printer"),
            ("networks", network),
            ("confirm_networks", confirmed),
        ]
    };
    let refused = act(&administrator, "add_sender", &network("198.51.100.7", "")).await;
    assert!(refused.body.contains("can be reached from the internet"));
    let refused = act(&administrator, "add_sender", &network("0.0.0.0/0", "on")).await;
    assert!(
        refused.body.contains("contains every address"),
        "{refused:?}"
    );
    let added = act(&administrator, "add_sender", &network("198.51.100.7", "on")).await;
    assert_eq!(added.location(), "/settings/senders?done=add_sender");
    let taken = act(&administrator, "add_sender", &network("198.51.100.7", "on")).await;
    for field in ["name", "networks"] {
        let error = format!("id=\"sender-{field}-error\"");
        assert_eq!(taken.body.contains(&error), field == "name", "{taken:?}");
    }

    let (path, id) = edit(&administrator).await;
    let form = administrator.get(&path).await.body;
    let (_, switch) = form.split_once("id=\"sender-confirm_networks\"").unwrap();
    assert!(switch.split('>').next().unwrap().contains("checked"));
    let wrong = [("id", &*id), ("name", "Printer"), ("networks", "office")];
    let refused = act(&administrator, "change_sender", &wrong).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("id=\"sender-networks-error\""));
    assert!(
        refused.body.contains("value=\"change_sender\""),
        "{refused:?}"
    );

    // Only a sender with a password may read the mailbox.
    let without = [("name", "Help desk"), ("read_mailbox", "on")];
    let refused = act(&administrator, "add_sender", &without).await;
    assert!(
        refused.body.contains("id=\"sender-read_mailbox-error\""),
        "{refused:?}"
    );
}

#[tokio::test]
async fn others_than_administrators_see_the_list_without_forms() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let fields = [("name", "Printer"), ("networks", "10.0.0.7")];
    act(&administrator, "add_sender", &fields).await;
    let (path, id) = edit(&administrator).await;
    for browser in [server.viewer().await, server.operator().await] {
        let page = browser.get(PAGE).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Printer") && page.body.contains("10.0.0.7"));
        assert!(
            !page.body.contains("/edit") && !page.body.contains(ADD),
            "{page:?}"
        );
        assert_eq!(browser.get(&path).await.status, 403);
        assert_eq!(browser.get(ADD).await.status, 403);
        let refused = act(&browser, "remove_sender", &[("id", &*id)]).await;
        assert_eq!(refused.status, 403);
    }
}

#[tokio::test]
async fn an_api_key_is_bound_to_a_sender_on_the_access_page() {
    let server = Server::start().await;
    let administrator = server.administrator();
    let page = text(&administrator, "/access").await;
    assert!(!page.contains("make-key-sender"), "{page}");
    act(&administrator, "add_sender", &[("name", "Grafana")]).await;
    let unknown = [
        ("do", "make_key"),
        ("name", "grafana"),
        ("send", "on"),
        ("sender", "None"),
    ];
    let refused = administrator.submit("/access", body(&unknown)).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("id=\"make-key-sender-error\""));
    administrator
        .make_key("grafana", &[("send", "on"), ("sender", "Grafana")])
        .await;
    let page = text(&administrator, "/access").await;
    assert!(page.contains("Sender: <bdi>Grafana</bdi>"), "{page}");
    let page = text(&administrator, PAGE).await;
    assert!(page.contains("API key <bdi>grafana</bdi>"), "{page}");
    let (path, _) = edit(&administrator).await;
    let page = administrator.get(&path).await.body;
    assert!(page.contains("Its API keys are revoked"), "{page}");
}

fn listener(address: &str, mode: Mode) -> ListenerOptions {
    ListenerOptions {
        address: address.parse().unwrap(),
        mode,
        networks: vec!["127.0.0.0/8".parse().unwrap()],
        ..ListenerOptions::new("127.0.0.1:0".parse().unwrap(), mode)
    }
}

#[tokio::test]
async fn listeners_have_warnings_and_the_certificate_is_downloaded_without_its_key() {
    let server = Server::start_with(|config| {
        config.smtp = SmtpConfig {
            listeners: vec![
                listener("127.0.0.1:0", Mode::StartTls),
                listener("0.0.0.0:0", Mode::Plain),
            ],
            ..SmtpConfig::default()
        };
        // A configured file may contain the key as well.
        let made = rcgen::generate_simple_self_signed(["mail.example.com".to_owned()]).unwrap();
        let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let file = |name: &str| config.data_directory.with_file_name(name);
        fs::write(file("both.pem"), [&*certificate, &key].concat()).unwrap();
        config.smtp.certificate = Some(server::config::SmtpCertificate {
            certificate: file("both.pem"),
            key: file("both.pem"),
        });
    })
    .await;
    let viewer = server.viewer().await;
    let page = viewer.get(PAGE).await.body;
    for shown in [
        "STARTTLS",
        "Only programs on this machine.",
        "127.0.0.0/8.",
        "Others on the network can read passwords and mail.",
        "Behind NAT",
        "mail.example.com",
        "Download certificate",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("does not listen here"));
    let file = viewer.get("/settings/senders/certificate").await;
    assert_eq!(file.status, 200, "{file:?}");
    assert!(file.header("content-disposition").contains("attachment"));
    assert_eq!(file.body.matches("BEGIN CERTIFICATE").count(), 1);
    assert!(!file.body.contains("KEY"), "{file:?}");
    assert_eq!(
        server
            .anonymous()
            .get("/settings/senders/certificate")
            .await
            .status,
        303
    );
}

#[tokio::test]
async fn a_default_listener_whose_port_is_taken_is_shown_with_the_reason() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address: SocketAddr = taken.local_addr().unwrap();
    let server = Server::start_with(|config| {
        config.smtp = SmtpConfig {
            listeners: vec![listener(&address.to_string(), Mode::StartTls)],
            is_default: true,
            ..SmtpConfig::default()
        };
    })
    .await;
    let page = server.administrator().get(PAGE).await.body;
    assert!(page.contains(&address.to_string()), "{page}");
    assert!(page.contains("another program uses this port"), "{page}");
    drop(server);

    let off = Server::start().await;
    let page = off.administrator().get(PAGE).await.body;
    assert!(page.contains("Mail is not accepted over SMTP."), "{page}");
    let file = off
        .administrator()
        .get("/settings/senders/certificate")
        .await;
    assert_eq!(file.status, 404);
}
