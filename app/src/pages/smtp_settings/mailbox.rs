//! "Email box": the IMAP account of the data center.

use domain::{
    MailboxSecurity, SecretField, SmtpField, SmtpForm,
    mailbox_settings::{PASSWORD, SAME_AUTHORIZATION},
};
use leptos::prelude::*;

use super::{session::Session, status::ends_grant};
use crate::form::live::{
    choice::Choice,
    field::{Kind, TextField},
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
pub fn MailboxFields(session: Session, again: bool) -> impl IntoView {
    let state = session.state();
    let securities = [MailboxSecurity::ImplicitTls, MailboxSecurity::StartTls]
        .map(|security| (security.code(), wording::mailbox_security(security)));
    view! {
        <Toggle state switch=EMAIL_BOX described_by="mailbox-enabled-help".to_owned()>
            <p id="mailbox-enabled-help" class="help">
                "Mailgrant reads replies and bounces from this mailbox. Senders that may read it over the \
                mailbox gateway can also change and delete its mail."
            </p>
        </Toggle>
        <div class="nested needs-mailbox" role="group" aria-label="Email box">
            <TextField state field=SmtpField::MailboxEmail kind=Kind::ADDRESS />
            <Choice
                state
                field=SmtpField::MailboxSignIn
                options=vec![
                    (PASSWORD, "Password"),
                    (SAME_AUTHORIZATION, "The same authorization as SMTP"),
                ]
                then=SmtpForm::follow_mailbox_sign_in
            />
            <p id="mailbox-authorization" class="warning" hidden=move || !asks_again(session)>
                "The current authorization does not include this mailbox. Mailgrant sends a token only to the \
                servers that it was issued for. Press Save & Authorize to sign in at the provider again \
                and allow reading mail as well."
            </p>
            <div class="needs-mailbox-secret">
                <SecretInput state secret=SecretField::MailboxPassword again />
            </div>
            <div class="host-and-port">
                <TextField state field=SmtpField::MailboxHost kind=Kind::HOST />
                <TextField
                    state
                    field=SmtpField::MailboxPort
                    kind=Kind::PORT
                    then=SmtpForm::follow_mailbox_port
                />
            </div>
            <Choice
                state
                field=SmtpField::MailboxSecurity
                options=securities.to_vec()
                then=SmtpForm::follow_mailbox_security
            />
        </div>
    }
}

/// Returns true if the current grant does not include the mailbox, so it has to be authorized
/// again.
fn asks_again(session: Session) -> bool {
    let asks = session.state().form.with(SmtpForm::reads_with_grant);
    asks && ends_grant(session)
}
