//! Rows of `smtp_settings`: one JSON document, and a column for each secret.

use domain::{DataCenterId, SecretField, SmtpForm, SmtpSettings, TypedSecret, UnixTime};
use sqlx::AnyConnection;

use crate::{StoreError, row::Table, seal::Sealed};

pub(super) const TABLE: Table = Table("smtp_settings");

/// Saved settings with sealed secrets.
pub(super) struct Saved {
    pub(super) version: i64,
    pub(super) at: UnixTime,
    pub(super) settings: SmtpSettings<Sealed>,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    data_center: String,
    version: i64,
    saved_at: i64,
    settings: String,
    mailbox_password: Option<String>,
    client_secret: Option<String>,
    password: Option<String>,
}

/// Form fields that have their own columns.
const COLUMNS: [&str; 5] = [
    "data_center",
    "version",
    "mailbox_password",
    "client_secret",
    "password",
];

impl Row {
    pub(super) fn new(id: &DataCenterId, saved: &Saved) -> Result<Self, StoreError> {
        let secret = |field| saved.settings.secret(field).map(|sealed| sealed.0.clone());
        Ok(Self {
            data_center: id.to_string(),
            version: saved.version,
            saved_at: saved.at.0,
            settings: document(&SmtpForm::of(&saved.settings))?,
            mailbox_password: secret(SecretField::MailboxPassword),
            client_secret: secret(SecretField::ClientSecret),
            password: secret(SecretField::Password),
        })
    }

    pub(super) async fn read(
        connection: &mut AnyConnection,
        id: &DataCenterId,
    ) -> Result<Option<Self>, StoreError> {
        let row = sqlx::query_as(
            "SELECT
                 data_center, version, saved_at, settings, mailbox_password, client_secret, password
             FROM smtp_settings WHERE data_center = $1",
        )
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
        Ok(row)
    }

    /// Returns the data centers that have settings.
    pub(super) async fn ids(
        connection: &mut AnyConnection,
    ) -> Result<Vec<DataCenterId>, StoreError> {
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT data_center FROM smtp_settings ORDER BY data_center")
                .fetch_all(connection)
                .await?;
        let ids = ids
            .iter()
            .map(|id| TABLE.value("data_center", DataCenterId::parse(id)));
        ids.collect()
    }

    /// Replaces the previous row.
    pub(super) async fn write(self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO smtp_settings (
                 data_center, version, saved_at, settings, mailbox_password, client_secret, password)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (data_center) DO UPDATE SET
                 version = excluded.version, saved_at = excluded.saved_at,
                 settings = excluded.settings, mailbox_password = excluded.mailbox_password,
                 client_secret = excluded.client_secret, password = excluded.password",
        )
        .bind(self.data_center)
        .bind(self.version)
        .bind(self.saved_at)
        .bind(self.settings)
        .bind(self.mailbox_password)
        .bind(self.client_secret)
        .bind(self.password)
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Removes the sealed secret of a field from the row and returns it.
    fn take_secret(&mut self, field: SecretField) -> Result<Sealed, StoreError> {
        let (column, value) = match field {
            SecretField::MailboxPassword => ("mailbox_password", &mut self.mailbox_password),
            SecretField::ClientSecret => ("client_secret", &mut self.client_secret),
            SecretField::Password => ("password", &mut self.password),
        };
        TABLE.needed(column, value.take()).map(Sealed)
    }
}

impl TryFrom<Row> for Saved {
    type Error = StoreError;

    fn try_from(mut row: Row) -> Result<Self, StoreError> {
        let mut form: SmtpForm = TABLE.read_json("settings", &row.settings)?;
        form.data_center.clone_from(&row.data_center);
        for field in SecretField::ALL {
            form.set_secret(*field, TypedSecret::new("sealed in a column"));
        }
        let settings = form.restore();
        let settings = settings.map_err(|field| TABLE.corrupt(field.name()))?;
        Ok(Self {
            version: row.version,
            at: UnixTime(row.saved_at),
            settings: settings.try_map_secrets(|field, _| row.take_secret(field))?,
        })
    }
}

/// Returns the settings as JSON: the form values by field name.
fn document(form: &SmtpForm) -> Result<String, StoreError> {
    let mut document = TABLE.value("settings", serde_json::to_value(form))?;
    if let Some(values) = document.as_object_mut() {
        values.retain(|name, _| !COLUMNS.contains(&name.as_str()));
    }
    TABLE.write_json("settings", &document)
}
