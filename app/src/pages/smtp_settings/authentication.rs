//! Section "Authentication".

use domain::{
    SecretField, SmtpField,
    smtp_form::{BASIC, OAUTH},
};
use leptos::prelude::*;

use super::{session::Session, status::Status};
use crate::{
    form::live::{
        FormState,
        choice::Choice,
        field::{Kind, Label, Notes, TextField, described_by, invalid},
        secret::SecretInput,
        toggle::{Switch, Toggle},
    },
    paths,
    ui::copy::CopyButton,
};

const REQUIRED: Switch = Switch {
    id: "authentication_required",
    label: "Authentication required",
    get: |form| form.authentication_required,
    set: |form, on| form.authentication_required = on,
};

/// The section: how Mailgrant signs in at the SMTP server.
#[component]
pub fn AuthenticationSection(session: Session, again: bool) -> impl IntoView {
    let state = session.state();
    let types = vec![(BASIC, "Basic"), (OAUTH, "OAuth")];
    view! {
        <section class="card" aria-labelledby="authentication">
            <h2 id="authentication">"Authentication"</h2>
            <fieldset class="editable" disabled=!session.may_edit()>
            <Toggle state switch=REQUIRED described_by="authentication-help".to_owned()>
                <p id="authentication-help" class="help">
                    "Turn this off if the server accepts mail from this address without a sign-in."
                </p>
            </Toggle>
            <div class="nested needs-authentication">
                <Choice state field=SmtpField::AuthenticationType options=types />
                <div class="needs-oauth">
                    <RedirectUrlField state />
                    <TextField state field=SmtpField::ClientId kind=Kind::TEXT />
                    <Steps />
                    <SecretInput state secret=SecretField::ClientSecret again />
                    <Steps />
                    <TextField state field=SmtpField::AuthorizationEndpoint kind=Kind::URL />
                    <TextField state field=SmtpField::TokenEndpoint kind=Kind::URL />
                    <TextField state field=SmtpField::Scope kind=Kind::TEXT />
                    <p class="help note">"For Google: https://mail.google.com/"</p>
                    <Steps />
                </div>
                <TextField state field=SmtpField::Username kind=Kind::ADDRESS />
                <div class="needs-basic">
                    <SecretInput state secret=SecretField::Password again />
                </div>
                <div class="needs-oauth">
                    <Status session />
                </div>
            </div>
            </fieldset>
        </section>
    }
}

/// Links to the steps at the providers. They open beside the form.
#[component]
fn Steps() -> impl IntoView {
    let link = |href, name| {
        view! {
            <a href=href target="_blank" rel="external noopener">
                {name}
            </a>
        }
    };
    view! {
        <p class="help note">
            "Steps for " {link(paths::GoogleHelp::PATH, "Google")} " and for "
            {link(paths::MicrosoftHelp::PATH, "Microsoft 365")}
        </p>
    }
}

/// Read-only field with the redirect URL, which is the address of this server in the browser.
#[component]
fn RedirectUrlField(state: FormState) -> impl IntoView {
    let field = SmtpField::RedirectUrl;
    let url = move || state.form.with(|form| form.redirect_url.clone());
    view! {
        <div class="field">
            <Label field />
            <div class="with-button">
                <input
                    id=field.name()
                    name="form[redirect_url]"
                    type="text"
                    readonly
                    value=untrack(url)
                    prop:value=url
                    aria-invalid=move || invalid(state, field)
                    aria-describedby=described_by(field)
                />
                <CopyButton of=field.name() what="the redirect URL" />
            </div>
            <Notes state field />
        </div>
    }
}
