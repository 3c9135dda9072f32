//! Adds the sender of a device.

use access::SaveSenderError;
use domain::{DataCenterId, DeviceField, DeviceForm, FormErrors, FromAddress, SenderFormError};
use http::StatusCode;
use secrecy::ExposeSecret as _;

use super::AddedDevice;
use crate::{
    error::ApiError,
    form::{
        FormId, FormResult,
        post::{PostRequest, PostResponse},
    },
};

/// Reason why the device was not added.
enum Refusal {
    Form(FormErrors<DeviceField, SenderFormError>),
    Other(ApiError),
}

impl<E: Into<ApiError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// Adds the sender and shows its sheet once, or shows the form again with the errors.
pub async fn post(request: PostRequest, form: DeviceForm) -> PostResponse {
    let refusal = match add(&request, &form).await {
        Ok(added) => return PostResponse::page(StatusCode::OK, added),
        Err(refusal) => refusal,
    };
    let mut result = FormResult::new(FormId::ONLY)
        .of_row(form.kind().code())
        .with(form.values());
    let status = match refusal {
        Refusal::Form(errors) => {
            result.errors = errors;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Refusal::Other(error) => {
            let status = error.status();
            result.problem = Some(error);
            status
        }
    };
    PostResponse::page(status, result)
}

async fn add(request: &PostRequest, form: &DeviceForm) -> Result<AddedDevice, Refusal> {
    let own_from = own_from(request, form).await?;
    let shown = own_from.as_ref().map(ToString::to_string);
    let sender = form.sender(shown.as_deref()).map_err(Refusal::Form)?;
    let saved = request.access.add_sender(&sender, request.actor()).await;
    let (sender, password) = saved.map_err(|error| match error {
        SaveSenderError::Form(errors) => Refusal::Form(DeviceForm::errors(&errors)),
        SaveSenderError::Access(error) => error.into(),
    })?;
    let from = sender.settings.rules.default_from.clone().or(own_from);
    Ok(AddedDevice {
        kind: form.kind(),
        password: password.map(|password| password.expose_secret().to_owned()),
        from: from.ok_or(ApiError::NoSettings)?,
        sender,
    })
}

/// Returns the From address of the data center, if it has SMTP settings.
async fn own_from(
    request: &PostRequest,
    form: &DeviceForm,
) -> Result<Option<FromAddress>, Refusal> {
    let unknown = || {
        let error = SenderFormError::UnknownDataCenter;
        Refusal::Form(FormErrors::one(DeviceField::DataCenter, error))
    };
    let id = match form.data_center.trim() {
        "" => DataCenterId::default(),
        id => DataCenterId::parse(id).map_err(|_| unknown())?,
    };
    match request.mailer.settings.get(&id).await {
        Ok(saved) => Ok(saved.settings.map(|settings| settings.from)),
        Err(mail::MailError::UnknownDataCenter) => Err(unknown()),
        Err(error) => Err(ApiError::from(error).into()),
    }
}
