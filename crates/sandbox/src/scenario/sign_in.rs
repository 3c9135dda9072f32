//! Scenarios of SMTP servers that reject AUTH.

use super::{
    Action::Test,
    RequiredSettings::{Nothing, Password},
    Row,
};

#[rustfmt::skip]
pub(super) const SCENARIOS: &[Row] = &[
    ("refuse_microsoft_tenant_disabled", "Answer like Microsoft with SMTP AUTH disabled for the tenant", r#"{"refuse_tokens": "microsoft_tenant_disabled", "refuse_passwords": "microsoft_tenant_disabled"}"#, Test, Nothing, "smtp_auth_disabled_for_tenant"),
    ("refuse_microsoft_mailbox_disabled", "Answer like Microsoft with SMTP AUTH disabled for the mailbox", r#"{"refuse_tokens": "microsoft_mailbox_disabled", "refuse_passwords": "microsoft_mailbox_disabled"}"#, Test, Nothing, "smtp_auth_disabled_for_mailbox"),
    ("refuse_microsoft", "Answer like Microsoft to a token for another resource (535 5.7.3)", r#"{"refuse_tokens": "microsoft", "refuse_passwords": "microsoft"}"#, Test, Nothing, "token_for_other_resource"),
    ("refuse_microsoft_incorrect_credentials", "Answer like Microsoft to wrong credentials", r#"{"refuse_tokens": "microsoft_incorrect_credentials", "refuse_passwords": "microsoft_incorrect_credentials"}"#, Test, Password, "credentials_incorrect"),
    ("refuse_microsoft_criteria_not_met", "Answer like Microsoft under security defaults or conditional access", r#"{"refuse_tokens": "microsoft_criteria_not_met", "refuse_passwords": "microsoft_criteria_not_met"}"#, Test, Password, "criteria_not_met"),
    ("refuse_microsoft_basic_disabled", "Answer like Outlook.com to a password (535 5.7.139)", r#"{"refuse_passwords": "microsoft_basic_disabled"}"#, Test, Password, "password_sign_in_retired"),
    ("refuse_microsoft_basic_retired", "Answer like Microsoft once passwords are retired (550 5.7.30)", r#"{"refuse_passwords": "microsoft_basic_retired"}"#, Test, Password, "password_sign_in_retired"),
    ("refuse_microsoft_too_many_connections", "Answer like Microsoft to too many connections (432 4.3.2)", r#"{"refuse_tokens": "microsoft_too_many_connections", "refuse_passwords": "microsoft_too_many_connections"}"#, Test, Nothing, "too_many_connections"),
    ("refuse_microsoft_unknown", "Answer like Microsoft with words nobody knows (535 5.7.139)", r#"{"replies": [{"stage": "auth", "reply": "535 5.7.139 Authentication unsuccessful, the moon is full. [SANDBOX.prod.outlook.test]"}]}"#, Test, Nothing, "refused"),
    ("refuse_google", "Answer like Google to a bad token (334, 535 5.7.8)", r#"{"refuse_tokens": "google", "refuse_passwords": "google"}"#, Test, Nothing, "token_refused"),
    ("refuse_google_application_password_required", "Answer like Google that wants an app password (534 5.7.9)", r#"{"refuse_passwords": "google_application_password_required"}"#, Test, Password, "app_password_needed"),
    ("refuse_google_browser_sign_in_required", "Answer like Google that wants a sign-in in the browser (534 5.7.14)", r#"{"refuse_passwords": "google_browser_sign_in_required"}"#, Test, Password, "app_password_needed"),
    ("refuse_google_too_many_attempts", "Answer like Google to too many sign-ins (454 4.7.0)", r#"{"refuse_tokens": "google_too_many_attempts", "refuse_passwords": "google_too_many_attempts"}"#, Test, Nothing, "too_many_sign_ins"),
    ("refuse_dovecot", "Answer like Dovecot to a bad token (334, 535 5.7.8)", r#"{"refuse_tokens": "dovecot"}"#, Test, Nothing, "token_refused"),
    ("refuse_password", "The password is wrong (535 5.7.8)", r#"{"refuse_passwords": "dovecot"}"#, Test, Password, "password_refused"),
    ("refuse_temporary_failure", "Answer like Dovecot that cannot ask who that is (454 4.7.0)", r#"{"refuse_tokens": "temporary_failure", "refuse_passwords": "temporary_failure"}"#, Test, Nothing, "authentication_unavailable"),
    ("refuse_too_many_connections", "Answer like Dovecot to too many connections (421, at AUTH)", r#"{"refuse_tokens": "too_many_connections", "refuse_passwords": "too_many_connections"}"#, Test, Nothing, "too_many_connections"),
    ("refuse_postfix_lost", "Answer like Postfix that cannot ask who that is (535)", r#"{"replies": [{"stage": "auth", "reply": "535 5.7.8 Error: authentication failed: Connection lost to authentication server"}]}"#, Test, Nothing, "authentication_unavailable"),
    ("refuse_postfix_mechanism", "Answer like Postfix to a mechanism it does not take (535)", r#"{"replies": [{"stage": "auth", "reply": "535 5.7.8 Error: authentication failed: Invalid authentication mechanism"}]}"#, Test, Nothing, "mechanism_not_offered"),
    ("refuse_postfix_base64", "Answer like Postfix to a token that is too long (535)", r#"{"replies": [{"stage": "auth", "reply": "535 5.7.8 Error: authentication failed: Invalid base64 data in initial response"}]}"#, Test, Nothing, "token_too_long"),
    ("refuse_dovecot_long", "Answer like Dovecot to a token that is too long (500)", r#"{"replies": [{"stage": "auth", "reply": "500 5.5.2 Line too long"}]}"#, Test, Nothing, "token_too_long"),
    ("no_mechanism", "No mechanism for tokens is offered", r#"{"mechanisms": ["PLAIN", "LOGIN"]}"#, Test, Nothing, "mechanism_not_offered"),
    ("mechanism_refused", "The mechanism on offer is not taken after all (504)", r#"{"replies": [{"stage": "auth", "reply": "504 5.7.4 Unrecognized authentication type"}]}"#, Test, Nothing, "mechanism_not_offered"),
];
