//! Making an API key.

use domain::{DataCenter, KeyScope, access::AccessField};
use leptos::prelude::*;

use super::PATH;
use crate::ui::{
    entry::{Entry, EntryKind, Wrong},
    sheet::{Sheet, SheetProblem},
};

/// The form.
#[component]
pub fn NewKey(sheet: Sheet, data_centers: Vec<DataCenter>) -> impl IntoView {
    view! {
        <form method="post" action=PATH class="part" id="make-key" aria-labelledby="make-key-title">
            <h3 id="make-key-title">"Make a key"</h3>
            <SheetProblem sheet=sheet.clone() />
            <Entry
                sheet=sheet.clone()
                field=AccessField::Name
                label="Name"
                kind=EntryKind::NAME
                help="What it is for, such as the program that will use it."
            />
            <Scopes sheet=sheet.clone() />
            <OneOrAll sheet=sheet.clone() data_centers />
            <Entry
                sheet
                field=AccessField::Expires
                label="Last day"
                kind=EntryKind::DAY
                help="Good until this day ends (UTC). Empty: until you end it."
            />
            <div>
                <button name="do" value="make_key" class="button">
                    "Make key"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Scopes(sheet: Sheet) -> impl IntoView {
    let error = sheet.error(AccessField::Scopes);
    let invalid = error.is_some().then_some("true");
    let id = sheet.id_of(AccessField::Scopes.name());
    let scope = |scope: KeyScope| {
        let typed = !sheet.typed(scope.code()).is_empty();
        let focus = scope == KeyScope::ALL[0] && sheet.is_first_wrong(AccessField::Scopes);
        view! {
            <label class="radio">
                <input type="checkbox" name=scope.code() value="on" checked=typed autofocus=focus />
                <span>{wording::key_scope(scope)} " (" <code>{scope.code()}</code> ")"</span>
            </label>
        }
    };
    view! {
        <fieldset
            class="field choice"
            aria-invalid=invalid
            aria-describedby=sheet.described_by(AccessField::Scopes, false)
        >
            <legend>"The key may"</legend>
            <div class="radios one-each">
                {KeyScope::ALL.iter().copied().map(scope).collect_view()}
            </div>
            <Wrong id error />
        </fieldset>
    }
}

#[component]
fn OneOrAll(sheet: Sheet, data_centers: Vec<DataCenter>) -> impl IntoView {
    let field = AccessField::DataCenter;
    let id = sheet.id_of(field.name());
    let error = sheet.error(field);
    let chosen = sheet.typed(field.name());
    let option = |data_center: DataCenter| {
        view! {
            <option value=data_center.id.to_string() selected=data_center.id.as_str() == chosen>
                {data_center.name.to_string()}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>"Data center"</label>
            <select
                id=id.clone()
                name=field.name()
                autocomplete="off"
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=sheet.described_by(field, false)
            >
                <option value="">"All data centers"</option>
                {data_centers.into_iter().map(option).collect_view()}
            </select>
            <Wrong id error />
        </div>
    }
}
