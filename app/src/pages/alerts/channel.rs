//! One channel, and the forms that test, change, and remove it.

use domain::{
    AlertChannel, DataCenter,
    alert::{AlertField, ChannelKind},
};
use leptos::prelude::*;

use super::{Names, TestAlertResult, new_channel::Via};
use crate::{
    form::{
        FormView,
        input::{InputField, InputKind},
    },
    paths, request,
    ui::banner::{Banner, Tone},
};

/// Describes a channel in a line: its kind, and its host or recipient. No other part of a URL is
/// ever shown.
pub fn shown(channel: &AlertChannel) -> String {
    let kind = wording::channel_kind(channel.kind);
    match &channel.recipient {
        Some(recipient) => ["Email to ", recipient.as_str()].concat(),
        None => [kind, " at ", &channel.host].concat(),
    }
}

/// A row of the list.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn ChannelRow(
    channel: AlertChannel,
    data_centers: Vec<DataCenter>,
    names: Names,
    may_edit: bool,
    form: FormView<AlertField>,
) -> impl IntoView {
    let title = shown(&channel);
    let id = channel.id.as_str().to_owned();
    let via = channel.via.as_ref().map(|via| {
        [
            "Sent through ",
            &*names.of(via),
            ". Does not report problems of this data center.",
        ]
        .concat()
    });
    let signed =
        (channel.kind == ChannelKind::Webhook).then_some("Signed. URL and secret are saved.");
    let tested = request::posted::<TestAlertResult>().filter(|tested| tested.channel == id);
    let tested = tested.map(|tested| match tested.outcome {
        Ok(()) => view! {
            <Banner tone=Tone::Good title="Test alert delivered">
                ""
            </Banner>
        }
        .into_any(),
        Err(failure) => view! {
            <Banner tone=Tone::Bad title="Test alert not delivered">
                <p>{wording::notification_failure(failure)}</p>
            </Banner>
        }
        .into_any(),
    });
    let open = !form.wrong_fields().is_empty();
    let forms = may_edit.then(|| {
        view! {
            <div class="channel-forms">
                <form method="post" action=paths::AlertSettings::PATH>
                    <input type="hidden" name="id" value=id.clone() />
                    <button
                        name="do"
                        value="test_channel"
                        class="button"
                        aria-label=["Send a test alert: ", &title].concat()
                    >
                        "Send a test alert"
                    </button>
                </form>
                <details open=open>
                    <summary aria-label=["Change ", &title].concat()>"Change"</summary>
                    <form method="post" action=paths::AlertSettings::PATH class="part">
                        <input type="hidden" name="id" value=id.clone() />
                        <Fields channel=channel.clone() data_centers form />
                        <div>
                            <button name="do" value="change_channel" class="button">
                                "Save"
                            </button>
                        </div>
                    </form>
                </details>
                <details class="confirm">
                    <summary aria-label=["Remove ", &title].concat()>"Remove"</summary>
                    <form method="post" action=paths::AlertSettings::PATH>
                        <p class="help">"The channel gets no further notifications, not even when current problems end."</p>
                        <input type="hidden" name="id" value=id.clone() />
                        <button name="do" value="remove_channel" class="button danger">
                            "Remove "
                            {title.clone()}
                        </button>
                    </form>
                </details>
            </div>
        }
    });
    view! {
        <li class="channel">
            <h3>{title}</h3>
            {via.map(|via| view! { <p class="help">{via}</p> })}
            {signed.map(|signed| view! { <p class="help">{signed}</p> })}
            {tested}
            {forms}
        </li>
    }
}

#[component]
fn Fields(
    channel: AlertChannel,
    data_centers: Vec<DataCenter>,
    form: FormView<AlertField>,
) -> impl IntoView {
    if channel.kind == ChannelKind::Mail {
        let via = channel.via.map(|via| via.to_string()).unwrap_or_default();
        let recipient = channel.recipient.map(|to| to.to_string());
        return view! {
            <Via form=form.clone() data_centers saved=via />
            <InputField
                form
                field=AlertField::Recipient
                label=wording::alert_field_label(AlertField::Recipient)
                kind=InputKind::EMAIL
                saved=recipient.unwrap_or_default()
            />
        }
        .into_any();
    }
    let is_signed = channel.kind == ChannelKind::Webhook;
    view! {
        <InputField
            form=form.clone()
            field=AlertField::Url
            label=wording::alert_field_label(AlertField::Url)
            kind=InputKind::SECRET
            help="Saved and never shown. Leave it empty to keep it."
        />
        {is_signed
            .then(|| {
                view! {
                    <InputField
                        form
                        field=AlertField::Secret
                        label=wording::alert_field_label(AlertField::Secret)
                        kind=InputKind::SECRET
                        help="Saved and never shown. Leave it empty to keep it."
                    />
                }
            })}
    }
    .into_any()
}
