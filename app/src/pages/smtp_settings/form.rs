//! The form: its three sections and its buttons, and what happens when it is submitted.

use domain::{RedirectUrl, SmtpForm};
use leptos::{
    ev::{SubmitEvent, beforeunload},
    prelude::*,
};
use leptos_meta::Title;
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement};

use super::{
    Asked, actions::Actions, authentication::AuthenticationSection, connection::ConnectionSection,
    data_centers::DataCenterForms, outcome::Outcome, presets::PresetDialog, session::Session,
    test_email::TestEmailSection,
};
use crate::api::{SaveSmtpSettings, SmtpPage};

const FORM: &str = "smtp-settings";

/// The settings of one data center.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn SettingsForm(page: SmtpPage, asked: Asked) -> impl IntoView {
    // Before the view takes hold of the inputs, which sets them to what the server had sent.
    let typed = is_browser().then(typed_before_start).flatten();
    let report = page.report.clone();
    let session = Session::open(page, &asked);
    let state = session.state();
    Effect::new(move |_| start(session, typed.clone()));
    Effect::new(move |_| {
        if let Some(answer) = session.save().value().get() {
            session.after_save(answer);
        }
    });
    Effect::new(move |_| {
        if let Some(Err(error)) = session.test().value().get() {
            session.after_refused_test(error);
        }
    });
    // On the server the title is read when the page is done, without an owner and maybe in front of
    // the signals of another request: it must not read any there.
    let in_browser = is_browser();
    let title = move || {
        if in_browser && state.dirty.get() {
            "● Settings :: SMTP (unsaved)"
        } else {
            "Settings :: SMTP"
        }
    };
    let hidden = move |read: fn(&SmtpForm) -> String| move || state.form.with(read);
    view! {
        <Title text=title />
        <p class="mandatory-note">
            <span class="mandatory" aria-hidden="true">
                "*"
            </span>
            " mandatory"
        </p>
        <DataCenterForms session />
        <div on:submit:capture=move |event| before_submit(session, &event)>
            <ActionForm action=session.save() attr:id=FORM attr:novalidate=true>
                // Enter in a field presses the first button of a form.
                <button type="submit" class="default-button" tabindex="-1" aria-hidden="true">
                    "Save"
                </button>
                <input
                    type="hidden"
                    name="form[data_center]"
                    value=hidden(|form| form.data_center.clone())
                />
                <input
                    type="hidden"
                    name="form[version]"
                    value=hidden(|form| form.version.to_string())
                />
                <ConnectionSection session overwrite=asked.overwrite again=asked.draft />
                <AuthenticationSection session again=asked.draft />
                <TestEmailSection session report />
                <Outcome session />
                <Actions session />
            </ActionForm>
        </div>
        <PresetDialog session />
    }
}

/// What the browser has in the form already: typed before WASM was there, or restored by the browser.
fn typed_before_start() -> Option<SmtpForm> {
    let form = document()
        .get_element_by_id(FORM)?
        .dyn_into::<HtmlFormElement>()
        .ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    let save = SaveSmtpSettings::from_form_data(&data).ok()?;
    Some(save.form)
}

/// Runs once in the browser.
fn start(session: Session, typed: Option<SmtpForm>) {
    let state = session.state();
    if let Some(typed) = typed
        && state.form.with_untracked(|form| *form != typed)
    {
        state.form.set(typed);
    }
    let seen = window()
        .location()
        .origin()
        .ok()
        .and_then(|origin| RedirectUrl::below(&origin).ok());
    if let Some(seen) = seen {
        state
            .form
            .update(|form| form.redirect_url = seen.to_string());
    }
    let listener = window_event_listener(beforeunload, move |event| {
        if state.dirty.get_untracked() {
            event.prevent_default();
            event.set_return_value("unsaved");
        }
    });
    on_cleanup(move || listener.remove());
}

/// Runs before the form's own handler, which saves unless this prevents it.
fn before_submit(session: Session, event: &SubmitEvent) {
    let button = event
        .submitter()
        .map(|button| button.id())
        .unwrap_or_default();
    if button == "test" {
        event.prevent_default();
        session.send_test();
    } else if !session.before_save() {
        event.prevent_default();
    }
}
