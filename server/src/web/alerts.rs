//! `POST /settings/alerts`: what is told, and who.

use app::posted_alerts::{AlertsForm, AlertsPosted};
use axum::{
    Form,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    DataCenterId, FormErrors, TypedSecret,
    alert::{AlertField, AlertFormProblem, AlertSettingsForm, RouteForm},
    paths,
};
use mail::{AlertRouteError, MailError, MailHookError, SaveAlertsError};
use serde::Deserialize;

use super::access::{Asked, Read, unreadable};

/// What is asked for, by the value of `do`.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    SaveAlerts(Box<AlertSettingsForm>),
    AddRoute(RouteForm),
    ChangeRoute {
        id: String,
        #[serde(flatten)]
        form: RouteForm,
    },
    RemoveRoute {
        id: String,
    },
    TestRoute {
        id: String,
    },
    SaveMailHook(MailHookForm),
    RemoveMailHook {
        data_center: String,
    },
}

/// Where new mail of a data center is told of.
#[derive(Deserialize)]
pub struct MailHookForm {
    data_center: String,
    #[serde(default)]
    url: TypedSecret,
    #[serde(default)]
    secret: TypedSecret,
}

impl Action {
    /// What the page after it is told.
    fn code(&self) -> &'static str {
        match self {
            Self::SaveAlerts(_) => "save_alerts",
            Self::AddRoute(_) => "add_route",
            Self::ChangeRoute { .. } => "change_route",
            Self::RemoveRoute { .. } => "remove_route",
            Self::TestRoute { .. } => "test_route",
            Self::SaveMailHook(_) => "save_mail_hook",
            Self::RemoveMailHook { .. } => "remove_mail_hook",
        }
    }

    /// What the page is told of it when it stays; no secret.
    fn posted(&self) -> AlertsPosted {
        let of_route = |form: &RouteForm| {
            [
                ("kind", &form.kind),
                ("via", &form.via),
                ("recipient", &form.recipient),
            ]
            .map(|(name, typed)| (name.to_owned(), typed.clone()))
            .into()
        };
        match self {
            Self::SaveAlerts(form) => {
                let mut posted = AlertsPosted::new(AlertsForm::Settings);
                let typed = [
                    ("needs_authorization", &form.needs_authorization),
                    ("testing_ends", &form.testing_ends),
                    ("unused_ends", &form.unused_ends),
                    ("client_secret_expires", &form.client_secret_expires),
                    ("outbox_old", &form.outbox_old),
                    ("check_fails", &form.check_fails),
                    ("disk_space_low", &form.disk_space_low),
                    ("disk_full", &form.disk_full),
                    ("disk_read_only", &form.disk_read_only),
                    ("clock_differs", &form.clock_differs),
                    ("outbox_minutes", &form.outbox_minutes),
                    ("days_before", &form.days_before),
                    ("daily_check", &form.daily_check),
                ];
                let typed = typed.map(|(name, typed)| (name.to_owned(), typed.clone()));
                posted.typed.extend(typed);
                posted.typed.extend(form.notes.clone());
                posted
            }
            Self::AddRoute(form) => {
                let mut posted = AlertsPosted::new(AlertsForm::AddRoute);
                posted.typed = of_route(form);
                posted
            }
            Self::ChangeRoute { id, form } => {
                let mut posted = AlertsPosted::new(AlertsForm::Route);
                posted.about.clone_from(id);
                posted.typed = of_route(form);
                posted
            }
            Self::RemoveRoute { id } | Self::TestRoute { id } => {
                let mut posted = AlertsPosted::new(AlertsForm::Route);
                posted.about.clone_from(id);
                posted
            }
            Self::SaveMailHook(MailHookForm { data_center, .. })
            | Self::RemoveMailHook { data_center } => {
                let mut posted = AlertsPosted::new(AlertsForm::MailHook);
                posted.about.clone_from(data_center);
                posted
            }
        }
    }
}

/// Does it, or shows the page again with what is wrong, or with what came of a test alert.
pub async fn post(asked: Asked, form: Read<Action>) -> Response {
    let action = match form {
        Ok(Form(action)) => action,
        Err(rejection) => return unreadable(&rejection),
    };
    let (mut posted, code) = (action.posted(), action.code());
    let status = match perform(&asked, action, &mut posted).await {
        Ok(true) => {
            return Redirect::to(&format!("{}?done={code}", paths::AlertSettings::PATH))
                .into_response();
        }
        Ok(false) => StatusCode::OK,
        Err(status) => status,
    };
    asked.answer(status, posted).await
}

/// Whether it is done and the page is to be opened anew.
async fn perform(
    asked: &Asked,
    action: Action,
    posted: &mut AlertsPosted,
) -> Result<bool, StatusCode> {
    let (mailer, by) = (asked.mailer(), &asked.info.actor);
    let outcome = match action {
        Action::SaveAlerts(form) => {
            return match mailer.save_alerts(&form, by).await {
                Ok(_) => Ok(true),
                Err(SaveAlertsError::Form(errors)) => {
                    posted.errors = errors;
                    Err(StatusCode::UNPROCESSABLE_ENTITY)
                }
                Err(SaveAlertsError::Conflict(_)) => {
                    posted.problem = Some(AlertFormProblem::Conflict);
                    Err(StatusCode::CONFLICT)
                }
                Err(SaveAlertsError::Mail(error)) => Err(unavailable(&error, posted)),
            };
        }
        Action::AddRoute(form) => mailer.add_alert_route(&form, by).await,
        Action::ChangeRoute { id, form } => mailer.change_alert_route(&id, &form, by).await,
        Action::RemoveRoute { id } => mailer.remove_alert_route(&id, by).await,
        Action::SaveMailHook(form) => save_mail_hook(asked, &form).await,
        Action::RemoveMailHook { data_center } => remove_mail_hook(asked, &data_center).await,
        Action::TestRoute { id } => match mailer.send_test_alert(&id, by).await {
            Ok(tested) => {
                posted.tested = Some(tested);
                return Ok(false);
            }
            Err(error) => Err(error),
        },
    };
    match outcome {
        Ok(()) => Ok(true),
        Err(AlertRouteError::Form(errors)) => {
            posted.errors = errors;
            Err(StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(AlertRouteError::Unknown) => {
            posted.problem = Some(AlertFormProblem::Gone);
            Err(StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(AlertRouteError::Mail(error)) => Err(unavailable(&error, posted)),
    }
}

async fn save_mail_hook(asked: &Asked, form: &MailHookForm) -> Result<(), AlertRouteError> {
    let MailHookForm {
        data_center,
        url,
        secret,
    } = form;
    let id = data_center_id(data_center)?;
    let (url, secret) = (url.expose(), secret.expose());
    let saved = asked
        .mailer()
        .save_mail_hook(&id, url, secret, &asked.info.actor);
    match saved.await {
        Ok(()) => Ok(()),
        Err(MailHookError::Refused { url, secret }) => {
            let mut errors = FormErrors::default();
            for (field, error) in [(AlertField::Url, url), (AlertField::Secret, secret)] {
                if let Some(error) = error {
                    errors.add(field, error);
                }
            }
            Err(AlertRouteError::Form(errors))
        }
        Err(MailHookError::Mail(MailError::UnknownDataCenter)) => Err(AlertRouteError::Unknown),
        Err(MailHookError::Mail(error)) => Err(error.into()),
    }
}

async fn remove_mail_hook(asked: &Asked, data_center: &str) -> Result<(), AlertRouteError> {
    let id = data_center_id(data_center)?;
    let (mailer, by) = (asked.mailer(), &asked.info.actor);
    if mailer.remove_mail_hook(&id, by).await? {
        Ok(())
    } else {
        Err(AlertRouteError::Unknown)
    }
}

fn data_center_id(typed: &str) -> Result<DataCenterId, AlertRouteError> {
    DataCenterId::parse(typed).map_err(|_| AlertRouteError::Unknown)
}

fn unavailable(error: &MailError, posted: &mut AlertsPosted) -> StatusCode {
    let error: &dyn std::error::Error = error;
    tracing::error!(error, "a form about alerts could not be taken");
    posted.problem = Some(AlertFormProblem::Unavailable);
    StatusCode::SERVICE_UNAVAILABLE
}
