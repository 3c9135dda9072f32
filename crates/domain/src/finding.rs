//! Findings: decoded failures. The code is defined here; `wording` has its cause and fix.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{codes::codes, untrusted};

codes! {
    /// Kind of retry that can help.
    Retry {
        /// A retry cannot help before the cause is fixed.
        Never = "never",
        /// One retry with a fresh access token.
        OnceAfterRefresh = "once_after_refresh",
        /// Retries with backoff.
        Later = "later",
        /// Retries with backoff after a reply with 4xx, none after one with 5xx.
        AsReplied = "as_replied",
    }
}

codes! {
    /// Certainty of the cause.
    Certainty {
        /// The reply has only this meaning.
        Certain = "certain",
        /// The reply can have other causes; this is the usual one.
        Likely = "likely",
    }
}

macro_rules! finding_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $retry:ident;)*) => {
        codes! {
            /// Codes of decoded failures.
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
    /// The `state` of the callback is unknown.
    StateUnknown = "state_unknown", Never;
    /// The authorization has already been completed.
    AuthorizationUsed = "authorization_used", Never;
    /// The callback came after the authorization had expired.
    AuthorizationExpired = "authorization_expired", Never;
    /// The authorization was started in another browser.
    OtherBrowser = "other_browser", Never;
    /// The settings changed after the authorization was started.
    SettingsChanged = "settings_changed", Never;
    /// `iss` names another authorization server (RFC 9207).
    IssuerMismatch = "issuer_mismatch", Never;
    /// `iss` is missing, although the metadata of the provider announces it (RFC 9207 §2.4).
    IssuerMissing = "issuer_missing", Never;
    /// The callback holds neither a code nor an error.
    CallbackIncomplete = "callback_incomplete", Never;
    /// `access_denied`: the user declined, or is not a test user at Google.
    AccessDenied = "access_denied", Never;
    /// `admin_policy_enforced`: the Workspace administrator blocks this client.
    AdminPolicyEnforced = "admin_policy_enforced", Never;
    /// `org_internal`: the client only accepts users of its own organization.
    OrgInternal = "org_internal", Never;
    /// `disabled_client`: the client is disabled in the console.
    DisabledClient = "disabled_client", Never;
    /// `invalid_scope`, or a scope that the provider does not know.
    ScopeRefused = "scope_refused", Never;
    /// `server_error` or `temporarily_unavailable` at the provider.
    ProviderUnavailable = "provider_unavailable", Later;
    /// The provider returned an unknown error, which is shown as it is.
    ProviderError = "provider_error", Never;
    /// The provider granted only some of the requested scopes.
    ScopeMissing = "scope_missing", Never;
    /// The provider returned no refresh token.
    NoRefreshToken = "no_refresh_token", Never;

    // The token endpoint.
    /// `invalid_grant`: the refresh token is no longer valid.
    GrantEnded = "grant_ended", Never;
    /// `invalid_grant` after a refresh whose response was lost: a rotated refresh token may have
    /// been lost with it.
    GrantEndedAfterInterruption = "grant_ended_after_interruption", Never;
    /// `invalid_grant` six to eight days after the authorization at Google: the consent screen is
    /// in "Testing".
    GrantEndedInTesting = "grant_ended_in_testing", Never;
    /// `invalid_grant` for a code: used before, too old, or with another redirect URL or PKCE
    /// verifier.
    CodeRefused = "code_refused", Never;
    /// `invalid_client`: the client secret is wrong.
    ClientSecretWrong = "client_secret_wrong", Never;
    /// AADSTS7000215 for a client secret that looks like a GUID: the secret's ID was pasted instead
    /// of its value.
    ClientSecretIdPasted = "client_secret_id_pasted", Never;
    /// AADSTS7000222: the client secret has expired.
    ClientSecretExpired = "client_secret_expired", Never;
    /// AADSTS700016: the client ID is unknown in this tenant.
    ClientUnknown = "client_unknown", Never;
    /// `unauthorized_client`: the client is not allowed to do this.
    ClientNotAllowed = "client_not_allowed", Never;
    /// AADSTS50011, `redirect_uri_mismatch`: the redirect URL is not registered.
    RedirectUrlNotRegistered = "redirect_url_not_registered", Never;
    /// AADSTS50020: the account belongs to another tenant.
    AccountOfAnotherTenant = "account_of_another_tenant", Never;
    /// AADSTS50194: a single-tenant application uses a shared endpoint.
    SingleTenantClient = "single_tenant_client", Never;
    /// AADSTS65001: consent is missing.
    ConsentMissing = "consent_missing", Never;
    /// AADSTS90094: an administrator's consent is missing.
    AdminConsentMissing = "admin_consent_missing", Never;
    /// AADSTS50076, 50079, 53003: MFA or conditional access requires a new sign-in.
    SignInAgain = "sign_in_again", Never;
    /// AADSTS50173: the password of the account was changed.
    PasswordChanged = "password_changed", Never;
    /// AADSTS700082: the refresh token was not used for 90 days.
    GrantUnused = "grant_unused", Never;
    /// The token endpoint could not be reached.
    TokenEndpointUnreachable = "token_endpoint_unreachable", Later;
    /// The certificate of the token endpoint is not trusted.
    TokenEndpointCertificate = "token_endpoint_certificate", Later;
    /// The token endpoint did not respond in time.
    TokenEndpointTimeout = "token_endpoint_timeout", Later;
    /// The token endpoint's response cannot be parsed.
    TokenAnswerUnreadable = "token_answer_unreadable", Later;
    /// The token has a type that mail servers do not accept (not `Bearer`).
    TokenTypeUnknown = "token_type_unknown", Never;
    /// The provider's clock and ours differ.
    ClockSkew = "clock_skew", Never;
    /// The provider publishes other endpoints than the configured ones.
    EndpointDiffers = "endpoint_differs", Never;

    // Before the connection.
    /// A saved secret cannot be decrypted with the values it belongs to.
    SecretUnreadable = "secret_unreadable", Never;
    /// No grant exists for exactly these values.
    GrantMissing = "grant_missing", Never;
    /// A credential would be sent without TLS to another machine.
    CredentialInPlaintext = "credential_in_plaintext", Never;

    /// Every address of the server is in a denied network.
    AddressDenied = "address_denied", Never;

    // The connection.
    /// The host name of the server does not exist or has no address.
    HostNotFound = "host_not_found", Later;
    /// No name server answered in time when the host was looked up.
    HostLookupTimeout = "host_lookup_timeout", Later;
    /// The name server could not look up the host (SERVFAIL).
    HostLookupFailed = "host_lookup_failed", Later;
    /// The name server does not answer queries of this machine (REFUSED).
    HostLookupRefused = "host_lookup_refused", Later;
    /// No name server is configured or can be reached to look up the host.
    HostLookupNoServer = "host_lookup_no_server", Later;
    /// The connection was refused.
    ConnectionRefused = "connection_refused", Later;
    /// The connection could not be established.
    ConnectionFailed = "connection_failed", Later;
    /// The server is reachable over only one of IPv4 and IPv6.
    AddressFamilyBroken = "address_family_broken", Later;
    /// The server did not answer in time.
    Timeout = "timeout", Later;
    /// The server closed the connection.
    ConnectionClosed = "connection_closed", Later;
    /// The server received the whole message but did not confirm it, so it may have been sent.
    ClosedAfterMessage = "closed_after_message", Later;
    /// The client started TLS on a port that expects plaintext and STARTTLS.
    PlaintextOnTlsPort = "plaintext_on_tls_port", Never;
    /// The client expected a plaintext greeting on a port that expects TLS.
    TlsOnPlaintextPort = "tls_on_plaintext_port", Never;
    /// The server only continues with TLS, which is off.
    TlsRequired = "tls_required", Never;
    /// STARTTLS is required but not offered.
    StarttlsNotOffered = "starttls_not_offered", Never;
    /// The server offers no TLS 1.3, which the settings require.
    TlsVersion = "tls_version", Never;
    /// The server offers no TLS version from 1.2 on.
    TlsServerTooOld = "tls_server_too_old", Never;
    /// The certificate's issuer is not trusted.
    CertificateIssuerUnknown = "certificate_issuer_unknown", Never;
    /// The certificate is for another name.
    CertificateOtherName = "certificate_other_name", Never;
    /// The certificate has expired or is not valid yet.
    CertificateExpired = "certificate_expired", Never;
    /// The certificate is valid but expires within 30 days.
    CertificateEndsSoon = "certificate_ends_soon", Never;
    /// The certificate was rejected for another reason.
    CertificateRefused = "certificate_refused", Never;
    /// The TLS handshake failed.
    TlsFailed = "tls_failed", Later;
    /// The server sent something that is not an SMTP reply. The fault is with the connection, not
    /// with the message.
    NotSmtp = "not_smtp", Later;

    /// The server rejected the name in EHLO or HELO.
    EhloNameRefused = "ehlo_name_refused", Never;

    // Authentication.
    /// The server offers no mechanism for this authentication type.
    MechanismNotOffered = "mechanism_not_offered", Never;
    /// 535 5.7.8: wrong token, user, or scope.
    TokenRefused = "token_refused", OnceAfterRefresh;
    /// Microsoft 535 5.7.3: token for another resource or scope, another account, or no service
    /// principal.
    TokenForOtherResource = "token_for_other_resource", OnceAfterRefresh;
    /// The server does not accept a token or line of this length.
    TokenTooLong = "token_too_long", Never;
    /// 535 for a password: the user name or the password is wrong.
    PasswordRefused = "password_refused", Never;
    /// Microsoft 535 5.7.139: SMTP AUTH is off for the tenant.
    SmtpAuthDisabledForTenant = "smtp_auth_disabled_for_tenant", Never;
    /// Microsoft 535 5.7.139: SMTP AUTH is off for the mailbox.
    SmtpAuthDisabledForMailbox = "smtp_auth_disabled_for_mailbox", Never;
    /// Microsoft 535 5.7.139: the credentials were incorrect.
    CredentialsIncorrect = "credentials_incorrect", Never;
    /// Microsoft 535 5.7.139: security defaults or conditional access.
    CriteriaNotMet = "criteria_not_met", Never;
    /// Google 534 5.7.9, 5.7.14: an app password or a browser sign-in is required.
    AppPasswordNeeded = "app_password_needed", Never;
    /// Microsoft 550 5.7.30: passwords are no longer accepted.
    PasswordSignInRetired = "password_sign_in_retired", Never;
    /// 454: the server cannot check credentials now.
    AuthenticationUnavailable = "authentication_unavailable", Later;
    /// Google 454 4.7.0: too many sign-ins in a short time.
    TooManySignIns = "too_many_sign_ins", Later;
    /// 530: the server requires authentication.
    AuthenticationWanted = "authentication_wanted", Never;

    // The mailbox.
    /// The IMAP server refused the user name or the password.
    MailboxPasswordRefused = "mailbox_password_refused", Never;
    /// IMAP is disabled for the account.
    ImapDisabled = "imap_disabled", Never;
    /// The token is not valid for the mailbox, because its scope only allows sending.
    ImapScopeMissing = "imap_scope_missing", OnceAfterRefresh;
    /// There is no INBOX.
    InboxMissing = "inbox_missing", Never;
    /// The server does not speak IMAP.
    NotImap = "not_imap", Never;
    /// The IMAP response cannot be parsed or is too large.
    ImapAnswerUnreadable = "imap_answer_unreadable", Later;
    /// The IMAP server rejected the search.
    SearchRefused = "search_refused", Never;
    /// The mail cannot be parsed.
    MailUnreadable = "mail_unreadable", Never;
    /// The test email was accepted but did not arrive in the mailbox.
    NotArrived = "not_arrived", Never;
    /// The test email arrived with another From address.
    FromRewritten = "from_rewritten", Never;

    // The message.
    /// The account is not allowed to send with this From address.
    SendAsDenied = "send_as_denied", Never;
    /// 550 5.7.1: a policy rejected the message.
    PolicyRefused = "policy_refused", AsReplied;
    /// 554 5.7.1 at RCPT TO: the server only relays mail of authenticated clients.
    RelayDenied = "relay_denied", AsReplied;
    /// The recipient was rejected for an unknown reason.
    RecipientRefused = "recipient_refused", AsReplied;
    /// The sender was rejected.
    SenderRefused = "sender_refused", AsReplied;
    /// An address is not ASCII, but the server does not offer SMTPUTF8 (RFC 6531).
    Smtputf8NotOffered = "smtputf8_not_offered", Never;
    /// The recipient does not exist.
    NoSuchUser = "no_such_user", AsReplied;
    /// The domain of the recipient does not exist or accepts no mail.
    RecipientDomainInvalid = "recipient_domain_invalid", AsReplied;
    /// The mailbox of the recipient is full.
    MailboxFull = "mailbox_full", AsReplied;
    /// The mailbox of the recipient is disabled or suspended.
    MailboxInactive = "mailbox_inactive", AsReplied;
    /// The recipient only accepts mail from certain senders.
    RecipientRestricted = "recipient_restricted", AsReplied;
    /// The recipient gets more mail than the server accepts in a time.
    RecipientRateLimited = "recipient_rate_limited", Later;
    /// The server rejects the first attempt of an unknown sender (RFC 6647).
    Greylisted = "greylisted", Later;
    /// The mail server of the recipient could not be reached by the server that relays the mail.
    ReceiverUnreachable = "receiver_unreachable", Later;
    /// The message was classified as spam.
    SpamRefused = "spam_refused", AsReplied;
    /// The message has a virus, or an attachment of a forbidden type.
    VirusRefused = "virus_refused", AsReplied;
    /// The message has a form that the server rejects.
    MessageFormatRefused = "message_format_refused", AsReplied;
    /// The message has passed too many servers.
    MailLoop = "mail_loop", AsReplied;
    /// The address or the domain that sends has a poor reputation.
    ReputationRefused = "reputation_refused", AsReplied;
    /// The address or the domain that sends is on a blocklist.
    Blocklisted = "blocklisted", AsReplied;
    /// The SPF check of the message failed.
    SpfFailed = "spf_failed", AsReplied;
    /// The DKIM check of the message failed.
    DkimFailed = "dkim_failed", AsReplied;
    /// The DMARC check of the message failed, or the message has neither SPF nor DKIM.
    DmarcFailed = "dmarc_failed", AsReplied;
    /// The address that sends has no name in DNS, or one that does not point back.
    ReverseDnsRefused = "reverse_dns_refused", AsReplied;
    /// The account sends faster than the server allows. Retried even after a 5xx reply.
    SendingRateLimited = "sending_rate_limited", Later;
    /// The provider has stopped the account from sending. Retried even after a 5xx reply.
    AccountSuspended = "account_suspended", Later;
    /// The server is overloaded or out of space.
    ServerOverloaded = "server_overloaded", Later;
    /// The quota is used up. Retried even after a 5xx reply.
    QuotaExceeded = "quota_exceeded", Later;
    /// The server has too many connections.
    TooManyConnections = "too_many_connections", Later;
    /// 452 4.5.3 and its variants: the server accepts fewer recipients per transaction (RFC 5321
    /// §4.5.3.1.10).
    TooManyRecipients = "too_many_recipients", Later;
    /// Rate limit or another temporary rejection.
    Temporary = "temporary", Later;
    /// Microsoft 430 4.2.0 STOREDRV: an application lacks the mailbox permission. Not retried, even
    /// after a 4xx reply.
    MailboxPermissionMissing = "mailbox_permission_missing", Never;
    /// Microsoft 421 4.7.66: the TLS version is too old.
    TlsTooOld = "tls_too_old", Never;
    /// 552 5.3.4: the message is too large.
    MessageTooLarge = "message_too_large", Never;
    /// Unknown permanent rejection, which is shown as it is.
    Refused = "refused", Never;

    // The domain of the From address. None of these keeps Mailgrant from sending, but receivers may
    // reject the mail.
    /// This machine has no name server.
    DnsNotConfigured = "dns_not_configured", Later;
    /// No name server can be reached: nothing answers at its address.
    DnsUnreachable = "dns_unreachable", Later;
    /// No name server answered in time.
    DnsNoAnswer = "dns_no_answer", Later;
    /// The name server could not look up the domain (SERVFAIL).
    DnsFailed = "dns_failed", Later;
    /// The name server does not answer queries of this machine (REFUSED).
    DnsRefused = "dns_refused", Later;
    /// The domain does not exist.
    DomainNotFound = "domain_not_found", Never;
    /// The domain has no mail servers.
    MxMissing = "mx_missing", Never;
    /// The domain accepts no mail (RFC 7505).
    MxNull = "mx_null", Never;
    /// The domain has no SPF record.
    SpfMissing = "spf_missing", Never;
    /// The domain has several SPF records, so receivers use none of them (RFC 7208 §4.5).
    SpfSeveral = "spf_several", Never;
    /// The SPF record needs more DNS lookups than receivers allow (RFC 7208 §4.6.4).
    SpfTooManyLookups = "spf_too_many_lookups", Never;
    /// The SPF record does not allow the SMTP server.
    SpfNotAllowed = "spf_not_allowed", Never;
    /// The SPF record allows every sender.
    SpfAllowsEverybody = "spf_allows_everybody", Never;
    /// The SPF record cannot be parsed or refers to missing records.
    SpfBroken = "spf_broken", Never;
    /// The addresses of outgoing mail are unknown, so the SPF record cannot be evaluated.
    SpfSenderUnknown = "spf_sender_unknown", Never;
    /// The DKIM selector that signs outgoing mail is unknown.
    DkimNoSelector = "dkim_no_selector", Never;
    /// The DKIM selector has no key.
    DkimMissing = "dkim_missing", Never;
    /// The key of the DKIM selector was revoked: `p=` is empty (RFC 6376 §3.6.1).
    DkimRevoked = "dkim_revoked", Never;
    /// The key of the DKIM selector cannot be parsed.
    DkimBroken = "dkim_broken", Never;
    /// The key of the DKIM selector has fewer than 1,024 bits (RFC 8301 §3.2).
    DkimKeyWeak = "dkim_key_weak", Never;
    /// The domain has no DMARC record.
    DmarcMissing = "dmarc_missing", Never;
    /// The domain has several DMARC records, so receivers use none of them (RFC 7489 §6.6.3).
    DmarcSeveral = "dmarc_several", Never;
    /// The DMARC record has no known policy.
    DmarcBroken = "dmarc_broken", Never;

    // Sessions of the SMTP server, in which programs and devices submit mail.
    /// The user name or the password of a sender is wrong.
    InboundWrongPassword = "inbound_wrong_password", Never;
    /// The API key has no permission to send.
    InboundKeyLacksScope = "inbound_key_lacks_scope", Never;
    /// There were too many failed sign-ins.
    InboundTooManySignIns = "inbound_too_many_sign_ins", Later;
    /// The response to AUTH is not valid base64 of a user name and a password.
    InboundSignInMalformed = "inbound_sign_in_malformed", Never;
    /// The client uses an authentication mechanism that is not offered.
    InboundMechanismNotOffered = "inbound_mechanism_not_offered", Never;
    /// The client does not sign in.
    InboundNoSignIn = "inbound_no_sign_in", Never;
    /// The client does not use TLS, without which it cannot sign in.
    InboundNoTls = "inbound_no_tls", Never;
    /// The client offers no TLS version from 1.2 on.
    InboundTlsTooOld = "inbound_tls_too_old", Never;
    /// The client rejects the certificate of the SMTP server.
    InboundCertificateRejected = "inbound_certificate_rejected", Never;
    /// The client began with TLS on a port without implicit TLS, and failed.
    InboundTlsOnPlainPort = "inbound_tls_on_plain_port", Never;
    /// The client sent plaintext on a port with implicit TLS.
    InboundPlaintextOnTlsPort = "inbound_plaintext_on_tls_port", Never;
    /// The TLS handshake failed for another reason.
    InboundTlsFailed = "inbound_tls_failed", Later;
    /// The sender may not use this From address.
    InboundFromNotAllowed = "inbound_from_not_allowed", Never;
    /// The sender may not use the null sender.
    InboundNullSenderNotAllowed = "inbound_null_sender_not_allowed", Never;
    /// The sender may not send to this recipient.
    InboundRecipientNotAllowed = "inbound_recipient_not_allowed", Never;
    /// The message is larger than the SMTP server accepts.
    InboundTooLarge = "inbound_too_large", Never;
    /// The message has more recipients than the SMTP server accepts.
    InboundTooManyRecipients = "inbound_too_many_recipients", Later;
    /// The message did not end with CRLF, a dot, and CRLF.
    InboundUnterminatedMessage = "inbound_unterminated_message", Never;
    /// The message has a line that ends with LF or CR instead of CRLF.
    InboundBareLineFeed = "inbound_bare_line_feed", Never;
    /// The message is not valid.
    InboundMessageInvalid = "inbound_message_invalid", Never;
    /// A limit on the messages of the sender is reached.
    InboundLimitReached = "inbound_limit_reached", Later;
    /// The client has too many connections.
    InboundTooManyConnections = "inbound_too_many_connections", Later;
    /// The address is not in the networks of the listener.
    InboundNetworkNotAdmitted = "inbound_network_not_admitted", Never;
    /// The client sent something before it was its turn.
    InboundEarlyInput = "inbound_early_input", Never;
    /// The sender was removed or has expired during the session.
    InboundSenderEnded = "inbound_sender_ended", Never;
    /// The data center of the sender is not set up.
    InboundNotSetUp = "inbound_not_set_up", Later;
    /// The SMTP server could not store the message.
    InboundUnavailable = "inbound_unavailable", Later;
    /// The SMTP server rejected a command of the client.
    InboundRefused = "inbound_refused", Never;
}

impl FindingCode {
    /// Returns true for the sessions of the SMTP server.
    pub fn is_inbound(self) -> bool {
        self.code().starts_with("inbound_")
    }

    /// Returns the certainty of the cause.
    pub fn certainty(self) -> Certainty {
        match self {
            // Microsoft replies the same for a wrong resource or account and a missing principal.
            Self::TokenForOtherResource
            // The grant may have been revoked on that day by chance.
            | Self::GrantEndedInTesting
            // The provider may have ended the grant for another reason in the meantime.
            | Self::GrantEndedAfterInterruption
            // Microsoft's secrets do not look like GUIDs today, but they may in the future.
            | Self::ClientSecretIdPasted
            // No documentation of this error exists.
            | Self::AdminConsentMissing
            // Microsoft replies the same if IMAP is off and if the scope is missing.
            | Self::ImapScopeMissing
            // Postfix replies "Invalid base64 data" in this case.
            | Self::TokenTooLong
            // Google replies the same when it is busy.
            | Self::EhloNameRefused
            // Providers are recognized by the names in their records. Some domains list addresses
            // instead.
            | Self::SpfNotAllowed
            // A monitoring system may have connected only to read the greeting.
            | Self::InboundNoTls
            // Another step of the handshake may have failed.
            | Self::InboundTlsOnPlainPort
            // The connection may be slow, or the device was turned off.
            | Self::InboundUnterminatedMessage => Certainty::Likely,
            _ => Certainty::Certain,
        }
    }
}

codes! {
    /// Value of the connection that the text of a finding refers to.
    FindingValue {
        /// Configured user name.
        Username = "username",
        /// Account that signed in.
        Account = "account",
        /// Configured From address.
        From = "from",
        /// `host:port` of the server.
        Server = "server",
        /// Configured redirect URL.
        RedirectUrl = "redirect_url",
        /// Requested or missing scopes, separated by spaces.
        Scope = "scope",
        /// Configured client ID.
        ClientId = "client_id",
        /// URL at which an administrator consents for the whole Microsoft tenant.
        AdminConsent = "admin_consent",
        /// Expected or received issuer.
        Issuer = "issuer",
        /// Name that EHLO sent.
        EhloName = "ehlo_name",
        /// Options that the server offers.
        Offered = "offered",
        /// Address in a denied network.
        Address = "address",
        /// From address of the test email as it arrived.
        FromArrived = "from_arrived",
        /// Domain of the From address.
        Domain = "domain",
        /// DKIM selector.
        Selector = "selector",
        /// Proposed DNS record.
        Record = "record",
        /// Name of a blocklist.
        Blocklist = "blocklist",
        /// URL at which a blocklist is looked up.
        BlocklistUrl = "blocklist_url",
        /// `IPv4` or `IPv6`.
        Family = "family",
        /// Seconds between another clock and ours; positive if the other one is ahead.
        Seconds = "seconds",
        /// Time at which something ends, as `UnixTime::rfc3339`.
        Ends = "ends",
        /// Endpoints that the provider publishes.
        Endpoints = "endpoints",
    }
}

/// Decoded failure: a code, with the reply and values that its text refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Code, which decides the cause and the fix.
    pub code: FindingCode,
    /// Reply of the provider or server, redacted and cut.
    pub said: Option<String>,
    /// Values of the connection that the text refers to.
    pub values: BTreeMap<FindingValue, String>,
}

impl Finding {
    /// Maximum length of a reply in characters.
    pub const MAX_SAID: usize = 1_000;
    /// Maximum length of a value, such as a URL or a scope, in characters.
    pub const MAX_VALUE: usize = 2_048;

    /// Returns a finding without a reply or values.
    pub fn new(code: FindingCode) -> Self {
        Self {
            code,
            said: None,
            values: BTreeMap::new(),
        }
    }

    /// Adds the reply of the other side. The text must already be redacted.
    #[must_use]
    pub fn saying(mut self, said: impl AsRef<str>) -> Self {
        let said = untrusted::lines(said.as_ref(), Self::MAX_SAID);
        self.said = Some(said).filter(|said| !said.is_empty());
        self
    }

    /// Adds a value for the text. It may come from the other side, so it is cut, and characters
    /// that cannot be displayed are removed.
    #[must_use]
    pub fn with(mut self, value: FindingValue, text: impl AsRef<str>) -> Self {
        let text = untrusted::line(text.as_ref(), Self::MAX_VALUE);
        self.values.insert(value, text);
        self
    }

    /// Returns the kind of retry that can help, for [`Retry::AsReplied`] by the code of the reply.
    pub fn retry(&self) -> Retry {
        match self.code.retry() {
            Retry::AsReplied if self.is_temporary() => Retry::Later,
            Retry::AsReplied => Retry::Never,
            retry => retry,
        }
    }

    /// Returns true if the last line of the reply has a code of 4xx.
    fn is_temporary(&self) -> bool {
        let lines = self.said.as_deref().unwrap_or_default().lines().rev();
        let mut codes = lines.filter_map(|line| line.get(..3)?.parse::<u16>().ok());
        codes.next().is_some_and(|code| (400..500).contains(&code))
    }

    /// Returns a value for the text, or `""` if it is not set.
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
    fn a_reply_decides_on_a_retry_where_the_code_leaves_it_open() {
        for (code, said, retry) in [
            (
                FindingCode::MailboxFull,
                "452 4.2.2 Mailbox full",
                Retry::Later,
            ),
            (
                FindingCode::MailboxFull,
                "552 5.2.2 Mailbox full",
                Retry::Never,
            ),
            (FindingCode::Blocklisted, "220-hello\n421 no", Retry::Later),
            (FindingCode::Blocklisted, "220-hello\n521 no", Retry::Never),
            (FindingCode::MailboxFull, "", Retry::Never),
            (FindingCode::QuotaExceeded, "550 5.4.5 no", Retry::Later),
            (FindingCode::Refused, "450 no", Retry::Never),
        ] {
            assert_eq!(Finding::new(code).saying(said).retry(), retry, "{said}");
        }
    }

    #[test]
    fn a_value_of_the_other_side_is_cut_and_freed_of_control_characters() {
        let offered = format!("PLAIN\r\n\u{1b}[31m{}", "X".repeat(5_000));
        let finding =
            Finding::new(FindingCode::MechanismNotOffered).with(FindingValue::Offered, offered);
        let value = finding.value(FindingValue::Offered);
        assert!(value.starts_with("PLAIN  [31mX"));
        assert_eq!(value.chars().count(), Finding::MAX_VALUE);
    }

    #[test]
    fn the_response_of_a_provider_is_truncated_and_has_no_control_characters() {
        let finding = Finding::new(FindingCode::Refused)
            .saying(format!("a\u{1b}[31m\u{202e}\n{}", "x".repeat(5_000)));
        let said = finding.said.unwrap();
        assert!(said.starts_with("a[31m\nx"));
        assert_eq!(said.chars().count(), Finding::MAX_SAID);
    }
}
