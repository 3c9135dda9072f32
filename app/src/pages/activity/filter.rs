//! Which entries are shown.

use domain::{AuditAction, FieldError, access::AccessField};
use leptos::prelude::*;

use super::address;
use crate::{
    activity_query::{ActivityField, ActivityQuery},
    text,
    ui::entry::Wrong,
};

/// The form. `wrong` is the field that cannot be read.
#[component]
pub fn Filter(query: ActivityQuery, wrong: Option<ActivityField>) -> impl IntoView {
    let export = address("/activity/export", &query, None);
    let is_set = query != ActivityQuery::default();
    view! {
        <form method="get" action="/activity" class="card filter" id="activity-filter" aria-label="Filter">
            <Text name="who" label="Who" help="A user name, or the name of an API key." value=query.who />
            <Actions chosen=query.action wrong=wrong == Some(ActivityField::Action) />
            <Text name="subject" label="About" help="A data center, an account or an API key." value=query.subject />
            <Day name="from" label="From" value=query.from wrong=wrong == Some(ActivityField::From) />
            <Day name="to" label="To" value=query.to wrong=wrong == Some(ActivityField::To) />
            <div class="choices">
                <button class="button">"Show"</button>
                {is_set
                    .then(|| {
                        view! {
                            <a href="/activity" rel="external" class="button quiet">
                                "Show all"
                            </a>
                        }
                    })}
                <a href=export rel="external" class="button quiet" id="export" download>
                    "Export"
                </a>
            </div>
        </form>
    }
}

#[component]
fn Text(
    name: &'static str,
    label: &'static str,
    help: &'static str,
    value: String,
) -> impl IntoView {
    let help_id = [name, "-help"].concat();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type="text"
                value=value
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=help_id.clone()
            />
            <p id=help_id class="help">
                {help}
            </p>
        </div>
    }
}

#[component]
fn Day(name: &'static str, label: &'static str, value: String, wrong: bool) -> impl IntoView {
    let error =
        wrong.then(|| text::access_error(AccessField::Expires, FieldError::NotADate).joined());
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type="date"
                value=value
                aria-invalid=wrong.then_some("true")
                aria-describedby=wrong.then(|| [name, "-error"].concat())
            />
            <Wrong id=name.to_owned() error />
        </div>
    }
}

#[component]
fn Actions(chosen: String, wrong: bool) -> impl IntoView {
    let error = wrong.then(|| text::field_error(FieldError::UnknownChoice, None).joined());
    let option = |action: AuditAction| {
        let code = action.code();
        view! {
            <option value=code selected=code == chosen>
                {text::action(action)}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for="action">"What"</label>
            <select
                id="action"
                name="action"
                aria-invalid=wrong.then_some("true")
                aria-describedby=wrong.then_some("action-error")
            >
                <option value="">"Everything"</option>
                {AuditAction::ALL.iter().copied().map(option).collect_view()}
            </select>
            <Wrong id="action".to_owned() error />
        </div>
    }
}
