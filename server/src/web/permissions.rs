//! The permissions of all routes. This is the only list; `access_control` enforces it. Routes that
//! are not listed are refused. A test compares it with all existing routes.

use access::Access;
use app::api::{
    AddDataCenter, ApplyPreset, AuthorizeAgain, BeginCheck, CancelCheck, CheckConnection, Discover,
    ReadGrantStatus, RemoveDataCenter, RenameDataCenter, SaveSmtpSettings, SendTestEmail,
};
use axum::http::Method;
use domain::{
    AuditAction, KeyScope, Role,
    paths::{self, Route},
};
use leptos::server_fn::ServerFn;

/// The rule for access to a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Everyone, also before the first account exists.
    Always,
    /// Everyone, once an account exists.
    Everybody,
    /// Signed-in users with this role or one that includes it.
    SignedIn(Role),
    /// Programs with an API key that has one of these scopes. A program without any of them gets
    /// the first one in the error.
    Key(&'static [KeyScope]),
    /// No one: a page that is only rendered in place of another one.
    Nobody,
}

/// A route with its rule.
#[derive(Clone, Debug)]
pub struct Permission {
    /// The method; GET includes HEAD.
    pub method: Method,
    /// The path template of the router.
    pub path: &'static str,
    /// The rule for this route.
    pub rule: Rule,
}

const fn get<R: Route>(rule: Rule) -> Permission {
    Permission {
        method: Method::GET,
        path: R::PATTERN,
        rule,
    }
}

const fn post<R: Route>(rule: Rule) -> Permission {
    Permission {
        method: Method::POST,
        path: R::PATTERN,
        rule,
    }
}

const fn function<F: ServerFn>(rule: Rule) -> Permission {
    Permission {
        method: Method::POST,
        path: F::PATH,
        rule,
    }
}

const VIEWER: Rule = Rule::SignedIn(Role::Viewer);
const OPERATOR: Rule = Rule::SignedIn(Role::Operator);
const ADMINISTRATOR: Rule = Rule::SignedIn(Role::Administrator);
const SEND: Rule = Rule::Key(&[KeyScope::Send]);
const MESSAGES: Rule = Rule::Key(&[KeyScope::Messages]);
const MAILBOX: Rule = Rule::Key(&[KeyScope::Mailbox]);
const SENDERS: Rule = Rule::Key(&[KeyScope::Senders]);
const METRICS: Rule = Rule::Key(&[KeyScope::Metrics]);
const STATUS: Rule = Rule::Key(&[KeyScope::Metrics, KeyScope::Messages]);

/// The permissions of all routes.
pub static PERMISSIONS: &[Permission] = &[
    // Monitoring.
    get::<paths::Healthz>(Rule::Always),
    get::<paths::Readyz>(Rule::Always),
    get::<paths::Metrics>(METRICS),
    // Signing in.
    get::<paths::Setup>(Rule::Always),
    post::<paths::Setup>(Rule::Always),
    get::<paths::Login>(Rule::Everybody),
    post::<paths::Login>(Rule::Everybody),
    get::<paths::ChoosePassword>(Rule::Everybody),
    post::<paths::ChoosePassword>(Rule::Everybody),
    post::<paths::Logout>(Rule::Everybody),
    // Pages.
    get::<paths::Home>(VIEWER),
    get::<paths::Messages>(VIEWER),
    get::<paths::Message>(VIEWER),
    post::<paths::Message>(OPERATOR),
    get::<paths::MessageHtml>(VIEWER),
    get::<paths::MessageSource>(VIEWER),
    get::<paths::MessagesEvents>(VIEWER),
    get::<paths::MessageEvents>(VIEWER),
    get::<paths::SmtpSettings>(VIEWER),
    get::<paths::AlertSettings>(VIEWER),
    post::<paths::AlertSettings>(ADMINISTRATOR),
    get::<paths::SendingSettings>(ADMINISTRATOR),
    post::<paths::SendingSettings>(ADMINISTRATOR),
    // Text of unknown clients is untrusted, as received mail is.
    get::<paths::SenderSessions>(OPERATOR),
    get::<paths::UnknownSenders>(OPERATOR),
    get::<paths::SenderEvents>(OPERATOR),
    get::<paths::SenderSettings>(VIEWER),
    post::<paths::SenderSettings>(ADMINISTRATOR),
    get::<paths::AddSender>(ADMINISTRATOR),
    get::<paths::EditSender>(ADMINISTRATOR),
    // The certificate is public: each client of the SMTP server gets it.
    get::<paths::SmtpCertificate>(VIEWER),
    get::<paths::AddDevice>(ADMINISTRATOR),
    post::<paths::AddDevice>(ADMINISTRATOR),
    get::<paths::Activity>(VIEWER),
    get::<paths::ActivityExport>(VIEWER),
    get::<paths::OwnAccount>(VIEWER),
    post::<paths::OwnAccount>(VIEWER),
    get::<paths::AccessSettings>(ADMINISTRATOR),
    post::<paths::AccessSettings>(ADMINISTRATOR),
    // Received mail is untrusted, so it needs a higher role than sent mail.
    get::<paths::Mailbox>(OPERATOR),
    get::<paths::Mail>(OPERATOR),
    get::<paths::MailHtml>(OPERATOR),
    get::<paths::MailAttachment>(OPERATOR),
    get::<paths::MailSource>(OPERATOR),
    get::<paths::MailboxEvents>(OPERATOR),
    get::<paths::Forbidden>(Rule::Nobody),
    get::<paths::SessionEnded>(Rule::Nobody),
    get::<paths::CallbackRefused>(Rule::Nobody),
    // Authorizations.
    get::<paths::Authorized>(ADMINISTRATOR),
    get::<paths::AuthorizationEvents>(ADMINISTRATOR),
    get::<paths::OAuthCallback>(ADMINISTRATOR),
    // HEAD, as sent by link scanners; it does nothing.
    Permission {
        method: Method::HEAD,
        path: paths::OAuthCallback::PATH,
        rule: Rule::Everybody,
    },
    // Checks.
    get::<paths::CheckEvents>(OPERATOR),
    get::<paths::CheckTranscript>(OPERATOR),
    // Server functions.
    function::<ReadGrantStatus>(VIEWER),
    function::<BeginCheck>(OPERATOR),
    function::<CancelCheck>(OPERATOR),
    function::<CheckConnection>(OPERATOR),
    function::<SendTestEmail>(OPERATOR),
    function::<Discover>(ADMINISTRATOR),
    function::<SaveSmtpSettings>(ADMINISTRATOR),
    function::<ApplyPreset>(ADMINISTRATOR),
    function::<AuthorizeAgain>(ADMINISTRATOR),
    function::<AddDataCenter>(ADMINISTRATOR),
    function::<RenameDataCenter>(ADMINISTRATOR),
    function::<RemoveDataCenter>(ADMINISTRATOR),
    // Programs.
    get::<paths::api::Status>(STATUS),
    get::<paths::api::Folders>(MAILBOX),
    get::<paths::api::MailList>(MAILBOX),
    get::<paths::api::Mail>(MAILBOX),
    get::<paths::api::MailSource>(MAILBOX),
    get::<paths::api::MailAttachment>(MAILBOX),
    get::<paths::api::Messages>(MESSAGES),
    get::<paths::api::Message>(MESSAGES),
    post::<paths::api::Messages>(SEND),
    post::<paths::api::RetryMessage>(SEND),
    post::<paths::api::CancelMessage>(SEND),
    get::<paths::api::Senders>(SENDERS),
    post::<paths::api::Senders>(SENDERS),
    get::<paths::api::SenderSessions>(SENDERS),
    get::<paths::api::Sender>(SENDERS),
    post::<paths::api::UpdateSender>(SENDERS),
    post::<paths::api::RotateSender>(SENDERS),
    post::<paths::api::RemoveSender>(SENDERS),
    // The same for every installation, and not secret. Users who have signed in see their redirect URL.
    get::<paths::GoogleHelp>(Rule::Always),
    get::<paths::MicrosoftHelp>(Rule::Always),
    get::<paths::api::OpenApi>(Rule::Always),
    get::<paths::ApiDocs>(Rule::Always),
];

/// Returns the rule of a route. HEAD uses the rule of GET unless it has its own.
pub fn rule(method: &Method, path: &str) -> Option<Rule> {
    let of = |method: &Method| {
        PERMISSIONS
            .iter()
            .find(|permission| permission.method == *method && permission.path == path)
            .map(|permission| permission.rule)
    };
    of(method).or_else(|| of(&Method::GET).filter(|_| method == Method::HEAD))
}

/// Records that a request was denied because of a missing role or scope.
pub async fn denied(access: &Access, by: &domain::Actor, requested: &str) {
    let action = AuditAction::AccessDenied;
    if let Err(error) = access.note_refusal(by, action, requested).await {
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, "refusal could not be recorded");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlisted_routes_have_no_rule() {
        assert_eq!(rule(&Method::GET, "/none"), None);
        assert_eq!(rule(&Method::DELETE, paths::Login::PATH), None);
        assert_eq!(rule(&Method::HEAD, paths::Logout::PATH), None);
    }

    #[test]
    fn head_has_the_rule_of_get_or_its_own() {
        let administrator = Some(Rule::SignedIn(Role::Administrator));
        assert_eq!(
            rule(&Method::HEAD, paths::AccessSettings::PATH),
            administrator
        );
        assert_eq!(
            rule(&Method::GET, paths::OAuthCallback::PATH),
            administrator
        );
        assert_eq!(
            rule(&Method::HEAD, paths::OAuthCallback::PATH),
            Some(Rule::Everybody)
        );
    }

    #[test]
    fn only_administrators_change_anything_but_their_own_account() {
        let others: Vec<_> = PERMISSIONS
            .iter()
            .filter(|known| known.method != Method::GET && known.method != Method::HEAD)
            .filter(|known| known.rule != Rule::SignedIn(Role::Administrator))
            .map(|known| known.path)
            .collect();
        let expected = [
            paths::Setup::PATH,
            paths::Login::PATH,
            paths::ChoosePassword::PATH,
            paths::Logout::PATH,
            paths::Message::PATTERN,
            paths::OwnAccount::PATH,
            ReadGrantStatus::PATH,
            BeginCheck::PATH,
            CancelCheck::PATH,
            CheckConnection::PATH,
            SendTestEmail::PATH,
            paths::api::Messages::PATH,
            paths::api::RetryMessage::PATTERN,
            paths::api::CancelMessage::PATTERN,
            paths::api::Senders::PATH,
            paths::api::UpdateSender::PATTERN,
            paths::api::RotateSender::PATTERN,
            paths::api::RemoveSender::PATTERN,
        ];
        assert_eq!(others, expected);
    }

    #[test]
    fn nothing_is_on_the_list_twice() {
        for (at, one) in PERMISSIONS.iter().enumerate() {
            let again = PERMISSIONS[at + 1..]
                .iter()
                .any(|other| other.method == one.method && other.path == one.path);
            assert!(!again, "{one:?}");
        }
    }
}
