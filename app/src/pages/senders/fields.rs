//! The fields of a sender.

use domain::{DataCenter, DataCenterId, NullSender, OtherFrom, SenderField, SenderForm};
use leptos::prelude::*;

use crate::form::{
    FormView,
    input::{ErrorText, FieldFrame, InputField, InputKind, RadioField, SwitchField, TextAreaField},
};

/// Returns the values of the form for a new sender.
pub fn new_sender() -> SenderForm {
    SenderForm {
        credentials: "on".to_owned(),
        data_center: DataCenterId::DEFAULT.to_owned(),
        ..SenderForm::default()
    }
}

/// All fields, with the saved values or those of a rejected form.
#[component]
pub fn SenderFields(
    form: FormView<SenderField>,
    saved: SenderForm,
    data_centers: Vec<DataCenter>,
) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="sender-title">
            <h2 id="sender-title">"Sender"</h2>
            <Text form=form.clone() saved=saved.clone() field=SenderField::Name kind=InputKind::NAME />
            <ChooseSendingDataCenter form=form.clone() saved=saved.clone() data_centers />
        </section>
        <Recognition form=form.clone() saved=saved.clone() />
        <Rules form=form.clone() saved=saved.clone() />
        <Limits form saved />
    }
}

#[component]
fn Recognition(form: FormView<SenderField>, saved: SenderForm) -> impl IntoView {
    let switch = |field: SenderField| {
        view! {
            <SwitchField
                form=form.clone()
                name=field.name()
                label=wording::sender_field_label(field)
                saved=!saved.text(field).is_empty()
                help=wording::sender_field_help(field)
            />
            <ErrorText id=form.id_of(field.name()) error=form.error(field) />
        }
    };
    view! {
        <section class="card" aria-labelledby="recognition-title">
            <h2 id="recognition-title">"How it is recognized"</h2>
            <p class="help">
                "Choose one or both. API keys that belong to a sender are created on the page Access."
            </p>
            {switch(SenderField::Credentials)}
            <div class="needs-credentials">
                <Text form=form.clone() saved=saved.clone() field=SenderField::User kind=InputKind::TEXT />
            </div>
            <Lines form=form.clone() saved=saved.clone() field=SenderField::Networks />
            {switch(SenderField::ConfirmNetworks)} {switch(SenderField::ReadMailbox)}
        </section>
    }
}

#[component]
fn Rules(form: FormView<SenderField>, saved: SenderForm) -> impl IntoView {
    let other_from = OtherFrom::from_code(&saved.other_from).unwrap_or(OtherFrom::Reject);
    let null_sender = NullSender::from_code(&saved.null_sender).unwrap_or(NullSender::Map);
    let others = OtherFrom::ALL.iter().copied();
    let others = others.map(|one| (one.code(), wording::other_from(one), ""));
    let nulls = NullSender::ALL.iter().copied();
    let nulls = nulls.map(|one| (one.code(), wording::null_sender(one), ""));
    view! {
        <section class="card" aria-labelledby="rules-title">
            <h2 id="rules-title">"Addresses"</h2>
            <Text form=form.clone() saved=saved.clone() field=SenderField::DefaultFrom kind=InputKind::TEXT />
            <Text form=form.clone() saved=saved.clone() field=SenderField::DisplayName kind=InputKind::TEXT />
            <Lines form=form.clone() saved=saved.clone() field=SenderField::AllowedFrom />
            <RadioField
                form=form.clone()
                field=SenderField::OtherFrom
                label=wording::sender_field_label(SenderField::OtherFrom)
                saved=other_from.code()
                options=others.collect()
            />
            <RadioField
                form=form.clone()
                field=SenderField::NullSender
                label=wording::sender_field_label(SenderField::NullSender)
                saved=null_sender.code()
                options=nulls.collect()
            />
            <Lines form saved field=SenderField::AllowedRecipients />
        </section>
    }
}

#[component]
fn Limits(form: FormView<SenderField>, saved: SenderForm) -> impl IntoView {
    let number = |field| {
        view! {
            <Text form=form.clone() saved=saved.clone() field kind=InputKind::NARROW_NUMBER />
        }
    };
    view! {
        <section class="card" aria-labelledby="limits-title">
            <h2 id="limits-title">"Limits"</h2>
            <div class="numbers">
                {number(SenderField::PerMinute)} {number(SenderField::PerDay)}
                {number(SenderField::SilentAfter)}
            </div>
            <Text form=form.clone() saved=saved.clone() field=SenderField::Expires kind=InputKind::DAY />
        </section>
    }
}

#[component]
fn Text(
    form: FormView<SenderField>,
    saved: SenderForm,
    field: SenderField,
    kind: InputKind,
) -> impl IntoView {
    view! {
        <InputField
            form
            field
            label=wording::sender_field_label(field)
            kind
            saved=saved.text(field)
            help=wording::sender_field_help(field)
        />
    }
}

/// A list with an entry in each line.
#[component]
fn Lines(form: FormView<SenderField>, saved: SenderForm, field: SenderField) -> impl IntoView {
    view! {
        <TextAreaField
            form
            field
            label=wording::sender_field_label(field)
            saved=saved.text(field).to_owned()
            help=wording::sender_field_help(field)
        >
            ""
        </TextAreaField>
    }
}

#[component]
fn ChooseSendingDataCenter(
    form: FormView<SenderField>,
    saved: SenderForm,
    data_centers: Vec<DataCenter>,
) -> impl IntoView {
    let field = SenderField::DataCenter;
    let id = form.id_of(field.name());
    let error = form.error(field);
    let chosen = form.value(field.name(), saved.data_center);
    let option = move |data_center: DataCenter| {
        let selected = data_center.id.as_str() == chosen;
        view! {
            <option value=data_center.id.to_string() selected=selected>
                {data_center.name.to_string()}
            </option>
        }
    };
    view! {
        <FieldFrame
            id=id.clone()
            label=wording::sender_field_label(field)
            error=error.clone()
            help=wording::sender_field_help(field)
        >
            <select
                id=id
                name=field.name()
                autocomplete="off"
                autofocus=form.is_first_wrong(field)
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=form.described_by(field, true)
            >
                {data_centers.into_iter().map(option).collect_view()}
            </select>
        </FieldFrame>
    }
}
