//! A form that a browser can post by itself.

use leptos::{ev::SubmitEvent, prelude::*};

/// Posts to a server function; with WASM `submit` takes its place, from what the page knows.
/// Leptos' own `ActionForm` reads the form back from the browser, which costs some 10 kB.
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
