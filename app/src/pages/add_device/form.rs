//! The second step: name, data center, sign-in, and From address.

use domain::{DataCenter, DataCenterId, DeviceField, DeviceKind, SignInWay};
use leptos::prelude::*;

use super::problems::Problems;
use crate::{
    api::DevicePage,
    form::{
        FormView,
        input::{FieldFrame, InputField, InputKind, RadioField, SwitchField, TextAreaField},
    },
    paths,
    ui::{
        banner::{Banner, Tone},
        error_banner::ErrorBanner,
    },
};

/// The form of the sender, with the rules for its kind.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn DeviceSettings(
    page: DevicePage,
    kind: DeviceKind,
    form: FormView<DeviceField>,
) -> impl IntoView {
    let label = wording::device_field_label;
    let several = page.data_centers.len() > 1;
    let only_from = page.data_centers.first().and_then(|(_, from)| from.clone());
    // With several data centers, the address depends on the choice.
    let saved_from = only_from.filter(|_| !several).unwrap_or_default();
    let from_help = if several {
        "Leave it empty for the address of the data center. Your provider must accept another one."
    } else if saved_from.is_empty() {
        "The data center has no SMTP settings yet. Enter the address that it will send from."
    } else {
        "The address of the data center. Your provider must accept another one."
    };
    let confirms = form.error(DeviceField::Networks).is_some()
        || form.is_on(DeviceField::ConfirmNetworks.name(), false);
    let ways = vec![
        (
            SignInWay::Password.code(),
            "User name and password",
            "Mailgrant creates both.",
        ),
        (
            SignInWay::Address.code(),
            "By its address",
            "For old devices that cannot sign in. Everyone at this address can send in its name.",
        ),
    ];
    view! {
        <Refused form=form.clone() />
        <Problems service=page.submission.clone() kind />
        <form method="post" action=paths::AddDevice::PATH id="add-device" class="card" novalidate>
            <input type="hidden" name="kind" value=kind.code() />
            <p>
                <strong>{wording::device_kind(kind)}</strong>
                " "
                <a href=paths::AddDevice::PATH rel="external">
                    "Change"
                </a>
            </p>
            <InputField
                form=form.clone()
                field=DeviceField::Name
                label=label(DeviceField::Name)
                kind=InputKind::NAME
                saved=wording::device_name(kind)
                help="You find the device under this name later. Its place helps: Printer, 2nd floor."
            />
            {several
                .then(|| view! { <DataCenterField form=form.clone() all=page.data_centers.clone() /> })}
            <RadioField
                form=form.clone()
                field=DeviceField::SignIn
                label=label(DeviceField::SignIn)
                saved=SignInWay::Password.code()
                options=ways
            />
            <div class="nested needs-address">
                <TextAreaField
                    form=form.clone()
                    field=DeviceField::Networks
                    label=label(DeviceField::Networks)
                    saved=String::new()
                    help="Such as 192.168.1.20 or 192.168.1.0/24. Give the device a fixed address."
                >
                    ""
                </TextAreaField>
                {confirms
                    .then(|| {
                        view! {
                            <SwitchField
                                form=form.clone()
                                name=DeviceField::ConfirmNetworks.name()
                                label=label(DeviceField::ConfirmNetworks)
                                saved=false
                                help="Everyone at an address that can be reached from the internet could send without a password."
                            />
                        }
                    })}
            </div>
            <InputField
                form
                field=DeviceField::From
                label=label(DeviceField::From)
                kind=InputKind::TEXT
                saved=saved_from
                help=from_help
            />
            <section class="part" aria-labelledby="rules-title">
                <h2 id="rules-title">"Rules"</h2>
                <ul class="rules">
                    <li>"Messages without a From address get the one above."</li>
                    <li>{wording::device_rule(kind)}</li>
                    <li>"It may send to everyone, without a limit of its own."</li>
                </ul>
                <p class="help">"You can change them later on the page Senders."</p>
            </section>
            <div>
                <button class="button primary">"Add device"</button>
            </div>
        </form>
    }
}

/// The choice of the data center, with the From address of each.
#[component]
fn DataCenterField(
    form: FormView<DeviceField>,
    all: Vec<(DataCenter, Option<String>)>,
) -> impl IntoView {
    let field = DeviceField::DataCenter;
    let id = form.id_of(field.name());
    let error = form.error(field);
    let chosen = form.value(field.name(), DataCenterId::DEFAULT);
    let option = move |(data_center, from): (DataCenter, Option<String>)| {
        let is_chosen = data_center.id.as_str() == chosen;
        let from = from.unwrap_or_else(|| "no SMTP settings yet".to_owned());
        view! {
            <option value=data_center.id.to_string() selected=is_chosen>
                {format!("{} ({from})", data_center.name)}
            </option>
        }
    };
    view! {
        <FieldFrame id=id.clone() label=wording::device_field_label(field) error=error.clone()>
            <select
                id=id
                name=field.name()
                autocomplete="off"
                autofocus=form.is_first_wrong(field)
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=form.described_by(field, false)
            >
                {all.into_iter().map(option).collect_view()}
            </select>
        </FieldFrame>
    }
}

/// Explains why the device was not added.
#[component]
fn Refused(form: FormView<DeviceField>) -> impl IntoView {
    if let Some(error) = form.problem() {
        return Some(
            view! {
                <div id=form.problem_id()>
                    <ErrorBanner error=error.clone() />
                </div>
            }
            .into_any(),
        );
    }
    let link = |field: DeviceField| {
        view! {
            <li>
                <a href=["#", field.name()].concat() rel="external">
                    {wording::device_field_label(field)}
                </a>
            </li>
        }
    };
    form.was_refused().then(|| {
        view! {
            <Banner tone=Tone::Bad title="Not added: some fields are invalid">
                <ul class="summary">{form.wrong_fields().into_iter().map(link).collect_view()}</ul>
            </Banner>
        }
        .into_any()
    })
}
