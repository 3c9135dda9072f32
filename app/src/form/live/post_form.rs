//! A form that also works without WASM.

use leptos::{ev::SubmitEvent, prelude::*};

/// Form that posts to a server function; with WASM `submit` runs instead.
/// Leptos' `ActionForm` reads the form back from the browser, which costs about 10 kB of WASM.
#[component]
pub fn PostForm(
    id: &'static str,
    action: &'static str,
    submit: Callback<SubmitEvent>,
    children: Children,
) -> impl IntoView {
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        submit.run(event);
    };
    view! {
        <form id=id action=action method="post" novalidate on:submit=on_submit>
            {children()}
        </form>
    }
}
