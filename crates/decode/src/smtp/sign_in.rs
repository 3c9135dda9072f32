//! Replies to a sign-in, and about TLS.

use domain::{FindingCode as F, StepKind};

use super::row::{Reply, reply, text};

const AUTH: &[StepKind] = &[StepKind::Authenticate];
/// Steps before a sign-in.
const EARLY: &[StepKind] = &[StepKind::Greeting, StepKind::Ehlo, StepKind::StartTls];

#[rustfmt::skip]
pub(super) const ROWS: &[Reply] = &[
    reply(&[421], "4.7.66", "", F::TlsTooOld), // Exchange Online: TLS versions
    // Not retried although the code is 4xx, because a permission is missing.
    reply(&[430], "4.2.0", "storedrv", F::MailboxPermissionMissing), // Exchange Online: app-only access
    reply(&[535], "5.7.139", "disabled for the tenant", F::SmtpAuthDisabledForTenant), // aka.ms/smtp_auth_disabled
    reply(&[535], "5.7.139", "disabled for the mailbox", F::SmtpAuthDisabledForMailbox), // aka.ms/smtp_auth_disabled
    reply(&[535], "5.7.139", "credentials were incorrect", F::CredentialsIncorrect), // aka.ms/smtp_auth_disabled
    reply(&[535], "5.7.139", "did not meet the criteria", F::CriteriaNotMet), // aka.ms/smtp_auth_disabled
    reply(&[535], "5.7.139", "security defaults policy", F::CriteriaNotMet), // aka.ms/smtp_auth_disabled
    reply(&[535], "5.7.139", "basic authentication is disabled", F::PasswordSignInRetired), // Outlook.com
    reply(&[535], "5.7.139", "", F::Refused), // aka.ms/smtp_auth_disabled
    reply(&[550], "5.7.30", "basic authentication", F::PasswordSignInRetired), // Exchange Online: basic authentication
    reply(&[535], "5.7.3", "", F::TokenForOtherResource).for_token(), // Exchange Online: OAuth for SMTP
    reply(&[534], "5.7.9", "", F::AppPasswordNeeded), // Gmail: SMTP errors
    reply(&[534], "5.7.14", "", F::AppPasswordNeeded), // Gmail: SMTP errors
    text("too many login attempts", F::TooManySignIns), // Gmail: SMTP errors
    text("too many authentication failures", F::TooManySignIns).at(AUTH), // Exim: ratelimit in ACLs
    text("too many failed", F::TooManySignIns).at(AUTH), // Zoho: SMTP errors
    // Postfix uses 535 for many errors that are not about credentials.
    reply(&[535], "", "base64", F::TokenTooLong).for_token(), // Postfix: Dovecot SASL
    reply(&[535], "", "invalid authentication mechanism", F::MechanismNotOffered).at(AUTH), // Postfix: Dovecot SASL
    reply(&[535], "", "connection lost to authentication server", F::AuthenticationUnavailable).at(AUTH), // Postfix: Dovecot SASL
    reply(&[535], "", "temporary authentication failure", F::AuthenticationUnavailable).at(AUTH), // Exim: Dovecot authenticator
    reply(&[535], "", "internal authentication error", F::AuthenticationUnavailable).at(AUTH), // Exim: authenticators
    reply(&[535], "", "authentication failed: generic failure", F::AuthenticationUnavailable).at(AUTH), // Postfix: Cyrus SASL
    reply(&[500], "", "too long", F::TokenTooLong).for_token(), // Dovecot: submission
    reply(&[535], "", "", F::TokenRefused).for_token(), // RFC 4954
    reply(&[535], "", "", F::PasswordRefused).at(AUTH), // RFC 4954
    reply(&[538], "", "", F::TlsRequired), // RFC 4954: 538
    reply(&[], ".7.11", "", F::TlsRequired), // RFC 4954: 5.7.11
    reply(&[], ".7.10", "", F::TlsRequired), // RFC 7817: 5.7.10
    reply(&[421, 450, 451, 503, 523, 530, 550, 554], "", "starttls", F::TlsRequired), // RFC 3207: 530
    reply(&[421, 450, 451, 530, 550, 554], "", "tls required", F::TlsRequired), // Gmail: SMTP errors
    reply(&[421, 450, 451, 530, 550, 554], "", "requires tls", F::TlsRequired), // Exim: encrypted condition
    reply(&[421, 450, 451, 530, 550, 554], "", "session encryption is required", F::TlsRequired), // Postfix: reject_plaintext_session
    reply(&[421, 450, 451, 530, 550, 554], "", "encryption required", F::TlsRequired), // CommuniGate Pro
    reply(&[421, 450, 451, 530, 550, 554], "", "must issue a starttls", F::TlsRequired), // Postfix: smtpd_tls_security_level
    reply(&[454], "", "", F::AuthenticationUnavailable).at(AUTH), // RFC 4954
    reply(&[451, 432], "", "temporary", F::AuthenticationUnavailable).at(AUTH), // Dovecot: submission
    reply(&[500, 502, 503, 504], "", "", F::MechanismNotOffered).at(AUTH), // Postfix: 503 without SASL
    reply(&[500, 501, 504, 521, 550, 553, 554], "", "hostname", F::EhloNameRefused).at(&[StepKind::Ehlo]), // Postfix: 504 need fully-qualified hostname
    reply(&[501, 504, 550, 553, 554], "", "domain name", F::EhloNameRefused).at(&[StepKind::Ehlo]), // sendmail: 501 Invalid domain name
    reply(&[501, 550, 553, 554], "", "helo", F::EhloNameRefused).at(EARLY), // Exim: smtp_in.c
    reply(&[501, 550, 553, 554], "", "ehlo", F::EhloNameRefused).at(EARLY), // Exim: smtp_in.c
    reply(&[501], "", "", F::EhloNameRefused).at(&[StepKind::Ehlo]), // RFC 5321 §4.1.1.1
];
