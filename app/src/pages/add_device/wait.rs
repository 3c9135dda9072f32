//! The place where the sheet waits for the first session of the device.

use domain::SenderId;
use leptos::prelude::*;

use crate::paths;

/// Slot for the sessions of the new sender. Tells where to look until they are shown live.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn WaitForDevice(sender: SenderId) -> impl IntoView {
    view! {
        <section
            class="card not-printed"
            id="wait-for-device"
            data-sender=sender.as_str().to_owned()
            aria-labelledby="wait-title"
        >
            <h2 id="wait-title">"Next"</h2>
            <p>
                "Enter the values and send a test message. It appears under "
                <a href=paths::Messages::PATH rel="external">
                    "Messages"
                </a> ", and "
                <a href=paths::AddDevice::SENDERS rel="external">
                    "Senders"
                </a> " shows when the device was last seen."
            </p>
        </section>
    }
}
