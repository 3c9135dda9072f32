//! Attack: have text from other servers rendered as part of the page.

use sandbox::{Faults, Stage, StageReply, TokenError};

use crate::{
    checks::{begin, listen, saved_form},
    support::{Provider, Server},
};

const MARKUP: &str =
    "</pre></script><script>planted()</script><img src=x onerror=planted()>\"' a=b";

/// Returns malicious server replies for different steps.
fn faults() -> Vec<Faults> {
    let mut all: Vec<_> = [
        Stage::Greeting,
        Stage::Ehlo,
        Stage::Auth,
        Stage::Mail,
        Stage::Rcpt,
    ]
    .into_iter()
    .map(|stage| Faults {
        replies: vec![StageReply {
            stage,
            reply: format!("550 5.7.1 {MARKUP}"),
            times: None,
        }],
        ..Faults::default()
    })
    .collect();
    all.push(Faults {
        token_error: Some(TokenError {
            status: 400,
            error: MARKUP.into(),
            error_description: Some(MARKUP.into()),
            times: None,
            retry_after: None,
        }),
        ..Faults::default()
    });
    all.push(Faults {
        dns: [(
            "sandbox.test TXT".to_owned(),
            vec![format!("v=spf1 {MARKUP}")],
        )]
        .into(),
        ..Faults::default()
    });
    all
}

#[tokio::test]
async fn text_of_other_servers_is_shown_as_text() {
    let provider = Provider::start().await;
    let server = Server::start_with(|config| provider.introduce(config)).await;
    let browser = server.administrator();
    provider.authorize(&browser).await;
    for faults in faults() {
        let shown = format!("{faults:?}");
        provider.control().set(faults);
        provider.control().expire_access_tokens();
        let form = saved_form(&provider, &browser).await;
        let reported = listen(&browser, &begin(&browser, &form).await).await;
        let mut pieces: Vec<_> = reported
            .iter()
            .map(|piece| piece["html"].as_str().unwrap().to_owned())
            .collect();
        pieces.push(browser.get("/settings/smtp").await.body);
        let said = pieces.iter().filter(|html| html.contains("planted()"));
        assert!(said.count() > 1, "{shown}");
        for html in pieces {
            for markup in [
                "<script>planted",
                "<img",
                "</pre></script>",
                "onerror=planted()>",
            ] {
                assert!(!html.contains(markup), "{shown}: {markup} in {html}");
            }
        }
    }
}
