//! The form that adds a channel.

use domain::{
    DataCenter,
    alert::{AlertField, ChannelKind},
};
use leptos::prelude::*;

use crate::{
    form::{
        FormView,
        input::{InputField, InputKind, RadioField, SelectField},
    },
    paths,
};

/// The form that adds a channel. The style sheet hides the fields that the selected kind does not
/// need.
#[component]
pub fn NewChannel(data_centers: Vec<DataCenter>, form: FormView<AlertField>) -> impl IntoView {
    let kinds = ChannelKind::ALL.iter().copied();
    let kinds = kinds.map(|kind| (kind.code(), wording::channel_kind(kind), ""));
    view! {
        <form
            method="post"
            action=paths::AlertSettings::PATH
            class="part"
            id="add-channel"
            aria-labelledby="add-channel-title"
        >
            <h3 id="add-channel-title">"Add a channel"</h3>
            <RadioField
                form=form.clone()
                field=AlertField::Kind
                label=wording::alert_field_label(AlertField::Kind)
                saved=ChannelKind::Webhook.code()
                options=kinds.collect()
            />
            <div class="needs-post">
                <InputField
                    form=form.clone()
                    field=AlertField::Url
                    label=wording::alert_field_label(AlertField::Url)
                    kind=InputKind::SECRET
                    help="The https URL that alerts are posted to. It is a secret, so it is stored encrypted and only its host is shown."
                />
            </div>
            <div class="needs-signature">
                <InputField
                    form=form.clone()
                    field=AlertField::Secret
                    label=wording::alert_field_label(AlertField::Secret)
                    kind=InputKind::SECRET
                    help="whsec_ followed by 24 to 64 random bytes in base64. Use the secret of the receiver, or create one and enter it there as well."
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
                <button name="do" value="add_channel" class="button">
                    "Add"
                </button>
            </div>
        </form>
    }
}

/// Choice of the data center that sends the mail.
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
            help="This channel does not report problems of this data center, because it cannot send mail then."
        />
    }
}
