//! The form with its sections and buttons, and its submission.

use domain::{RedirectUrl, SmtpForm};
use leptos::{
    ev::{SubmitEvent, beforeunload},
    prelude::*,
    server_fn::ServerFn,
};

use super::{
    PageQuery, actions::Actions, authentication::AuthenticationSection, check::CheckSection,
    connection::ConnectionSection, data_centers::DataCenterForms, discovery::use_proposal,
    outcome::Outcome, presets::PresetDialog, session::Session,
};
use crate::{
    api::{SaveSmtpSettings, SendTestEmail, SmtpPage},
    form::live::{FormState, PostForm, typed_before_start},
};

const FORM: &str = "smtp-settings";

/// The settings form of one data center.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn SettingsForm(page: SmtpPage, query: PageQuery) -> impl IntoView {
    let session = Session::open(page, &query);
    let state = session.state();
    // Read before the view binds the inputs, which resets them to the values from the server.
    let typed = is_browser().then(|| state.form.with_untracked(typed_before_start));
    Effect::new(move |_| start(state, typed.clone()));
    Effect::new(move |_| {
        document().set_title(if state.dirty.get() {
            "● Settings :: SMTP (unsaved) – Mailgrant"
        } else {
            "Settings :: SMTP – Mailgrant"
        });
    });
    let hidden = move |read: fn(&SmtpForm) -> String| move || state.form.with(read);
    let (may_edit, may_test) = (session.may_edit(), session.may_test());
    view! {
        <p class="mandatory-note">
            <span class="mandatory" aria-hidden="true">
                "*"
            </span>
            " mandatory"
        </p>
        <DataCenterForms session />
            <PostForm id=FORM action=SaveSmtpSettings::url() submit=Callback::new(move |event| submit(session, &event))>
                // The Enter key activates the first button of a form.
                <button
                    type="submit"
                    class="default-button"
                    tabindex="-1"
                    aria-hidden="true"
                    formaction=(!may_edit).then_some(SendTestEmail::url())
                    disabled=!may_test
                >
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
                <Outcome session />
                <ConnectionSection session overwrite=query.overwrite again=query.draft />
                <AuthenticationSection session again=query.draft />
                {may_test.then(|| view! { <CheckSection session /> })}
                {may_edit.then(|| view! { <Actions session /> })}
            </PostForm>
        <PresetDialog session />
    }
}

/// Starts the page in the browser. Runs once.
fn start(state: FormState, typed: Option<SmtpForm>) {
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

/// Performs the action of the pressed button.
fn submit(session: Session, event: &SubmitEvent) {
    let button = event.submitter();
    let id = button
        .as_ref()
        .map(|button| button.id())
        .unwrap_or_default();
    match id.as_str() {
        "test" => session.send_test(),
        "check" | "check-again" => session.send_check(),
        "stop" => session.stop(),
        "run-again" => {
            let recipient = button.and_then(|button| button.get_attribute("value"));
            session.run_again(recipient.unwrap_or_default());
        }
        "remedy" => {
            let choice = button.and_then(|button| button.get_attribute("value"));
            session.remedy(&choice.unwrap_or_default());
        }
        "save-over" => session.send_save(session.newer_version()),
        id if id.starts_with("proposal-") => use_proposal(session, id),
        _ if !session.may_edit() => session.send_test(),
        _ => session.send_save(None),
    }
}
