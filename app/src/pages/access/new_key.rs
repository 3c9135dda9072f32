//! The form that creates an API key.

use domain::{DataCenter, KeyScope, Sender, access::AccessField};
use leptos::prelude::*;

use crate::{
    form::{
        FormView, ProblemBanner,
        input::{ErrorText, InputField, InputKind, SelectField},
    },
    paths,
};

/// The form that creates an API key.
#[component]
pub fn NewKey(
    form: FormView<AccessField>,
    data_centers: Vec<DataCenter>,
    senders: Vec<Sender>,
) -> impl IntoView {
    let options = data_centers.into_iter();
    let options = options.map(|one| (one.id.to_string(), one.name.to_string()));
    let senders = senders.into_iter().map(|one| one.name.to_string());
    let senders: Vec<_> = senders.map(|name| (name.clone(), name)).collect();
    // A select without a choice would only raise questions.
    let sender = (!senders.is_empty()).then(|| {
        view! {
            <SelectField
                form=form.clone()
                field=AccessField::Sender
                label="Sender"
                empty="No sender"
                options=senders
                help="Mail with this key is subject to the rules and limits of the sender, and is sent from its data center."
            />
        }
    });
    view! {
        <form method="post" action=paths::AccessSettings::PATH class="part" id="make-key" aria-labelledby="make-key-title">
            <h3 id="make-key-title">"Create a key"</h3>
            <ProblemBanner form=form.clone() />
            <InputField
                form=form.clone()
                field=AccessField::Name
                label="Name"
                kind=InputKind::NAME
                help="For example, the program that will use it."
            />
            <Scopes form=form.clone() />
            <SelectField
                form=form.clone()
                field=AccessField::DataCenter
                label="Data center"
                empty="All data centers"
                options=options.collect()
            />
            {sender}
            <InputField
                form
                field=AccessField::Expires
                label="Last day"
                kind=InputKind::DAY
                help="The key expires at the end of this day (UTC). Leave it empty for a key that does not expire."
            />
            <div>
                <button name="do" value="make_key" class="button">
                    "Create key"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Scopes(form: FormView<AccessField>) -> impl IntoView {
    let error = form.error(AccessField::Scopes);
    let invalid = error.is_some().then_some("true");
    let id = form.id_of(AccessField::Scopes.name());
    let scope = |scope: KeyScope| {
        let typed = form.is_on(scope.code(), false);
        let focus = scope == KeyScope::ALL[0] && form.is_first_wrong(AccessField::Scopes);
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
            aria-describedby=form.described_by(AccessField::Scopes, false)
        >
            <legend>"The key may"</legend>
            <div class="radios one-each">
                {KeyScope::ALL.iter().copied().map(scope).collect_view()}
            </div>
            <ErrorText id error />
        </fieldset>
    }
}
