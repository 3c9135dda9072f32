//! Faults by name, for the page.

mod table;

use serde_json::{Value, json};

use crate::faults::{Faults, TOKEN_ERRORS};

/// A named set of faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// What the form sends.
    pub name: String,
    /// What the page shows.
    pub title: String,
    /// What is changed from the default.
    pub patch: Value,
}

/// Every scenario, the one without faults first.
pub fn scenarios() -> Vec<Scenario> {
    let fixed = table::SCENARIOS
        .iter()
        .map(|(name, title, patch)| Scenario {
            name: (*name).to_owned(),
            title: (*title).to_owned(),
            patch: serde_json::from_str(patch).unwrap_or_default(),
        });
    fixed.chain(refusals()).chain(token_errors()).collect()
}

fn refusals() -> impl Iterator<Item = Scenario> {
    [
        ("google", "Google, 334 and 535 5.7.8"),
        ("microsoft", "Microsoft, 535 5.7.3"),
        ("microsoft_tenant_disabled", "SMTP AUTH off for the tenant"),
        (
            "microsoft_mailbox_disabled",
            "SMTP AUTH off for the mailbox",
        ),
        ("microsoft_incorrect_credentials", "wrong password"),
        ("microsoft_criteria_not_met", "conditional access"),
        ("microsoft_basic_retired", "passwords retired"),
        (
            "microsoft_too_many_connections",
            "432, too many connections",
        ),
        (
            "google_application_password_required",
            "app password wanted",
        ),
        ("google_browser_sign_in_required", "browser sign-in wanted"),
        ("google_too_many_attempts", "454, too many tries"),
        ("temporary_failure", "454, temporary failure"),
        ("too_many_connections", "421, too many connections"),
    ]
    .into_iter()
    .map(|(style, title)| Scenario {
        name: format!("refuse_{style}"),
        title: format!("SMTP sign-in refused: {title}"),
        patch: json!({"refuse_tokens": style, "refuse_passwords": style}),
    })
}

fn token_errors() -> impl Iterator<Item = Scenario> {
    TOKEN_ERRORS.iter().map(|row| Scenario {
        name: format!("token_{}", row.0),
        title: format!("Token endpoint: {}", row.0),
        patch: json!({"token_error": row.0}),
    })
}

/// The faults of a scenario.
pub(crate) fn faults(name: &str) -> Option<Faults> {
    let scenario = scenarios()
        .into_iter()
        .find(|scenario| scenario.name == name)?;
    merged(&Faults::default(), &scenario.patch).ok()
}

/// The scenario these faults come from, if they come from one.
pub(crate) fn in_force(faults: &Faults) -> Option<Scenario> {
    scenarios().into_iter().find(|scenario| {
        merged(&Faults::default(), &scenario.patch).is_ok_and(|known| known == *faults)
    })
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
