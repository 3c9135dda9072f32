//! One route: trying it, changing it, removing it.

use domain::{
    AlertRoute, DataCenter,
    alert::{AlertField, RouteKind},
};
use leptos::prelude::*;

use super::{
    Names, PATH,
    entry::{Entry, Filled, Kind},
    new_route::Via,
};
use crate::ui::banner::{Banner, Tone};

/// A route in a line: its shape, and its host or its recipient. Of a URL nothing else is ever shown.
pub fn shown(route: &AlertRoute) -> String {
    let kind = wording::channel_kind(route.kind);
    match &route.recipient {
        Some(recipient) => ["Email to ", recipient.as_str()].concat(),
        None => [kind, " at ", &route.host].concat(),
    }
}

/// A route.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn RouteRow(
    route: AlertRoute,
    data_centers: Vec<DataCenter>,
    names: Names,
    may_edit: bool,
    filled: Filled,
) -> impl IntoView {
    let title = shown(&route);
    let id = route.id.as_str().to_owned();
    let via = route.via.as_ref().map(|via| {
        [
            "Sent through ",
            &*names.of(via),
            ", and not told of what is wrong with it.",
        ]
        .concat()
    });
    let signed = (route.kind == RouteKind::Webhook).then_some("Signed. URL and secret are saved.");
    let tested = filled.posted().and_then(|posted| posted.tested);
    let tested = tested.map(|outcome| match outcome {
        Ok(()) => view! {
            <Banner tone=Tone::Good title="The test alert was taken.">
                ""
            </Banner>
        }
        .into_any(),
        Err(failure) => view! {
            <Banner tone=Tone::Bad title="The test alert was not taken.">
                <p>{wording::notification_failure(failure)}</p>
            </Banner>
        }
        .into_any(),
    });
    let open = filled
        .posted()
        .is_some_and(|posted| !posted.errors.is_empty());
    let forms = may_edit.then(|| {
        view! {
            <div class="route-forms">
                <form method="post" action=PATH>
                    <input type="hidden" name="id" value=id.clone() />
                    <button
                        name="do"
                        value="test_route"
                        class="button"
                        aria-label=["Send a test alert: ", &title].concat()
                    >
                        "Send a test alert"
                    </button>
                </form>
                <details open=open>
                    <summary aria-label=["Change ", &title].concat()>"Change"</summary>
                    <form method="post" action=PATH class="part">
                        <input type="hidden" name="id" value=id.clone() />
                        <Fields route=route.clone() data_centers filled />
                        <div>
                            <button name="do" value="change_route" class="button">
                                "Save"
                            </button>
                        </div>
                    </form>
                </details>
                <details class="confirm">
                    <summary aria-label=["Remove ", &title].concat()>"Remove"</summary>
                    <form method="post" action=PATH>
                        <p class="help">"It is not told any more, also not of what was wrong already."</p>
                        <input type="hidden" name="id" value=id.clone() />
                        <button name="do" value="remove_route" class="button danger">
                            "Remove "
                            {title.clone()}
                        </button>
                    </form>
                </details>
            </div>
        }
    });
    view! {
        <li class="route">
            <h3>{title}</h3>
            {via.map(|via| view! { <p class="help">{via}</p> })}
            {signed.map(|signed| view! { <p class="help">{signed}</p> })}
            {tested}
            {forms}
        </li>
    }
}

#[component]
fn Fields(route: AlertRoute, data_centers: Vec<DataCenter>, filled: Filled) -> impl IntoView {
    if route.kind == RouteKind::Mail {
        let via = route.via.map(|via| via.to_string()).unwrap_or_default();
        let recipient = route.recipient.map(|to| to.to_string());
        return view! {
            <Via filled=filled.clone() data_centers saved=via />
            <Entry
                filled
                field=AlertField::Recipient
                kind=Kind::Email
                saved=recipient.unwrap_or_default()
            />
        }
        .into_any();
    }
    let is_signed = route.kind == RouteKind::Webhook;
    view! {
        <Entry
            filled=filled.clone()
            field=AlertField::Url
            kind=Kind::Secret
            help="Saved, and never shown. Leave it empty to keep it."
        />
        {is_signed
            .then(|| {
                view! {
                    <Entry
                        filled
                        field=AlertField::Secret
                        kind=Kind::Secret
                        help="Saved, and never shown. Leave it empty to keep it."
                    />
                }
            })}
    }
    .into_any()
}
