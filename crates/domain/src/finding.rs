//! Findings: decoded failures. The code is here, its cause and fix in words are chosen where it
//! is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{codes::codes, untrusted};

codes! {
    /// Whether trying again can help.
    Retry {
        /// Not before somebody has changed something.
        Never = "never",
        /// Once, with a fresh access token.
        OnceAfterRefresh = "once_after_refresh",
        /// Later, with back-off.
        Later = "later",
    }
}

codes! {
    /// How sure the cause is.
    Certainty {
        /// What was said has this one meaning.
        Certain = "certain",
        /// What was said can have other causes; this is the usual one.
        Likely = "likely",
    }
}

macro_rules! finding_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $retry:ident;)*) => {
        codes! {
            /// Decoded failures.
            FindingCode { $($(#[$doc])* $name = $code,)* }
        }

        impl FindingCode {
            /// Returns the kind of retry that can help.
            pub fn retry(self) -> Retry {
                match self { $(Self::$name => Retry::$retry,)* }
            }
        }
    };
}

finding_codes! {
    // The callback.
    /// The `state` of the callback is none of ours.
    StateUnknown = "state_unknown", Never;
    /// The authorization has been answered before.
    AuthorizationUsed = "authorization_used", Never;
    /// The authorization was answered after it had ended.
    AuthorizationExpired = "authorization_expired", Never;
    /// Another browser asked for this authorization.
    OtherBrowser = "other_browser", Never;
    /// The settings have been changed since the authorization began.
    SettingsChanged = "settings_changed", Never;
    /// `iss` names another authorization server (RFC 9207).
    IssuerMismatch = "issuer_mismatch", Never;
    /// `iss` is missing, although the metadata of the provider announces it (RFC 9207 §2.4).
    IssuerMissing = "issuer_missing", Never;
    /// The callback holds neither a code nor an error.
    CallbackIncomplete = "callback_incomplete", Never;
    /// `access_denied`: refused at the provider, or not a test user at Google.
    AccessDenied = "access_denied", Never;
    /// `admin_policy_enforced`: the Workspace administrator does not allow this client.
    AdminPolicyEnforced = "admin_policy_enforced", Never;
    /// `org_internal`: the client is open to its own organisation only.
    OrgInternal = "org_internal", Never;
    /// `disabled_client`: the client is switched off in the console.
    DisabledClient = "disabled_client", Never;
    /// `invalid_scope`, or a scope the provider does not know.
    ScopeRefused = "scope_refused", Never;
    /// `server_error` or `temporarily_unavailable` at the provider.
    ProviderUnavailable = "provider_unavailable", Later;
    /// An error of the provider that is not known to us; it is shown as it came.
    ProviderError = "provider_error", Never;
    /// Not all scopes asked for were granted.
    ScopeMissing = "scope_missing", Never;
    /// The provider gave no refresh token.
    NoRefreshToken = "no_refresh_token", Never;

    // The token endpoint.
    /// `invalid_grant`: the refresh token is dead.
    GrantEnded = "grant_ended", Never;
    /// `invalid_grant` six to eight days after the authorization at Google: the consent screen is
    /// in "Testing".
    GrantEndedInTesting = "grant_ended_in_testing", Never;
    /// `invalid_grant` for a code: used before, too old, or another redirect URL or PKCE verifier.
    CodeRefused = "code_refused", Never;
    /// `invalid_client`: the client secret is wrong.
    ClientSecretWrong = "client_secret_wrong", Never;
    /// AADSTS7000215 for a client secret that looks like a GUID: its ID was pasted instead of its value.
    ClientSecretIdPasted = "client_secret_id_pasted", Never;
    /// AADSTS7000222: the client secret has expired.
    ClientSecretExpired = "client_secret_expired", Never;
    /// AADSTS700016: the client ID is not known in this tenant.
    ClientUnknown = "client_unknown", Never;
    /// `unauthorized_client`: the client may not do this.
    ClientNotAllowed = "client_not_allowed", Never;
    /// AADSTS50011, `redirect_uri_mismatch`: the redirect URL is not registered.
    RedirectUrlNotRegistered = "redirect_url_not_registered", Never;
    /// AADSTS50020: an account of another tenant.
    AccountOfAnotherTenant = "account_of_another_tenant", Never;
    /// AADSTS50194: a single-tenant application on a shared endpoint.
    SingleTenantClient = "single_tenant_client", Never;
    /// AADSTS65001: consent is missing.
    ConsentMissing = "consent_missing", Never;
    /// AADSTS90094: consent of an administrator is missing.
    AdminConsentMissing = "admin_consent_missing", Never;
    /// AADSTS50076, 50079, 53003: MFA or conditional access wants a new sign-in.
    SignInAgain = "sign_in_again", Never;
    /// AADSTS50173: the password of the account was changed.
    PasswordChanged = "password_changed", Never;
    /// AADSTS700082: the refresh token was not used for 90 days.
    GrantUnused = "grant_unused", Never;
    /// The token endpoint could not be reached.
    TokenEndpointUnreachable = "token_endpoint_unreachable", Later;
    /// The certificate of the token endpoint was not accepted.
    TokenEndpointCertificate = "token_endpoint_certificate", Later;
    /// The token endpoint did not answer in time.
    TokenEndpointTimeout = "token_endpoint_timeout", Later;
    /// The token endpoint answered something that is no token answer.
    TokenAnswerUnreadable = "token_answer_unreadable", Later;
    /// The token is of a type that mail servers do not take (not `Bearer`).
    TokenTypeUnknown = "token_type_unknown", Never;
    /// The provider's clock and ours differ.
    ClockSkew = "clock_skew", Never;
    /// The provider publishes other endpoints than those of the settings.
    EndpointDiffers = "endpoint_differs", Never;

    // Before the connection.
    /// A saved secret does not open beside the values it belongs to.
    SecretUnreadable = "secret_unreadable", Never;
    /// There is no grant for exactly these values.
    GrantMissing = "grant_missing", Never;
    /// A credential would travel in the clear to another machine.
    CredentialInPlaintext = "credential_in_plaintext", Never;

    /// Every address of the server is in a network that is never connected to.
    AddressDenied = "address_denied", Never;

    // The connection.
    /// The name of the server could not be resolved.
    HostNotFound = "host_not_found", Later;
    /// The connection was refused.
    ConnectionRefused = "connection_refused", Later;
    /// The connection could not be made.
    ConnectionFailed = "connection_failed", Later;
    /// One of IPv4 and IPv6 does not lead to the server, the other does.
    AddressFamilyBroken = "address_family_broken", Later;
    /// The server did not answer in time.
    Timeout = "timeout", Later;
    /// The server closed the connection.
    ConnectionClosed = "connection_closed", Later;
    /// The server has the whole message and did not confirm it: it may have been sent.
    ClosedAfterMessage = "closed_after_message", Later;
    /// A server that waits for STARTTLS was spoken to in TLS.
    PlaintextOnTlsPort = "plaintext_on_tls_port", Never;
    /// A server that speaks TLS from the first byte was expected to greet.
    TlsOnPlaintextPort = "tls_on_plaintext_port", Never;
    /// STARTTLS is required and not offered.
    StarttlsNotOffered = "starttls_not_offered", Never;
    /// The server offers no TLS version that is accepted.
    TlsVersion = "tls_version", Never;
    /// The certificate was issued by nobody we trust.
    CertificateIssuerUnknown = "certificate_issuer_unknown", Never;
    /// The certificate is for another name.
    CertificateOtherName = "certificate_other_name", Never;
    /// The certificate has expired or is not valid yet.
    CertificateExpired = "certificate_expired", Never;
    /// The certificate is good, and ends within 30 days.
    CertificateEndsSoon = "certificate_ends_soon", Never;
    /// The certificate was not accepted for another reason.
    CertificateRefused = "certificate_refused", Never;
    /// TLS could not be agreed on.
    TlsFailed = "tls_failed", Later;
    /// The server sent something that is not an SMTP reply. The connection is at fault, not the message.
    NotSmtp = "not_smtp", Later;

    // Authentication.
    /// The server offers no mechanism for this authentication type.
    MechanismNotOffered = "mechanism_not_offered", Never;
    /// 535 5.7.8: bad token, user or scope.
    TokenRefused = "token_refused", OnceAfterRefresh;
    /// Microsoft 535 5.7.3: token for another resource or scope, other account, no service principal.
    TokenForOtherResource = "token_for_other_resource", OnceAfterRefresh;
    /// The server does not take a token, or a line, that is so long.
    TokenTooLong = "token_too_long", Never;
    /// 535 for a password.
    PasswordRefused = "password_refused", Never;
    /// Microsoft 535 5.7.139: SMTP AUTH is off for the tenant.
    SmtpAuthDisabledForTenant = "smtp_auth_disabled_for_tenant", Never;
    /// Microsoft 535 5.7.139: SMTP AUTH is off for the mailbox.
    SmtpAuthDisabledForMailbox = "smtp_auth_disabled_for_mailbox", Never;
    /// Microsoft 535 5.7.139: the credentials were incorrect.
    CredentialsIncorrect = "credentials_incorrect", Never;
    /// Microsoft 535 5.7.139: security defaults or conditional access.
    CriteriaNotMet = "criteria_not_met", Never;
    /// Google 534 5.7.9, 5.7.14: an app password or a browser sign-in is wanted.
    AppPasswordNeeded = "app_password_needed", Never;
    /// Microsoft 550 5.7.30: sign-in with a password is retired.
    PasswordSignInRetired = "password_sign_in_retired", Never;
    /// 454: the server cannot check credentials at the moment.
    AuthenticationUnavailable = "authentication_unavailable", Later;
    /// Google 454 4.7.0: too many sign-ins in a short time.
    TooManySignIns = "too_many_sign_ins", Later;
    /// 530: the server wants authentication.
    AuthenticationWanted = "authentication_wanted", Never;

    // The mailbox.
    /// The IMAP server refused the user name or the password.
    MailboxPasswordRefused = "mailbox_password_refused", Never;
    /// IMAP is switched off for the account.
    ImapDisabled = "imap_disabled", Never;
    /// The token does not open the mailbox: its scope is for sending only.
    ImapScopeMissing = "imap_scope_missing", OnceAfterRefresh;
    /// There is no INBOX.
    InboxMissing = "inbox_missing", Never;
    /// The server does not speak IMAP.
    NotImap = "not_imap", Never;
    /// The IMAP server answered what cannot be read, or more than is taken.
    ImapAnswerUnreadable = "imap_answer_unreadable", Later;
    /// The IMAP server refused to search for this.
    SearchRefused = "search_refused", Never;
    /// A mail cannot be read.
    MailUnreadable = "mail_unreadable", Never;
    /// The test email was accepted and has not arrived in the mailbox.
    NotArrived = "not_arrived", Never;
    /// The test email arrived with another From address than was sent.
    FromRewritten = "from_rewritten", Never;

    // The message.
    /// The account may not send as this From address.
    SendAsDenied = "send_as_denied", Never;
    /// 550 5.7.1: a policy refused.
    PolicyRefused = "policy_refused", Never;
    /// 554 5.7.1 at RCPT TO: the server does not pass mail on for those who have not signed in.
    RelayDenied = "relay_denied", Never;
    /// The recipient was refused.
    RecipientRefused = "recipient_refused", Never;
    /// The sender was refused.
    SenderRefused = "sender_refused", Never;
    /// An address is not ASCII, and the server does not offer SMTPUTF8 (RFC 6531).
    Smtputf8NotOffered = "smtputf8_not_offered", Never;
    /// The quota is used up: later, though the reply is 5xx.
    QuotaExceeded = "quota_exceeded", Later;
    /// Too many connections.
    TooManyConnections = "too_many_connections", Later;
    /// 452 4.5.3 and its variants: the server takes fewer recipients in one transaction (RFC 5321 §4.5.3.1.10).
    TooManyRecipients = "too_many_recipients", Later;
    /// Too fast, or another temporary refusal.
    Temporary = "temporary", Later;
    /// Microsoft 430 4.2.0 STOREDRV: the mailbox permission of an application is missing; never,
    /// though the reply is 4xx.
    MailboxPermissionMissing = "mailbox_permission_missing", Never;
    /// Microsoft 421 4.7.66: the TLS version is too old.
    TlsTooOld = "tls_too_old", Never;
    /// 552 5.3.4: the message is too large.
    MessageTooLarge = "message_too_large", Never;
    /// A permanent refusal that is not known to us; it is shown as it came.
    Refused = "refused", Never;

    // The domain of the From address. None of them stops mail here; others may.
    /// This machine has no name server.
    DnsNotConfigured = "dns_not_configured", Later;
    /// No name server answered.
    DnsNoAnswer = "dns_no_answer", Later;
    /// The name server failed.
    DnsFailed = "dns_failed", Later;
    /// The domain does not exist.
    DomainNotFound = "domain_not_found", Never;
    /// The domain names no mail servers.
    MxMissing = "mx_missing", Never;
    /// The domain says that it takes no mail (RFC 7505).
    MxNull = "mx_null", Never;
    /// There is no SPF record.
    SpfMissing = "spf_missing", Never;
    /// There are several SPF records, so that none counts (RFC 7208 §4.5).
    SpfSeveral = "spf_several", Never;
    /// The SPF record needs more lookups than receivers make (RFC 7208 §4.6.4).
    SpfTooManyLookups = "spf_too_many_lookups", Never;
    /// The SPF record does not allow the server that mail is sent through.
    SpfNotAllowed = "spf_not_allowed", Never;
    /// The SPF record allows everybody.
    SpfAllowsEverybody = "spf_allows_everybody", Never;
    /// The SPF record cannot be read, or leads nowhere.
    SpfBroken = "spf_broken", Never;
    /// Which addresses mail leaves from is not known here, so the SPF record cannot be judged.
    SpfSenderUnknown = "spf_sender_unknown", Never;
    /// Which DKIM key signs is not known here.
    DkimNoSelector = "dkim_no_selector", Never;
    /// There is no key at the DKIM selector.
    DkimMissing = "dkim_missing", Never;
    /// The key at the DKIM selector was revoked: `p=` is empty (RFC 6376 §3.6.1).
    DkimRevoked = "dkim_revoked", Never;
    /// The key at the DKIM selector cannot be read.
    DkimBroken = "dkim_broken", Never;
    /// The key at the DKIM selector has fewer than 1,024 bits (RFC 8301 §3.2).
    DkimKeyWeak = "dkim_key_weak", Never;
    /// There is no DMARC record.
    DmarcMissing = "dmarc_missing", Never;
    /// There are several DMARC records, so that none counts (RFC 7489 §6.6.3).
    DmarcSeveral = "dmarc_several", Never;
    /// The DMARC record has no policy that is known.
    DmarcBroken = "dmarc_broken", Never;
}

impl FindingCode {
    /// How sure the cause is.
    pub fn certainty(self) -> Certainty {
        match self {
            // Microsoft says the same for a wrong resource, a wrong account and a missing principal.
            Self::TokenForOtherResource
            // It may have been revoked on just that day.
            | Self::GrantEndedInTesting
            // A secret may look like a GUID, and does not at Microsoft today.
            | Self::ClientSecretIdPasted
            // Documented nowhere.
            | Self::AdminConsentMissing
            // Microsoft says the same when IMAP is off and when the scope is missing.
            | Self::ImapScopeMissing
            // Postfix says "Invalid base64 data" then.
            | Self::TokenTooLong
            // Providers are known by the names of their records; some domains list the addresses instead.
            | Self::SpfNotAllowed => Certainty::Likely,
            _ => Certainty::Certain,
        }
    }
}

codes! {
    /// A value of this connection that the cause or the fix of a finding names.
    FindingValue {
        /// The user name of the settings.
        Username = "username",
        /// The account that signed in.
        Account = "account",
        /// The From address.
        From = "from",
        /// `host:port` of the server.
        Server = "server",
        /// The redirect URL.
        RedirectUrl = "redirect_url",
        /// Scopes.
        Scope = "scope",
        /// The client ID.
        ClientId = "client_id",
        /// Where an administrator of a Microsoft tenant agrees for everybody: a URL.
        AdminConsent = "admin_consent",
        /// The issuer that was expected or that came.
        Issuer = "issuer",
        /// What the server offers.
        Offered = "offered",
        /// An address that is not connected to.
        Address = "address",
        /// The From address that arrived.
        FromArrived = "from_arrived",
        /// The domain of the From address.
        Domain = "domain",
        /// The DKIM selector.
        Selector = "selector",
        /// A DNS record that is proposed.
        Record = "record",
        /// `IPv4` or `IPv6`.
        Family = "family",
        /// How far a clock is from ours: seconds, positive when it is ahead.
        Seconds = "seconds",
        /// When something ends: as `UnixTime::rfc3339`.
        Ends = "ends",
        /// Endpoints as a provider publishes them.
        Endpoints = "endpoints",
    }
}

/// A decoded failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What failed.
    pub code: FindingCode,
    /// What the provider or the server said, redacted and cut to a sensible length.
    pub said: Option<String>,
    /// Values of this connection for the text.
    pub values: BTreeMap<FindingValue, String>,
}

impl Finding {
    /// Longest text of a provider that is kept: characters.
    pub const SAID_AT_MOST: usize = 1_000;
    /// Longest value that is kept, a URL or a scope: characters.
    pub const VALUE_AT_MOST: usize = 2_048;

    /// A finding without more to say.
    pub fn new(code: FindingCode) -> Self {
        Self {
            code,
            said: None,
            values: BTreeMap::new(),
        }
    }

    /// With what the other side said. The text has to be redacted already.
    #[must_use]
    pub fn saying(mut self, said: impl AsRef<str>) -> Self {
        let said = untrusted::lines(said.as_ref(), Self::SAID_AT_MOST);
        self.said = Some(said).filter(|said| !said.is_empty());
        self
    }

    /// With a value for the text. It may come from the other side, too; it is cut and made fit to be displayed.
    #[must_use]
    pub fn with(mut self, value: FindingValue, text: impl AsRef<str>) -> Self {
        let text = untrusted::line(text.as_ref(), Self::VALUE_AT_MOST);
        self.values.insert(value, text);
        self
    }

    /// A value for the text, or `""`.
    pub fn value(&self, value: FindingValue) -> &str {
        self.values.get(&value).map_or("", String::as_str)
    }
}

impl From<FindingCode> for Finding {
    fn from(code: FindingCode) -> Self {
        Self::new(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_written_the_same_in_json_and_in_logs() {
        for code in FindingCode::ALL {
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(json, format!("\"{}\"", code.code()));
        }
    }

    #[test]
    fn a_value_of_the_other_side_is_cut_and_freed_of_control_characters() {
        let offered = format!("PLAIN\r\n\u{1b}[31m{}", "X".repeat(5_000));
        let finding =
            Finding::new(FindingCode::MechanismNotOffered).with(FindingValue::Offered, offered);
        let value = finding.value(FindingValue::Offered);
        assert!(value.starts_with("PLAIN  [31mX"));
        assert_eq!(value.chars().count(), Finding::VALUE_AT_MOST);
    }

    #[test]
    fn what_a_provider_said_is_cut_and_freed_of_control_characters() {
        let finding = Finding::new(FindingCode::Refused)
            .saying(format!("a\u{1b}[31m\u{202e}\n{}", "x".repeat(5_000)));
        let said = finding.said.unwrap();
        assert!(said.starts_with("a[31m\nx"));
        assert_eq!(said.chars().count(), Finding::SAID_AT_MOST);
    }
}
