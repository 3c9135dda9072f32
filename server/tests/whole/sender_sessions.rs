//! Recorded SMTP sessions on pages, in events, and in the API.

use domain::{Actor, Finding, FindingCode, SenderForm, SenderId, Speaker};
use mail::Mailer;

use crate::{
    message_events::Reported,
    support::{Provider, Server},
};

/// Records a session of a client.
async fn record(mailer: &Mailer, sender: Option<&SenderId>, finding: Option<FindingCode>) {
    let sessions = &mailer.sender_sessions;
    let recording = sessions.begin("192.0.2.7".into(), "192.0.2.2:587".into(), "starttls");
    recording.with(|session| {
        session.sender = sender.cloned();
        session.push(Speaker::Server, "220 mail.example.com ESMTP");
        session.push(Speaker::Client, "EHLO <script>alert(1)</script>");
        session.finding = finding.map(|code| Finding::new(code).saying("535 5.7.8 no"));
    });
    recording.end(true);
    assert!(sessions.flush().await);
}

#[tokio::test]
async fn sessions_are_shown_with_cause_and_fix_and_appear_while_the_page_is_open() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let administrator = server.administrator();
    provider.begin(&administrator).await;
    let mailer = server.mailer().await;
    let access = server.access().await;
    let form = SenderForm {
        name: "Printer".into(),
        credentials: "on".into(),
        ..SenderForm::default()
    };
    let added = access.add_sender(&form, &Actor::command_line()).await;
    let (sender, _) = added.unwrap();
    let id = sender.id.as_str();
    let page = format!("/settings/senders/{id}/sessions");
    let operator = server.operator().await;
    let empty = operator.get(&page).await;
    assert_eq!(empty.status, 200);
    assert!(
        empty.body.contains("No connections in the last seven days"),
        "{empty:?}"
    );
    let events = format!("/events/senders/{id}");
    assert!(empty.body.contains(&events));

    let mut reported = Reported::listen(&operator, &events).await;
    let first = [reported.next_patch().await, reported.next_patch().await];
    assert_eq!(first[0]["into"], "sender-sessions");
    assert_eq!(first[1]["into"], "unknown-sessions");
    record(
        &mailer,
        Some(&sender.id),
        Some(FindingCode::InboundWrongPassword),
    )
    .await;
    let patch = reported.next_patch().await;
    let html = patch["html"].as_str().unwrap();
    for text in [
        "The device signed in with a wrong user name or password.",
        "inbound_wrong_password",
        "C: EHLO &lt;script&gt;alert(1)&lt;/script&gt;",
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }
    assert!(patch["said"].as_str().unwrap().contains("wrong user name"));
    record(&mailer, None, Some(FindingCode::InboundTlsTooOld)).await;
    let patch = reported.next_patch().await;
    assert_eq!(patch["into"], "unknown-sessions");

    let shown = operator.get(&page).await.body;
    assert!(shown.contains("inbound_wrong_password") && shown.contains("inbound_tls_too_old"));
    assert!(!shown.contains("<script>alert"));
    let unknown = operator.get("/settings/senders/unknown").await.body;
    assert!(unknown.contains("inbound_tls_too_old") && !unknown.contains("inbound_wrong_password"));
    let missing = operator.get("/settings/senders/none/sessions").await;
    assert_eq!(missing.status, 404);

    let key = administrator
        .make_key("program", &[("senders", "on")])
        .await;
    let program = server.anonymous().with_key(&key);
    let list = program.get(&format!("/api/v1/senders/{id}/sessions")).await;
    let session = &list.json()["sessions"][0];
    assert_eq!(session["finding"]["code"], "inbound_wrong_password");
    assert_eq!(session["finding"]["said"], "535 5.7.8 no");
    assert_eq!(session["lines"][1]["by"], "client");
    let missing = program.get("/api/v1/senders/none/sessions").await;
    assert_eq!(missing.status, 404);
}
