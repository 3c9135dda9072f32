//! The form of the sending settings.

use domain::{SendingField, SendingForm, SendingLimits, SendingSettings};
use leptos::prelude::*;

use crate::{
    api::SendingPage,
    form::{
        FormView, SendingProblem,
        input::{InputField, InputKind, SwitchField, TextAreaField},
    },
    paths,
    ui::{
        banner::{Banner, Tone},
        error_banner::ErrorBanner,
    },
};

/// The form with the saved values, or with those of a rejected form.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn SendingSettingsForm(page: SendingPage, form: FormView<SendingField>) -> impl IntoView {
    let id = page.data_center.to_string();
    let saved = SendingForm::open(&id, &page.saved);
    let version = form.value("version", saved.version.to_string());
    let newer = match form.problem() {
        Some(SendingProblem::Conflict { version }) => Some(*version),
        _ => None,
    };
    let limits = page.provider.map(SendingLimits::of).unwrap_or_default();
    let number = |field: SendingField, placeholder: String| {
        view! {
            <InputField
                form=form.clone()
                field
                label=wording::sending_field_label(field)
                kind=InputKind::NARROW_NUMBER
                saved=saved.text(field)
                placeholder
                help=wording::sending_field_help(field)
            />
        }
    };
    let limit = |field, limit: Option<u32>| {
        let placeholder = limit.map_or_else(|| "no limit".to_owned(), |limit| limit.to_string());
        number(field, placeholder)
    };
    let of = match page.provider {
        Some(_) if limits == SendingLimits::default() => {
            "An empty field means no limit.".to_owned()
        }
        Some(provider) => [
            "An empty field means the limit of ",
            wording::provider(provider),
            ".",
        ]
        .concat(),
        None => "An empty field means the limit of the provider, once there are SMTP settings."
            .to_owned(),
    };
    let retention = SendingSettings::RETENTION_DAYS.to_string();
    view! {
        <Refused form=form.clone() id=id.clone() />
        <form method="post" action=paths::SendingSettings::PATH id="sending-settings" novalidate>
            <input type="hidden" name="data_center" value=id />
            <input type="hidden" name="version" value=version />
            <section class="card" aria-labelledby="who-title">
                <h2 id="who-title">"From"</h2>
                <TextAreaField
                    form=form.clone()
                    field=SendingField::AllowedFrom
                    label=wording::sending_field_label(SendingField::AllowedFrom)
                    saved=saved.text(SendingField::AllowedFrom).to_owned()
                    help=wording::sending_field_help(SendingField::AllowedFrom)
                >
                    {(!page.from.is_empty())
                        .then(|| {
                            view! {
                                <p class="help">
                                    "The From address of the SMTP settings is always allowed: "
                                    {page.from.clone()} "."
                                </p>
                            }
                        })}
                </TextAreaField>
            </section>
            <section class="card" aria-labelledby="limits-title">
                <h2 id="limits-title">"Limits"</h2>
                <p class="help">{of} " Mail beyond a limit waits. No mail is lost."</p>
                <div class="numbers">
                    {limit(SendingField::PerMinute, limits.per_minute)}
                    {limit(SendingField::PerDay, limits.per_day)}
                    {limit(SendingField::Connections, limits.connections)}
                    {limit(SendingField::Recipients, limits.recipients)}
                </div>
            </section>
            <section class="card" aria-labelledby="kept-title">
                <h2 id="kept-title">"Retention"</h2>
                <SwitchField
                    form=form.clone()
                    name=SendingField::DropContent.name()
                    label=wording::sending_field_label(SendingField::DropContent)
                    saved=!saved.text(SendingField::DropContent).is_empty()
                    help=wording::sending_field_help(SendingField::DropContent)
                />
                {number(SendingField::RetentionDays, retention)}
            </section>
            <div class="actions">
                <button class="button primary">"Save"</button>
                {newer
                    .map(|newer| {
                        view! {
                            <button class="button" name="over" value=newer.to_string()>
                                "Overwrite their changes"
                            </button>
                        }
                    })}
            </div>
        </form>
    }
}

/// Explains why the form was rejected.
#[component]
fn Refused(form: FormView<SendingField>, id: String) -> impl IntoView {
    let banner = match form.problem() {
        None if !form.was_refused() => return None,
        None => {
            let link = |field: SendingField| {
                view! {
                    <li>
                        <a href=["#", field.name()].concat() rel="external">
                            {wording::sending_field_label(field)}
                        </a>
                    </li>
                }
            };
            let links = form.wrong_fields().into_iter().map(link).collect_view();
            view! {
                <Banner tone=Tone::Bad title="Not saved: some fields are invalid">
                    <ul class="summary">
                        {links}
                    </ul>
                </Banner>
            }
            .into_any()
        }
        Some(SendingProblem::Conflict { .. }) => view! {
            <Banner tone=Tone::Careful title="Not saved: another administrator changed these settings">
                <p>"Your input is still here. Review their changes first, or overwrite them."</p>
                <p>
                    <a href=paths::SendingSettings::of(&id) target="_blank" rel="external noopener">
                        "Review their changes in a new tab"
                    </a>
                </p>
            </Banner>
        }
        .into_any(),
        Some(SendingProblem::Other(error)) => {
            view! { <ErrorBanner error=error.clone() /> }.into_any()
        }
    };
    Some(view! { <div id=form.problem_id()>{banner}</div> })
}
