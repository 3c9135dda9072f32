//! Cookie of a browser that has signed in before (OWASP's "device cookie"). It gives the browser
//! separate rate limits, but never access.
//!
//! The server stores nothing for it. The cookie holds a random name, the account, the time of
//! issue, a digest of the account's password hash, and a signature with a subkey of the sealing
//! key. A new password or a rotation of the key therefore invalidates it.

use clock::random;
use domain::{AccountId, UnixTime};
use secrecy::{ExposeSecret as _, SecretString};

use crate::Access;

const PURPOSE: &str = "device cookie";
const PASSWORD_PURPOSE: &str = "password of a device cookie";
/// Maximum length of a valid cookie in bytes.
const MAX_LENGTH: usize = 256;
/// Seconds after the last sign-in until the cookie expires.
const TTL: i64 = 365 * 86_400;

/// Device cookie, received from or sent to a browser.
#[derive(Clone, Debug)]
pub struct Device(SecretString);

/// Parts of a device cookie.
struct Parts<'a> {
    name: &'a str,
    account: &'a str,
    issued_at: &'a str,
    password: &'a str,
    signature: &'a str,
}

impl Device {
    /// Parses a cookie. Returns `None` if its format is wrong. The signature is verified when the
    /// cookie is used.
    pub fn parse(text: &str) -> Option<Self> {
        let device = Self(text.into());
        (text.len() <= MAX_LENGTH && device.parts().is_some()).then_some(device)
    }

    /// Returns the value of the cookie.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    fn parts(&self) -> Option<Parts<'_>> {
        let mut parts = self.expose().split('.');
        let mut next = || parts.next().filter(|part| !part.is_empty());
        let read = Parts {
            name: next()?,
            account: next()?,
            issued_at: next()?,
            password: next()?,
            signature: next()?,
        };
        parts.next().is_none().then_some(read)
    }
}

impl Parts<'_> {
    fn signed(&self) -> [&str; 4] {
        [self.name, self.account, self.issued_at, self.password]
    }
}

impl Access {
    /// Returns the name of a browser that has signed in before, for separate rate limits. Does not
    /// query the database: the account may be gone or have a new password.
    pub fn device_name(&self, device: &Device) -> Option<String> {
        let parts = self.verified(device)?;
        Some(parts.name.to_owned())
    }

    /// Returns the name of the browser, if this account signed in with it and still has the same
    /// password.
    pub(crate) fn device_of(
        &self,
        account: &AccountId,
        password_hash: &SecretString,
        device: &Device,
    ) -> Option<String> {
        let parts = self.verified(device)?;
        let is_of_account = parts.account == account.as_str()
            && parts.password == self.password_digest(account, password_hash);
        is_of_account.then(|| parts.name.to_owned())
    }

    /// Issues a cookie for a browser in which an account has just signed in. `name` is the name
    /// that the browser already has.
    pub(crate) fn issue_device(
        &self,
        name: Option<&str>,
        account: &AccountId,
        password_hash: &SecretString,
    ) -> Device {
        let new = random::token::<16>();
        let issued_at = self.now().0.to_string();
        let password = self.password_digest(account, password_hash);
        let signed = [
            name.unwrap_or(&new),
            account.as_str(),
            &issued_at,
            &password,
        ];
        let signature = self.store().sign(PURPOSE, &signed);
        Device([&signed.join("."), ".", &signature].concat().into())
    }

    fn verified<'a>(&self, device: &'a Device) -> Option<Parts<'a>> {
        let parts = device.parts()?;
        let issued_at = UnixTime(parts.issued_at.parse().ok()?);
        let is_signed = self
            .store()
            .is_signed(PURPOSE, &parts.signed(), parts.signature);
        (is_signed && self.now().since(issued_at) < TTL).then_some(parts)
    }

    /// Returns a keyed digest, which reveals nothing about the password without the key.
    fn password_digest(&self, account: &AccountId, password_hash: &SecretString) -> String {
        let parts = [account.as_str(), password_hash.expose_secret()];
        random::hash(&self.store().sign(PASSWORD_PURPOSE, &parts))
            .chars()
            .take(22)
            .collect()
    }
}
