//! URL of the response to an authorization request (RFC 6749 §4.1.2, RFC 9207).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::sign_in::SignIn;
use crate::state::State;

const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl SignIn {
    pub(super) fn error(&self, state: &State, error: &str, description: &str) -> String {
        self.callback(
            state,
            &[("error", error), ("error_description", description)],
        )
    }

    pub(super) fn callback(&self, state: &State, parameters: &[(&str, &str)]) -> String {
        let faults = state.faults();
        let mut url = self.redirect_uri.clone();
        let mut add = |name: &str, value: &str| {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(name);
            url.push('=');
            url.extend(utf8_percent_encode(value, VALUE));
        };
        for (name, value) in parameters {
            add(name, value);
        }
        if let Some(value) = &self.state {
            add("state", value);
        }
        if faults.wrong_iss {
            add("iss", "https://other-provider.example");
        } else if faults.send_iss && !faults.omit_iss {
            add(
                "iss",
                &format!("{}{}", state.descriptor.issuer, faults.iss_path),
            );
        }
        url
    }
}

/// Returns the provider's description of an `error`.
pub(super) fn description(error: &str) -> &'static str {
    match error {
        "access_denied" => "The user denied access.",
        "admin_policy_enforced" => "The organization's policy does not allow this application.",
        "org_internal" => "The application is only for users of its own organization.",
        "disabled_client" => "The OAuth client was disabled.",
        "temporarily_unavailable" => "Try again later.",
        "server_error" => "Internal error.",
        "invalid_scope" => "The scope is unknown or not allowed.",
        "consent_required" => "AADSTS65001: The user or administrator has not consented.",
        _ => "Set by a fault of the sandbox.",
    }
}
