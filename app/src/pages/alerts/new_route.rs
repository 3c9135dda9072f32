//! Adding a route.

use domain::{
    DataCenter,
    alert::{AlertField, RouteKind},
};
use leptos::prelude::*;

use crate::{
    form::{
        FormView,
        input::{InputField, InputKind, RadioField, SelectField},
    },
    paths,
};

/// The form. What the chosen shape does not need is hidden by the stylesheet.
#[component]
pub fn NewRoute(data_centers: Vec<DataCenter>, form: FormView<AlertField>) -> impl IntoView {
    let kinds = RouteKind::ALL.iter().copied();
    let kinds = kinds.map(|kind| (kind.code(), wording::channel_kind(kind), ""));
    view! {
        <form
            method="post"
            action=paths::AlertSettings::PATH
            class="part"
            id="add-route"
            aria-labelledby="add-route-title"
        >
            <h3 id="add-route-title">"Tell somebody else"</h3>
            <RadioField
                form=form.clone()
                field=AlertField::Kind
                label=wording::alert_field_label(AlertField::Kind)
                saved=RouteKind::Webhook.code()
                options=kinds.collect()
            />
            <div class="needs-post">
                <InputField
                    form=form.clone()
                    field=AlertField::Url
                    label=wording::alert_field_label(AlertField::Url)
                    kind=InputKind::SECRET
                    help="Where alerts are posted to: https. It is a secret, so it is saved sealed and only its host is shown."
                />
            </div>
            <div class="needs-signature">
                <InputField
                    form=form.clone()
                    field=AlertField::Secret
                    label=wording::alert_field_label(AlertField::Secret)
                    kind=InputKind::SECRET
                    help="whsec_ and the base64 of 24 to 64 random bytes, as the receiver gave it, or of your own making: it then goes to the receiver as well."
                />
            </div>
            <div class="needs-mail">
                <Via form=form.clone() data_centers />
                <InputField
                    form
                    field=AlertField::Recipient
                    label=wording::alert_field_label(AlertField::Recipient)
                    kind=InputKind::EMAIL
                />
            </div>
            <div>
                <button name="do" value="add_route" class="button">
                    "Add"
                </button>
            </div>
        </form>
    }
}

/// The data center that mail goes through.
#[component]
pub fn Via(
    form: FormView<AlertField>,
    data_centers: Vec<DataCenter>,
    #[prop(optional)] saved: String,
) -> impl IntoView {
    let options = data_centers.into_iter();
    let options = options.map(|one| (one.id.to_string(), one.name.to_string()));
    view! {
        <SelectField
            form
            field=AlertField::Via
            label=wording::alert_field_label(AlertField::Via)
            empty="Choose one"
            options=options.collect()
            saved
            help="Of what is wrong with this data center itself it cannot tell: mail never goes through the one that is broken."
        />
    }
}
