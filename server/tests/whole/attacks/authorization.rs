//! Attack: complete the authorization of another user, or have another user complete one's own.

use crate::support::{Browser, Provider, Reply, SESSION, Server};

async fn started() -> (Provider, Server) {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    (provider, server)
}

/// Returns the value of a parameter of a callback.
fn value<'a>(callback: &'a str, name: &str) -> &'a str {
    let (_, query) = callback.split_once('?').unwrap();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(known, _)| *known == name);
    values.next().unwrap().1
}

fn assert_turned_away(reply: &Reply, finding: &str) {
    let expected = format!("/authorized/unknown?finding={finding}");
    assert_eq!(reply.location(), expected, "{reply:?}");
}

async fn assert_not_authorized(provider: &Provider, browser: &Browser) {
    let status = browser
        .fetch("/api/grant_status", "data_center=default".into())
        .await;
    assert!(!status.body.contains("\"Authorized\":{"), "{status:?}");
    assert!(provider.control().token_requests().is_empty());
}

#[tokio::test]
async fn a_planted_session_cannot_complete_the_authorization_of_the_victim() {
    let (provider, server) = started().await;
    let victim = server.administrator();
    let attacker = victim.add_person("mallory", "administrator").await;
    let (id, url) = provider.begin(&victim).await;
    let back = provider.answer(&url, true);

    let own = victim.cookie(SESSION).unwrap();
    victim.plant(SESSION, &attacker.cookie(SESSION).unwrap());
    assert_turned_away(&victim.get(&back).await, "other_browser");
    assert_not_authorized(&provider, &victim).await;

    // The code and state have not been consumed.
    victim.plant(SESSION, &own);
    let reply = victim.get(&back).await;
    assert_eq!(reply.location(), format!("/authorized/{id}"));
}

#[tokio::test]
async fn a_stolen_callback_is_rejected_in_another_session() {
    let (provider, server) = started().await;
    let victim = server.administrator();
    let thief = victim.add_person("mallory", "administrator").await;
    let same_account = server.administrator_elsewhere().await;
    let (_, url) = provider.begin(&victim).await;
    let back = provider.answer(&url, true);
    for other in [&thief, &same_account] {
        assert_turned_away(&other.get(&back).await, "other_browser");
    }
    assert_eq!(server.anonymous().get(&back).await.status, 401);
    assert_not_authorized(&provider, &victim).await;
}

#[tokio::test]
async fn another_account_in_the_same_browser_cannot_finish_it() {
    let (provider, server) = started().await;
    let browser = server.administrator();
    browser.add_person("second", "administrator").await;
    let (_, url) = provider.begin(&browser).await;
    let back = provider.answer(&url, true);
    assert_eq!(browser.sign_in("second").await.status, 303);
    assert_turned_away(&browser.get(&back).await, "other_browser");
    assert_not_authorized(&provider, &browser).await;
    // Signing in again as the first account, in the same browser, does not help either.
    assert_eq!(browser.sign_in("admin").await.status, 303);
    assert_turned_away(&browser.get(&back).await, "other_browser");
    assert_not_authorized(&provider, &browser).await;
}

#[tokio::test]
async fn a_role_that_was_lost_on_the_way_finishes_nothing() {
    let (provider, server) = started().await;
    let administrator = server.administrator();
    let person = administrator.add_person("person", "administrator").await;
    let (_, url) = provider.begin(&person).await;
    let back = provider.answer(&url, true);
    let id = administrator.account_id("person").await;
    let form = crate::support::body(&[("do", "set_role"), ("id", &id), ("role", "operator")]);
    assert_eq!(administrator.submit("/access", form).await.status, 303);
    let reply = person.get(&back).await;
    assert_eq!(reply.status, 403, "{reply:?}");
    assert!(!reply.body.contains(value(&back, "code")), "{reply:?}");
    assert_not_authorized(&provider, &administrator).await;
}

#[tokio::test]
async fn a_code_of_another_session_is_not_exchanged_into_a_grant() {
    let (provider, server) = started().await;
    let victim = server.administrator();
    let attacker = victim.add_person("mallory", "administrator").await;
    // The attacker's own code with the state of the victim's authorization.
    let (_, of_attacker) = provider.begin(&attacker).await;
    let (id, of_victim) = provider.begin(&victim).await;
    let (stolen, own) = (
        provider.answer(&of_attacker, true),
        provider.answer(&of_victim, true),
    );
    let injected = own.replace(value(&own, "code"), value(&stolen, "code"));
    assert_ne!(injected, own);
    let reply = victim.get(&injected).await;
    // The provider receives the victim's verifier and rejects the code.
    assert_eq!(reply.location(), format!("/authorized/{id}"));
    let page = victim.get(reply.location()).await;
    assert!(!page.body.contains("SMTP settings authorized"), "{page:?}");
    let status = victim
        .fetch("/api/grant_status", "data_center=default".into())
        .await;
    assert!(status.json()["NotAuthorized"].is_object(), "{status:?}");
}

#[tokio::test]
async fn a_forged_or_changed_state_is_rejected() {
    let (provider, server) = started().await;
    let browser = server.administrator();
    let (id, url) = provider.begin(&browser).await;
    let back = provider.answer(&url, true);
    let state = value(&back, "state").to_owned();
    let mut forged: Vec<_> = (0..state.len())
        .map(|at| {
            let other = if state.as_bytes()[at] == b'A' {
                "B"
            } else {
                "A"
            };
            format!("{}{other}{}", &state[..at], &state[at + 1..])
        })
        .collect();
    forged.extend([
        String::new(),
        state[1..].to_owned(),
        state[..state.len() - 1].to_owned(),
        format!("{state}A"),
        format!("{state}%00"),
        format!("{state}%20"),
        format!("%20{state}"),
        state.to_ascii_lowercase(),
        state.to_ascii_uppercase(),
        "x".repeat(10_000),
        "%27%20OR%201%3D1--".to_owned(),
        "%25".to_owned(),
        id.clone(),
    ]);
    for wrong in forged {
        let reply = browser.get(&back.replace(&state, &wrong)).await;
        assert_turned_away(&reply, "state_unknown");
    }
    assert_not_authorized(&provider, &browser).await;
    // The victim's authorization is unaffected.
    let reply = browser.get(&back).await;
    assert_eq!(reply.location(), format!("/authorized/{id}"));
}

#[tokio::test]
async fn a_state_is_in_no_page_that_others_see() {
    let (provider, server) = started().await;
    let browser = server.administrator();
    let other = browser.add_person("other", "administrator").await;
    let (id, url) = provider.begin(&browser).await;
    let state = value(&provider.answer(&url, true), "state").to_owned();
    for path in [
        "/settings/smtp",
        "/activity",
        "/activity/export",
        "/access",
        &*format!("/authorized/{id}"),
    ] {
        let page = other.get(path).await;
        assert!(!page.body.contains(&state), "{path} {page:?}");
    }
    let dump = server.database().await.dump().await;
    assert!(!dump.contains(&state));
}
