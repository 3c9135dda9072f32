//! Checks on pages: started, streamed step by step, stopped, displayed again, and exported as text.

use std::time::Duration;

use domain::CheckReport;
use reqwest::Response;
use sandbox::{Faults, RefusalStyle, Stage};
use serde_json::Value;
use tokio::time::timeout;

use crate::support::{Browser, Form, Program, Provider, Reply, Server, TEST, body};

const BEGIN: &str = "/api/begin_check";
const TIMEOUT: Duration = Duration::from_secs(30);
/// The title of a successful report.
const WORKS: &str = "<p class=\"banner-title\">The connection works<";

async fn start() -> (Provider, Server) {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    (provider, server)
}

/// Starts a check without a test email. Returns its ID.
pub async fn begin(browser: &Browser, form: &Form) -> String {
    let body = format!("{}&dkim_selector=", form.body());
    let begun = browser.fetch(BEGIN, body).await;
    assert_eq!(begun.status, 200, "{begun:?}");
    begun.json().as_str().unwrap().to_owned()
}

/// Returns the form with the saved settings, whose secrets are kept.
pub async fn saved_form(provider: &Provider, browser: &Browser) -> Form {
    let form = provider.current_form(browser).await;
    form.with("client_secret", "")
}

/// Returns all events of a check until the stream ends.
pub async fn listen(browser: &Browser, id: &str) -> Vec<Value> {
    let path = format!("/events/check/{id}");
    let mut response = browser.request("GET", &path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert!(response.headers().get("content-encoding").is_none());
    let mut bytes = Vec::new();
    while let Some(chunk) = chunk(&mut response).await {
        bytes.extend(chunk);
    }
    let text = String::from_utf8(bytes).unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
    data.map(|data| serde_json::from_str(data.trim()).unwrap())
        .collect()
}

/// Returns the next bytes of a stream, which may end within a character.
async fn chunk(response: &mut Response) -> Option<Vec<u8>> {
    let chunk = timeout(TIMEOUT, response.chunk()).await.unwrap().unwrap()?;
    Some(chunk.to_vec())
}

fn text<'a>(piece: &'a Value, name: &str) -> &'a str {
    piece[name].as_str().unwrap_or_else(|| panic!("{piece}"))
}

async fn transcript(browser: &Browser, id: &str) -> Reply {
    browser.get(&format!("/checks/{id}/transcript")).await
}

#[tokio::test]
async fn steps_are_sent_as_they_finish_and_the_report_at_the_end() {
    let (provider, server) = start().await;
    let browser = server.administrator();
    provider.authorize(&browser).await;
    let id = begin(&browser, &saved_form(&provider, &browser).await).await;
    let reported = listen(&browser, &id).await;

    assert_eq!(text(&reported[0], "into"), "test-result");
    assert_eq!(reported[0]["place"], "Within");
    let (last, steps) = reported[1..].split_last().unwrap();
    assert!(steps.len() > 10, "{steps:?}");
    for step in steps {
        assert_eq!(
            (&step["place"], &step["ended"]),
            (&"End".into(), &Value::Null)
        );
        assert!(text(step, "into").starts_with("steps-"), "{step}");
        assert!(text(step, "html").contains("<li class=\"step "), "{step}");
    }
    let said = steps
        .iter()
        .map(|step| text(step, "said"))
        .collect::<Vec<_>>();
    assert!(said.contains(&"SMTP, Authenticate: passed"), "{said:?}");
    assert_eq!(last["ended"], true);
    assert!(
        text(last, "html").contains("The connection works"),
        "{last}"
    );
    assert!(provider.control().messages().is_empty());

    // A later subscriber receives the same events.
    assert_eq!(listen(&browser, &id).await.len(), reported.len());
}

#[tokio::test]
async fn a_finding_stands_at_its_step_with_cause_and_fix() {
    let (provider, server) = start().await;
    let browser = server.administrator();
    provider.authorize(&browser).await;
    provider.control().set(Faults {
        refuse_tokens: Some(RefusalStyle::Google),
        ..Faults::default()
    });
    let id = begin(&browser, &saved_form(&provider, &browser).await).await;
    let reported = listen(&browser, &id).await;
    let last = reported.last().unwrap();
    assert_eq!(last["ended"], false);
    let html = text(last, "html");
    assert!(html.contains("The connection does not work"), "{html}");
    let (_, step) = html.split_once("id=\"test-finding\"").unwrap();
    let (finding, _) = step.split_once("</li>").unwrap();
    for part in ["class=\"cause\"", "class=\"fix\"", "token_refused"] {
        assert!(finding.contains(part), "{part}: {finding}");
    }
}

#[tokio::test]
async fn another_setting_is_one_click_away() {
    let (provider, server) = start().await;
    let browser = server.administrator();
    let port = provider.descriptor().smtp_tls_port.to_string();
    let form = Form::basic(provider.descriptor(), &browser.url).with("smtp_port", &port);
    let id = begin(&browser, &form).await;
    let reported = listen(&browser, &id).await;
    let html = text(reported.last().unwrap(), "html");
    assert!(html.contains("value=\"implicit_tls\""), "{html}");
    assert!(html.contains(&format!("Use implicit TLS on port {port}")));
    assert!(
        html.contains("with settings that are not saved yet"),
        "{html}"
    );
    assert!(!html.contains("other settings"), "{html}");
}

#[tokio::test]
async fn a_check_is_stopped() {
    let (provider, server) = start().await;
    let browser = server.administrator();
    provider.authorize(&browser).await;
    provider.control().set(Faults {
        silent_at: Some(Stage::Greeting),
        ..Faults::default()
    });
    let id = begin(&browser, &saved_form(&provider, &browser).await).await;
    let stopped = browser.fetch("/api/cancel_check", format!("id={id}")).await;
    assert_eq!(stopped.body, "true", "{stopped:?}");
    let reported = listen(&browser, &id).await;
    assert!(text(reported.last().unwrap(), "html").contains("Stopped"));
    let again = browser.fetch("/api/cancel_check", format!("id={id}")).await;
    assert_eq!(again.body, "false", "{again:?}");
}

#[tokio::test]
async fn operators_check_what_is_saved_whatever_they_send() {
    let (provider, server) = start().await;
    let administrator = server.administrator();
    provider.authorize(&administrator).await;
    let operator = server.operator().await;
    let typed = saved_form(&provider, &administrator).await;
    let typed = typed.with("smtp_host", "127.0.0.1").with("smtp_port", "9");
    let id = begin(&operator, &typed).await;
    let reported = listen(&operator, &id).await;
    assert_eq!(reported.last().unwrap()["ended"], true, "{reported:?}");

    let viewer = server.viewer().await;
    let refused = viewer.fetch(BEGIN, typed.body()).await;
    assert_eq!(refused.body, "\"Forbidden\"");
    assert_eq!(viewer.get(&format!("/events/check/{id}")).await.status, 403);
    assert_eq!(transcript(&viewer, &id).await.status, 403);
    let found = operator
        .fetch("/api/discover", "typed=a%40sandbox.test".into())
        .await;
    assert_eq!(found.body, "\"Forbidden\"");
}

#[tokio::test]
async fn no_events_are_sent_after_the_session_has_ended() {
    let (provider, server) = start().await;
    let browser = server.administrator_elsewhere().await;
    provider.authorize(&browser).await;
    provider.control().set(Faults {
        silent_at: Some(Stage::Greeting),
        ..Faults::default()
    });
    let id = begin(&browser, &saved_form(&provider, &browser).await).await;
    let path = format!("/events/check/{id}");
    let mut response = browser.request("GET", &path).send().await.unwrap();
    chunk(&mut response).await.unwrap();
    browser.submit("/logout", "").await;
    let rest = async { while chunk(&mut response).await.is_some() {} };
    timeout(Duration::from_secs(5), rest).await.unwrap();
}

#[tokio::test]
async fn the_last_check_is_shown_when_the_page_opens() {
    let (provider, server) = start().await;
    let browser = server.administrator();
    provider.authorize(&browser).await;
    let page = browser.get("/settings/smtp").await;
    assert!(!page.body.contains("id=\"report-age\""), "{page:?}");
    let form = saved_form(&provider, &browser).await;
    listen(&browser, &begin(&browser, &form).await).await;
    let page = browser.get("/settings/smtp").await;
    assert!(page.body.contains("The connection works"), "{page:?}");
    assert!(page.body.contains("just now"));
    assert!(!page.body.contains("works with settings that"));
    assert!(page.body.contains("banner good"), "{page:?}");

    let other = form.with("from_address", "Other <alice@sandbox.test>");
    let saved = browser.fetch(crate::support::SAVE, other.body()).await;
    assert_eq!(saved.status, 200, "{saved:?}");
    let page = browser.get("/settings/smtp").await;
    assert!(
        page.body
            .contains("with settings that have been replaced since")
    );
    assert!(
        page.body
            .contains("The connection worked with earlier settings")
    );
    assert!(!page.body.contains(WORKS), "{page:?}");
    assert!(!page.body.contains("banner good"), "{page:?}");
    assert!(
        !server
            .viewer()
            .await
            .get("/settings/smtp")
            .await
            .body
            .contains("report-age")
    );
}

#[tokio::test]
async fn without_wasm_the_page_follows_when_it_has_ended() {
    let (provider, server) = start().await;
    let browser = server.administrator();
    provider.authorize(&browser).await;
    let form = saved_form(&provider, &browser).await;
    let answer = browser.submit("/api/check_connection", form.body()).await;
    let to = answer.location().to_owned();
    assert!(
        to.contains("&check=") && to.ends_with("#connection"),
        "{to}"
    );
    let page = browser.get(to.split('#').next().unwrap()).await;
    assert!(page.body.contains("The connection works"), "{page:?}");
}

#[tokio::test]
async fn the_transcript_is_a_file_without_secrets() {
    let (provider, server) = start().await;
    let browser = server.administrator();
    provider.authorize(&browser).await;
    let form = saved_form(&provider, &browser).await;
    let report = browser.fetch(TEST, form.body_to("bob@sandbox.test")).await;
    let report: CheckReport = serde_json::from_str(&report.body).unwrap();
    assert_eq!(report.recipient, "bob@sandbox.test");
    let page = browser.get("/settings/smtp").await;
    let (_, link) = page.body.split_once("href=\"/checks/").unwrap();
    let id = link.split('/').next().unwrap();

    let file = transcript(&browser, id).await;
    assert_eq!(file.header("content-type"), "text/plain; charset=utf-8");
    let disposition = file.header("content-disposition");
    assert!(disposition.starts_with("attachment; filename=\"mailgrant-check-"));
    assert!(disposition.ends_with(".txt\""), "{disposition}");
    assert!(file.body.contains("AUTH XOAUTH2"), "{}", file.body);
    assert!(file.body.contains("bob@sandbox.test accepted") || file.body.contains("Message-ID"));
    for secret in provider.control().secrets() {
        assert!(!file.body.contains(&secret), "{secret}: {}", file.body);
    }
    assert_eq!(transcript(&browser, "unknown").await.status, 404);
}

#[tokio::test]
async fn settings_are_found_by_an_address_and_never_guessed() {
    let (_provider, server) = start().await;
    let browser = server.administrator();
    let found = |email: &'static str| browser.fetch("/api/discover", format!("typed={email}"));
    let google = found("me%40gmail.com").await.json();
    assert!(
        text(&google, "html").contains("smtp.gmail.com:587"),
        "{google}"
    );
    assert!(text(&google, "html").contains("Use this"));
    let preset = &google["fillings"][0]["preset"];
    assert_eq!(preset["smtp_host"], "smtp.gmail.com");
    assert_eq!(google["fillings"][0]["username"], "me@gmail.com");
    assert_eq!(found("nobody").await.status, 422);
}

#[tokio::test]
async fn an_issuer_leads_to_its_endpoints_and_nothing_else() {
    let (provider, server) = start().await;
    let browser = server.administrator();
    let find = |typed: &str| browser.fetch("/api/discover", body(&[("typed", typed)]));
    let issuer = &provider.descriptor().issuer;
    let found = find(issuer).await.json();
    let endpoint = &provider.descriptor().token_endpoint;
    let html = text(&found, "html");
    assert!(
        html.contains(endpoint) && html.contains("Use this"),
        "{html}"
    );
    let preset = &found["fillings"][0]["preset"];
    assert_eq!(preset["smtp_host"], "");
    assert_eq!(
        &preset["authentication"]["OAuth"]["token_endpoint"],
        endpoint
    );

    let nobody = find(&format!("{issuer}/nobody")).await.json();
    let html = text(&nobody, "html");
    assert!(html.contains("no discovery document"), "{html}");
    assert_eq!(nobody["fillings"], Value::Array(Vec::new()));
    assert_eq!(find("http://id.example.com").await.status, 422);
}

#[tokio::test]
async fn an_offline_server_says_so_and_proposes_nothing() {
    let server = Server::start().await;
    let browser = server.administrator();
    let found = browser
        .fetch("/api/discover", "typed=me%40nowhere.test".into())
        .await;
    let found = found.json();
    assert!(
        text(&found, "html").contains("This server may be offline"),
        "{found}"
    );
    assert_eq!(found["fillings"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn a_good_result_of_other_settings_is_not_shown_as_one_of_the_saved_settings() {
    let (provider, server) = start().await;
    let browser = server.administrator();
    let basic = Form::basic(provider.descriptor(), &browser.url);
    // Before the first save, the check uses the typed values.
    let reported = listen(&browser, &begin(&browser, &basic).await).await;
    let html = text(reported.last().unwrap(), "html").to_owned();
    assert!(html.contains(WORKS), "{html}");
    assert!(html.contains("with settings that are not saved yet"));

    browser.fetch(crate::support::SAVE, basic.body()).await;
    let other = basic.with("from_address", "Other <alice@sandbox.test>");
    let reported = listen(&browser, &begin(&browser, &other).await).await;
    let html = text(reported.last().unwrap(), "html");
    let title = "The connection works with settings that are not saved";
    assert!(html.contains(title), "{html}");
    assert!(!html.contains("banner good"), "{html}");
}

#[tokio::test]
async fn a_mailbox_that_refuses_the_sign_in_is_not_shown_as_a_connection_that_works() {
    let (provider, server) = start().await;
    let browser = server.administrator();
    let form = Form::basic(provider.descriptor(), &browser.url)
        .with_mailbox_at(provider.descriptor())
        .with("mailbox_password", "wrong");
    let reported = listen(&browser, &begin(&browser, &form).await).await;
    let last = reported.last().unwrap();
    assert_eq!(last["ended"], false);
    let html = text(last, "html");
    assert!(html.contains("The mailbox cannot be read"), "{html}");
    assert!(html.contains("accepts mail"), "{html}");
    assert!(html.contains("Mailbox › Authenticate"), "{html}");
    assert!(!html.contains("banner good"), "{html}");
}

#[tokio::test]
async fn an_unknown_check_ends_as_interrupted() {
    let (_provider, server) = start().await;
    let browser = server.administrator();
    let reported = listen(&browser, "a-check-that-nobody-knows").await;
    let last = reported.last().unwrap();
    assert_eq!(
        (&last["ended"], &last["place"]),
        (&true.into(), &"Within".into())
    );
    let html = text(last, "html");
    assert!(html.contains("The check was interrupted"), "{html}");
    assert!(html.contains("id=\"run-again\""), "{html}");
    let stopped = browser
        .fetch("/api/cancel_check", "id=a-check-that-nobody-knows".into())
        .await;
    assert_eq!((stopped.status.as_u16(), &*stopped.body), (200, "false"));
}

/// Returns a program with a check that passed and a second one that is still running.
async fn program_with_a_silent_check(
    provider: &Provider,
    directory: &std::path::Path,
) -> (Program, Browser, String) {
    let program = Program::start_beside(provider, directory, &[]);
    let browser = program.administrator().await;
    provider.authorize(&browser).await;
    let form = saved_form(provider, &browser).await;
    listen(&browser, &begin(&browser, &form).await).await;
    provider.control().set(Faults {
        silent_at: Some(Stage::Greeting),
        ..Faults::default()
    });
    let id = begin(&browser, &form).await;
    (program, browser, id)
}

async fn page_says_interrupted(browser: &Browser) {
    let page = browser.get("/settings/smtp").await;
    assert!(page.body.contains("The check was interrupted"), "{page:?}");
    assert!(page.body.contains("id=\"run-again\""), "{page:?}");
    assert!(!page.body.contains(WORKS), "{page:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_of_a_killed_process_ends_for_its_watchers_and_is_shown_as_interrupted() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let (program, browser, id) = program_with_a_silent_check(&provider, directory.path()).await;
    let page = browser.get("/settings/smtp").await;
    assert!(page.body.contains("A check is running"), "{page:?}");
    assert!(!page.body.contains(WORKS), "{page:?}");
    program.kill();

    let program = Program::start_beside(&provider, directory.path(), &[]);
    let browser = browser.moved_to(&program.url);
    let reported = listen(&browser, &id).await;
    let html = text(reported.last().unwrap(), "html");
    assert!(html.contains("The check was interrupted"), "{html}");
    assert!(html.contains("id=\"run-again\""), "{html}");
    page_says_interrupted(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_ends_a_check_that_kill_9_cut() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let (program, browser, id) = program_with_a_silent_check(&provider, directory.path()).await;
    program.kill();

    let program = Program::start_beside(&provider, directory.path(), &[]);
    let browser = browser.moved_to(&program.url);
    let stopped = browser.fetch("/api/cancel_check", format!("id={id}"));
    let stopped = timeout(TIMEOUT, stopped).await.unwrap();
    assert_eq!(stopped.body, "true", "{stopped:?}");
    page_says_interrupted(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_a_stopping_server_interrupted_is_shown_as_interrupted() {
    let directory = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let (program, browser, id) = program_with_a_silent_check(&provider, directory.path()).await;
    assert!(program.stop());

    let program = Program::start_beside(&provider, directory.path(), &[]);
    let browser = browser.moved_to(&program.url);
    // The first server stored the report when it stopped, so no timeout is needed.
    page_says_interrupted(&browser).await;
    let reported = listen(&browser, &id).await;
    let html = text(reported.last().unwrap(), "html");
    assert!(html.contains("The check was interrupted"), "{html}");
}
