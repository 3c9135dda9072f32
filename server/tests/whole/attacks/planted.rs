//! Attack: read a secret in any role.

use std::fs;

use axum::http::Method;
use server::PERMISSIONS;

use crate::{
    planted_secrets::{TYPED, contents, disguises, use_everything},
    support::{Browser, DATA, PASSWORD, Program, Provider, SAVE, SESSION, TEST, body, token_of},
};

const COOKIES: [&str; 2] = [SESSION, "mailgrant_device"];
const PASSWORDS: [&str; 3] = [
    "planted quiet copper meadow",
    "planted amber violin harbour",
    "planted frozen walnut lantern",
];

/// A browser of each role, and all secrets.
struct People {
    walkers: Vec<(&'static str, Browser)>,
    secrets: Vec<String>,
}

/// Returns a browser with the cookies of another one and an empty record of responses.
fn walker(of: &Browser) -> Browser {
    let walker = Browser::at(&of.url);
    for name in COOKIES {
        walker.plant(name, &of.cookie(name).unwrap());
    }
    walker
}

async fn people(administrator: &Browser) -> People {
    let mut walkers = vec![("nobody", Browser::at(&administrator.url))];
    let mut secrets: Vec<_> = PASSWORDS.map(str::to_owned).into();
    secrets.push(PASSWORD.to_owned());
    for (role, password) in ["viewer", "operator", "administrator"]
        .into_iter()
        .zip(PASSWORDS)
    {
        let link = administrator.add_account(role, role).await;
        let browser = Browser::at(&administrator.url);
        assert_eq!(browser.choose_password(&link, password).await.status, 303);
        secrets.push(token_of(&link).to_owned());
        secrets.extend(COOKIES.map(|name| browser.cookie(name).unwrap()));
        walkers.push((role, walker(&browser)));
    }
    // A link that is still valid.
    let link = administrator.add_account("bob", "viewer").await;
    secrets.push(token_of(&link).to_owned());
    for scope in ["messages", "mailbox", "metrics", "send"] {
        let key = administrator.make_key(scope, &[(scope, "on")]).await;
        walkers.push((scope, Browser::at(&administrator.url).with_key(&key)));
        secrets.push(key[4..].to_owned());
    }
    secrets.extend(COOKIES.map(|name| administrator.cookie(name).unwrap()));
    walkers.push(("first administrator", walker(administrator)));
    People { walkers, secrets }
}

/// Requests every route with every method. The event streams end, because their subjects have
/// ended.
async fn walk(browser: &Browser, authorizations: &[String], checks: &[String]) {
    for known in PERMISSIONS {
        let ids = match known.path {
            path if path.contains("check") => checks,
            path if path.contains("{id}") => authorizations,
            _ => checks,
        };
        for id in ids {
            let path = known.path.replace("{id}", id);
            if known.method != Method::POST {
                browser.get(&path).await;
                browser
                    .get(&format!("{path}?data_center=default&draft=1&check={id}"))
                    .await;
                let request = browser
                    .request("GET", &path)
                    .header("accept", "application/json");
                browser.send(request).await;
            }
        }
        if known.method == Method::POST && known.path != "/logout" {
            for form in ["", "data_center=default", "do=none", "do=end_session&id=x"] {
                browser.submit(known.path, form).await;
                browser.fetch(known.path, form.to_owned()).await;
            }
        }
    }
    for path in [
        "/no/such/page",
        "/api/v1/none",
        "/activity?who=admin",
        "/activity/export?action=none",
    ] {
        browser.get(path).await;
    }
    let wrong = body(&[
        ("do", "change_password"),
        ("current", "x"),
        ("password", "y"),
    ]);
    browser.submit("/account", wrong).await;
    browser
        .fetch(TEST, "form[data_center]=default&recipient=x".into())
        .await;
    browser
        .fetch(SAVE, "form[data_center]=default".into())
        .await;
}

/// Returns the IDs that follow a marker in pages and responses, and one that does not exist.
fn ids(seen: &str, mark: &str) -> Vec<String> {
    let mut found = vec!["unknown".to_owned()];
    for rest in seen.split(mark).skip(1) {
        let good = |c: &char| c.is_ascii_alphanumeric() || "-_".contains(*c);
        let id: String = rest.chars().take_while(good).collect();
        if id.len() > 15 && !found.contains(&id) && found.len() < 4 {
            found.push(id);
        }
    }
    assert!(found.len() > 1, "{mark}");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn no_role_sees_a_secret_on_any_page_or_in_any_answer() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let settings = [("MAILGRANT_LOG", "trace"), ("MAILGRANT_RATE_LIMIT", "0")];
    let program = Program::start_beside(&provider, directory.path(), &settings);
    let administrator = program.administrator().await;
    let setup = token_of(&program.setup_link().unwrap()).to_owned();
    use_everything(&provider, &administrator).await;
    let mut people = people(&administrator).await;
    let seen = administrator.seen();
    let (authorizations, checks) = (ids(&seen, "/authorized/"), ids(&seen, "&check="));
    for (_, browser) in &people.walkers {
        walk(browser, &authorizations, &checks).await;
    }

    let log = program.log();
    assert!(program.stop());
    let data = directory.path().join(DATA);
    let stored = contents(&data);
    let stored = String::from_utf8_lossy(&stored);
    let mut printed = String::new();
    for command in [
        &["account", "list"][..],
        &["audit", "export"],
        &["audit", "verify"],
        &["config"],
    ] {
        let output = Program::output(directory.path(), command, &settings);
        printed += &String::from_utf8_lossy(&output.stdout);
        printed += &String::from_utf8_lossy(&output.stderr);
    }
    assert!(printed.contains("viewer"), "{printed}");

    let found = provider.descriptor();
    let account = &found.accounts[0].address;
    people.secrets.extend(provider.control().secrets());
    people.secrets.extend(TYPED.map(str::to_owned));
    people.secrets.push(found.client_secret.clone());
    people.secrets.push(found.accounts[0].password.clone());
    let key = fs::read_to_string(data.join("mailgrant.key")).unwrap();
    people.secrets.push(key.trim().to_owned());
    let seen: Vec<_> = people
        .walkers
        .iter()
        .map(|(name, browser)| (*name, browser.seen()))
        .collect();
    for (name, seen) in &seen {
        assert!(seen.len() > 20_000, "{name} has walked: {}", seen.len());
    }
    let mut places: Vec<_> = seen.iter().map(|(name, seen)| (*name, &**seen)).collect();
    places.extend([
        ("log", &*log),
        ("database", &*stored),
        ("command line", &*printed),
    ]);
    for secret in &people.secrets {
        for disguise in disguises(secret, account) {
            for (place, text) in &places {
                let at = text.find(&disguise);
                let around =
                    at.map(|at| &text[text.floor_char_boundary(at.saturating_sub(200))..at]);
                assert!(
                    at.is_none(),
                    "{place}: …{}[{disguise}]",
                    around.unwrap_or_default()
                );
            }
        }
    }
    // The secret is printed once, as intended.
    for (place, text) in places {
        assert_eq!(
            text.matches(&*setup).count(),
            usize::from(place == "log"),
            "{place}"
        );
    }
}
