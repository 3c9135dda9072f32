use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use sandbox::{Descriptor, Sandbox};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

pub const REDIRECT_URI: &str = "http://127.0.0.1:3000/oauth/callback";
pub const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-long";

pub struct Browser {
    client: reqwest::Client,
    pub descriptor: Descriptor,
}

pub struct TestResponse {
    pub status: u16,
    pub location: Option<String>,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    pub json: Value,
}

impl TestResponse {
    pub fn error(&self) -> &str {
        self.json["error"].as_str().unwrap_or_default()
    }

    pub fn field(&self, name: &str) -> String {
        self.json[name].as_str().unwrap().to_owned()
    }
}

pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

pub fn body(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    pairs.join("&")
}

/// Returns a parameter of a URL.
pub fn parameter(url: &str, name: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then(|| percent_decode_str(value).decode_utf8_lossy().into_owned())
    })
}

impl Browser {
    pub fn new(sandbox: &Sandbox) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            client,
            descriptor: sandbox.descriptor().clone(),
        }
    }

    async fn read(response: reqwest::Response) -> TestResponse {
        let headers = response.headers().clone();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        TestResponse {
            status,
            location: headers
                .get(LOCATION)
                .map(|value| value.to_str().unwrap().to_owned()),
            headers,
            json: serde_json::from_str(&text).unwrap_or_default(),
            text,
        }
    }

    pub async fn get(&self, path: &str) -> TestResponse {
        let url = format!("{}{path}", self.descriptor.http);
        Self::read(self.client.get(url).send().await.unwrap()).await
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: String,
    ) -> TestResponse {
        let url = format!("{}{path}", self.descriptor.http);
        let request = self
            .client
            .request(method.parse().unwrap(), url)
            .header(CONTENT_TYPE, content_type)
            .body(body);
        Self::read(request.send().await.unwrap()).await
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> TestResponse {
        let form = "application/x-www-form-urlencoded";
        self.send("POST", path, form, body(fields)).await
    }

    pub async fn put_faults(&self, json: &str) -> TestResponse {
        let json = json.to_owned();
        self.send("PUT", "/control/faults", "application/json", json)
            .await
    }

    /// Returns the authorization URL of a well-behaved client.
    pub fn authorization_url(&self) -> String {
        format!(
            "{}?{}",
            self.descriptor.authorization_endpoint,
            body(&self.authorization_fields())
        )
    }

    pub fn authorization_fields(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("response_type", "code"),
            ("client_id", "mailgrant-sandbox"),
            ("redirect_uri", REDIRECT_URI),
            ("scope", &self.descriptor.scope),
            ("state", "a state & more"),
            ("login_hint", "alice@sandbox.test"),
            ("code_challenge_method", "S256"),
            ("code_challenge", challenge()),
        ]
    }

    /// Clicks through login and consent. Returns the URL that the browser is redirected to.
    pub async fn click_through(&self, address: &str, decision: &str) -> String {
        let fields = self.authorization_fields();
        let login = self.get(&format!("/authorize?{}", body(&fields))).await;
        assert_eq!(login.status, 200, "{}", login.text);
        let id = hidden_id(&login.text);
        let password = format!("{}-password", address.split('@').next().unwrap());
        let fields = [
            ("id", id.as_str()),
            ("email", address),
            ("password", &password),
        ];
        let consent = self.form("/authorize/sign-in", &fields).await;
        assert_eq!(consent.status, 200, "{}", consent.text);
        let fields = [("id", id.as_str()), ("decision", decision)];
        let end = self.form("/authorize/decision", &fields).await;
        assert_eq!(end.status, 303);
        end.location.unwrap()
    }

    pub async fn code(&self, address: &str) -> String {
        parameter(&self.click_through(address, "allow").await, "code").unwrap()
    }

    pub async fn redeem(&self, code: &str) -> TestResponse {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    pub async fn refresh(&self, refresh_token: &str) -> TestResponse {
        self.token(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ])
        .await
    }

    pub async fn grant(&self, address: &str) -> TestResponse {
        let answer = self.redeem(&self.code(address).await).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer
    }

    /// Sends a token request with `client_secret_basic`.
    pub async fn token(&self, fields: &[(&str, &str)]) -> TestResponse {
        Self::read(self.try_token(fields).await.unwrap()).await
    }

    pub async fn try_token(
        &self,
        fields: &[(&str, &str)],
    ) -> Result<reqwest::Response, reqwest::Error> {
        let credentials = STANDARD.encode("mailgrant%2Dsandbox:sandbox%2Dsecret");
        self.client
            .post(&self.descriptor.token_endpoint)
            .header(AUTHORIZATION, format!("Basic {credentials}"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body(fields))
            .send()
            .await
    }
}

fn challenge() -> &'static str {
    static CHALLENGE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    CHALLENGE.get_or_init(|| URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER)))
}

pub fn hidden_id(page: &str) -> String {
    let (_, rest) = page.split_once("name=id value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}
