//! Section "Alert conditions".

use domain::{
    AlertKind, AlertSettings, DailyCheck, DataCenter, UnixTime,
    alert::{AlertField, AlertSettingsForm},
};
use leptos::prelude::*;

use crate::{
    form::{
        FormView,
        input::{ErrorText, InputField, InputKind, SwitchField},
    },
    paths,
    ui::when::When,
};

/// The conditions that raise alerts, and their thresholds.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Conditions(
    settings: AlertSettings,
    data_centers: Vec<DataCenter>,
    checks: Vec<DailyCheck>,
    may_edit: bool,
    form: FormView<AlertField>,
) -> impl IntoView {
    let kind = |kind: AlertKind| {
        let id = form.id_of(kind.code());
        view! {
            <label class="radio">
                <input
                    type="checkbox"
                    id=id.clone()
                    name=kind.code()
                    value="on"
                    checked=form.is_on(kind.code(), settings.kinds.contains(&kind))
                    aria-describedby=[&id, "-help"].concat()
                />
                <span>{wording::alert_kind(kind)}</span>
            </label>
            <p class="help" id=[&id, "-help"].concat()>
                {wording::alert_kind_help(kind)}
            </p>
        }
    };
    let version = settings.version.to_string();
    let notes = data_centers
        .into_iter()
        .map(|data_center| {
            let check = checks
                .iter()
                .find(|check| check.data_center == data_center.id);
            view! {
                <Notes
                    data_center
                    settings=settings.clone()
                    check=check.cloned()
                    form=form.clone()
                />
            }
        })
        .collect_view();
    view! {
        <form
            method="post"
            action=paths::AlertSettings::PATH
            class="card"
            id="alert-settings"
            aria-labelledby="alert-settings-title"
        >
            <h2 id="alert-settings-title">"Alert conditions"</h2>
            <fieldset class="editable" disabled=!may_edit>
                <legend class="visually-hidden">"Alert conditions"</legend>
                <input type="hidden" name="version" value=version />
                <fieldset class="field choice">
                    <legend>{wording::alert_field_label(AlertField::Kinds)}</legend>
                    <div class="kinds">
                        {AlertKind::ALL.iter().copied().map(kind).collect_view()}
                    </div>
                </fieldset>
                <InputField
                    form=form.clone()
                    field=AlertField::OutboxMinutes
                    label=wording::alert_field_label(AlertField::OutboxMinutes)
                    kind=InputKind::NUMBER
                    saved=settings.outbox_minutes.to_string()
                />
                <InputField
                    form=form.clone()
                    field=AlertField::DaysBefore
                    label=wording::alert_field_label(AlertField::DaysBefore)
                    kind=InputKind::NUMBER
                    saved=settings.days_before.to_string()
                    help="Applies to client secrets that expire, and to unused grants that end."
                />
                <SwitchField
                    form
                    name="daily_check"
                    label="Check every data center once a day"
                    saved=settings.daily_check
                    help="Each data center is checked at its own time of day. A check connects and signs in, but sends no message."
                />
                {notes}
                {may_edit
                    .then(|| {
                        view! {
                            <div>
                                <button name="do" value="save_alerts" class="button primary">
                                    "Save"
                                </button>
                            </div>
                        }
                    })}
            </fieldset>
        </form>
    }
}

/// Facts about one data center that only administrators know.
#[component]
fn Notes(
    data_center: DataCenter,
    settings: AlertSettings,
    check: Option<DailyCheck>,
    form: FormView<AlertField>,
) -> impl IntoView {
    let field = AlertField::ClientSecretExpires;
    let notes = settings.notes_of(&data_center.id);
    let expires = [AlertSettingsForm::EXPIRES, data_center.id.as_str()].concat();
    let testing = [AlertSettingsForm::TESTING, data_center.id.as_str()].concat();
    let (id, testing_id) = (
        form.id_of(&["expires-", data_center.id.as_str()].concat()),
        form.id_of(&["testing-", data_center.id.as_str()].concat()),
    );
    let saved = notes.client_secret_expires.map(UnixTime::date);
    let typed = form.value(&expires, saved.unwrap_or_default());
    let is_day = typed.is_empty() || domain::UnixTime::of_day(&typed).is_some();
    let error = form.error(field).filter(|_| !is_day);
    let described_by = if error.is_some() {
        [&*id, "-error ", &id, "-help"].concat()
    } else {
        [&*id, "-help"].concat()
    };
    let check = check.filter(|check| check.finished).map(|check| {
        let outcome = match check.finding {
            Some(finding) => wording::explain(&finding).cause,
            None => "No problems found.".to_owned(),
        };
        view! {
            <p class="help">
                "Last daily check: " <When at=check.started_at /> ". " {outcome}
            </p>
        }
    });
    view! {
        <fieldset class="part">
            <legend><bdi>{data_center.name.to_string()}</bdi></legend>
            <div class="field">
                <label for=id.clone()>{wording::alert_field_label(field)}</label>
                <input
                    id=id.clone()
                    name=expires
                    type="date"
                    value=typed
                    autocomplete="off"
                    autofocus=error.is_some() && form.is_first_wrong(field)
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described_by
                />
                <ErrorText id=id.clone() error />
                <p class="help" id=[&id, "-help"].concat()>
                    "The expiry date that the provider showed for the secret. Leave it empty if you do not know it."
                </p>
            </div>
            <label class="radio">
                <input
                    type="checkbox"
                    id=testing_id
                    value="on"
                    checked=form.is_on(&testing, notes.in_testing)
                    name=testing
                />
                <span>"The OAuth client is in \u{201c}Testing\u{201d} at Google"</span>
            </label>
            {check}
        </fieldset>
    }
}
