//! One route: trying it, changing it, removing it.

use domain::{
    AlertRoute, DataCenter,
    alert::{AlertField, RouteKind},
};
use leptos::prelude::*;

use super::{Names, TestAlertResult, new_route::Via};
use crate::{
    api,
    form::{
        FormView,
        input::{InputField, InputKind},
    },
    paths,
    ui::banner::{Banner, Tone},
};

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
    form: FormView<AlertField>,
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
    let tested = api::posted::<TestAlertResult>().filter(|tested| tested.channel == id);
    let tested = tested.map(|tested| match tested.outcome {
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
    let open = !form.wrong_fields().is_empty();
    let forms = may_edit.then(|| {
        view! {
            <div class="route-forms">
                <form method="post" action=paths::AlertSettings::PATH>
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
                    <form method="post" action=paths::AlertSettings::PATH class="part">
                        <input type="hidden" name="id" value=id.clone() />
                        <Fields route=route.clone() data_centers form />
                        <div>
                            <button name="do" value="change_route" class="button">
                                "Save"
                            </button>
                        </div>
                    </form>
                </details>
                <details class="confirm">
                    <summary aria-label=["Remove ", &title].concat()>"Remove"</summary>
                    <form method="post" action=paths::AlertSettings::PATH>
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
fn Fields(
    route: AlertRoute,
    data_centers: Vec<DataCenter>,
    form: FormView<AlertField>,
) -> impl IntoView {
    if route.kind == RouteKind::Mail {
        let via = route.via.map(|via| via.to_string()).unwrap_or_default();
        let recipient = route.recipient.map(|to| to.to_string());
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
    let is_signed = route.kind == RouteKind::Webhook;
    view! {
        <InputField
            form=form.clone()
            field=AlertField::Url
            label=wording::alert_field_label(AlertField::Url)
            kind=InputKind::SECRET
            help="Saved, and never shown. Leave it empty to keep it."
        />
        {is_signed
            .then(|| {
                view! {
                    <InputField
                        form
                        field=AlertField::Secret
                        label=wording::alert_field_label(AlertField::Secret)
                        kind=InputKind::SECRET
                        help="Saved, and never shown. Leave it empty to keep it."
                    />
                }
            })}
    }
    .into_any()
}
