//! The first step: what the device is.

use domain::DeviceKind;
use leptos::prelude::*;

use crate::paths;

/// Kinds of devices as radio buttons.
#[component]
pub fn Kinds() -> impl IntoView {
    let tile = |kind: DeviceKind| {
        view! {
            <label class="tile">
                <input type="radio" name="kind" value=kind.code() required />
                <span>
                    <strong>{wording::device_kind(kind)}</strong>
                    <span class="help">{wording::device_kind_help(kind)}</span>
                </span>
            </label>
        }
    };
    view! {
        <form method="get" action=paths::AddDevice::PATH class="card" id="device-kind">
            <fieldset class="field">
                <legend>"What should send mail?"</legend>
                <div class="tiles">
                    {DeviceKind::ALL.iter().copied().map(tile).collect_view()}
                </div>
            </fieldset>
            <div>
                <button class="button primary">"Continue"</button>
            </div>
        </form>
    }
}
