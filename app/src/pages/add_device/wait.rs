//! The part of the sheet that waits for the first session of the device.

use domain::SenderId;
use leptos::prelude::*;

use crate::{pages::sender_sessions::SenderSessions, paths};

/// The sessions of the new sender, live, with the cause and the fix of each refusal.
#[component]
pub fn WaitForDevice(sender: SenderId) -> impl IntoView {
    let sessions = paths::SenderSessions::path(sender.as_str());
    view! {
        <section class="not-printed" id="wait-for-device" aria-labelledby="wait-title">
            <h2 id="wait-title">"Wait for the device"</h2>
            <p>
                "Enter the values and send a test message. Each connection of the device appears here, with the reason if it \
                is refused. The message appears under "
                <a href=paths::Messages::PATH rel="external">
                    "Messages"
                </a> ". You find its "
                <a href=sessions rel="external">
                    "connections"
                </a> " again later under "
                <a href=paths::SenderSettings::PATH rel="external">
                    "Senders"
                </a> "."
            </p>
            <SenderSessions sender=Some(sender) />
        </section>
    }
}
