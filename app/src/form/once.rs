//! A link, an API key, or a password that is shown once.

use domain::UnixTime;
use leptos::prelude::*;

use crate::ui::{
    banner::{Banner, Tone},
    copy::CopyButton,
    when::When,
};

/// Secret that a form has created. It is shown once.
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
    /// User name and password of a sender.
    Credentials {
        /// Name of the sender.
        name: String,
        /// User name.
        user: String,
        /// Password.
        password: String,
    },
}

/// Shows the secret with a button to copy it.
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
                    " and nobody else. The first person to open it chooses the password. It works once and \
                    expires after 24 hours"
                    {expires_at.map(|at| view! { ", at " <When at /> })} "."
                </p>
            </Banner>
        }
        .into_any(),
        OneTimeSecret::Key { name, key } => view! {
            <Banner tone=Tone::Good title=["API key ", &name].concat()>
                <CopyField label="Key" value=key />
                <p>
                    "Store it in the configuration of the program, and nowhere else. Programs send it as "
                    <code>"Authorization: Bearer …"</code> "."
                </p>
            </Banner>
        }
        .into_any(),
        OneTimeSecret::Credentials {
            name,
            user,
            password,
        } => view! {
            <Banner tone=Tone::Good title=["Password of ", &name].concat()>
                <p>
                    "Enter both in the program or device, with the address and port of a listener. User name: "
                    <code id="shown-user">{user}</code> " " <CopyButton of="shown-user" what="the user name" />
                </p>
                <CopyField label="Password" value=password />
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
            <div class="with-button">
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
                <CopyButton of="shown-once" what=label />
            </div>
            <p id="shown-once-help" class="help">
                "Copy it now. It is not shown again. Ctrl+A selects all of it."
            </p>
        </div>
    }
}
