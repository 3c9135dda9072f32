//! Findings: decoded failures. The code is here, its cause and fix in words are chosen where it
//! is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::untrusted;

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Not before somebody has changed something.
    Never,
    /// Once, with a fresh access token.
    OnceAfterRefresh,
    /// Later, with back-off.
    Later,
}

/// How sure the cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// What was said has this one meaning.
    Certain,
    /// What was said can have other causes; this is the usual one.
    Likely,
}

macro_rules! finding_codes {
    ($($(#[$doc:meta])* $name:ident = $retry:ident,)*) => {
        /// What failed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FindingCode { $($(#[$doc])* $name,)* }

        impl FindingCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Whether trying again can help.
            pub fn retry(self) -> Retry {
                match self { $(Self::$name => Retry::$retry,)* }
            }
        }
    };
}

finding_codes! {
    // The callback.
    /// The `state` of the callback is none of ours.
    StateUnknown = Never,
    /// The authorization has been answered before.
    AuthorizationUsed = Never,
    /// The authorization was answered after it had ended.
    AuthorizationExpired = Never,
    /// Another browser asked for this authorization.
    OtherBrowser = Never,
    /// The settings have been changed since the authorization began.
    SettingsChanged = Never,
    /// `iss` names another authorization server (RFC 9207).
    IssuerMismatch = Never,
    /// `iss` is missing, although the metadata of the provider announces it (RFC 9207 §2.4).
    IssuerMissing = Never,
    /// The callback holds neither a code nor an error.
    CallbackIncomplete = Never,
    /// `access_denied`: refused at the provider, or not a test user at Google.
    AccessDenied = Never,
    /// `admin_policy_enforced`: the Workspace administrator does not allow this client.
    AdminPolicyEnforced = Never,
    /// `org_internal`: the client is open to its own organisation only.
    OrgInternal = Never,
    /// `disabled_client`: the client is switched off in the console.
    DisabledClient = Never,
    /// `invalid_scope`, or a scope the provider does not know.
    ScopeRefused = Never,
    /// `server_error` or `temporarily_unavailable` at the provider.
    ProviderUnavailable = Later,
    /// An error of the provider that is not known to us; it is shown as it came.
    ProviderError = Never,
    /// Not all scopes asked for were granted.
    ScopeMissing = Never,
    /// The provider gave no refresh token.
    NoRefreshToken = Never,

    // The token endpoint.
    /// `invalid_grant`: the refresh token is dead.
    GrantEnded = Never,
    /// `invalid_grant` six to eight days after the authorization at Google: the consent screen is
    /// in "Testing".
    GrantEndedInTesting = Never,
    /// `invalid_grant` for a code: used before, too old, or another redirect URL or PKCE verifier.
    CodeRefused = Never,
    /// `invalid_client`: the client secret is wrong.
    ClientSecretWrong = Never,
    /// AADSTS7000215 for a client secret that looks like a GUID: its ID was pasted instead of its value.
    ClientSecretIdPasted = Never,
    /// AADSTS7000222: the client secret has expired.
    ClientSecretExpired = Never,
    /// AADSTS700016: the client ID is not known in this tenant.
    ClientUnknown = Never,
    /// `unauthorized_client`: the client may not do this.
    ClientNotAllowed = Never,
    /// AADSTS50011, `redirect_uri_mismatch`: the redirect URL is not registered.
    RedirectUrlNotRegistered = Never,
    /// AADSTS50020: an account of another tenant.
    AccountOfAnotherTenant = Never,
    /// AADSTS50194: a single-tenant application on a shared endpoint.
    SingleTenantClient = Never,
    /// AADSTS65001: consent is missing.
    ConsentMissing = Never,
    /// AADSTS90094: consent of an administrator is missing.
    AdminConsentMissing = Never,
    /// AADSTS50076, 50079, 53003: MFA or conditional access wants a new sign-in.
    SignInAgain = Never,
    /// AADSTS50173: the password of the account was changed.
    PasswordChanged = Never,
    /// AADSTS700082: the refresh token was not used for 90 days.
    GrantUnused = Never,
    /// The token endpoint could not be reached.
    TokenEndpointUnreachable = Later,
    /// The certificate of the token endpoint was not accepted.
    TokenEndpointCertificate = Later,
    /// The token endpoint did not answer in time.
    TokenEndpointTimeout = Later,
    /// The token endpoint answered something that is no token answer.
    TokenAnswerUnreadable = Later,
    /// The token is of a type that mail servers do not take (not `Bearer`).
    TokenTypeUnknown = Never,
    /// The provider's clock and ours differ.
    ClockSkew = Never,
    /// The provider publishes other endpoints than those of the settings.
    EndpointDiffers = Never,

    // Before the connection.
    /// A saved secret does not open beside the values it belongs to.
    SecretUnreadable = Never,
    /// There is no grant for exactly these values.
    GrantMissing = Never,
    /// A credential would travel in the clear to another machine.
    CredentialInPlaintext = Never,

    /// Every address of the server is in a network that is never connected to.
    AddressDenied = Never,

    // The connection.
    /// The name of the server could not be resolved.
    HostNotFound = Later,
    /// The connection was refused.
    ConnectionRefused = Later,
    /// The connection could not be made.
    ConnectionFailed = Later,
    /// One of IPv4 and IPv6 does not lead to the server, the other does.
    AddressFamilyBroken = Later,
    /// The server did not answer in time.
    Timeout = Later,
    /// The server closed the connection.
    ConnectionClosed = Later,
    /// The server has the whole message and did not confirm it: it may have been sent.
    ClosedAfterMessage = Later,
    /// A server that waits for STARTTLS was spoken to in TLS.
    PlaintextOnTlsPort = Never,
    /// A server that speaks TLS from the first byte was expected to greet.
    TlsOnPlaintextPort = Never,
    /// STARTTLS is required and not offered.
    StarttlsNotOffered = Never,
    /// The server offers no TLS version that is accepted.
    TlsVersion = Never,
    /// The certificate was issued by nobody we trust.
    CertificateIssuerUnknown = Never,
    /// The certificate is for another name.
    CertificateOtherName = Never,
    /// The certificate has expired or is not valid yet.
    CertificateExpired = Never,
    /// The certificate is good, and ends within 30 days.
    CertificateEndsSoon = Never,
    /// The certificate was not accepted for another reason.
    CertificateRefused = Never,
    /// TLS could not be agreed on.
    TlsFailed = Later,
    /// The server sent something that is not an SMTP reply. The connection is at fault, not the message.
    NotSmtp = Later,

    // Authentication.
    /// The server offers no mechanism for this authentication type.
    MechanismNotOffered = Never,
    /// 535 5.7.8: bad token, user or scope.
    TokenRefused = OnceAfterRefresh,
    /// Microsoft 535 5.7.3: token for another resource or scope, other account, no service principal.
    TokenForOtherResource = OnceAfterRefresh,
    /// The server does not take a token, or a line, that is so long.
    TokenTooLong = Never,
    /// 535 for a password.
    PasswordRefused = Never,
    /// Microsoft 535 5.7.139: SMTP AUTH is off for the tenant.
    SmtpAuthDisabledForTenant = Never,
    /// Microsoft 535 5.7.139: SMTP AUTH is off for the mailbox.
    SmtpAuthDisabledForMailbox = Never,
    /// Microsoft 535 5.7.139: the credentials were incorrect.
    CredentialsIncorrect = Never,
    /// Microsoft 535 5.7.139: security defaults or conditional access.
    CriteriaNotMet = Never,
    /// Google 534 5.7.9, 5.7.14: an app password or a browser sign-in is wanted.
    AppPasswordNeeded = Never,
    /// Microsoft 550 5.7.30: sign-in with a password is retired.
    PasswordSignInRetired = Never,
    /// 454: the server cannot check credentials at the moment.
    AuthenticationUnavailable = Later,
    /// Google 454 4.7.0: too many sign-ins in a short time.
    TooManySignIns = Later,
    /// 530: the server wants authentication.
    AuthenticationWanted = Never,

    // The mailbox.
    /// The IMAP server refused the user name or the password.
    MailboxPasswordRefused = Never,
    /// IMAP is switched off for the account.
    ImapDisabled = Never,
    /// The token does not open the mailbox: its scope is for sending only.
    ImapScopeMissing = OnceAfterRefresh,
    /// There is no INBOX.
    InboxMissing = Never,
    /// The server does not speak IMAP.
    NotImap = Never,
    /// The IMAP server answered what cannot be read, or more than is taken.
    ImapAnswerUnreadable = Later,
    /// The IMAP server refused to search for this.
    SearchRefused = Never,
    /// A mail cannot be read.
    MailUnreadable = Never,
    /// The test email was accepted and has not arrived in the mailbox.
    NotArrived = Never,
    /// The test email arrived with another From address than was sent.
    FromRewritten = Never,

    // The message.
    /// The account may not send as this From address.
    SendAsDenied = Never,
    /// 550 5.7.1: a policy refused.
    PolicyRefused = Never,
    /// 554 5.7.1 at RCPT TO: the server does not pass mail on for those who have not signed in.
    RelayDenied = Never,
    /// The recipient was refused.
    RecipientRefused = Never,
    /// The sender was refused.
    SenderRefused = Never,
    /// An address is not ASCII, and the server does not offer SMTPUTF8 (RFC 6531).
    Smtputf8NotOffered = Never,
    /// The quota is used up: later, though the reply is 5xx.
    QuotaExceeded = Later,
    /// Too many connections.
    TooManyConnections = Later,
    /// 452 4.5.3 and its variants: the server takes fewer recipients in one transaction (RFC 5321 §4.5.3.1.10).
    TooManyRecipients = Later,
    /// Too fast, or another temporary refusal.
    Temporary = Later,
    /// Microsoft 430 4.2.0 STOREDRV: the mailbox permission of an application is missing; never,
    /// though the reply is 4xx.
    MailboxPermissionMissing = Never,
    /// Microsoft 421 4.7.66: the TLS version is too old.
    TlsTooOld = Never,
    /// 552 5.3.4: the message is too large.
    MessageTooLarge = Never,
    /// A permanent refusal that is not known to us; it is shown as it came.
    Refused = Never,

    // The domain of the From address. None of them stops mail here; others may.
    /// This machine has no name server.
    DnsNotConfigured = Later,
    /// No name server answered.
    DnsNoAnswer = Later,
    /// The name server failed.
    DnsFailed = Later,
    /// The domain does not exist.
    DomainNotFound = Never,
    /// The domain names no mail servers.
    MxMissing = Never,
    /// The domain says that it takes no mail (RFC 7505).
    MxNull = Never,
    /// There is no SPF record.
    SpfMissing = Never,
    /// There are several SPF records, so that none counts (RFC 7208 §4.5).
    SpfSeveral = Never,
    /// The SPF record needs more lookups than receivers make (RFC 7208 §4.6.4).
    SpfTooManyLookups = Never,
    /// The SPF record does not allow the server that mail is sent through.
    SpfNotAllowed = Never,
    /// The SPF record allows everybody.
    SpfAllowsEverybody = Never,
    /// The SPF record cannot be read, or leads nowhere.
    SpfBroken = Never,
    /// Which addresses mail leaves from is not known here, so the SPF record cannot be judged.
    SpfSenderUnknown = Never,
    /// Which DKIM key signs is not known here.
    DkimNoSelector = Never,
    /// There is no key at the DKIM selector.
    DkimMissing = Never,
    /// The key at the DKIM selector was revoked: `p=` is empty (RFC 6376 §3.6.1).
    DkimRevoked = Never,
    /// The key at the DKIM selector cannot be read.
    DkimBroken = Never,
    /// The key at the DKIM selector has fewer than 1,024 bits (RFC 8301 §3.2).
    DkimKeyWeak = Never,
    /// There is no DMARC record.
    DmarcMissing = Never,
    /// There are several DMARC records, so that none counts (RFC 7489 §6.6.3).
    DmarcSeveral = Never,
    /// The DMARC record has no policy that is known.
    DmarcBroken = Never,
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

    /// The code as text, as in the database and in logs: `grant_ended`.
    pub fn as_str(self) -> String {
        let mut text = String::new();
        for character in format!("{self:?}").chars() {
            if character.is_ascii_uppercase() && !text.is_empty() {
                text.push('_');
            }
            text.push(character.to_ascii_lowercase());
        }
        text
    }
}

/// A value of this connection that the cause or the fix of a finding names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingValue {
    /// The user name of the settings.
    Username,
    /// The account that signed in.
    Account,
    /// The From address.
    From,
    /// `host:port` of the server.
    Server,
    /// The redirect URL.
    RedirectUrl,
    /// Scopes.
    Scope,
    /// The client ID.
    ClientId,
    /// Where an administrator of a Microsoft tenant agrees for everybody: a URL.
    AdminConsent,
    /// The issuer that was expected or that came.
    Issuer,
    /// What the server offers.
    Offered,
    /// An address that is not connected to.
    Address,
    /// The From address that arrived.
    FromArrived,
    /// The domain of the From address.
    Domain,
    /// The DKIM selector.
    Selector,
    /// A DNS record that is proposed.
    Record,
    /// `IPv4` or `IPv6`.
    Family,
    /// How far a clock is from ours: seconds, positive when it is ahead.
    Seconds,
    /// When something ends: as `UnixTime::rfc3339`.
    Ends,
    /// Endpoints as a provider publishes them.
    Endpoints,
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
            assert_eq!(json, format!("\"{}\"", code.as_str()));
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
