//! Plants secrets, uses every feature that handles them, and searches for them in every response,
//! in the log at its most verbose level, and in the database.

use std::{collections::BTreeSet, fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sandbox::{Faults, RefusalStyle, TokenError};

use crate::support::{
    Browser, DATA, PASSWORD, Program, Provider, SAVE, SESSION, TEST, body, token_of,
};

pub const TYPED: [&str; 4] = [
    "planted-client-secret",
    "planted-password",
    "planted-mailbox-password",
    "planted%20<\"'>&secret",
];

/// Secrets of the alert channel: a part of its URL and its signing secret.
pub const HOOK: [&str; 2] = [
    "planted-webhook-path",
    "whsec_cGxhbnRlZC1zaWduaW5nLXNlY3JldC1vZi1hbGVydHM=",
];

/// Returns a secret in all encodings in which it is sent.
pub fn disguises(secret: &str, account: &str) -> Vec<String> {
    let xoauth2 = format!("user={account}\u{1}auth=Bearer {secret}\u{1}\u{1}");
    let plain = format!("\0{account}\0{secret}");
    vec![
        secret.to_owned(),
        STANDARD.encode(secret),
        STANDARD.encode(xoauth2),
        STANDARD.encode(plain),
    ]
}

/// Returns the content of all files in a directory.
pub fn contents(directory: &Path) -> Vec<u8> {
    fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|ending| ending != "key"))
        .flat_map(|path| fs::read(path).unwrap())
        .collect()
}

/// Adds alert channels and tests them: one that is rejected, and one whose server does not answer.
async fn alert(provider: &Provider, browser: &Browser) {
    let page = "/settings/alerts";
    let (origin, _) = provider
        .descriptor()
        .token_endpoint
        .rsplit_once("/token")
        .unwrap();
    for origin in [origin, "http://127.0.0.1:9"] {
        let url = format!("{origin}/{}", HOOK[0]);
        let add = [
            ("do", "add_channel"),
            ("kind", "webhook"),
            ("url", &url),
            ("secret", HOOK[1]),
        ];
        let added = browser.submit(page, body(&add)).await;
        assert_eq!(added.status, 303, "{added:?}");
    }
    let shown = browser.get(page).await.body;
    let ids = shown.split("name=\"id\" value=\"").skip(1);
    let ids: BTreeSet<_> = ids.map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    for id in ids {
        let test = body(&[("do", "test_channel"), ("id", id)]);
        let tried = browser.submit(page, test).await;
        assert!(tried.body.contains("Test alert not delivered"), "{tried:?}");
    }
}

/// Uses every feature that handles secrets, including failures.
pub async fn use_everything(provider: &Provider, browser: &Browser) {
    let control = provider.control();
    alert(provider, browser).await;
    provider.authorize(browser).await;
    provider.send_test(browser).await;
    control.expire_access_tokens();
    provider.send_test(browser).await;
    for faults in [
        Faults {
            refuse_tokens: Some(RefusalStyle::Google),
            ..Faults::default()
        },
        Faults {
            token_error: TokenError::named("invalid_grant"),
            ..Faults::default()
        },
        Faults {
            token_garbage: true,
            ..Faults::default()
        },
    ] {
        control.set(faults);
        control.expire_access_tokens();
        provider.send_test(browser).await;
        browser.get("/settings/smtp").await;
    }
    control.set(Faults::default());

    let (_, url) = provider.begin(browser).await;
    browser.get(&provider.answer(&url, false)).await;
    let form = provider.current_form(browser).await;
    let wrong = form.clone().with("client_secret", TYPED[0]);
    let basic = wrong
        .clone()
        .with_mailbox()
        .with("authentication_type", "basic")
        .with("password", TYPED[1])
        .with("mailbox_password", TYPED[2]);
    let refused = basic.clone().with("smtp_port", "0");
    let odd = basic.clone().with("password", TYPED[3]);
    for form in [wrong, refused, odd, basic] {
        for path in [TEST, SAVE] {
            let version = browser.saved_version().await;
            let form = form.clone().with("version", &version.to_string());
            let page = browser.submit(path, form.body_to("bob@sandbox.test")).await;
            if page.status.is_redirection() && page.location().starts_with('/') {
                browser.get(page.location()).await;
            }
            browser.fetch(path, form.body_to("bob@sandbox.test")).await;
        }
    }
    browser.get("/settings/smtp").await;
    browser.fetch(SAVE, form.body().replace("form", "f")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_any_answer_log_line_or_database_row() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let settings = [("MAILGRANT_LOG", "trace")];
    let program = Program::start_beside(&provider, directory.path(), &settings);
    let browser = program.administrator().await;
    use_everything(&provider, &browser).await;

    let link = program.setup_link().unwrap();
    let (seen, log) = (browser.seen(), program.log());
    assert!(program.stop());
    let data = directory.path().join(DATA);
    let stored = contents(&data);
    let stored = String::from_utf8_lossy(&stored);
    assert!(log.lines().count() > 100 && seen.len() > 10_000);
    assert!(stored.len() > 1_000);

    let found = provider.descriptor();
    let account = &found.accounts[0].address;
    let mut secrets = provider.control().secrets();
    assert!(secrets.len() > 5);
    secrets.extend(TYPED.map(str::to_owned));
    secrets.extend(HOOK.map(str::to_owned));
    secrets.push(PASSWORD.to_owned());
    secrets.push(found.client_secret.clone());
    secrets.push(found.accounts[0].password.clone());
    secrets.push(
        fs::read_to_string(data.join("mailgrant.key"))
            .unwrap()
            .trim()
            .to_owned(),
    );
    for secret in secrets.iter().flat_map(|secret| disguises(secret, account)) {
        for (place, text) in [("answer", &*seen), ("log", &*log), ("database", &*stored)] {
            let at = text.find(&secret);
            let around = at.map(|at| &text[text.floor_char_boundary(at.saturating_sub(200))..at]);
            assert!(
                at.is_none(),
                "{place}: …{}[{secret}]",
                around.unwrap_or_default()
            );
        }
    }
    for name in [SESSION, "mailgrant_device"] {
        let cookie = browser.cookie(name).unwrap();
        assert!(
            !log.contains(&cookie) && !stored.contains(&cookie),
            "{name}"
        );
    }
    // The link is printed once, as intended.
    let token = token_of(&link);
    assert_eq!(log.matches(token).count(), 1);
    assert!(!stored.contains(token));
}
