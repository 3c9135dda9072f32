//! Which messages are shown.

use domain::{DataCenter, FieldError, MessageState, access::AccessField};
use leptos::prelude::*;

use super::PATH;
use crate::{
    message_query::{MessageQuery, MessageQueryField},
    text,
    ui::entry::Wrong,
};

/// The form: what is looked for most is in sight, the rest one step away. `wrong` is the field that cannot be read.
#[component]
pub fn Filter(
    query: MessageQuery,
    data_centers: Vec<DataCenter>,
    wrong: Option<MessageQueryField>,
) -> impl IntoView {
    let is_set = query.is_set();
    let is = |field| wrong == Some(field);
    let more = !(query.data_center.is_empty() && query.from.is_empty() && query.to.is_empty());
    let several = data_centers.len() > 1 || is(MessageQueryField::DataCenter);
    view! {
        <form method="get" action=PATH class="card filter" id="message-filter" aria-label="Filter">
            <div class="field">
                <label for="search">"Search"</label>
                <input
                    id="search"
                    name="search"
                    type="search"
                    value=query.search
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby="search-help"
                />
                <p id="search-help" class="help">
                    "In subject, addresses and Message-ID."
                </p>
            </div>
            <States chosen=query.state wrong=is(MessageQueryField::State) />
            <details class="more" open=more>
                <summary>"Days and data center"</summary>
                <div class="filter-more">
                    <Day name="from" label="From" value=query.from wrong=is(MessageQueryField::From) />
                    <Day name="to" label="To" value=query.to wrong=is(MessageQueryField::To) />
                    {several
                        .then(|| {
                            view! {
                                <DataCenters
                                    all=data_centers
                                    chosen=query.data_center
                                    wrong=is(MessageQueryField::DataCenter)
                                />
                            }
                        })}
                </div>
            </details>
            <div class="choices">
                <button class="button">"Show"</button>
                {is_set
                    .then(|| {
                        view! {
                            <a href=PATH rel="external" class="button quiet">
                                "Show all"
                            </a>
                        }
                    })}
            </div>
        </form>
    }
}

#[component]
fn States(chosen: String, wrong: bool) -> impl IntoView {
    let option = |state: MessageState| {
        let code = state.code();
        view! {
            <option value=code selected=code == chosen>
                {text::message_state(state)}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for="state">"State"</label>
            <select id="state" name="state" autocomplete="off" aria-invalid=invalid(wrong) aria-describedby=described("state", wrong)>
                <option value="">"All"</option>
                {MessageState::ALL.iter().copied().map(option).collect_view()}
            </select>
            <Wrong id="state".to_owned() error=unknown(wrong) />
        </div>
    }
}

#[component]
fn DataCenters(all: Vec<DataCenter>, chosen: String, wrong: bool) -> impl IntoView {
    let option = |data_center: DataCenter| {
        let id = data_center.id.to_string();
        view! {
            <option value=id.clone() selected=id == chosen>
                {data_center.name.to_string()}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for="data_center">"Data center"</label>
            <select
                id="data_center"
                name="data_center"
                autocomplete="off"
                aria-invalid=invalid(wrong)
                aria-describedby=described("data_center", wrong)
            >
                <option value="">"All"</option>
                {all.into_iter().map(option).collect_view()}
            </select>
            <Wrong id="data_center".to_owned() error=unknown(wrong) />
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
                aria-invalid=invalid(wrong)
                aria-describedby=described(name, wrong)
            />
            <Wrong id=name.to_owned() error />
        </div>
    }
}

fn unknown(wrong: bool) -> Option<String> {
    wrong.then(|| text::field_error(FieldError::UnknownChoice, None).joined())
}

fn invalid(wrong: bool) -> Option<&'static str> {
    wrong.then_some("true")
}

fn described(name: &str, wrong: bool) -> Option<String> {
    wrong.then(|| [name, "-error"].concat())
}
