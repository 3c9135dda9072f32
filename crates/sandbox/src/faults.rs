//! Faults that the sandbox can simulate.

mod imap;
mod message_id;
mod refusal;
mod stage;
mod tls;
mod token;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use imap::ImapFault;
pub use message_id::MessageIdStyle;
pub use refusal::RefusalStyle;
pub use stage::{CutAt, Stage, StageReply};
pub use tls::{Certificate, TlsVersion};
pub use token::TokenError;

/// Behavior of a sandbox. The default is a well-behaved provider that rotates refresh tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, one per fault"
)]
pub struct Faults {
    /// The token endpoint returns this error. In JSON, this may be a name from the catalog.
    pub token_error: Option<TokenError>,
    /// The authorization endpoint immediately redirects back with this `error` (`access_denied`,
    /// `admin_policy_enforced`, `org_internal`, `disabled_client`, …). For a name from the catalog,
    /// it sends Microsoft's response (`AADSTS50011`).
    pub callback_error: Option<String>,
    /// The browser is redirected back with neither a code nor an error.
    pub callback_empty: bool,
    /// If off, no refresh token is issued, regardless of the scope.
    pub issue_refresh_token: bool,
    /// Each refresh issues a new refresh token. Using an old one ends the grant with all its
    /// tokens. If off, refreshes issue none, and the first one remains valid.
    pub rotate_refresh_token: bool,
    /// Lifetime of access tokens in seconds.
    pub access_token_lifetime_seconds: u64,
    /// Length of access tokens in characters. Microsoft's have 1,500 to 3,000.
    pub access_token_length: usize,
    /// Granted scope, regardless of the requested one.
    pub granted_scope: Option<String>,
    /// Value of `token_type` (RFC 6749 §7.1).
    pub token_type: String,
    /// Sends an ID token even if the scope does not contain `openid`.
    pub account_in_id_token: bool,
    /// Sends no ID token, and names the account at the `UserInfo` endpoint.
    pub account_in_userinfo: bool,
    /// Account of the grant, regardless of the account that signed in.
    pub signed_in_account: Option<String>,
    /// Sends `iss` with the code (RFC 9207).
    pub send_iss: bool,
    /// Sends the `iss` of another provider.
    pub wrong_iss: bool,
    /// Path that is appended to `iss`, as for another issuer on the same server.
    pub iss_path: String,
    /// Announces `iss` in the metadata but does not send it.
    pub omit_iss: bool,
    /// Publishes no metadata.
    pub no_metadata: bool,
    /// Accepts `Authorization: Basic` at the token endpoint.
    pub accept_basic_client_authentication: bool,
    /// Accepts the client secret in the body at the token endpoint.
    pub accept_post_client_authentication: bool,
    /// Rejects authorizations without an S256 challenge (RFC 7636).
    pub require_pkce: bool,
    /// Milliseconds that the token endpoint waits between its work and its response.
    pub token_delay_ms: u64,
    /// The token endpoint never answers and does nothing.
    pub token_silent: bool,
    /// The token endpoint closes the connection and does nothing.
    pub token_cut: bool,
    /// The token endpoint does its work, then closes the connection without a response.
    pub token_answer_lost: bool,
    /// Number of times that `token_answer_lost` applies. `None` means always.
    pub token_answer_lost_times: Option<u32>,
    /// The token endpoint returns 200 with a web page.
    pub token_garbage: bool,
    /// The token endpoint returns ten megabytes.
    pub token_huge: bool,
    /// The token endpoint redirects elsewhere. The sandbox records clients that follow.
    pub token_redirect: bool,
    /// Seconds that the `Date` of every HTTP response is ahead.
    pub clock_skew_seconds: i64,

    /// DNS records that replace the default ones: `sandbox.test MX` → `["10 mail.example."]`. An
    /// empty list removes the record.
    pub dns: BTreeMap<String, Vec<String>>,
    /// The DNS server does not respond.
    pub dns_silent: bool,
    /// The DNS server responds with SERVFAIL.
    pub dns_fails: bool,
    /// The DNS server responds with REFUSED.
    pub dns_refuses: bool,
    /// The DNS server does not listen. Takes effect within some milliseconds.
    pub dns_closed: bool,

    /// XOAUTH2 and OAUTHBEARER are rejected in this style, even with a valid token.
    pub refuse_tokens: Option<RefusalStyle>,
    /// PLAIN and LOGIN are rejected in this style, even with the correct password.
    pub refuse_passwords: Option<RefusalStyle>,
    /// Style in which invalid tokens are rejected.
    pub bad_token_style: RefusalStyle,
    /// Replies that replace the real ones. The first match is used.
    pub replies: Vec<StageReply>,
    /// Stage from which on the server does not reply but keeps the connection open.
    pub silent_at: Option<Stage>,
    /// Point at which the server closes the connection.
    pub cut_at: Option<CutAt>,
    /// Number of times that `cut_at` applies. `None` means always.
    pub cut_times: Option<u32>,
    /// Milliseconds of delay before the reply of a stage.
    pub slow_ms: BTreeMap<Stage, u64>,
    /// Mechanisms that EHLO offers and AUTH accepts.
    pub mechanisms: Vec<String>,
    /// Offers SMTPUTF8 (RFC 6531).
    pub offer_smtputf8: bool,
    /// Offers STARTTLS on the STARTTLS port.
    pub offer_starttls: bool,
    /// Offers and accepts AUTH without TLS as well.
    pub auth_without_tls: bool,
    /// If off, mail is accepted without authentication.
    pub authentication_required: bool,
    /// Rejects any sender except the signed-in account (554 5.2.252).
    pub send_as_denied: bool,
    /// Maximum message size in octets, offered with SIZE (RFC 1870).
    pub max_message_octets: usize,
    /// Maximum number of recipients per transaction. Further ones are rejected with 452 4.5.3 and
    /// count as errors.
    pub max_recipients: usize,
    /// Speaks plaintext SMTP on the port for implicit TLS.
    pub plaintext_on_tls_port: bool,
    /// Speaks implicit TLS on the port for STARTTLS.
    pub tls_on_starttls_port: bool,
    /// Closes the connection during the TLS handshake without an alert, as Dovecot does for an
    /// unsupported version.
    pub tls_cut: bool,
    /// Rejects every TLS version from 1.2 on with an alert, like a server that has older ones only.
    pub old_tls: bool,
    /// Lowest accepted TLS version.
    pub min_tls: Option<TlsVersion>,
    /// Highest accepted TLS version.
    pub max_tls: Option<TlsVersion>,
    /// Accepted messages get another Message-ID in this style.
    pub message_id: Option<MessageIdStyle>,
    /// Failure to read mail.
    pub imap: Option<ImapFault>,
    /// Certificate that the server presents.
    pub certificate: Certificate,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            token_error: None,
            callback_error: None,
            callback_empty: false,
            issue_refresh_token: true,
            rotate_refresh_token: true,
            access_token_lifetime_seconds: 3600,
            access_token_length: 64,
            granted_scope: None,
            token_type: "Bearer".to_owned(),
            account_in_id_token: false,
            account_in_userinfo: false,
            signed_in_account: None,
            send_iss: true,
            wrong_iss: false,
            iss_path: String::new(),
            omit_iss: false,
            no_metadata: false,
            accept_basic_client_authentication: true,
            accept_post_client_authentication: true,
            require_pkce: true,
            token_delay_ms: 0,
            token_silent: false,
            token_cut: false,
            token_answer_lost: false,
            token_answer_lost_times: None,
            token_garbage: false,
            token_huge: false,
            token_redirect: false,
            clock_skew_seconds: 0,
            dns: BTreeMap::new(),
            dns_silent: false,
            dns_fails: false,
            dns_refuses: false,
            dns_closed: false,
            refuse_tokens: None,
            refuse_passwords: None,
            bad_token_style: RefusalStyle::Google,
            replies: Vec::new(),
            silent_at: None,
            cut_at: None,
            cut_times: None,
            slow_ms: BTreeMap::new(),
            mechanisms: ["XOAUTH2", "OAUTHBEARER", "PLAIN", "LOGIN"]
                .map(String::from)
                .to_vec(),
            offer_smtputf8: true,
            offer_starttls: true,
            auth_without_tls: false,
            authentication_required: true,
            send_as_denied: false,
            max_message_octets: 35_882_577,
            max_recipients: 100,
            plaintext_on_tls_port: false,
            tls_on_starttls_port: false,
            tls_cut: false,
            old_tls: false,
            min_tls: None,
            max_tls: None,
            message_id: None,
            imap: None,
            certificate: Certificate::Good,
        }
    }
}
