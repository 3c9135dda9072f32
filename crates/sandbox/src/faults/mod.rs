//! Everything that can be made to go wrong.

mod imap;
mod refusal;
mod stage;
mod tls;
mod token;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use imap::ImapFault;
pub use refusal::RefusalStyle;
pub use stage::{CutAt, Stage, StageReply};
pub use tls::{Certificate, TlsVersion};
pub use token::TokenError;

/// The behaviour of a sandbox. The default is a well-behaved provider that rotates refresh tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, one per fault"
)]
pub struct Faults {
    /// The token endpoint answers with this error. JSON may give a name of the catalogue instead.
    pub token_error: Option<TokenError>,
    /// The authorization endpoint redirects back with this `error` at once (`access_denied`,
    /// `admin_policy_enforced`, `org_internal`, `disabled_client`, …), or with what Microsoft sends for
    /// a name of the catalogue (`AADSTS50011`).
    pub callback_error: Option<String>,
    /// The browser is sent back with neither a code nor an error.
    pub callback_empty: bool,
    /// Off: no refresh token, whatever the scope.
    pub issue_refresh_token: bool,
    /// Each refresh gives a new refresh token. Using an old one ends the grant, newer tokens
    /// included. Off: refreshes give none and the first one stays good.
    pub rotate_refresh_token: bool,
    /// Seconds.
    pub access_token_lifetime_seconds: u64,
    /// Characters; Microsoft's tokens have 1,500 to 3,000.
    pub access_token_length: usize,
    /// What is granted whatever was asked, to leave a scope out.
    pub granted_scope: Option<String>,
    /// `token_type` (RFC 6749 §7.1).
    pub token_type: String,
    /// Send an ID token even when the scope has no `openid`.
    pub account_in_id_token: bool,
    /// Who ends up granting, whoever typed the password.
    pub signed_in_account: Option<String>,
    /// Send `iss` with the code (RFC 9207).
    pub send_iss: bool,
    /// Send an `iss` of another provider.
    pub wrong_iss: bool,
    /// Append this path to `iss`, as an issuer of the same server has it.
    pub iss_path: String,
    /// Announce `iss` in the metadata, and send none.
    pub omit_iss: bool,
    /// Publish no metadata.
    pub no_metadata: bool,
    /// Take `Authorization: Basic` at the token endpoint.
    pub accept_basic_client_authentication: bool,
    /// Take the client secret in the body at the token endpoint.
    pub accept_post_client_authentication: bool,
    /// Refuse authorizations without an S256 challenge (RFC 7636).
    pub require_pkce: bool,
    /// Milliseconds between the work of the token endpoint and its answer.
    pub token_delay_ms: u64,
    /// The token endpoint never answers and does nothing.
    pub token_silent: bool,
    /// The token endpoint closes the connection and does nothing.
    pub token_cut: bool,
    /// The token endpoint does its work, then closes the connection instead of answering.
    pub token_answer_lost: bool,
    /// The token endpoint answers 200 with a web page.
    pub token_garbage: bool,
    /// The token endpoint answers with ten megabytes.
    pub token_huge: bool,
    /// The token endpoint redirects elsewhere; following it is recorded.
    pub token_redirect: bool,
    /// Seconds by which the `Date` of every HTTP answer is ahead.
    pub clock_skew_seconds: i64,

    /// DNS records in place of the usual ones: `sandbox.test MX` → `["10 mail.example."]`; none: the record is gone.
    pub dns: BTreeMap<String, Vec<String>>,
    /// The DNS server says nothing.
    pub dns_silent: bool,
    /// The DNS server answers SERVFAIL.
    pub dns_fails: bool,

    /// XOAUTH2 and OAUTHBEARER are refused like this, good token or not.
    pub refuse_tokens: Option<RefusalStyle>,
    /// PLAIN and LOGIN are refused like this, good password or not.
    pub refuse_passwords: Option<RefusalStyle>,
    /// How a token that is really bad is refused.
    pub bad_token_style: RefusalStyle,
    /// Replies put in place of the real ones; the first that fits is used.
    pub replies: Vec<StageReply>,
    /// From this stage on the server says nothing and keeps the connection open.
    pub silent_at: Option<Stage>,
    /// The server closes the connection here.
    pub cut_at: Option<CutAt>,
    /// How often `cut_at` happens; absent means always.
    pub cut_times: Option<u32>,
    /// Milliseconds before the reply of a stage.
    pub slow_ms: BTreeMap<Stage, u64>,
    /// What EHLO offers and AUTH takes.
    pub mechanisms: Vec<String>,
    /// Offer SMTPUTF8 (RFC 6531).
    pub offer_smtputf8: bool,
    /// Offer STARTTLS on the STARTTLS port.
    pub offer_starttls: bool,
    /// Offer and take AUTH in the clear as well.
    pub auth_without_tls: bool,
    /// Off: mail is taken from anyone.
    pub authentication_required: bool,
    /// A sender other than the signed-in account is refused (554 5.2.252).
    pub send_as_denied: bool,
    /// Octets, offered with SIZE (RFC 1870).
    pub max_message_octets: usize,
    /// Recipients of one transaction; further ones are refused with 452 4.5.3, each of which counts as an error.
    pub max_recipients: usize,
    /// Speak plaintext SMTP on the port for implicit TLS.
    pub plaintext_on_tls_port: bool,
    /// Speak TLS from the first byte on the port for STARTTLS.
    pub tls_on_starttls_port: bool,
    /// Close the connection in the middle of the TLS handshake, without an alert, as Dovecot does for a
    /// version it does not take.
    pub tls_cut: bool,
    /// Lowest TLS version taken.
    pub min_tls: Option<TlsVersion>,
    /// Highest TLS version taken.
    pub max_tls: Option<TlsVersion>,
    /// How reading mail fails.
    pub imap: Option<ImapFault>,
    /// Which certificate is shown.
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
            token_garbage: false,
            token_huge: false,
            token_redirect: false,
            clock_skew_seconds: 0,
            dns: BTreeMap::new(),
            dns_silent: false,
            dns_fails: false,
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
            min_tls: None,
            max_tls: None,
            imap: None,
            certificate: Certificate::Good,
        }
    }
}
