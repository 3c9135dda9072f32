//! "Email box": the IMAP account that mail is read from.

use domain::{SecretField, SmtpField};
use leptos::prelude::*;

use crate::ui::{
    field::{Kind, TextField},
    form_state::FormState,
    secret::SecretInput,
    toggle::{Switch, Toggle},
};

const EMAIL_BOX: Switch = Switch {
    id: "mailbox_enabled",
    label: "Email box",
    get: |form| form.mailbox_enabled,
    set: |form, on| form.mailbox_enabled = on,
};

/// The switch and its fields.
#[component]
pub fn MailboxFields(state: FormState, again: bool) -> impl IntoView {
    view! {
        <Toggle state switch=EMAIL_BOX described_by="mailbox-enabled-help".to_owned()>
            <p id="mailbox-enabled-help" class="help">
                "The mailbox that replies and bounces are read from."
            </p>
        </Toggle>
        <div class="nested needs-mailbox" role="group" aria-label="Email box">
            <TextField state field=SmtpField::MailboxEmail kind=Kind::ADDRESS />
            <SecretInput state secret=SecretField::MailboxPassword again />
            <div class="host-and-port">
                <TextField state field=SmtpField::MailboxHost kind=Kind::HOST />
                <TextField state field=SmtpField::MailboxPort kind=Kind::PORT />
            </div>
        </div>
    }
}
