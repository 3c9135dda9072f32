//! Adding a route.

use domain::{
    DataCenter,
    alert::{AlertField, RouteKind},
};
use leptos::prelude::*;

use super::{
    PATH,
    entry::{Entry, Filled, Kind, described_by},
};
use crate::ui::entry::Wrong;

/// The form. What the chosen shape does not need is hidden by the stylesheet.
#[component]
pub fn NewRoute(data_centers: Vec<DataCenter>, filled: Filled) -> impl IntoView {
    view! {
        <form
            method="post"
            action=PATH
            class="part"
            id="add-route"
            aria-labelledby="add-route-title"
        >
            <h3 id="add-route-title">"Tell somebody else"</h3>
            <Shapes filled=filled.clone() />
            <div class="needs-post">
                <Entry
                    filled=filled.clone()
                    field=AlertField::Url
                    kind=Kind::Secret
                    help="Where alerts are posted to: https. It is a secret, so it is saved sealed and only its host is shown."
                />
            </div>
            <div class="needs-signature">
                <Entry
                    filled=filled.clone()
                    field=AlertField::Secret
                    kind=Kind::Secret
                    help="whsec_ and the base64 of 24 to 64 random bytes, as the receiver gave it, or of your own making: it then goes to the receiver as well."
                />
            </div>
            <div class="needs-mail">
                <Via filled=filled.clone() data_centers saved=String::new() />
                <Entry filled field=AlertField::Recipient kind=Kind::Email />
            </div>
            <div>
                <button name="do" value="add_route" class="button">
                    "Add"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Shapes(filled: Filled) -> impl IntoView {
    let field = AlertField::Kind;
    let id = filled.id_of(field.name());
    let error = filled.error(field);
    let chosen = filled.typed(field.name(), RouteKind::Webhook.code());
    let described = described_by(&id, error.is_some(), false);
    let invalid = error.is_some().then_some("true");
    let focus = filled.is_first_wrong(field);
    let base = id.clone();
    let shape = |kind: RouteKind| {
        view! {
            <label class="radio">
                <input
                    type="radio"
                    name=field.name()
                    id=[&*base, "-", kind.code()].concat()
                    value=kind.code()
                    checked=kind.code() == chosen
                    autofocus=focus && kind == RouteKind::Webhook
                />
                <span>{wording::channel_kind(kind)}</span>
            </label>
        }
    };
    view! {
        <fieldset
            class="field choice"
            aria-invalid=invalid
            aria-describedby=described
        >
            <legend>{wording::alert_field_label(field)}</legend>
            <div class="radios one-each">
                {RouteKind::ALL.iter().copied().map(shape).collect_view()}
            </div>
            <Wrong id error />
        </fieldset>
    }
}

/// The data center that mail goes through.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Via(filled: Filled, data_centers: Vec<DataCenter>, saved: String) -> impl IntoView {
    let field = AlertField::Via;
    let id = filled.id_of(field.name());
    let error = filled.error(field);
    let chosen = filled.typed(field.name(), saved);
    let option = |data_center: DataCenter| {
        view! {
            <option value=data_center.id.to_string() selected=data_center.id.as_str() == chosen>
                {data_center.name.to_string()}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>{wording::alert_field_label(field)}</label>
            <select
                id=id.clone()
                name=field.name()
                autocomplete="off"
                autofocus=filled.is_first_wrong(field)
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by(&id, error.is_some(), true)
            >
                <option value="">"Choose one"</option>
                {data_centers.into_iter().map(option).collect_view()}
            </select>
            <Wrong id=id.clone() error />
            <p id=[&id, "-help"].concat() class="help">
                "Of what is wrong with this data center itself it cannot tell: mail never goes through the one that is broken."
            </p>
        </div>
    }
}
