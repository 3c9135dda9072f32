//! Section "SMTP configuration".

use domain::{SecretField, Security, SmtpField, SmtpForm, TlsMinimum};
use leptos::prelude::*;

use super::{
    data_center_field::DataCenterField, discovery::DiscoveryField, mailbox::MailboxFields,
    presets::ProviderField, session::Session,
};
use crate::form::live::{
    choice::Choice,
    field::{Kind, Notes, TextField, described_by},
    toggle::{Switch, Toggle},
};

const ENABLE_SSL: Switch = Switch {
    id: "enable_ssl",
    label: "Enable SSL",
    get: |form| form.enable_ssl,
    set: |form, on| form.enable_ssl = on,
};

/// The section: the server, the port, and TLS. `again` means that secrets typed without WASM have
/// to be entered again.
#[component]
pub fn ConnectionSection(session: Session, overwrite: bool, again: bool) -> impl IntoView {
    let state = session.state();
    let locked = !session.may_edit();
    let securities = [Security::StartTls, Security::ImplicitTls]
        .map(|security| (security.code(), wording::security(security)));
    let versions = [TlsMinimum::Tls12, TlsMinimum::Tls13]
        .map(|version| (version.code(), wording::tls_minimum(version)));
    view! {
        <section class="card" aria-labelledby="smtp-configuration">
            <h2 id="smtp-configuration">"SMTP configuration"</h2>
            <fieldset class="editable" disabled=locked>
            {(!locked).then(|| view! { <DiscoveryField session /> })}
            <ProviderField session overwrite />
            <div class="host-and-port">
                <TextField state field=SmtpField::SmtpHost kind=Kind::HOST />
                <TextField
                    state
                    field=SmtpField::SmtpPort
                    kind=Kind::PORT
                    then=SmtpForm::follow_port
                />
            </div>
            </fieldset>
            <DataCenterField session />
            <fieldset class="editable" disabled=locked>
            <TextField state field=SmtpField::FromAddress kind=Kind::ADDRESS />
            <Toggle state switch=ENABLE_SSL described_by=described_by(SmtpField::EnableSsl)>
                <Notes state field=SmtpField::EnableSsl />
            </Toggle>
            <div class="nested needs-ssl">
                <Choice
                    state
                    field=SmtpField::Security
                    options=securities.to_vec()
                    then=SmtpForm::follow_security
                />
                <Choice state field=SmtpField::TlsMinimum options=versions.to_vec() />
            </div>
            <TextField state field=SmtpField::EhloName kind=Kind::HOST />
            <MailboxFields
                session
                again=again && !state.is_saved(SecretField::MailboxPassword)
            />
            </fieldset>
        </section>
    }
}
