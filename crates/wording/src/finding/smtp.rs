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
            "{server} offers no way to sign in that fits the authentication type. It offers: {offered}.",
            "Choose the other authentication type, or check that host and port are those for sending with sign-in.",
        ),
        Code::TokenRefused => Template::new(
            "{server} did not accept the token for {username}.",
            "Check that {username} is the account that signed in ({account}) and that the scope is for SMTP; then authorize again. If this is your own mail server, check that it can reach the provider to validate tokens.",
        ),
        Code::PasswordRefused => Template::new(
            "{server} did not accept the password of {username}.",
            "Check both. Many providers want an app password instead of the account's own.",
        ),
        Code::AppPasswordNeeded => Template::new(
            "Google wants an app password or a sign-in in the browser.",
            "Use OAuth, or make an app password for {username}.",
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
            "Google has seen too many sign-ins in a short time.",
            "Wait a quarter of an hour. If other programs sign in with the same account, let them sign in less often.",
        ),
        Code::TokenTooLong => Template::new(
            "{server} does not take a token as long as this one.",
            "Ask the server's administrator to allow longer lines for AUTH, or let the provider give shorter tokens, with fewer claims.",
        ),
        Code::AuthenticationWanted => Template::new(
            "{server} takes mail only after a sign-in.",
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
            "SMTP AUTH is switched off for the whole tenant. OAuth does not get round that.",
            "An Exchange administrator runs this command in Exchange Online PowerShell. It can take an hour until it counts.",
        )
        .copying("Set-TransportConfig -SmtpClientAuthenticationDisabled $false")
        .linking(SMTP_AUTH.0, SMTP_AUTH.1),
        Code::SmtpAuthDisabledForMailbox => Template::new(
            "SMTP AUTH is switched off for the mailbox {username}.",
            "An Exchange administrator runs this command in Exchange Online PowerShell. It can take an hour until it counts.",
        )
        .copying("Set-CASMailbox -Identity {username} -SmtpClientAuthenticationDisabled $false")
        .linking(SMTP_AUTH.0, SMTP_AUTH.1),
        Code::CredentialsIncorrect => Template::new(
            "Microsoft says that the credentials of {username} are wrong.",
            "Check user name and password, or use OAuth.",
        )
        .linking(SMTP_AUTH.0, SMTP_AUTH.1),
        Code::CriteriaNotMet => Template::new(
            "Security defaults or a conditional access policy of the tenant refused the sign-in.",
            "Use OAuth instead of a password, or ask the tenant's administrator for an exception for {username}.",
        )
        .linking(SMTP_AUTH.0, SMTP_AUTH.1),
        Code::PasswordSignInRetired => Template::new(
            "Microsoft no longer takes passwords for SMTP.",
            "Set the authentication type to OAuth and authorize.",
        )
        .linking(SMTP_AUTH.0, SMTP_AUTH.1),
        Code::MailboxPermissionMissing => Template::new(
            "The application has no permission on the mailbox of {from}.",
            "Give its service principal full access to that mailbox, in Exchange Online PowerShell.",
        )
        .copying("Add-MailboxPermission -Identity {from} -User <service principal> -AccessRights FullAccess"),
        Code::TlsTooOld => Template::new(
            "The TLS version is too old for Microsoft.",
            "Choose \"1.2 or higher\" and test again. A device in between may lower the version.",
        ),
        _ => return None,
    })
}

fn message(code: Code) -> Option<Template> {
    Some(match code {
        Code::SendAsDenied => Template::new(
            "{username} may not send as {from}.",
            "Set From to the account's own address, or give the account the right to send as the other one; at Microsoft with this command.",
        )
        .copying("Add-RecipientPermission {from} -AccessRights SendAs -Trustee {username}"),
        Code::PolicyRefused => Template::new(
            "The server refused by a policy of its own.",
            "Read its reply. The From domain often has to be one of the server's own, and this server's address allowed.",
        ),
        Code::RelayDenied => Template::new(
            "{server} does not pass mail on to other domains for us: it does not know who we are.",
            "Turn \"Authentication required\" on. A relay without a sign-in has to be told this server's address.",
        ),
        Code::RecipientRefused => Template::new(
            "The server did not accept the recipient and gave no reason that Mailgrant knows.",
            "Read the reply below, and check the address. Some servers deliver to other domains only after a sign-in.",
        ),
        Code::Smtputf8NotOffered => Template::new(
            "{server} does not accept addresses with characters outside of ASCII before the @: it does not offer SMTPUTF8.",
            "Use another address of this recipient, or send through a server that supports internationalized addresses.",
        ),
        Code::SenderRefused => Template::new(
            "The server did not accept {from} as sender.",
            "Set From to an address that the account may use.",
        ),
        Code::MessageTooLarge => Template::new(
            "The message is larger than the server takes.",
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
            "There are too many connections at a time from this account.",
            "Mailgrant uses fewer connections for a minute. Lower the number of connections in the sending settings if it happens often (Microsoft accepts three), or let other programs use another account.",
        ),
        Code::TooManyRecipients => (
            "{server} accepts fewer recipients per transaction, and accepted none of the remaining ones.",
            "Mailgrant retries by itself. Limit the recipients per transaction in the sending settings if this happens often.",
        ),
        Code::Temporary => (
            "The server rejected the message for now, with a reply that Mailgrant does not know.",
            "Mailgrant retries. Read the reply below if it lasts.",
        ),
        _ => return None,
    };
    Some(Template::new(cause, fix))
}
