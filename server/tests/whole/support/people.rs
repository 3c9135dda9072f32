//! Accounts and keys, created through the forms.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Browser, Reply};

/// The first administrator.
pub const ADMINISTRATOR: &str = "admin";
/// The password of every account.
pub const PASSWORD: &str = "seven walnuts drifting upstream";
/// The session cookie if the public URL is not https.
pub const SESSION: &str = "mailgrant_session";

/// Returns the body of a form.
pub fn body(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Returns the token of a one-use link.
pub fn token_of(link: &str) -> &str {
    let (_, token) = link.split_once("?token=").unwrap();
    token
}

impl Browser {
    /// Opens the setup link and creates the first administrator.
    pub async fn set_up(&self, link: &str) -> Reply {
        let token = token_of(link);
        let page = self.get(&format!("/setup?token={token}")).await;
        assert_eq!(page.status, 200, "{page:?}");
        let fields = [
            ("token", token),
            ("name", ADMINISTRATOR),
            ("password", PASSWORD),
            ("repeated", PASSWORD),
        ];
        self.submit("/setup", body(&fields)).await
    }

    /// Signs in with the common password.
    pub async fn sign_in(&self, name: &str) -> Reply {
        self.sign_in_with(name, PASSWORD).await
    }

    /// Signs in with this password.
    pub async fn sign_in_with(&self, name: &str, password: &str) -> Reply {
        let fields = [("name", name), ("password", password)];
        self.submit("/login", body(&fields)).await
    }

    /// Adds an account as an administrator. Returns the link to choose its password.
    pub async fn add_account(&self, name: &str, role: &str) -> String {
        let fields = [("do", "add_account"), ("name", name), ("role", role)];
        let page = self.submit("/access", body(&fields)).await;
        assert_eq!(page.status, 200, "{page:?}");
        let (_, rest) = page.body.split_once("/password?token=").unwrap();
        let token = rest.split('"').next().unwrap();
        format!("/password?token={token}")
    }

    /// Adds an account as an administrator. Returns a browser that is signed in to it.
    pub async fn add_person(&self, name: &str, role: &str) -> Browser {
        let link = self.add_account(name, role).await;
        let browser = self.another();
        let reply = browser.choose_password(&link, PASSWORD).await;
        assert_eq!(reply.status, 303, "{reply:?}");
        browser
    }

    /// Chooses a password with a link.
    pub async fn choose_password(&self, link: &str, password: &str) -> Reply {
        let fields = [
            ("token", token_of(link)),
            ("password", password),
            ("repeated", password),
        ];
        self.submit("/password", body(&fields)).await
    }

    /// Creates an API key as an administrator.
    pub async fn make_key(&self, name: &str, fields: &[(&str, &str)]) -> String {
        let fields = [&[("do", "make_key"), ("name", name)], fields].concat();
        let page = self.submit("/access", body(&fields)).await;
        assert_eq!(page.status, 200, "{page:?}");
        let at = page.body.find("mgk_").unwrap_or_else(|| panic!("{page:?}"));
        page.body[at..at + 47].to_owned()
    }

    /// Returns the ID of an account on the administrator's page.
    pub async fn account_id(&self, name: &str) -> String {
        let page = self.get("/access").await;
        let row = page.body.split("<tr").find(|row| row.contains(name));
        let row = row.unwrap_or_else(|| panic!("{page:?}"));
        let (_, rest) = row.split_once("name=\"id\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}
