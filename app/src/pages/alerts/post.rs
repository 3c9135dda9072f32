//! Changes alert settings, channels, and webhooks for new mail.

use domain::{
    DataCenterId, FormErrors, TypedSecret,
    alert::{
        AlertField, AlertFormProblem, AlertSettingsForm, ChannelForm, InboundWebhookFormError,
    },
};
use http::StatusCode;
use mail::{AlertChannelError, InboundWebhookError, MailError, SaveAlertsError};
use serde::Deserialize;

use super::{ADD_CHANNEL, CHANNEL, SETTINGS, TestAlertResult, WEBHOOK};
use crate::{
    form::{
        FormResult,
        field::AlertFormError,
        post::{PostRequest, PostResponse},
    },
    paths,
};

/// The action, by the value of `do`.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Saves which conditions raise alerts.
    SaveAlerts(Box<AlertSettingsForm>),
    /// Adds a channel.
    AddChannel(ChannelForm),
    /// Changes a channel.
    ChangeChannel {
        /// ID of the channel.
        id: String,
        /// New values of the channel.
        #[serde(flatten)]
        form: ChannelForm,
    },
    /// Removes a channel.
    RemoveChannel {
        /// ID of the channel.
        id: String,
    },
    /// Sends a test alert.
    TestChannel {
        /// ID of the channel.
        id: String,
    },
    /// Saves the webhook for new mail of a data center.
    SaveInboundWebhook(WebhookForm),
    /// Removes the webhook for new mail of a data center.
    RemoveInboundWebhook {
        /// ID of the data center.
        data_center: String,
    },
}

/// Webhook for new mail of a data center.
#[derive(Deserialize)]
pub struct WebhookForm {
    data_center: String,
    #[serde(default)]
    url: TypedSecret,
    #[serde(default)]
    secret: TypedSecret,
}

impl Action {
    /// Returns the code of its flash message.
    fn code(&self) -> &'static str {
        match self {
            Self::SaveAlerts(_) => "save_alerts",
            Self::AddChannel(_) => "add_channel",
            Self::ChangeChannel { .. } => "change_channel",
            Self::RemoveChannel { .. } => "remove_channel",
            Self::TestChannel { .. } => "test_channel",
            Self::SaveInboundWebhook(_) => "save_inbound_webhook",
            Self::RemoveInboundWebhook { .. } => "remove_inbound_webhook",
        }
    }

    /// Returns the values that the form shows again if it is refused.
    fn result(&self) -> FormResult<AlertField> {
        match self {
            Self::SaveAlerts(form) => FormResult::new(SETTINGS)
                .with([
                    ("needs_authorization", &*form.needs_authorization),
                    ("testing_ends", &*form.testing_ends),
                    ("unused_ends", &*form.unused_ends),
                    ("client_secret_expires", &*form.client_secret_expires),
                    ("outbox_old", &*form.outbox_old),
                    ("check_fails", &*form.check_fails),
                    ("disk_space_low", &*form.disk_space_low),
                    ("disk_full", &*form.disk_full),
                    ("disk_read_only", &*form.disk_read_only),
                    ("clock_differs", &*form.clock_differs),
                    ("sender_silent", &*form.sender_silent),
                    ("outbox_minutes", &*form.outbox_minutes),
                    ("days_before", &*form.days_before),
                    ("daily_check", &*form.daily_check),
                ])
                .with(form.notes.iter().map(|(name, value)| (&**name, &**value))),
            Self::AddChannel(form) => FormResult::new(ADD_CHANNEL).with(channel_values(form)),
            Self::ChangeChannel { id, form } => FormResult::new(CHANNEL)
                .of_row(id)
                .with(channel_values(form)),
            Self::RemoveChannel { id } | Self::TestChannel { id } => {
                FormResult::new(CHANNEL).of_row(id)
            }
            Self::SaveInboundWebhook(WebhookForm { data_center, .. })
            | Self::RemoveInboundWebhook { data_center } => {
                FormResult::new(WEBHOOK).of_row(data_center)
            }
        }
    }
}

fn channel_values(form: &ChannelForm) -> [(&str, &str); 3] {
    [
        ("kind", &*form.kind),
        ("via", &*form.via),
        ("recipient", &*form.recipient),
    ]
}

/// Reason to refuse a form.
enum Rejection {
    Fields(FormErrors<AlertField, AlertFormError>),
    Problem(AlertFormProblem),
}

impl From<AlertChannelError> for Rejection {
    fn from(error: AlertChannelError) -> Self {
        match error {
            AlertChannelError::Form(errors) => Self::Fields(errors.map(AlertFormError::Channel)),
            AlertChannelError::Unknown => Self::Problem(AlertFormProblem::Gone),
            AlertChannelError::Mail(error) => error.into(),
        }
    }
}

impl From<SaveAlertsError> for Rejection {
    fn from(error: SaveAlertsError) -> Self {
        match error {
            SaveAlertsError::Form(errors) => Self::Fields(errors.map(AlertFormError::Settings)),
            SaveAlertsError::Conflict(_) => Self::Problem(AlertFormProblem::Conflict),
            SaveAlertsError::Mail(error) => error.into(),
        }
    }
}

impl From<MailError> for Rejection {
    fn from(error: MailError) -> Self {
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, "alert form could not be processed");
        Self::Problem(AlertFormProblem::Unavailable)
    }
}

impl From<InboundWebhookError> for Rejection {
    fn from(error: InboundWebhookError) -> Self {
        match error {
            InboundWebhookError::Refused { url, secret } => {
                let mut errors = FormErrors::<_, InboundWebhookFormError>::default();
                if let Some(error) = url {
                    errors.add(AlertField::Url, error.into());
                }
                if let Some(error) = secret {
                    errors.add(AlertField::Secret, error.into());
                }
                Self::Fields(errors.map(AlertFormError::InboundWebhook))
            }
            InboundWebhookError::Mail(MailError::UnknownDataCenter) => {
                Self::Problem(AlertFormProblem::Gone)
            }
            InboundWebhookError::Mail(error) => error.into(),
        }
    }
}

/// Performs the action, or shows the page again with the errors or with the result of a test alert.
pub async fn post(request: PostRequest, action: Action) -> PostResponse {
    let (mut result, code) = (action.result(), action.code());
    let status = match perform(&request, action).await {
        Ok(None) => return PostResponse::flash(paths::AlertSettings::PATH, code),
        Ok(Some(tested)) => return PostResponse::page(StatusCode::OK, tested),
        Err(Rejection::Fields(errors)) => {
            result.errors = errors;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(Rejection::Problem(problem)) => {
            result.problem = Some(problem);
            match problem {
                AlertFormProblem::Gone => StatusCode::UNPROCESSABLE_ENTITY,
                AlertFormProblem::Conflict => StatusCode::CONFLICT,
                AlertFormProblem::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            }
        }
    };
    PostResponse::page(status, result)
}

async fn perform(
    request: &PostRequest,
    action: Action,
) -> Result<Option<TestAlertResult>, Rejection> {
    let (mailer, by) = (&request.mailer, request.actor());
    match action {
        Action::SaveAlerts(form) => {
            mailer.alerts.save_settings(&form, by).await?;
        }
        Action::AddChannel(form) => mailer.alerts.add_channel(&form, by).await?,
        Action::ChangeChannel { id, form } => mailer.alerts.change_channel(&id, &form, by).await?,
        Action::RemoveChannel { id } => mailer.alerts.remove_channel(&id, by).await?,
        Action::TestChannel { id } => {
            let outcome = mailer.alerts.send_test(&id, by).await?;
            return Ok(Some(TestAlertResult {
                channel: id,
                outcome,
            }));
        }
        Action::SaveInboundWebhook(form) => {
            let id = data_center(&form.data_center)?;
            let (url, secret) = (form.url.expose(), form.secret.expose());
            mailer.inbound.save_webhook(&id, url, secret, by).await?;
        }
        Action::RemoveInboundWebhook { data_center: id } => {
            if !mailer
                .inbound
                .remove_webhook(&data_center(&id)?, by)
                .await?
            {
                return Err(Rejection::Problem(AlertFormProblem::Gone));
            }
        }
    }
    Ok(None)
}

fn data_center(id: &str) -> Result<DataCenterId, Rejection> {
    DataCenterId::parse(id).map_err(|_| Rejection::Problem(AlertFormProblem::Gone))
}
