//! What everybody sees.

use domain::{AlertCondition, AlertRoute, AlertSettings, DailyCheck, DataCenter, Telling};

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
}
