//! The sandbox provider and its sign-in.

use domain::{Preset, PresetAuthentication, Security};
use sandbox::{Control, Descriptor, Sandbox, SandboxConfig};
use server::Config;

use super::{
    Browser, Form, Reply,
    form::{SAVE, TEST},
};

/// A provider on loopback.
pub struct Provider {
    sandbox: Sandbox,
}

impl Provider {
    pub async fn start() -> Self {
        let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
        Self { sandbox }
    }

    pub fn descriptor(&self) -> &Descriptor {
        self.sandbox.descriptor()
    }

    pub fn control(&self) -> Control {
        self.sandbox.control()
    }

    /// Configures a server to use and trust the provider.
    pub fn introduce(&self, config: &mut Config) {
        use rustls::pki_types::{CertificateDer, pem::PemObject as _};

        let found = self.descriptor();
        let authority = CertificateDer::from_pem_slice(found.ca_pem.as_bytes()).unwrap();
        config.extra_roots = vec![authority.to_vec()];
        config.sandbox_dns = found.dns.parse().ok();
        config.sandbox = Some(Preset {
            provider: domain::Provider::Sandbox,
            smtp_host: found.smtp_host.clone(),
            smtp_port: found.smtp_starttls_port,
            security: Security::StartTls,
            imap: None,
            authentication: PresetAuthentication::OAuth {
                authorization_endpoint: found.authorization_endpoint.clone(),
                token_endpoint: found.token_endpoint.clone(),
                scope: found.scope.clone(),
            },
        });
    }

    /// Returns a valid form.
    pub fn form(&self, browser: &Browser) -> Form {
        Form::oauth(self.descriptor(), &browser.url)
    }

    /// Returns a valid form for the saved settings.
    pub async fn current_form(&self, browser: &Browser) -> Form {
        let version = browser.saved_version().await;
        self.form(browser).with("version", &version.to_string())
    }

    /// Saves the form. Returns the ID of the authorization and the URL of the sign-in page.
    pub async fn begin(&self, browser: &Browser) -> (String, String) {
        let form = self.current_form(browser).await;
        let saved = browser.fetch(SAVE, form.body()).await;
        let next = &saved.json()["next"]["SignIn"];
        let text = |name: &str| {
            next[name]
                .as_str()
                .unwrap_or_else(|| panic!("{saved:?}"))
                .to_owned()
        };
        (text("id"), text("url"))
    }

    /// Signs in. Returns the path and query of the callback.
    pub fn answer(&self, url: &str, allow: bool) -> String {
        let account = &self.descriptor().accounts[0].address;
        let back = self.control().answer_authorization(url, account, allow);
        let back = back.unwrap();
        let at = back.find("/oauth/callback").unwrap();
        back[at..].to_owned()
    }

    /// Completes an authorization. Returns the final page.
    pub async fn authorize(&self, browser: &Browser) -> Reply {
        let (_, url) = self.begin(browser).await;
        let back = browser.get(&self.answer(&url, true)).await;
        browser.get(back.location()).await
    }

    /// Sends a test email with the saved settings.
    pub async fn send_test(&self, browser: &Browser) -> Reply {
        let form = self.form(browser).with("client_secret", "");
        browser.fetch(TEST, form.body_to("bob@sandbox.test")).await
    }
}
