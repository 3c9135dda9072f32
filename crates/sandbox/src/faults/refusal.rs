//! Rejections of AUTH, with the texts of real providers.

use serde::{Deserialize, Serialize};

/// Style in which a provider rejects AUTH.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalStyle {
    /// 334 with a JSON reason, then 535 5.7.8.
    Google,
    /// 334 with Dovecot's JSON reason, then 535 5.7.8.
    Dovecot,
    /// 535 5.7.3 without a 334.
    Microsoft,
    /// 535 5.7.139, SMTP AUTH is disabled for the tenant.
    MicrosoftTenantDisabled,
    /// 535 5.7.139, SMTP AUTH is disabled for the mailbox.
    MicrosoftMailboxDisabled,
    /// 535 5.7.139, the password is wrong.
    MicrosoftIncorrectCredentials,
    /// 535 5.7.139, security defaults or conditional access.
    MicrosoftCriteriaNotMet,
    /// 535 5.7.139, passwords are no longer accepted (Outlook.com).
    MicrosoftBasicDisabled,
    /// 550 5.7.30, passwords are no longer accepted.
    MicrosoftBasicRetired,
    /// 432 4.3.2, too many connections.
    MicrosoftTooManyConnections,
    /// 534 5.7.9, an app password is required.
    GoogleApplicationPasswordRequired,
    /// 534 5.7.14, a sign-in with a browser is required.
    GoogleBrowserSignInRequired,
    /// 454 4.7.0, too many sign-ins.
    GoogleTooManyAttempts,
    /// 454 4.7.0, the server cannot check credentials.
    TemporaryFailure,
    /// 421, after which the connection is closed.
    TooManyConnections,
}

impl RefusalStyle {
    /// Returns the JSON reason of the 334 that precedes the reply, if there is one (RFC 7628
    /// §3.2.2).
    pub(crate) fn challenge(self, bearer: bool, issuer: &str) -> Option<serde_json::Value> {
        let configuration = format!("{issuer}/.well-known/openid-configuration");
        match (self, bearer) {
            (Self::Google, false) => Some(serde_json::json!({
                "status": "400", "schemes": "bearer mac", "scope": "https://mail.google.com/",
            })),
            (Self::Google, true) => Some(serde_json::json!({
                "status": "invalid_token", "scope": "https://mail.google.com/",
            })),
            (Self::Dovecot, false) => Some(serde_json::json!({
                "status": "401", "schemes": "bearer", "scope": "mail",
                "openid-configuration": configuration,
            })),
            (Self::Dovecot, true) => Some(serde_json::json!({
                "status": "invalid_token", "scope": "mail",
                "openid-configuration": configuration,
            })),
            _ => None,
        }
    }

    /// Returns the reply that ends the exchange.
    pub(crate) fn reply(self) -> &'static str {
        match self {
            Self::Google => {
                "535-5.7.8 Username and Password not accepted. For more information, go to\r\n\
                 535 5.7.8  https://support.google.com/mail/?p=BadCredentials sandbox - gsmtp"
            }
            Self::Dovecot => "535 5.7.8 Authentication failed",
            Self::Microsoft => "535 5.7.3 Authentication unsuccessful [SANDBOX.prod.outlook.test]",
            Self::MicrosoftTenantDisabled => {
                "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled \
                 for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. \
                 [SANDBOX.prod.outlook.test]"
            }
            Self::MicrosoftMailboxDisabled => {
                "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled \
                 for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information. \
                 [SANDBOX.prod.outlook.test]"
            }
            Self::MicrosoftIncorrectCredentials => {
                "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect. \
                 [SANDBOX.prod.outlook.test]"
            }
            Self::MicrosoftCriteriaNotMet => {
                "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria \
                 to be authenticated successfully. Contact your administrator. \
                 [SANDBOX.prod.outlook.test]"
            }
            Self::MicrosoftBasicDisabled => {
                "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. \
                 [SANDBOX.prod.outlook.test]"
            }
            Self::MicrosoftBasicRetired => {
                "550 5.7.30 Basic authentication is not supported for Client Submission."
            }
            Self::MicrosoftTooManyConnections => {
                "432 4.3.2 Concurrent connections limit exceeded. Visit \
                 https://aka.ms/concurrent_sending for more information."
            }
            Self::GoogleApplicationPasswordRequired => {
                "534-5.7.9 Application-specific password required. For more information, go to\r\n\
                 534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor sandbox - gsmtp"
            }
            Self::GoogleBrowserSignInRequired => {
                "534-5.7.14 <https://accounts.google.com/signin/continue> Please log in via\r\n\
                 534-5.7.14 your web browser and then try again.\r\n\
                 534 5.7.14  https://support.google.com/mail/?p=WebLoginRequired sandbox - gsmtp"
            }
            Self::GoogleTooManyAttempts => {
                "454 4.7.0 Too many login attempts, please try again later. sandbox - gsmtp"
            }
            Self::TemporaryFailure => "454 4.7.0 Temporary authentication failure",
            Self::TooManyConnections => {
                "421 4.7.0 Maximum number of connections from user+IP exceeded"
            }
        }
    }
}
