//! A link or an API key that is shown once.

use domain::UnixTime;
use leptos::prelude::*;

use crate::ui::{
    banner::{Banner, Tone},
    when::When,
};

/// A secret that a form has made. Shown once.
#[derive(Clone)]
pub enum OneTimeSecret {
    /// Link to choose a password.
    Link {
        /// Name of the account.
        account: String,
        /// Absolute URL.
        url: String,
        /// Time at which it expires.
        expires_at: Option<UnixTime>,
    },
    /// API key.
    Key {
        /// Name of the key.
        name: String,
        /// The key.
        key: String,
    },
}

/// Shows the secret, to be copied.
#[component]
pub fn OneTimeSecretBanner(secret: OneTimeSecret) -> impl IntoView {
    match secret {
        OneTimeSecret::Link {
            account,
            url,
            expires_at,
        } => view! {
            <Banner tone=Tone::Good title=["Link for ", &account, " to choose a password"].concat()>
                <CopyField label="Link" value=url />
                <p>
                    "Give it to " <strong>{account}</strong>
                    " and to nobody else: whoever opens it first chooses the password. It is good for 24 hours"
                    {expires_at.map(|at| view! { ", until " <When at /> })} ", and once."
                </p>
            </Banner>
        }
        .into_any(),
        OneTimeSecret::Key { name, key } => view! {
            <Banner tone=Tone::Good title=["API key ", &name].concat()>
                <CopyField label="Key" value=key />
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
fn CopyField(label: &'static str, value: String) -> impl IntoView {
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
