//! Selection of the provider and its preset. A preset never overwrites entered values without
//! asking.

use domain::{Preset, Provider, SmtpField};
use leptos::{html, prelude::*, server_fn::ServerFn as _};

use super::session::Session;
use crate::{
    api::{ApplyPreset, PresetFields},
    form::live::field::Notes,
    ui::browser,
};

/// Returns the preset of a provider on this server.
fn preset_of(session: Session, provider: Provider) -> Option<Preset> {
    match provider {
        Provider::Sandbox => session.sandbox().get_value(),
        provider => Preset::of(provider),
    }
}

fn overwritten(session: Session, fields_of_preset: &PresetFields) -> Vec<SmtpField> {
    let (form, filled) = (session.state().form, session.state().filled);
    form.with_untracked(|form| {
        filled.with_untracked(|filled| {
            let mut fields = form.overwritten_by(&fields_of_preset.preset, filled);
            let typed = form.username.trim();
            let was_typed = !typed.is_empty() && typed != filled.username;
            if !fields_of_preset.username.is_empty()
                && was_typed
                && typed != fields_of_preset.username
            {
                fields.push(SmtpField::Username);
            }
            fields
        })
    })
}

/// Applies the values of a proposal. Asks first if that would overwrite entered values.
pub fn offer(session: Session, fields_of_preset: PresetFields) {
    if overwritten(session, &fields_of_preset).is_empty() {
        fill_in(session, &fields_of_preset);
    } else {
        session.asks_preset().set(Some(fields_of_preset));
    }
}

fn fill_in(session: Session, fields_of_preset: &PresetFields) {
    session.state().edit(|form| {
        form.apply(&fields_of_preset.preset);
        if !fields_of_preset.username.is_empty() {
            form.username.clone_from(&fields_of_preset.username);
        }
        for address in [&mut form.from_address, &mut form.mailbox_email] {
            if address.trim().is_empty() {
                address.clone_from(&fields_of_preset.email);
            }
        }
    });
    session
        .state()
        .filled
        .set(session.state().form.get_untracked());
}

/// The select. Without WASM, a button applies the preset. `overwrite` asks whether it may overwrite
/// entered values.
#[component]
pub fn ProviderField(session: Session, overwrite: bool) -> impl IntoView {
    let state = session.state();
    let has_sandbox = session.sandbox().with_value(Option::is_some);
    let chosen = move || state.form.with(|form| form.provider.clone());
    let opened = untrack(chosen);
    let options = Provider::ALL
        .iter()
        .filter(|provider| has_sandbox || **provider != Provider::Sandbox)
        .map(|provider| {
            let code = provider.code();
            view! {
                <option value=code selected=code == opened>
                    {wording::provider(*provider)}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for="provider">{wording::smtp_field_label(SmtpField::Provider)}</label>
            <div class="with-button">
                <select
                    id="provider"
                    name="form[provider]"
                    aria-describedby="provider-help"
                    prop:value=chosen
                    on:change=move |event| choose(session, &event_target_value(&event))
                >
                    {options}
                </select>
                <button
                    type="submit"
                    class="button quiet no-wasm"
                    id="fill-in"
                    formaction=ApplyPreset::PATH
                >
                    "Fill in"
                </button>
            </div>
            <Notes state field=SmtpField::Provider />
            {overwrite.then(|| view! { <OverwriteQuestion session /> })}
        </div>
    }
}

fn choose(session: Session, code: &str) {
    let provider = Provider::from_code(code).unwrap_or_default();
    match preset_of(session, provider) {
        None => session
            .state()
            .edit(|form| code.clone_into(&mut form.provider)),
        Some(preset) => offer(session, preset.into()),
    }
}

fn names(fields: Vec<SmtpField>) -> impl IntoView {
    let name = |field| view! { <li>{wording::smtp_field_label(field)}</li> };
    view! { <ul>{fields.into_iter().map(name).collect_view()}</ul> }
}

/// The question without WASM.
#[component]
fn OverwriteQuestion(session: Session) -> impl IntoView {
    let provider = session
        .state()
        .form
        .with_untracked(|form| Provider::from_code(&form.provider));
    let preset = provider.and_then(|provider| preset_of(session, provider));
    let fields_of_preset = preset.map(PresetFields::from);
    fields_of_preset.map(|fields_of_preset| {
        view! {
            <div class="banner careful no-wasm" role="status">
                <p class="banner-title">"Replace what you typed?"</p>
                <p>"The preset replaces these values:"</p>
                {names(overwritten(session, &fields_of_preset))}
                <button
                    type="submit"
                    class="button"
                    formaction=ApplyPreset::PATH
                    name="overwrite"
                    value="true"
                >
                    "Replace"
                </button>
            </div>
        }
    })
}

/// The question with WASM.
#[component]
pub fn PresetDialog(session: Session) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let asks = session.asks_preset().with(Option::is_some);
        if let Some(dialog) = dialog.get() {
            if asks && !dialog.open() {
                let _ = dialog.show_modal();
            } else if !asks {
                dialog.close();
            }
        }
    });
    let replace = move |_| {
        if let Some(fields_of_preset) = session.asks_preset().get_untracked() {
            fill_in(session, &fields_of_preset);
        }
        session.asks_preset().set(None);
    };
    // If the user declined, the select still shows the new option and is reset.
    let closed = move |_| {
        session.asks_preset().set(None);
        session
            .state()
            .form
            .with_untracked(|form| browser::choose("provider", &form.provider));
    };
    let fields = move || {
        session
            .asks_preset()
            .get()
            .map(|fields_of_preset| names(overwritten(session, &fields_of_preset)))
    };
    view! {
        <dialog node_ref=dialog class="dialog" aria-labelledby="preset-question" on:close=closed>
            <h2 id="preset-question">"Replace what you typed?"</h2>
            <p>"The preset replaces the values you typed in these fields:"</p>
            {fields}
            <div class="choices">
                <button type="button" class="button primary" id="preset-replace" on:click=replace>
                    "Replace"
                </button>
                <button
                    type="button"
                    class="button"
                    id="preset-keep"
                    on:click=move |_| session.asks_preset().set(None)
                >
                    "Keep my values"
                </button>
            </div>
        </dialog>
    }
}
