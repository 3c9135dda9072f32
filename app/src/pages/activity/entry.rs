//! One entry.

use domain::{Actor, AuditEntry, Change};
use leptos::prelude::*;

use crate::{text, ui::when::When};

/// When, who, from where, what, and what changed.
#[component]
pub fn ActivityEntry(entry: AuditEntry) -> impl IntoView {
    let record = entry.record;
    let actor = record.actor.who.name();
    let sentence = text::sentence(record.action, actor, &record.subject);
    let subject = sentence
        .after
        .map(|_| view! { <strong><bdi>{record.subject}</bdi></strong> });
    let end = [sentence.after.unwrap_or_default(), "."].concat();
    let changes = (!record.changes.is_empty()).then(|| {
        view! { <ul class="changes">{record.changes.into_iter().map(changed).collect_view()}</ul> }
    });
    view! {
        <li id=["entry-", &entry.sequence.to_string()].concat() data-action=record.action.code()>
            <p class="entry-head">
                <When at=record.at />
                {from(&record.actor)}
            </p>
            <p>{who(&record.actor)} " " {sentence.before} {subject} {end}</p>
            {changes}
        </li>
    }
}

fn who(actor: &Actor) -> impl IntoView + use<> {
    let (words, name) = text::who(&actor.who);
    let name = name.to_owned();
    view! {
        {words}
        {(!name.is_empty()).then(|| view! { <strong><bdi>{name}</bdi></strong> })}
    }
}

fn from(actor: &Actor) -> impl IntoView + use<> {
    let address = actor.address.clone();
    (!address.is_empty()).then(|| view! { <span>"from " {address}</span> })
}

fn changed(change: Change) -> impl IntoView {
    let label = text::changed_field(&change.field);
    let value = match (change.secret, change.old, change.new) {
        (true, ..) => "secret changed".into_any(),
        (false, Some(old), Some(new)) => view! {
            <del><bdi>{shown(old)}</bdi></del>
            " → "
            <ins><bdi>{shown(new)}</bdi></ins>
        }
        .into_any(),
        (false, Some(old), None) => view! {
            <del><bdi>{shown(old)}</bdi></del>
            " → nothing"
        }
        .into_any(),
        (false, None, Some(new)) => view! { <bdi>{shown(new)}</bdi> }.into_any(),
        (false, None, None) => "nothing".into_any(),
    };
    view! { <li>{label} ": " {value}</li> }
}

fn shown(value: String) -> String {
    if value.is_empty() {
        "(empty)".to_owned()
    } else {
        value
    }
}
