//! Mailgrant's pages, and the server functions they call.
//!
//! Modules use each other in one direction: `pages` use `api` (server functions and the data of
//! pages), which uses `rendered` (HTML for open pages); all of them use `ui` and `request` (facts
//! about the request). `form` is the form kit, which `ui` does not know.

// The types of views nest as deeply as the page.
#![recursion_limit = "256"]

pub mod activity_query;
pub mod api;
pub mod api_document;
mod error;
mod form;
mod island;
pub mod mailbox_query;
pub mod message_query;
mod pages;
pub mod patch;
mod paths;
#[cfg(feature = "ssr")]
pub mod post;
pub mod rendered;
pub mod request;
mod shell;
pub mod smtp_listeners;
mod ui;
mod wake;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
};

use crate::{
    pages::{
        AccessPage, AccountPage, ActivityPage, AddDevicePage, AddSenderPage, AlertsPage, ApiPage,
        AuthorizedPage, CallbackRefusedPage, EditSenderPage, ForbiddenPage, GoogleHelpPage,
        HomePage, LoginPage, MailPage, MailboxPage, MessagePage, MessagesPage, MicrosoftHelpPage,
        NotFoundPage, PasswordPage, SenderSessionsPage, SendersPage, SendingSettingsPage,
        SessionEndedPage, SetupPage, SmtpSettingsPage, UnknownSendersPage,
    },
    paths::page,
    ui::{layout::Layout, page_title::page_title},
};

pub use error::ApiError;
pub use form::{OneTimeSecret, SendingProblem};
pub use island::View;
pub use shell::shell;
pub use wake::wake;

/// Application with its routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page: String| page_title(&page) />
        <Router>
            <Layout>
                <Routes fallback=NotFoundPage>
                    <Route path=page(paths::Home) view=HomePage ssr=SsrMode::Async />
                    <Route path=page(paths::Messages) view=MessagesPage ssr=SsrMode::Async />
                    <Route path=page(paths::Message) view=MessagePage ssr=SsrMode::Async />
                    <Route path=page(paths::SmtpSettings) view=SmtpSettingsPage ssr=SsrMode::Async />
                    <Route path=page(paths::AlertSettings) view=AlertsPage ssr=SsrMode::Async />
                    <Route path=page(paths::SendingSettings) view=SendingSettingsPage ssr=SsrMode::Async />
                    <Route path=page(paths::UnknownSenders) view=UnknownSendersPage ssr=SsrMode::Async />
                    <Route path=page(paths::SenderSessions) view=SenderSessionsPage ssr=SsrMode::Async />
                    <Route path=page(paths::SenderSettings) view=SendersPage ssr=SsrMode::Async />
                    <Route path=page(paths::AddSender) view=AddSenderPage ssr=SsrMode::Async />
                    <Route path=page(paths::AddDevice) view=AddDevicePage ssr=SsrMode::Async />
                    <Route path=page(paths::EditSender) view=EditSenderPage ssr=SsrMode::Async />
                    <Route path=page(paths::Authorized) view=AuthorizedPage ssr=SsrMode::Async />
                    <Route path=page(paths::Setup) view=SetupPage ssr=SsrMode::Async />
                    <Route path=page(paths::Login) view=LoginPage ssr=SsrMode::Async />
                    <Route path=page(paths::ChoosePassword) view=PasswordPage ssr=SsrMode::Async />
                    <Route path=page(paths::OwnAccount) view=AccountPage ssr=SsrMode::Async />
                    <Route path=page(paths::AccessSettings) view=AccessPage ssr=SsrMode::Async />
                    <Route path=page(paths::Activity) view=ActivityPage ssr=SsrMode::Async />
                    <Route path=page(paths::Mailbox) view=MailboxPage ssr=SsrMode::Async />
                    <Route path=page(paths::Mail) view=MailPage ssr=SsrMode::Async />
                    <Route path=page(paths::ApiDocs) view=ApiPage ssr=SsrMode::Async />
                    <Route path=page(paths::GoogleHelp) view=GoogleHelpPage ssr=SsrMode::Async />
                    <Route path=page(paths::MicrosoftHelp) view=MicrosoftHelpPage ssr=SsrMode::Async />
                    <Route path=page(paths::Forbidden) view=ForbiddenPage ssr=SsrMode::Async />
                    <Route path=page(paths::SessionEnded) view=SessionEndedPage ssr=SsrMode::Async />
                    <Route path=page(paths::CallbackRefused) view=CallbackRefusedPage ssr=SsrMode::Async />
                </Routes>
            </Layout>
        </Router>
    }
}
