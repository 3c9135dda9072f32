//! One sender: its fields, its password, and its removal.

use domain::{SenderField, SenderForm};
use leptos::prelude::*;

use super::{fields::SenderFields, password::Password};
use crate::{api::SenderPage, form::FormView, paths};

/// The forms about a sender.
#[component]
pub fn EditSender(data: SenderPage, form: FormView<SenderField>) -> impl IntoView {
    data.sender.map(|sender| {
        let (id, name) = (sender.id.as_str().to_owned(), sender.name.to_string());
        let saved = SenderForm::of(&sender);
        let keys = (!data.keys.is_empty()).then(|| {
            view! { <p class="help">"Its API keys are revoked: " <bdi>{data.keys.join(", ")}</bdi> "."</p> }
        });
        view! {
            <h2 class="page-part"><bdi>{name.clone()}</bdi></h2>
            <form method="post" action=paths::SenderSettings::PATH id="sender-form">
                <input type="hidden" name="id" value=id.clone() />
                <SenderFields form saved data_centers=data.data_centers />
                <div class="actions">
                    <button name="do" value="change_sender" class="button primary">
                        "Save"
                    </button>
                </div>
            </form>
            <Password sender now=data.now />
            <section class="card" aria-labelledby="remove-title">
                <h2 id="remove-title">"Remove"</h2>
                <p class="help">"It can send nothing more, also over a connection that is open."</p>
                {keys}
                <details class="confirm">
                    <summary>"Remove this sender"</summary>
                    <form method="post" action=paths::SenderSettings::PATH>
                        <p class="help">"This cannot be undone. Its messages stay on the page Messages."</p>
                        <input type="hidden" name="id" value=id />
                        <button name="do" value="remove_sender" class="button danger">
                            <span>"Remove " <bdi>{name}</bdi></span>
                        </button>
                    </form>
                </details>
            </section>
        }
    })
}
