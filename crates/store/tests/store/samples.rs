//! Values for tests. Every secret holds [`PLANTED`].

use std::sync::LazyLock;

use domain::{
    Actor, Authentication, AuthorizationId, DataCenterId, EmailAddress, EndpointUrl, FromAddress,
    GrantBinding, Host, KnownIssuer, MailboxSecurity, MailboxSettings, MailboxSignIn, OAuthClient,
    Provider, RedirectUrl, Scope, Security, SmtpSettings, TlsMinimum, UnixTime,
};
use secrecy::SecretString;
use store::{
    CallbackClaim, FinishOutcome, Finished, NewAuthorization, NewGrant, SaveOutcome, Store,
};

/// Text to search for where no secret may be.
pub const PLANTED: &str = "pLanted";
pub const NOW: UnixTime = UnixTime(1_800_000_000);

pub fn home() -> &'static DataCenterId {
    static HOME: LazyLock<DataCenterId> = LazyLock::new(DataCenterId::default);
    &HOME
}

pub fn by() -> &'static Actor {
    static BY: LazyLock<Actor> = LazyLock::new(Actor::command_line);
    &BY
}

pub fn secret(name: &str) -> SecretString {
    SecretString::from(format!("{PLANTED}-{name}"))
}

pub fn oauth(username: &str) -> SmtpSettings<SecretString> {
    SmtpSettings {
        provider: Provider::Google,
        host: Host::parse("smtp.example.com").unwrap(),
        port: 587,
        security: Security::StartTls,
        tls_minimum: TlsMinimum::Tls13,
        ehlo_name: None,
        from: FromAddress::parse("Zoë <zoe@example.com>").unwrap(),
        mailbox: Some(MailboxSettings {
            email: EmailAddress::parse("box@example.com").unwrap(),
            sign_in: MailboxSignIn::Password(secret("mailbox")),
            host: Host::parse("imap.example.com").unwrap(),
            port: 993,
            security: MailboxSecurity::ImplicitTls,
        }),
        authentication: Authentication::OAuth {
            username: username.into(),
            client: OAuthClient {
                client_id: "client-1".into(),
                client_secret: secret("client"),
                authorization_endpoint: EndpointUrl::parse("https://id.example.com/a").unwrap(),
                token_endpoint: EndpointUrl::parse("https://id.example.com/t").unwrap(),
                scope: Scope::parse("mail offline_access").unwrap(),
                redirect_url: RedirectUrl::parse("http://127.0.0.1:3000/oauth/callback").unwrap(),
            },
        },
    }
}

/// Returns settings that also read mail from this host with the same authorization.
pub fn reading(imap_host: &str) -> SmtpSettings<SecretString> {
    let mut settings = oauth("zoe@example.com");
    if let Some(mailbox) = &mut settings.mailbox {
        mailbox.sign_in = MailboxSignIn::SameAuthorization;
        mailbox.host = Host::parse(imap_host).unwrap();
    }
    settings
}

pub fn basic() -> SmtpSettings<SecretString> {
    SmtpSettings {
        mailbox: None,
        authentication: Authentication::Basic {
            username: "zoe".into(),
            password: secret("password"),
        },
        ..oauth("")
    }
}

pub fn binding() -> GrantBinding {
    oauth("zoe@example.com").grant_binding().unwrap()
}

/// Saves OAuth settings over the current ones.
pub async fn save(store: &Store, settings: &SmtpSettings<SecretString>) -> (i64, bool) {
    let view = store.settings_view(home()).await.unwrap();
    let version = view.map_or(0, |(version, _)| version);
    let saved = store
        .save_settings(home(), version, settings, by(), Vec::new(), NOW)
        .await;
    match saved.unwrap() {
        SaveOutcome::Saved {
            version,
            grant_ended,
        } => (version, grant_ended),
        other => panic!("{other:?}"),
    }
}

pub fn id(number: usize) -> AuthorizationId {
    AuthorizationId::parse(&format!("authorization-{number}")).unwrap()
}

pub fn authorization(number: usize) -> NewAuthorization {
    NewAuthorization {
        id: id(number),
        state_hash: format!("state-{number}"),
        data_center: home().clone(),
        verifier: secret("verifier"),
        redirect_url: RedirectUrl::parse("http://127.0.0.1:3000/oauth/callback").unwrap(),
        session: "browser".into(),
        binding: binding(),
        issuer: Some(KnownIssuer {
            issuer: "https://id.example.com".into(),
            announces_iss: true,
        }),
        settings_version: 1,
        created_at: NOW,
        expires_at: NOW.plus(600),
    }
}

pub fn given() -> NewGrant {
    NewGrant {
        access_token: secret("access-1"),
        refresh_token: Some(secret("refresh-1")),
        expires_at: NOW.plus(3_600),
        scope: "mail".into(),
        account: Some("zoe@example.com".into()),
        authorized_at: NOW,
    }
}

pub async fn begin_and_take(store: &Store, number: usize) {
    take(store, authorization(number)).await;
}

async fn take(store: &Store, new: NewAuthorization) {
    store.begin_authorization(&new, by()).await.unwrap();
    let claimed = store.claim_authorization(&new.state_hash, Some("browser"), NOW);
    let claimed = claimed.await.unwrap();
    assert!(matches!(claimed, CallbackClaim::Claimed(_)), "{claimed:?}");
}

/// Saves settings, authorizes them, and returns the version of the grant.
pub async fn authorized(store: &Store, number: usize) -> i64 {
    authorized_for(store, number, &oauth("zoe@example.com")).await
}

/// Saves `settings`, authorizes them, and returns the version of the grant.
pub async fn authorized_for(
    store: &Store,
    number: usize,
    settings: &SmtpSettings<SecretString>,
) -> i64 {
    save(store, settings).await;
    let new = NewAuthorization {
        binding: settings.grant_binding().unwrap(),
        ..authorization(number)
    };
    take(store, new).await;
    let granted = FinishOutcome::Granted(given());
    let finished = store
        .finish_authorization(&id(number), granted, by(), NOW)
        .await;
    match finished.unwrap() {
        Finished::Granted { version } => version,
        other => panic!("{other:?}"),
    }
}
