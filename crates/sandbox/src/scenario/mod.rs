//! Faults by name, for the page and for tests: each names what a client should find.

mod connection;
mod domain;
mod mailbox;
mod provider;
mod sending;
mod sign_in;
mod token;

use serde::Serialize;
use serde_json::Value;

use crate::faults::Faults;

/// What shows a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Authorizing.
    Authorize,
    /// Sending a test email after the access tokens have expired.
    Token,
    /// Sending a test email.
    Test,
    /// Checking the connection.
    Check,
    /// Checking it with the mailbox on.
    Mailbox,
    /// Checking it with a From address in `sandbox.test`, by the sandbox's DNS server.
    Domain,
}

/// What has to be set before, besides the sandbox's own values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// Nothing: OAuth over STARTTLS.
    Nothing,
    /// The authentication type is basic.
    Password,
    /// Authentication is off.
    NoSignIn,
    /// Implicit TLS, at its port.
    ImplicitTls,
    /// TLS 1.3 only.
    Tls13,
    /// The client secret is a GUID.
    SecretId,
    /// The From address is another account's.
    OtherFrom,
    /// The recipient of the test email is the mailbox's own address.
    ToItself,
    /// The mailbox is signed in to with the same authorization as SMTP.
    SameAuthorization,
}

/// A named set of faults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scenario {
    /// What the form sends.
    pub name: &'static str,
    /// What it is about; the page groups by it.
    pub group: &'static str,
    /// What the page shows.
    pub title: &'static str,
    /// What is changed from the default.
    pub patch: Value,
    /// What shows it.
    pub at: Action,
    /// What has to be set before.
    pub given: Given,
    /// The code of what is found; `None` when everything goes well.
    pub finding: Option<&'static str>,
}

/// Name, title, what is changed from the default as JSON, what shows it, what has to be set before, and the code of what is
/// found, or "".
type Row = (
    &'static str,
    &'static str,
    &'static str,
    Action,
    Given,
    &'static str,
);

const GROUPS: &[(&str, &[Row])] = &[
    (
        "",
        &[(
            "none",
            "Everything works",
            "{}",
            Action::Test,
            Given::Nothing,
            "",
        )],
    ),
    ("Signing in at the provider", provider::SCENARIOS),
    ("Tokens", token::SCENARIOS),
    ("Connection and TLS", connection::SCENARIOS),
    ("SMTP sign-in", sign_in::SCENARIOS),
    ("Sending", sending::SCENARIOS),
    ("Mailbox", mailbox::SCENARIOS),
    ("DNS of the From address", domain::SCENARIOS),
];

/// Every scenario, the one without faults first.
pub fn scenarios() -> Vec<Scenario> {
    let rows = GROUPS
        .iter()
        .flat_map(|(group, rows)| rows.iter().map(move |row| (*group, row)));
    rows.map(
        |(group, (name, title, patch, at, given, finding))| Scenario {
            name,
            group,
            title,
            patch: serde_json::from_str(patch).unwrap_or_default(),
            at: *at,
            given: *given,
            finding: Some(*finding).filter(|finding| !finding.is_empty()),
        },
    )
    .collect()
}

impl Scenario {
    /// What to do, and what is found then.
    pub(crate) fn hint(&self) -> String {
        let given = match self.given {
            Given::Nothing => "",
            Given::Password => "Choose Basic authentication. ",
            Given::NoSignIn => "Turn authentication off. ",
            Given::ImplicitTls => "Choose implicit TLS and its port. ",
            Given::Tls13 => "Choose TLS 1.3 only. ",
            Given::SecretId => "Enter a GUID as client secret. ",
            Given::OtherFrom => "Set From to another account's address. ",
            Given::SameAuthorization => "Let the email box sign in with the same authorization. ",
            Given::ToItself => "Turn the email box on and send the test email to its own address. ",
        };
        let action = match self.at {
            Action::Authorize => "Press \"Save & Authorize\"",
            Action::Token => "Press \"Expire access tokens\" here, then send a test email",
            Action::Test => "Send a test email",
            Action::Check => "Check the connection",
            Action::Mailbox => "Turn the email box on and check the connection",
            Action::Domain => "Start Mailgrant with this DNS server and check the connection",
        };
        let finding = self.finding.unwrap_or("that all goes well");
        format!("{given}{action}: you will see {finding}.")
    }
}

/// The faults of a scenario.
pub(crate) fn faults(name: &str) -> Option<Faults> {
    let scenario = scenarios()
        .into_iter()
        .find(|scenario| scenario.name == name)?;
    scenario.faults().ok()
}

/// The scenario these faults come from, if they come from one.
pub(crate) fn in_force(faults: &Faults) -> Option<Scenario> {
    scenarios()
        .into_iter()
        .find(|scenario| scenario.faults().is_ok_and(|known| known == *faults))
}

impl Scenario {
    /// The faults to set.
    ///
    /// # Errors
    /// When the patch is no faults.
    pub fn faults(&self) -> Result<Faults, serde_json::Error> {
        merged(&Faults::default(), &self.patch)
    }
}

/// What differs from the default.
pub(crate) fn changed(faults: &Faults) -> Value {
    let usual = serde_json::to_value(Faults::default()).unwrap_or_default();
    let mut value = serde_json::to_value(faults).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, value| usual.get(name) != Some(value));
    }
    value
}

/// Top-level merge (RFC 7396): `null` sets back to the default.
pub(crate) fn merged(faults: &Faults, patch: &Value) -> Result<Faults, serde_json::Error> {
    let mut value = serde_json::to_value(faults)?;
    let Some(patch) = patch.as_object() else {
        return Err(serde::de::Error::custom("not an object"));
    };
    if let Some(fields) = value.as_object_mut() {
        for (name, wanted) in patch {
            if wanted.is_null() {
                fields.remove(name);
            } else {
                fields.insert(name.clone(), wanted.clone());
            }
        }
    }
    serde_json::from_value(value)
}
