//! What is shown this once: a link or an API key.

use leptos::prelude::*;

use crate::{
    posted::Made,
    ui::{
        banner::{Banner, Tone},
        when::When,
    },
};

/// The secret that a form has made.
#[component]
pub fn Once(made: Made) -> impl IntoView {
    match made {
        Made::Link {
            account,
            url,
            expires_at,
        } => view! {
            <Banner tone=Tone::Good title=["Link for ", &account, " to choose a password"].concat()>
                <Shown label="Link" value=url />
                <p>
                    "Give it to " <strong>{account}</strong>
                    " and to nobody else: whoever opens it first chooses the password. It is good for 24 hours"
                    {expires_at.map(|at| view! { ", until " <When at /> })} ", and once."
                </p>
            </Banner>
        }
        .into_any(),
        Made::Key { name, key } => view! {
            <Banner tone=Tone::Good title=["API key ", &name].concat()>
                <Shown label="Key" value=key />
                <p>
                    "Put it where the program finds it, and nowhere else. Programs send it as "
                    <code>"Authorization: Bearer …"</code> "."
                </p>
            </Banner>
        }
        .into_any(),
    }
}

#[component]
fn Shown(label: &'static str, value: String) -> impl IntoView {
    view! {
        <div class="field once">
            <label for="shown-once">{label}</label>
            <input
                id="shown-once"
                type="text"
                readonly
                autofocus
                value=value
                autocomplete="off"
                spellcheck="false"
                aria-describedby="shown-once-help"
            />
            <p id="shown-once-help" class="help">
                "Shown this once: copy it now. Ctrl+A selects all of it."
            </p>
        </div>
    }
}
