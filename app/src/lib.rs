//! Mailgrant's pages, and the server functions they call.

pub mod api;
mod error;
mod shell;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

pub use shell::shell;

/// The application: its routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page: String| format!("{page} – Mailgrant") />
        <Router>
            <Routes fallback=|| "Not found">
                <Route path=path!("/") view=|| "Settings :: SMTP" ssr=SsrMode::Async />
                <Route path=path!("/settings/smtp") view=|| "Settings :: SMTP" ssr=SsrMode::Async />
                <Route path=path!("/authorized/:id") view=|| "Authorized" ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
