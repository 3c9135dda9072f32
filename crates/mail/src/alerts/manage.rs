//! What administrators choose, and what everybody sees.

use domain::{
    Actor, AlertCondition, AlertFacts, AlertKind, AlertRoute, AlertSettings, Change, DailyCheck,
    DataCenter, DataCenterId, FieldError, FormErrors, Telling, TellingEvent, TellingFailure,
    TellingState,
    alert::{AlertField, AlertSettingsForm, RouteForm, Target, TargetEdit},
};
use secrecy::{ExposeSecret as _, SecretString};
use store::{RouteOutcome, SaveAlertsOutcome, StoreError, StoredRoute, StoredTarget};

use super::{ids, tell};
use crate::{MailError, Mailer};

/// How many tellings are shown.
const SHOWN: u32 = 50;

/// Something that is wrong, and who was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What is wrong.
    pub condition: AlertCondition,
    /// What was told, and is to be told.
    pub tellings: Vec<Telling>,
}

/// How things stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertOverview {
    /// What is told, and when.
    pub settings: AlertSettings,
    /// Who is told.
    pub routes: Vec<AlertRoute>,
    /// What is wrong now.
    pub wrong: Vec<Wrong>,
    /// What was told last, the newest first.
    pub latest: Vec<Telling>,
    /// The last daily checks.
    pub checks: Vec<DailyCheck>,
    /// All data centers.
    pub data_centers: Vec<DataCenter>,
}

/// Why settings were not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveAlertsError {
    /// Fields are wrong.
    #[error("the form has errors")]
    Form(FormErrors<AlertField>),
    /// Somebody else has saved since the form was opened.
    #[error("somebody else has saved version {0}")]
    Conflict(i64),
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// Why a route was not added, changed, removed or tried.
#[derive(Debug, thiserror::Error)]
pub enum AlertRouteError {
    /// Fields are wrong.
    #[error("the form has errors")]
    Form(FormErrors<AlertField>),
    /// There is no such route.
    #[error("there is no such route")]
    Unknown,
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl From<StoreError> for AlertRouteError {
    fn from(error: StoreError) -> Self {
        Self::Mail(error.into())
    }
}

impl Mailer {
    /// How things stand with alerts. Holds no secret.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alerts(&self) -> Result<AlertOverview, MailError> {
        let store = self.store();
        let mut wrong = Vec::new();
        for condition in store.alert_conditions().await? {
            let tellings = store.tellings_about(&condition.id).await?;
            wrong.push(Wrong {
                condition,
                tellings,
            });
        }
        let data_centers = store.data_centers().await?;
        let mut checks = Vec::new();
        for data_center in &data_centers {
            checks.extend(store.daily_check(&data_center.id).await?);
        }
        Ok(AlertOverview {
            settings: store.alert_settings().await?,
            routes: store.alert_routes().await?,
            wrong,
            latest: store.latest_tellings(SHOWN).await?,
            checks,
            data_centers,
        })
    }

    /// Saves what is told, and when.
    ///
    /// # Errors
    /// When a field is wrong, somebody else has saved since, or the database fails.
    pub async fn save_alerts(
        &self,
        form: &AlertSettingsForm,
        by: &Actor,
    ) -> Result<i64, SaveAlertsError> {
        let new = form.parse().map_err(SaveAlertsError::Form)?;
        let store = self.store();
        let old = store.alert_settings().await.map_err(MailError::from)?;
        let saved = store
            .save_alert_settings(&new, changes(&old, &new), by, self.now())
            .await;
        match saved.map_err(MailError::from)? {
            SaveAlertsOutcome::Saved(version) => Ok(version),
            SaveAlertsOutcome::Conflict(version) => Err(SaveAlertsError::Conflict(version)),
        }
    }

    /// Adds a route.
    ///
    /// # Errors
    /// When a field is wrong or the database fails.
    pub async fn add_alert_route(
        &self,
        form: &RouteForm,
        by: &Actor,
    ) -> Result<(), AlertRouteError> {
        let new = form.parse().map_err(AlertRouteError::Form)?;
        let mut changes = vec![Change::fact("kind", new.kind.code())];
        let target = match new.target {
            Target::Mail { via, recipient } => {
                self.known(&via).await?;
                changes.push(Change::fact("via", via.as_str()));
                StoredTarget::Mail { via, recipient }
            }
            Target::Post { url, secret } => StoredTarget::Post {
                host: url.host().to_string(),
                url: url.expose().into(),
                secret: secret.map(|secret| secret.expose().into()),
            },
        };
        let route = StoredRoute {
            id: ids::route(self.now()),
            kind: new.kind,
            target,
        };
        let store = self.store();
        Ok(store
            .save_alert_route(&route, changes, by, self.now())
            .await?)
    }

    /// Changes a route; its shape stays, and what is left empty is kept. A signing secret is kept only while the host is the
    /// same.
    ///
    /// # Errors
    /// When a field is wrong, the route is gone or the database fails.
    pub async fn change_alert_route(
        &self,
        id: &str,
        form: &RouteForm,
        by: &Actor,
    ) -> Result<(), AlertRouteError> {
        let route = self.route(id).await?;
        let edit = form.parse_edit(route.kind).map_err(AlertRouteError::Form)?;
        let (target, changes) = match (edit, &route.target) {
            (
                TargetEdit::Mail { via, recipient },
                StoredTarget::Mail {
                    via: old,
                    recipient: before,
                },
            ) => {
                self.known(&via).await?;
                let changes = [
                    ("via", old.as_str(), via.as_str()),
                    ("recipient", before.as_str(), recipient.as_str()),
                ];
                let changes = changes.into_iter().filter(|(_, old, new)| old != new);
                let changes = changes
                    .map(|(field, old, new)| Change::of(field, Some(old.into()), Some(new.into())))
                    .collect();
                (StoredTarget::Mail { via, recipient }, changes)
            }
            (
                TargetEdit::Post { url, secret },
                StoredTarget::Post {
                    host,
                    url: old,
                    secret: saved,
                },
            ) => {
                let mut changes = Vec::new();
                let new_host = url
                    .as_ref()
                    .map_or(host.clone(), |url| url.host().to_string());
                if new_host != *host && saved.is_some() && secret.is_none() {
                    let error = FieldError::SecretBelongsElsewhere;
                    let errors = FormErrors::one(AlertField::Secret, error);
                    return Err(AlertRouteError::Form(errors));
                }
                if url
                    .as_ref()
                    .is_some_and(|url| url.expose() != old.expose_secret())
                {
                    changes.push(Change::secret("url"));
                }
                if new_host != *host {
                    changes.push(Change::of(
                        "host",
                        Some(host.clone()),
                        Some(new_host.clone()),
                    ));
                }
                if secret.is_some() {
                    changes.push(Change::secret("secret"));
                }
                let target = StoredTarget::Post {
                    host: new_host,
                    url: url.map_or_else(|| old.clone(), |url| SecretString::from(url.expose())),
                    secret: secret
                        .map(|secret| SecretString::from(secret.expose()))
                        .or_else(|| saved.clone()),
                };
                (target, changes)
            }
            // The shape stays, so these do not come.
            _ => return Err(AlertRouteError::Unknown),
        };
        let route = StoredRoute { target, ..route };
        let store = self.store();
        Ok(store
            .save_alert_route(&route, changes, by, self.now())
            .await?)
    }

    /// Removes a route.
    ///
    /// # Errors
    /// When it is gone or the database fails.
    pub async fn remove_alert_route(&self, id: &str, by: &Actor) -> Result<(), AlertRouteError> {
        let id = tell::route_id(id).ok_or(AlertRouteError::Unknown)?;
        match self.store().remove_alert_route(&id, by, self.now()).await? {
            RouteOutcome::Done => Ok(()),
            RouteOutcome::Unknown => Err(AlertRouteError::Unknown),
        }
    }

    /// Tells a route that it is tried, once. The inner result is what came of it.
    ///
    /// # Errors
    /// When the route is gone or the database fails.
    pub async fn send_test_alert(
        &self,
        id: &str,
        by: &Actor,
    ) -> Result<Result<(), TellingFailure>, AlertRouteError> {
        let route = self.route(id).await?;
        let now = self.now();
        let telling = Telling {
            id: ids::test(now),
            route: route.id.clone(),
            event: TellingEvent::Test,
            condition: AlertCondition {
                id: ids::alert(now),
                data_center: DataCenterId::default(),
                kind: AlertKind::NeedsAuthorization,
                facts: AlertFacts::default(),
                since: now,
            },
            created_at: now,
            state: TellingState::Waiting,
            attempts: 0,
            due_at: now,
            finished_at: None,
            failure: None,
        };
        let outcome = self.tell_once(&telling, &route).await;
        let said = outcome.map_or_else(tell::code, |()| "told".to_owned());
        let changes = vec![Change::fact("outcome", said)];
        let store = self.store();
        store.note_test_alert(&route, changes, by, now).await?;
        Ok(outcome)
    }

    async fn route(&self, id: &str) -> Result<StoredRoute, AlertRouteError> {
        let id = tell::route_id(id).ok_or(AlertRouteError::Unknown)?;
        let route = self.store().alert_route(&id).await?;
        route.ok_or(AlertRouteError::Unknown)
    }

    async fn known(&self, id: &DataCenterId) -> Result<(), AlertRouteError> {
        let known = self.store().data_center(id).await?;
        known.map(|_| ()).ok_or_else(|| {
            let error = FieldError::UnknownDataCenter;
            AlertRouteError::Form(FormErrors::one(AlertField::Via, error))
        })
    }
}

/// What differs, as the audit tells it.
fn changes(old: &AlertSettings, new: &AlertSettings) -> Vec<Change> {
    let values = |settings: &AlertSettings| {
        let kinds: Vec<_> = settings.kinds.iter().map(|kind| kind.code()).collect();
        let mut values = vec![
            ("kinds".to_owned(), kinds.join(" ")),
            (
                "outbox_minutes".to_owned(),
                settings.outbox_minutes.to_string(),
            ),
            ("days_before".to_owned(), settings.days_before.to_string()),
            ("daily_check".to_owned(), settings.daily_check.to_string()),
        ];
        for (id, notes) in &settings.notes {
            if let Some(day) = notes.client_secret_expires {
                let day = day.rfc3339().chars().take(10).collect();
                values.push((format!("client_secret_expires {id}"), day));
            }
            if notes.in_testing {
                values.push((format!("in_testing {id}"), "true".to_owned()));
            }
        }
        values
    };
    let (before, after) = (values(old), values(new));
    let find = |values: &[(String, String)], field: &str| {
        let found = values.iter().find(|(name, _)| name == field);
        found.map(|(_, value)| value.clone())
    };
    let mut fields: Vec<_> = before.iter().chain(&after).map(|(name, _)| name).collect();
    fields.sort();
    fields.dedup();
    fields
        .into_iter()
        .map(|field| Change::of(field, find(&before, field), find(&after, field)))
        .filter(|change| change.old != change.new)
        .collect()
}
