//! The form about sending.

use domain::{FormErrors, SendingField, SendingForm, SendingLimits, SendingSettings};
use leptos::prelude::*;

use super::{
    PATH,
    fields::{Addresses, DropContent, Filled, Number},
};
use crate::{
    api::SendingPage,
    paths,
    posted::{SendingPosted, SendingRefusal},
    ui::{
        banner::{Banner, Tone},
        error_banner::ErrorBanner,
    },
};

/// The form, opened or refused.
#[component]
pub fn SendingSettingsForm(page: SendingPage, posted: Option<SendingPosted>) -> impl IntoView {
    let id = page.data_center.to_string();
    let (form, refused) = match posted {
        Some(posted) => (posted.form, Some(posted.refused)),
        None => (SendingForm::open(&id, &page.saved), None),
    };
    let version = form.version.to_string();
    let errors = match &refused {
        Some(SendingRefusal::Fields(errors)) => errors.clone(),
        _ => FormErrors::default(),
    };
    let newer = match &refused {
        Some(SendingRefusal::Conflict { version }) => Some(*version),
        _ => None,
    };
    let filled = Filled { form, errors };
    let limits = page.provider.map(SendingLimits::of).unwrap_or_default();
    let number = |field, limit: Option<u32>| {
        let placeholder = limit.map_or_else(|| "no limit".to_owned(), |limit| limit.to_string());
        view! { <Number filled=filled.clone() field placeholder /> }
    };
    let of = match page.provider {
        Some(_) if limits == SendingLimits::default() => {
            "An empty field means no limit.".to_owned()
        }
        Some(provider) => [
            "An empty field means what ",
            wording::provider(provider),
            " takes.",
        ]
        .concat(),
        None => {
            "An empty field means what the provider takes, once there are SMTP settings.".to_owned()
        }
    };
    let retention = SendingSettings::RETENTION_DAYS.to_string();
    view! {
        {refused.map(|refused| view! { <Refused refused id=id.clone() /> })}
        <form method="post" action=PATH id="sending-settings" novalidate>
            <input type="hidden" name="data_center" value=id />
            <input type="hidden" name="version" value=version />
            <section class="card" aria-labelledby="who-title">
                <h2 id="who-title">"From"</h2>
                <Addresses filled=filled.clone() own=page.from />
            </section>
            <section class="card" aria-labelledby="limits-title">
                <h2 id="limits-title">"Limits"</h2>
                <p class="help">{of} " Mail beyond a limit waits; none is lost."</p>
                <div class="numbers">
                    {number(SendingField::PerMinute, limits.per_minute)}
                    {number(SendingField::PerDay, limits.per_day)}
                    {number(SendingField::Connections, limits.connections)}
                    {number(SendingField::Recipients, limits.recipients)}
                </div>
            </section>
            <section class="card" aria-labelledby="kept-title">
                <h2 id="kept-title">"What is kept"</h2>
                <DropContent filled=filled.clone() />
                <Number filled field=SendingField::RetentionDays placeholder=retention />
            </section>
            <div class="actions">
                <button class="button primary">"Save"</button>
                {newer
                    .map(|newer| {
                        view! {
                            <button class="button" name="over" value=newer.to_string()>
                                "Save over theirs"
                            </button>
                        }
                    })}
            </div>
        </form>
    }
}

/// Why the form was refused.
#[component]
fn Refused(refused: SendingRefusal, id: String) -> impl IntoView {
    match refused {
        SendingRefusal::Fields(errors) => {
            let link = |(field, _): (SendingField, _)| {
                let href = ["#", field.name()].concat();
                view! {
                    <li>
                        <a href=href rel="external">
                            {wording::sending_field_label(field)}
                        </a>
                    </li>
                }
            };
            view! {
                <Banner tone=Tone::Bad title="Not saved: some fields need another value">
                    <ul class="summary">{errors.iter().map(link).collect_view()}</ul>
                </Banner>
            }
            .into_any()
        }
        SendingRefusal::Conflict { .. } => view! {
            <Banner tone=Tone::Careful title="Not saved: somebody else saved these settings meanwhile">
                <p>"What you typed is still here. Look at theirs first, or save yours over them."</p>
                <p>
                    <a
                        href=paths::SendingSettings::of(&id)
                        target="_blank"
                        rel="external noopener"
                    >
                        "Look at theirs in a new tab"
                    </a>
                </p>
            </Banner>
        }
        .into_any(),
        SendingRefusal::Other(error) => view! { <ErrorBanner error /> }.into_any(),
    }
}
