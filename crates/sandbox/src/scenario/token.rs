//! Scenarios of failures of a token refresh.

use super::{
    Action::{Check, Test, Token, TokenTwice},
    RequiredSettings::Nothing,
    Row,
};

#[rustfmt::skip]
pub(super) const SCENARIOS: &[Row] = &[
    ("token_invalid_grant", "The grant was revoked", r#"{"token_error": "invalid_grant"}"#, Token, Nothing, "grant_ended"),
    ("token_AADSTS700082", "Microsoft: not used for 90 days (AADSTS700082)", r#"{"token_error": "AADSTS700082"}"#, Token, Nothing, "grant_unused"),
    ("token_AADSTS50173", "Microsoft: the password was changed (AADSTS50173)", r#"{"token_error": "AADSTS50173"}"#, Token, Nothing, "password_changed"),
    ("token_AADSTS50076", "Microsoft: multi-factor authentication is wanted (AADSTS50076)", r#"{"token_error": "AADSTS50076"}"#, Token, Nothing, "sign_in_again"),
    ("token_AADSTS50079", "Microsoft: multi-factor authentication has to be set up (AADSTS50079)", r#"{"token_error": "AADSTS50079"}"#, Token, Nothing, "sign_in_again"),
    ("token_AADSTS53003", "Microsoft: blocked by conditional access (AADSTS53003)", r#"{"token_error": "AADSTS53003"}"#, Token, Nothing, "sign_in_again"),
    ("token_AADSTS7000222", "Microsoft: the client secret has expired (AADSTS7000222)", r#"{"token_error": "AADSTS7000222"}"#, Token, Nothing, "client_secret_expired"),
    ("token_temporarily_unavailable", "The provider is not available", r#"{"token_error": "temporarily_unavailable"}"#, Token, Nothing, "provider_unavailable"),
    ("token_server_error", "The provider has an error of its own", r#"{"token_error": "server_error"}"#, Token, Nothing, "provider_unavailable"),
    ("token_too_many_requests", "The provider is asked too often", r#"{"token_error": "too_many_requests"}"#, Token, Nothing, "provider_unavailable"),
    ("token_retry_after", "The provider asks to wait two minutes (Retry-After)", r#"{"token_error": {"status": 429, "error": "rate_limit_exceeded", "retry_after": "120"}}"#, Token, Nothing, "provider_unavailable"),
    ("token_error_200", "The provider reports a dead refresh token with status 200, as GitHub and Zoho do", r#"{"token_error": {"status": 200, "error": "bad_refresh_token", "error_description": "The refresh token passed is incorrect or expired."}}"#, Token, Nothing, "grant_ended"),
    ("silent_tokens", "The token endpoint never answers", r#"{"token_silent": true}"#, Token, Nothing, "token_endpoint_timeout"),
    ("cut_tokens", "The token endpoint closes the connection", r#"{"token_cut": true}"#, Token, Nothing, "token_endpoint_unreachable"),
    ("lost_tokens", "The response to one refresh is lost, and with it the new refresh token", r#"{"token_answer_lost": true, "token_answer_lost_times": 1}"#, TokenTwice, Nothing, "grant_ended_after_interruption"),
    ("slow_tokens", "The token endpoint answers after 5 seconds", r#"{"token_delay_ms": 5000}"#, Token, Nothing, ""),
    ("short_tokens", "Access tokens last 20 seconds", r#"{"access_token_lifetime_seconds": 20}"#, Test, Nothing, ""),
    ("long_tokens", "Access tokens have 2,048 characters, as Microsoft's", r#"{"access_token_length": 2048}"#, Test, Nothing, ""),
    ("clock_skew", "The provider's clock is ten minutes ahead", r#"{"clock_skew_seconds": 600}"#, Check, Nothing, "clock_skew"),
];
