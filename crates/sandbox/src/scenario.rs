//! Faults by name, for the page.

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
    let fixed = [
        ("none", "Everything works", json!({})),
        (
            "access_denied",
            "Authorization: access denied",
            json!({"callback_error": "access_denied"}),
        ),
        (
            "admin_policy_enforced",
            "Authorization: forbidden by policy",
            json!({"callback_error": "admin_policy_enforced"}),
        ),
        (
            "org_internal",
            "Authorization: internal application",
            json!({"callback_error": "org_internal"}),
        ),
        (
            "disabled_client",
            "Authorization: client disabled",
            json!({"callback_error": "disabled_client"}),
        ),
        (
            "wrong_iss",
            "Authorization: answer of another provider",
            json!({"wrong_iss": true}),
        ),
        (
            "other_account",
            "Authorization: signed in as bob, whoever types",
            json!({"signed_in_account": "bob@sandbox.test"}),
        ),
        (
            "no_refresh_token",
            "Tokens: no refresh token",
            json!({"issue_refresh_token": false}),
        ),
        (
            "no_mail_scope",
            "Tokens: mail scope missing",
            json!({"granted_scope": "openid offline_access"}),
        ),
        (
            "short_tokens",
            "Tokens: access tokens last 20 seconds",
            json!({"access_token_lifetime_seconds": 20}),
        ),
        (
            "long_tokens",
            "Tokens: 2,048 characters",
            json!({"access_token_length": 2048}),
        ),
        (
            "slow_tokens",
            "Token endpoint: answers after 5 seconds",
            json!({"token_delay_ms": 5000}),
        ),
        (
            "silent_tokens",
            "Token endpoint: never answers",
            json!({"token_silent": true}),
        ),
        (
            "cut_tokens",
            "Token endpoint: closes the connection",
            json!({"token_cut": true}),
        ),
        (
            "garbage_tokens",
            "Token endpoint: answers with a web page",
            json!({"token_garbage": true}),
        ),
        (
            "huge_tokens",
            "Token endpoint: answers with ten megabytes",
            json!({"token_huge": true}),
        ),
        (
            "redirected_tokens",
            "Token endpoint: redirects",
            json!({"token_redirect": true}),
        ),
        (
            "post_only",
            "Token endpoint: no Basic authentication",
            json!({"accept_basic_client_authentication": false}),
        ),
        (
            "no_starttls",
            "SMTP: STARTTLS not offered",
            json!({"offer_starttls": false}),
        ),
        (
            "plaintext_on_tls_port",
            "SMTP: plaintext on the TLS port",
            json!({"plaintext_on_tls_port": true}),
        ),
        (
            "tls_1_2_only",
            "SMTP: TLS 1.2 only",
            json!({"max_tls": "1.2"}),
        ),
        (
            "wrong_name",
            "SMTP: certificate for another name",
            json!({"certificate": "wrong_name"}),
        ),
        (
            "expired",
            "SMTP: certificate expired",
            json!({"certificate": "expired"}),
        ),
        (
            "unknown_ca",
            "SMTP: certificate of an unknown authority",
            json!({"certificate": "unknown_ca"}),
        ),
        (
            "send_as_denied",
            "SMTP: only the account's own address may send",
            json!({"send_as_denied": true}),
        ),
        (
            "silent_greeting",
            "SMTP: no greeting",
            json!({"silent_at": "greeting"}),
        ),
        (
            "cut_after_data",
            "SMTP: message taken, then the connection is cut",
            json!({"cut_at": "after_final_dot_before_reply"}),
        ),
        (
            "busy",
            "SMTP: 421 at the greeting",
            json!({"replies": [{"stage": "greeting", "reply": "421 4.7.0 Too many connections, try again later."}]}),
        ),
        (
            "quota",
            "SMTP: daily quota (550 5.4.5)",
            json!({"replies": [{"stage": "final", "reply": "550 5.4.5 Daily user sending limit exceeded."}]}),
        ),
        (
            "unknown_recipient",
            "SMTP: recipient unknown (550 5.1.1)",
            json!({"replies": [{"stage": "rcpt", "reply": "550 5.1.1 The email account that you tried to reach does not exist."}]}),
        ),
        (
            "greylisted",
            "SMTP: recipient later (450 4.2.1)",
            json!({"replies": [{"stage": "rcpt", "reply": "450 4.2.1 The user is receiving mail too quickly."}]}),
        ),
    ];
    let fixed = fixed.map(|(name, title, patch)| Scenario {
        name: name.to_owned(),
        title: title.to_owned(),
        patch,
    });
    fixed
        .into_iter()
        .chain(refusals())
        .chain(token_errors())
        .collect()
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
