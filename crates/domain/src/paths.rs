//! Paths of the HTTP server, a type for each.
//!
//! Routes, permissions, navigation, links, form actions, redirects, and the links in notifications
//! all take their paths from here. Server functions have theirs in their own types.

/// A path of the server, with the pattern that routers match.
pub trait Route {
    /// Pattern, as axum writes it: `/messages/{id}`.
    const PATTERN: &'static str;
}

const ID: &str = "{id}";

/// Declares the type of a path, with its pattern.
macro_rules! route {
    ($(#[$doc:meta])* $name:ident = $path:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Route for $name {
            const PATTERN: &'static str = $path;
        }
    };
}

macro_rules! paths {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)*) => {$(
        route!($(#[$doc])* $name = $path);

        impl $name {
            /// Path, with nothing to fill in.
            pub const PATH: &'static str = $path;
        }
    )*};
}

macro_rules! patterns {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)*) => {$(
        route!($(#[$doc])* $name = $path);

        impl $name {
            /// Pattern that routers match.
            pub const PATTERN: &'static str = $path;
        }
    )*};
}

macro_rules! paths_with_id {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)*) => {
        patterns! {$($(#[$doc])* $name = $path;)*}

        $(impl $name {
            /// Returns the path for an ID, which has to be one that can stand in a URL as it is.
            pub fn path(id: &str) -> String {
                with_id(Self::PATTERN, id)
            }

            /// Returns the ID in a path that matches.
            pub fn id_in(path: &str) -> Option<&str> {
                id_in(Self::PATTERN, path)
            }
        })*
    };
}

paths! {
    /// Start page.
    Home = "/";
    /// Messages of the outbox.
    Messages = "/messages";
    /// Mail in a folder of a mailbox.
    Mailbox = "/mailbox";
    /// One mail of a mailbox.
    Mail = "/mailbox/message";
    /// HTML of a mail, for the frame on its page.
    MailHtml = "/mailbox/message/html";
    /// File that came with a mail.
    MailAttachment = "/mailbox/message/attachment";
    /// Source of a mail.
    MailSource = "/mailbox/message/source";
    /// SMTP settings of a data center.
    SmtpSettings = "/settings/smtp";
    /// Settings of what a data center sends.
    SendingSettings = "/settings/sending";
    /// The last SMTP sessions of unknown clients.
    UnknownSenders = "/settings/senders/unknown";
    /// Guide that adds a device.
    AddDevice = "/settings/senders/add-device";
    /// Alert conditions, and who is notified of them.
    AlertSettings = "/settings/alerts";
    /// Senders: programs and devices that submit mail.
    SenderSettings = "/settings/senders";
    /// Form that adds a sender.
    AddSender = "/settings/senders/new";
    /// Certificate of the SMTP server as a file.
    SmtpCertificate = "/settings/senders/certificate";
    /// Activity log.
    Activity = "/activity";
    /// Activity log as a file.
    ActivityExport = "/activity/export";
    /// Accounts, sessions, and API keys.
    AccessSettings = "/access";
    /// Account of the user who has signed in.
    OwnAccount = "/account";
    /// First administrator.
    Setup = "/setup";
    /// Sign-in.
    Login = "/login";
    /// Sign-out.
    Logout = "/logout";
    /// New password, chosen with a one-use link.
    ChoosePassword = "/password";
    /// Documentation of the API.
    ApiDocs = "/api/docs";
    /// The steps that register an OAuth client at Google.
    GoogleHelp = "/help/google";
    /// The steps that register an OAuth client at Microsoft.
    MicrosoftHelp = "/help/microsoft";
    /// Callback of OAuth authorizations.
    OAuthCallback = "/oauth/callback";
    /// Page shown in place of one that the role does not allow.
    Forbidden = "/refused/forbidden";
    /// Page shown for a form that was posted after the session ended.
    SessionEnded = "/refused/session";
    /// Page shown for a callback in a browser without a session.
    CallbackRefused = "/refused/callback";
    /// Changes of the list of messages.
    MessagesEvents = "/events/messages";
    /// Changes of a folder.
    MailboxEvents = "/events/mailbox";
    /// Liveness.
    Healthz = "/healthz";
    /// Readiness.
    Readyz = "/readyz";
    /// Metrics for Prometheus.
    Metrics = "/metrics";
}

paths_with_id! {
    /// One message of the outbox.
    Message = "/messages/{id}";
    /// HTML of a message, for the frame on its page.
    MessageHtml = "/messages/{id}/html";
    /// Source of a message.
    MessageSource = "/messages/{id}/raw";
    /// Changes of a message.
    MessageEvents = "/events/messages/{id}";
    /// The last SMTP sessions of a sender.
    SenderSessions = "/settings/senders/{id}/sessions";
    /// Changes of the SMTP sessions of a sender, or of unknown clients ([`UNKNOWN_SENDERS`]).
    SenderEvents = "/events/senders/{id}";
    /// Form that changes a sender.
    EditSender = "/settings/senders/{id}/edit";
    /// End of an authorization.
    Authorized = "/authorized/{id}";
    /// Progress of an authorization.
    AuthorizationEvents = "/events/authorization/{id}";
    /// Progress of a check.
    CheckEvents = "/events/check/{id}";
    /// Transcript of a check.
    CheckTranscript = "/checks/{id}/transcript";
}

impl SmtpSettings {
    /// Returns the path and query of the settings of a data center.
    pub fn of(data_center: &str) -> String {
        of_data_center(Self::PATH, data_center)
    }
}

impl SendingSettings {
    /// Returns the path and query of the settings of a data center.
    pub fn of(data_center: &str) -> String {
        of_data_center(Self::PATH, data_center)
    }
}

/// Prefix of all pages of settings, without a slash at its end.
pub const SETTINGS: &str = "/settings";
/// In place of the ID of a sender: clients that are unknown.
pub const UNKNOWN_SENDERS: &str = "-";
/// Prefix of all event streams.
pub const EVENTS: &str = "/events/";
/// Prefix of all paths of OAuth.
pub const OAUTH: &str = "/oauth/";
/// Path for which there is no page.
pub const NO_PAGE: &str = "/refused/not-found";

/// The API for programs.
pub mod api {
    use super::{Route, id_in, with_id};

    /// Prefix of all paths of the API.
    pub const PREFIX: &str = "/api/v1";

    paths! {
        /// State of the server and its data centers.
        Status = "/api/v1/status";
        /// Folders of a mailbox.
        Folders = "/api/v1/mailbox/folders";
        /// Mail in a folder.
        MailList = "/api/v1/mailbox/messages";
        /// Messages of the outbox.
        Messages = "/api/v1/messages";
        /// Programs and devices that may submit mail.
        Senders = "/api/v1/senders";
        /// Description of the API, for tools.
        OpenApi = "/api/v1/openapi.json";
    }

    paths_with_id! {
        /// One message of the outbox.
        Message = "/api/v1/messages/{id}";
        /// Retry of a message.
        RetryMessage = "/api/v1/messages/{id}/retry";
        /// Cancellation of a message.
        CancelMessage = "/api/v1/messages/{id}/cancel";
        /// One sender.
        Sender = "/api/v1/senders/{id}";
        /// Change of a sender.
        UpdateSender = "/api/v1/senders/{id}/update";
        /// The last SMTP sessions of a sender.
        SenderSessions = "/api/v1/senders/{id}/sessions";
        /// New password of a sender.
        RotateSender = "/api/v1/senders/{id}/rotate";
        /// Removal of a sender.
        RemoveSender = "/api/v1/senders/{id}/remove";
    }

    patterns! {
        /// One mail.
        Mail = "/api/v1/mailbox/messages/{uid}";
        /// Source of a mail.
        MailSource = "/api/v1/mailbox/messages/{uid}/source";
        /// File that came with a mail.
        MailAttachment = "/api/v1/mailbox/messages/{uid}/attachments/{number}";
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::paths::ID;

        #[test]
        fn every_path_of_the_api_has_its_prefix() {
            for path in [
                Status::PATH,
                Folders::PATH,
                MailList::PATH,
                Messages::PATH,
                OpenApi::PATH,
                Message::PATTERN,
                RetryMessage::PATTERN,
                CancelMessage::PATTERN,
                Senders::PATH,
                Sender::PATTERN,
                UpdateSender::PATTERN,
                SenderSessions::PATTERN,
                RotateSender::PATTERN,
                RemoveSender::PATTERN,
                Mail::PATTERN,
                MailSource::PATTERN,
                MailAttachment::PATTERN,
            ] {
                assert!(path.starts_with(&[PREFIX, "/"].concat()), "{path}");
            }
            assert!(Message::PATTERN.contains(ID));
        }
    }
}

fn with_id(pattern: &str, id: &str) -> String {
    let (before, after) = pattern.split_once(ID).unwrap_or((pattern, ""));
    [before, id, after].concat()
}

fn id_in<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let (before, after) = pattern.split_once(ID)?;
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

fn of_data_center(path: &str, id: &str) -> String {
    [path, "?data_center=", id].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_takes_its_place_in_the_pattern() {
        assert_eq!(Message::path("abc"), "/messages/abc");
        assert_eq!(CheckTranscript::path("abc"), "/checks/abc/transcript");
        assert_eq!(
            CheckTranscript::id_in("/checks/abc/transcript"),
            Some("abc")
        );
        for other in ["/messages/", "/messages/a/html", "/messages"] {
            assert_eq!(Message::id_in(other), None, "{other}");
        }
        assert_eq!(SmtpSettings::of("abc"), "/settings/smtp?data_center=abc");
    }

    #[test]
    fn event_streams_and_the_callback_have_their_prefixes() {
        for path in [
            MessagesEvents::PATH,
            MailboxEvents::PATH,
            MessageEvents::PATTERN,
            SenderEvents::PATTERN,
            AuthorizationEvents::PATTERN,
            CheckEvents::PATTERN,
        ] {
            assert!(path.starts_with(EVENTS), "{path}");
        }
        assert!(OAuthCallback::PATH.starts_with(OAUTH));
    }
}
