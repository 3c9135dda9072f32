//! Mailgrant's pages, and the server functions they call.

// The types of views nest as deeply as the page does.
#![recursion_limit = "256"]

pub mod activity_query;
pub mod api;
pub mod api_document;
mod error;
mod error_words;
mod island;
pub mod mailbox_query;
pub mod message_query;
mod pages;
pub mod posted;
pub mod posted_alerts;
pub mod refused;
pub mod rendered;
mod shell;
mod ui;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::{
    pages::{
        AccessPage, AccountPage, ActivityPage, AlertsPage, ApiPage, AuthorizedPage,
        CallbackRefusedPage, ForbiddenPage, HomePage, LoginPage, MailPage, MailboxPage,
        MessagePage, MessagesPage, NotFoundPage, PasswordPage, SendingSettingsPage,
        SessionEndedPage, SetupPage, SmtpSettingsPage,
    },
    ui::{layout::Layout, page_title::page_title},
};

pub use error::ApiError;
pub use island::{View, wake};
pub use shell::shell;

/// The application: its routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page: String| page_title(&page) />
        <Router>
            <Layout>
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                    <Route path=path!("/messages") view=MessagesPage ssr=SsrMode::Async />
                    <Route path=path!("/messages/:id") view=MessagePage ssr=SsrMode::Async />
                    <Route path=path!("/settings/smtp") view=SmtpSettingsPage ssr=SsrMode::Async />
                    <Route path=path!("/settings/alerts") view=AlertsPage ssr=SsrMode::Async />
                    <Route path=path!("/settings/sending") view=SendingSettingsPage ssr=SsrMode::Async />
                    <Route path=path!("/authorized/:id") view=AuthorizedPage ssr=SsrMode::Async />
                    <Route path=path!("/setup") view=SetupPage ssr=SsrMode::Async />
                    <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async />
                    <Route path=path!("/password") view=PasswordPage ssr=SsrMode::Async />
                    <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
                    <Route path=path!("/access") view=AccessPage ssr=SsrMode::Async />
                    <Route path=path!("/activity") view=ActivityPage ssr=SsrMode::Async />
                    <Route path=path!("/mailbox") view=MailboxPage ssr=SsrMode::Async />
                    <Route path=path!("/mailbox/message") view=MailPage ssr=SsrMode::Async />
                    <Route path=path!("/api/docs") view=ApiPage ssr=SsrMode::Async />
                    <Route path=path!("/refused/forbidden") view=ForbiddenPage ssr=SsrMode::Async />
                    <Route path=path!("/refused/session") view=SessionEndedPage ssr=SsrMode::Async />
                    <Route path=path!("/refused/callback") view=CallbackRefusedPage ssr=SsrMode::Async />
                </Routes>
            </Layout>
        </Router>
    }
}
