//! Scenarios: named faults for the page and for tests, each with the finding that a client should
//! report.

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

/// SMTP host of the scenarios with [`RequiredSettings::NamedHost`].
pub const NAMED_HOST: &str = "smtp.sandbox.test";

/// Action that shows the effect of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Authorize.
    Authorize,
    /// Send a test email after the access tokens have expired.
    Token,
    /// Send two test emails after the access tokens have expired.
    TokenTwice,
    /// Send a test email.
    Test,
    /// Check the connection.
    Check,
    /// Check the connection with the mailbox on.
    Mailbox,
    /// Check the connection with a From address in `sandbox.test`, using the sandbox's DNS server.
    Domain,
}

/// Settings that a scenario needs in addition to the sandbox's preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RequiredSettings {
    /// OAuth over STARTTLS, as the preset has it.
    Nothing,
    /// Basic authentication.
    Password,
    /// Basic authentication, and an SMTP host that only the sandbox's DNS server knows:
    /// [`NAMED_HOST`].
    NamedHost,
    /// No authentication.
    NoSignIn,
    /// No authentication and no TLS.
    PlainNoSignIn,
    /// Implicit TLS at its port.
    ImplicitTls,
    /// TLS 1.3 as the minimum.
    Tls13,
    /// A GUID as the client secret.
    SecretId,
    /// The From address of another account.
    OtherFrom,
    /// The mailbox's own address as the recipient of the test email.
    ToItself,
    /// Mailbox with the authorization of SMTP.
    SameAuthorization,
}

/// Named set of faults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scenario {
    /// Value that the form sends.
    pub name: &'static str,
    /// Heading of the page under which the scenario is listed.
    pub group: &'static str,
    /// Title on the page.
    pub title: &'static str,
    /// Difference from the default faults, as JSON.
    pub patch: Value,
    /// Action that shows the effect.
    pub at: Action,
    /// Settings that the scenario needs.
    pub given: RequiredSettings,
    /// Code of the expected finding. `None` if the action should succeed.
    pub finding: Option<&'static str>,
}

/// Name, title, difference from the default as JSON, action, settings, and the code of the expected
/// finding or "".
type Row = (
    &'static str,
    &'static str,
    &'static str,
    Action,
    RequiredSettings,
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
            RequiredSettings::Nothing,
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

/// Returns every scenario. The one without faults comes first.
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
    /// Returns the required action and the expected finding.
    pub(crate) fn hint(&self) -> String {
        let given = match self.given {
            RequiredSettings::Nothing => "",
            RequiredSettings::Password => "Choose Basic authentication. ",
            RequiredSettings::NamedHost => {
                "Start Mailgrant with this DNS server (\"dns_server\"), choose Basic authentication, \
                 and enter the SMTP host smtp.sandbox.test. "
            }
            RequiredSettings::NoSignIn => "Turn authentication off. ",
            RequiredSettings::PlainNoSignIn => "Turn SSL and authentication off. ",
            RequiredSettings::ImplicitTls => "Choose implicit TLS and its port. ",
            RequiredSettings::Tls13 => "Choose TLS 1.3 only. ",
            RequiredSettings::SecretId => "Enter a GUID as client secret. ",
            RequiredSettings::OtherFrom => "Set From to another account's address. ",
            RequiredSettings::SameAuthorization => {
                "Let the email box sign in with the same authorization. "
            }
            RequiredSettings::ToItself => {
                "Turn the email box on and send the test email to its own address. "
            }
        };
        let action = match self.at {
            Action::Authorize => "Press \"Save & Authorize\"",
            Action::Token => "Press \"Expire access tokens\" here, then send a test email",
            Action::TokenTwice => {
                "Press \"Expire access tokens\" here, then send a test email, and another one"
            }
            Action::Test => "Send a test email",
            Action::Check => "Check the connection",
            Action::Mailbox => "Turn the email box on and check the connection",
            Action::Domain => "Start Mailgrant with this DNS server and check the connection",
        };
        let finding = self.finding.unwrap_or("that all goes well");
        format!("{given}{action}: you will see {finding}.")
    }
}

/// Returns the faults of a scenario.
pub(crate) fn faults(name: &str) -> Option<Faults> {
    let scenario = scenarios()
        .into_iter()
        .find(|scenario| scenario.name == name)?;
    scenario.faults().ok()
}

/// Returns the scenario that the faults come from, if there is one.
pub(crate) fn current(faults: &Faults) -> Option<Scenario> {
    scenarios()
        .into_iter()
        .find(|scenario| scenario.faults().is_ok_and(|known| known == *faults))
}

impl Scenario {
    /// Returns the faults to set.
    ///
    /// # Errors
    /// Returns an error if the patch is not valid for faults.
    pub fn faults(&self) -> Result<Faults, serde_json::Error> {
        merged(&Faults::default(), &self.patch)
    }
}

/// Returns the difference from the default faults.
pub(crate) fn changed(faults: &Faults) -> Value {
    let usual = serde_json::to_value(Faults::default()).unwrap_or_default();
    let mut value = serde_json::to_value(faults).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, value| usual.get(name) != Some(value));
    }
    value
}

/// Merges the top level (RFC 7396). `null` resets a field to its default.
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
