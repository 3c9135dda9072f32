//! Settings for a sink, and the grant that it accepts.

use std::path::Path;

use domain::{
    Actor, AuthorizationState, DataCenterId, RedirectUrl, SessionId, SmtpForm, TypedSecret,
};
use mail::{Callback, CallbackOutcome, Mailer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::world::{ADDRESS, TOKEN, mailer};

const REDIRECT_URL: &str = "http://127.0.0.1:3000/oauth/callback";

pub async fn prepare(port: &str, ca: Option<&Path>) {
    let mailer = mailer(ca).await;
    let id = DataCenterId::default();
    let plain = SmtpForm {
        version: mailer.settings.get(&id).await.unwrap().version,
        data_center: id.as_str().into(),
        provider: "other".into(),
        smtp_host: "127.0.0.1".into(),
        smtp_port: port.into(),
        from_address: ADDRESS.into(),
        security: "starttls".into(),
        tls_minimum: "1.2".into(),
        ..SmtpForm::default()
    };
    if ca.is_none() {
        return save(&mailer, &plain).await;
    }
    let endpoint = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let provider = format!("http://{}", endpoint.local_addr().unwrap());
    tokio::spawn(token_endpoint(endpoint));
    let form = SmtpForm {
        enable_ssl: true,
        authentication_required: true,
        authentication_type: "oauth".into(),
        redirect_url: REDIRECT_URL.into(),
        client_id: "bench".into(),
        client_secret: TypedSecret::new("bench-client-secret"),
        authorization_endpoint: format!("{provider}/authorize"),
        token_endpoint: format!("{provider}/token"),
        scope: "mail".into(),
        username: ADDRESS.into(),
        ..plain
    };
    save(&mailer, &form).await;
    authorize(&mailer, &id).await;
}

async fn save(mailer: &Mailer, form: &SmtpForm) {
    let redirect = RedirectUrl::parse(REDIRECT_URL).unwrap();
    let saved = mailer
        .settings
        .save(form, &redirect, &Actor::command_line())
        .await;
    saved.unwrap();
}

/// Stores a grant, as an authorization at the provider would.
async fn authorize(mailer: &Mailer, id: &DataCenterId) {
    let (session, by) = (SessionId::parse("bench").unwrap(), Actor::command_line());
    let begun = mailer
        .authorizations
        .begin(id, &session, &by)
        .await
        .unwrap();
    let (_, state) = begun.url.split_once("state=").unwrap();
    let callback = Callback {
        state: state.split('&').next().map(str::to_owned),
        code: Some("bench-code".into()),
        ..Callback::default()
    };
    let finished = mailer.authorizations.finish(callback, Some(&session), &by);
    let outcome = finished.await.unwrap();
    assert!(
        matches!(
            &outcome,
            CallbackOutcome::Finished {
                state: AuthorizationState::Authorized { .. },
                ..
            }
        ),
        "{outcome:?}"
    );
}

/// Answers every token request with the token that the sink accepts, valid for a day.
async fn token_endpoint(listener: TcpListener) {
    let body = format!(
        r#"{{"access_token":"{TOKEN}","token_type":"Bearer","expires_in":86400,"refresh_token":"bench-refresh-token"}}"#
    );
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    while let Ok((mut stream, _)) = listener.accept().await {
        let mut request = [0; 16 * 1024];
        // The request is small, and its content does not matter.
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}
