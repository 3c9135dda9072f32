//! Findings of what the mail server replied.

use domain::FindingCode as Code;

use super::template::Template;

const SMTP_AUTH: (&str, &str) = (
    "Microsoft's description",
    "https://aka.ms/smtp_auth_disabled",
);

/// Returns the text of a code, if it is one of these.
pub fn template(code: Code) -> Option<Template> {
    authentication(code)
        .or_else(|| microsoft(code))
        .or_else(|| message(code))
        .or_else(|| later(code))
}

fn authentication(code: Code) -> Option<Template> {
    Some(match code {
        Code::MechanismNotOffered => Template::new(
            "{server} does not support the selected authentication type. It offers: {offered}.",
            "Choose another authentication type, or check that the host and port are those for authenticated submission.",
        ),
        Code::TokenRefused => Template::new(
            "{server} did not accept the token for {username}.",
            "Check that {username} is the account that signed in ({account}) and that the scope is for SMTP, then authorize again. If you run the mail server, check that it can reach the provider to verify tokens.",
        ),
        Code::PasswordRefused => Template::new(
            "{server} did not accept the password of {username}.",
            "Check the user name and password. Many providers require an app password.",
        ),
        Code::AppPasswordNeeded => Template::new(
            "Google requires an app password or a sign-in in the browser.",
            "Use OAuth, or create an app password for {username}.",
        )
        .linking(
            "App passwords of a Google account",
            "https://myaccount.google.com/apppasswords",
        ),
        Code::AuthenticationUnavailable => Template::new(
            "{server} cannot check credentials at the moment.",
            "Try again in a few minutes.",
        ),
        Code::TooManySignIns => Template::new(
            "There were too many sign-ins at Google in a short time.",
            "Wait 15 minutes. If other programs use the same account, make them sign in less often.",
        ),
        Code::TokenTooLong => Template::new(
            "{server} does not accept a token of this length.",
            "Ask the server's administrator to allow longer AUTH lines, or configure the provider to issue shorter tokens with fewer claims.",
        ),
        Code::AuthenticationWanted => Template::new(
            "{server} only accepts mail after authentication.",
            "Turn \"Authentication required\" on.",
        ),
        _ => return None,
    })
}

fn microsoft(code: Code) -> Option<Template> {
    Some(match code {
        Code::TokenForOtherResource => Template::new(
            "Microsoft did not accept the token: it is for another resource or scope, or {username} is not the account that signed in.",
            "Use this scope, sign in as {username}, and authorize again. An application without a user needs its service principal in Exchange Online as well.",
        )
        .copying("https://outlook.office.com/SMTP.Send offline_access"),
        Code::SmtpAuthDisabledForTenant => Template::new(
            "SMTP AUTH is disabled for the whole tenant. This also applies to OAuth.",
            "Ask an Exchange administrator to run this command in Exchange Online PowerShell. The change can take an hour.",
        )
        .copying("Set-TransportConfig -SmtpClientAuthenticationDisabled $false")
        .linking(SMTP_AUTH.0, SMTP_AUTH.1),
        Code::SmtpAuthDisabledForMailbox => Template::new(
            "SMTP AUTH is disabled for the mailbox {username}.",
            "Ask an Exchange administrator to run this command in Exchange Online PowerShell. The change can take an hour.",
        )
        .copying("Set-CASMailbox -Identity {username} -SmtpClientAuthenticationDisabled $false")
        .linking(SMTP_AUTH.0, SMTP_AUTH.1),
        Code::CredentialsIncorrect => Template::new(
            "Microsoft rejected the credentials of {username} as incorrect.",
            "Check the user name and password, or use OAuth.",
        )
        .linking(SMTP_AUTH.0, SMTP_AUTH.1),
        Code::CriteriaNotMet => Template::new(
            "Security defaults or a conditional access policy of the tenant blocked the sign-in.",
            "Use OAuth instead of a password, or ask the tenant's administrator for an exception for {username}.",
        )
        .linking(SMTP_AUTH.0, SMTP_AUTH.1),
        Code::PasswordSignInRetired => Template::new(
            "Microsoft no longer accepts passwords for SMTP.",
            "Set the authentication type to OAuth and authorize.",
        )
        .linking(SMTP_AUTH.0, SMTP_AUTH.1),
        Code::MailboxPermissionMissing => Template::new(
            "The application has no permission for the mailbox {from}.",
            "Give its service principal full access to the mailbox with this command in Exchange Online PowerShell.",
        )
        .copying("Add-MailboxPermission -Identity {from} -User <service principal> -AccessRights FullAccess"),
        Code::TlsTooOld => Template::new(
            "The TLS version is too old for Microsoft.",
            "Choose \"1.2 or higher\" and test again. A firewall between the servers may lower the version.",
        ),
        _ => return None,
    })
}

fn message(code: Code) -> Option<Template> {
    Some(match code {
        Code::SendAsDenied => Template::new(
            "{username} may not send as {from}.",
            "Set the From address to the account's own address, or give the account permission to send as the other one. At Microsoft, use this command.",
        )
        .copying("Add-RecipientPermission {from} -AccessRights SendAs -Trustee {username}"),
        Code::PolicyRefused => Template::new(
            "The server rejected the message because of its policy.",
            "Read the reply below. Many servers require a From domain of their own, or must allow this server's IP address.",
        ),
        Code::RelayDenied => Template::new(
            "{server} does not relay mail to other domains without authentication.",
            "Turn \"Authentication required\" on. If the relay uses no authentication, allow this server's IP address there.",
        ),
        Code::RecipientRefused => Template::new(
            "The server rejected the recipient for a reason that Mailgrant does not recognize.",
            "Read the reply below, and check the address. Some servers deliver to other domains only after authentication.",
        ),
        Code::Smtputf8NotOffered => Template::new(
            "{server} does not accept addresses with characters outside of ASCII before the @: it does not offer SMTPUTF8.",
            "Use another address of this recipient, or send through a server that supports internationalized addresses.",
        ),
        Code::SenderRefused => Template::new(
            "The server rejected the sender address {from}.",
            "Set the From address to one that the account may use.",
        ),
        Code::MessageTooLarge => Template::new(
            "The message is larger than the server accepts.",
            "Send a smaller message.",
        ),
        Code::Refused => Template::new(
            "The server refused permanently, with a reply that Mailgrant does not recognize.",
            "Read the reply below.",
        ),
        _ => return None,
    })
}

fn later(code: Code) -> Option<Template> {
    let (cause, fix) = match code {
        Code::QuotaExceeded => (
            "The account has used up its quota of messages.",
            "Mailgrant pauses and continues when the provider accepts mail again. Most quotas count over an hour or a day: Gmail accepts 500 messages a day, Google Workspace 2,000, Microsoft 365 10,000 recipients.",
        ),
        Code::TooManyConnections => (
            "The account has too many concurrent connections.",
            "Mailgrant uses fewer connections for a minute. If this happens often, lower the number of connections in the sending settings (Microsoft accepts three), or use a separate account for other programs.",
        ),
        Code::TooManyRecipients => (
            "The message has more recipients than {server} accepts per transaction, and it accepted none of the remaining ones.",
            "Mailgrant retries. If this happens often, limit the recipients per transaction in the sending settings.",
        ),
        Code::Temporary => (
            "The server rejected the message temporarily, with a reply that Mailgrant does not recognize.",
            "Mailgrant retries. If this persists, read the reply below.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}
