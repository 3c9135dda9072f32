//! Routes that are not Leptos pages.

use app::post as handlers;
use axum::{
    Router,
    http::Method,
    routing::{MethodRouter, get, head, post},
};
use domain::paths::{self, Route};

use super::{
    Web, api, events, export, forms::form, health, mailbox, messages, metrics, oauth_callback,
    pages, sign_out, smtp_certificate, transcript,
};

/// The method, path, and handler of a route.
type OwnRoute = (Method, &'static str, MethodRouter<Web>);

fn route<R: Route>(method: Method, handler: MethodRouter<Web>) -> OwnRoute {
    (method, R::PATTERN, handler)
}

fn other_routes() -> Vec<OwnRoute> {
    vec![
        route::<paths::Healthz>(Method::GET, get(health::alive)),
        route::<paths::Readyz>(Method::GET, get(health::ready)),
        route::<paths::Metrics>(Method::GET, get(metrics::show)),
        route::<paths::Setup>(Method::POST, form(handlers::setup)),
        route::<paths::Login>(Method::POST, form(handlers::login)),
        route::<paths::Logout>(Method::POST, post(sign_out::post)),
        route::<paths::ChoosePassword>(Method::POST, form(handlers::choose_password)),
        route::<paths::OwnAccount>(Method::POST, form(handlers::own_account)),
        route::<paths::AccessSettings>(Method::POST, form(handlers::access_settings)),
        route::<paths::AlertSettings>(Method::POST, form(handlers::alert_settings)),
        route::<paths::SenderSettings>(Method::POST, form(handlers::senders)),
        route::<paths::SmtpCertificate>(Method::GET, get(smtp_certificate::download)),
        route::<paths::AddDevice>(Method::POST, form(handlers::add_device)),
        route::<paths::Message>(Method::POST, form(handlers::message)),
        route::<paths::MessageHtml>(Method::GET, get(messages::html)),
        route::<paths::MessageSource>(Method::GET, get(messages::download)),
        route::<paths::SendingSettings>(Method::POST, form(handlers::sending_settings)),
        route::<paths::ActivityExport>(Method::GET, get(export::download)),
        route::<paths::OAuthCallback>(Method::GET, get(oauth_callback::finish)),
        route::<paths::OAuthCallback>(Method::HEAD, head(oauth_callback::ignore)),
        route::<paths::AuthorizationEvents>(Method::GET, get(events::authorization)),
        route::<paths::CheckEvents>(Method::GET, get(events::check)),
        route::<paths::MessagesEvents>(Method::GET, get(events::messages)),
        route::<paths::MessageEvents>(Method::GET, get(events::message)),
        route::<paths::SenderEvents>(Method::GET, get(events::sender_sessions)),
        route::<paths::CheckTranscript>(Method::GET, get(transcript::download)),
        route::<paths::MailboxEvents>(Method::GET, get(events::mailbox)),
        route::<paths::MailHtml>(Method::GET, get(mailbox::html)),
        route::<paths::MailAttachment>(Method::GET, get(mailbox::attachment)),
        route::<paths::MailSource>(Method::GET, get(mailbox::source)),
        route::<paths::api::Status>(Method::GET, get(api::status::status)),
        route::<paths::api::Folders>(Method::GET, get(api::mailbox::folders)),
        route::<paths::api::MailList>(Method::GET, get(api::mailbox::messages)),
        route::<paths::api::Mail>(Method::GET, get(api::mailbox::message)),
        route::<paths::api::MailSource>(Method::GET, get(api::mailbox::source)),
        route::<paths::api::MailAttachment>(Method::GET, get(api::mailbox::attachment)),
        route::<paths::api::Messages>(Method::GET, get(api::messages::read::list)),
        route::<paths::api::Messages>(Method::POST, post(api::messages::submit::submit)),
        route::<paths::api::Message>(Method::GET, get(api::messages::read::one)),
        route::<paths::api::RetryMessage>(Method::POST, post(api::messages::change::retry)),
        route::<paths::api::CancelMessage>(Method::POST, post(api::messages::change::cancel)),
        route::<paths::api::Senders>(Method::GET, get(api::senders::read::list)),
        route::<paths::api::Senders>(Method::POST, post(api::senders::change::add)),
        route::<paths::api::Sender>(Method::GET, get(api::senders::read::one)),
        route::<paths::api::SenderSessions>(Method::GET, get(api::senders::sessions::list)),
        route::<paths::api::UpdateSender>(Method::POST, post(api::senders::change::update)),
        route::<paths::api::RotateSender>(Method::POST, post(api::senders::change::rotate)),
        route::<paths::api::RemoveSender>(Method::POST, post(api::senders::change::remove)),
        route::<paths::api::OpenApi>(Method::GET, get(api::document::json)),
    ]
}

/// Adds these routes to the pages.
pub fn with(pages: Router<Web>) -> Router<Web> {
    other_routes()
        .into_iter()
        .fold(pages, |router, (_, path, handler)| {
            router.route(path, handler)
        })
}

/// Returns the method and path of every route: pages, server functions, and these routes.
pub fn routes() -> Vec<(Method, String)> {
    other_routes()
        .into_iter()
        .map(|(method, path, _)| (method, path.to_owned()))
        .chain(pages::routes())
        .collect()
}
