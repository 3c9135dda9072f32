//! One entry of the audit log.

use domain::{Actor, AuditEntry, Change, DataCenter};
use leptos::prelude::*;

use crate::ui::{data_center::data_center_name, when::When};

/// Time, actor, address, action, and changes. Data centers are shown by name.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn ActivityEntry(entry: AuditEntry, data_centers: Vec<DataCenter>) -> impl IntoView {
    let record = entry.record;
    let actor = record.actor.who.name();
    let sentence = wording::audit_sentence(record.action, actor, &record.subject);
    let is_data_center = record.action.is_about_data_center();
    let subject = sentence.after.map(|_| {
        let id = record.subject;
        if is_data_center {
            let name = data_center_name(&data_centers, &id);
            view! { <strong title=id><bdi>{name}</bdi></strong> }.into_any()
        } else {
            view! { <strong><bdi>{id}</bdi></strong> }.into_any()
        }
    });
    let end = [sentence.after.unwrap_or_default(), "."].concat();
    let changes = (!record.changes.is_empty()).then(|| {
        let changes = record.changes.into_iter();
        let changes = changes.map(|change| changed(with_names(change, &data_centers)));
        view! { <ul class="changes">{changes.collect_view()}</ul> }
    });
    view! {
        <li id=["entry-", &entry.sequence.to_string()].concat() data-action=record.action.code()>
            <p class="entry-head">
                <When at=record.at />
                {from(&record.actor)}
            </p>
            <p>{actor_view(&record.actor)} " " {sentence.before} {subject} {end}</p>
            {changes}
        </li>
    }
}

fn actor_view(actor: &Actor) -> impl IntoView + use<> {
    let (words, name) = wording::actor(&actor.who);
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

/// Returns the change with names in place of the IDs of data centers.
fn with_names(change: Change, data_centers: &[DataCenter]) -> Change {
    if !matches!(&*change.field, "data_center" | "via") {
        return change;
    }
    let name = |id: Option<String>| id.map(|id| data_center_name(data_centers, &id));
    Change {
        old: name(change.old),
        new: name(change.new),
        ..change
    }
}

fn changed(change: Change) -> impl IntoView {
    let label = wording::changed_field(&change.field);
    let value = match (change.secret, change.old, change.new) {
        (true, ..) => "secret changed".into_any(),
        (false, Some(old), Some(new)) => view! {
            <del><bdi>{value_view(old)}</bdi></del>
            " → "
            <ins><bdi>{value_view(new)}</bdi></ins>
        }
        .into_any(),
        (false, Some(old), None) => view! {
            <del><bdi>{value_view(old)}</bdi></del>
            " → nothing"
        }
        .into_any(),
        (false, None, Some(new)) => view! { <bdi>{value_view(new)}</bdi> }.into_any(),
        (false, None, None) => "nothing".into_any(),
    };
    view! { <li>{label} ": " {value}</li> }
}

fn value_view(value: String) -> String {
    if value.is_empty() {
        "(empty)".to_owned()
    } else {
        value
    }
}
