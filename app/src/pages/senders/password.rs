//! The passwords of a sender, and the form that creates a new one.

use domain::{Sender, SenderPassword, UnixTime};
use leptos::prelude::*;

use crate::{paths, ui::when::When};

/// Valid passwords, and the form that replaces them. Empty for a sender without credentials.
#[component]
pub fn Password(sender: Sender, now: UnixTime) -> impl IntoView {
    let id = sender.id.as_str().to_owned();
    let user = sender.user?;
    let passwords = sender.passwords.into_iter();
    let valid = passwords.filter(|password| password.expires_at.is_none_or(|end| end > now));
    let valid = valid
        .map(|password| view! { <Valid password /> })
        .collect_view();
    Some(view! {
        <section class="card" aria-labelledby="password-title">
            <h2 id="password-title">"Password"</h2>
            <p class="help">
                "User name: " <code>{user.as_str().to_owned()}</code>
                ". A password is shown once, when it is created."
            </p>
            <ul id="passwords">{valid}</ul>
            <details class="confirm">
                <summary>"Create a new password"</summary>
                <form method="post" action=paths::SenderSettings::PATH>
                    <input type="hidden" name="id" value=id />
                    <fieldset class="field choice">
                        <legend>"The current password"</legend>
                        <div class="radios one-each">
                            <label class="radio">
                                <input type="radio" name="old" value="keep" checked />
                                <span>"stays valid for 24 hours, in which you can change the device"</span>
                            </label>
                            <label class="radio">
                                <input type="radio" name="old" value="end" />
                                <span>"ends now. Choose this if others know it."</span>
                            </label>
                        </div>
                    </fieldset>
                    <button name="do" value="rotate_password" class="button">
                        "Create password"
                    </button>
                </form>
            </details>
        </section>
    })
}

#[component]
fn Valid(password: SenderPassword) -> impl IntoView {
    let end = password
        .expires_at
        .map(|end| view! { ", valid until " <When at=end /> });
    view! { <li>"Created " <When at=password.created_at /> {end}</li> }
}
