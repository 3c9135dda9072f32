//! Table `alert_routes`: who is told. URL and secret are sealed.

use domain::{
    Actor, AlertRoute, AuditAction, Change, DataCenterId, EmailAddress, RouteId, RouteKind,
    UnixTime,
};
use secrecy::SecretString;

use crate::{
    Store, StoreError,
    note::note,
    row::Table,
    seal::{Cell, Sealed},
};

const TABLE: Table = Table("alert_routes");

/// A route with its secrets.
#[derive(Clone, Debug)]
pub struct StoredRoute {
    /// Its id.
    pub id: RouteId,
    /// Its shape.
    pub kind: RouteKind,
    /// Where it leads.
    pub target: StoredTarget,
}

/// Where a route leads.
#[derive(Clone, Debug)]
pub enum StoredTarget {
    /// To a URL.
    Post {
        /// The host of the URL, which may be shown.
        host: String,
        /// The URL.
        url: SecretString,
        /// What is signed with.
        secret: Option<SecretString>,
    },
    /// To somebody, by mail.
    Mail {
        /// The data center that the mail goes through.
        via: DataCenterId,
        /// Who gets it.
        recipient: EmailAddress,
    },
}

impl StoredRoute {
    /// What may be shown of where it leads: a host or a recipient.
    pub fn shown(&self) -> &str {
        match &self.target {
            StoredTarget::Post { host, .. } => host,
            StoredTarget::Mail { recipient, .. } => recipient.as_str(),
        }
    }
}

/// What came of a change of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteOutcome {
    /// It is done.
    Done,
    /// There is no such route.
    Unknown,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    kind: String,
    host: String,
    url: Option<String>,
    secret: Option<String>,
    via: Option<String>,
    recipient: Option<String>,
}

const COLUMNS: &str = "SELECT id, kind, host, url, secret, via, recipient FROM alert_routes";

impl Row {
    fn shown(self) -> Result<AlertRoute, StoreError> {
        let via = self.via.as_deref().map(DataCenterId::parse).transpose();
        let recipient = self.recipient.as_deref().map(EmailAddress::parse);
        Ok(AlertRoute {
            id: TABLE.value("id", RouteId::parse(&self.id))?,
            kind: TABLE.needed("kind", RouteKind::from_code(&self.kind))?,
            host: self.host,
            has_secret: self.secret.is_some(),
            via: TABLE.value("via", via)?,
            recipient: TABLE.value("recipient", recipient.transpose())?,
        })
    }
}

fn cell<'a>(column: &'static str, row: &'a RouteId) -> Cell<'a> {
    Cell {
        table: TABLE.0,
        column,
        row: row.as_str(),
    }
}

impl Store {
    /// All routes, in the order of their ids, without URLs and secrets. Nothing is unsealed.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn alert_routes(&self) -> Result<Vec<AlertRoute>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(COLUMNS).fetch_all(&self.pool).await?;
        let routes = rows.into_iter().map(Row::shown);
        let mut routes = routes.collect::<Result<Vec<_>, _>>()?;
        routes.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(routes)
    }

    /// A route with its URL and its secret.
    ///
    /// # Errors
    /// `Database`, `Corrupt`, `Unsealable`.
    pub async fn alert_route(&self, id: &RouteId) -> Result<Option<StoredRoute>, StoreError> {
        let mut sealer = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, kind, host, url, secret, via, recipient FROM alert_routes WHERE id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&mut *connection)
        .await?;
        let Some(mut row) = row else {
            return Ok(None);
        };
        let (url, secret) = (row.url.take().map(Sealed), row.secret.take().map(Sealed));
        if let Some(url) = &url {
            sealer = self.key_of(&mut connection, sealer, url).await?;
        }
        let route = row.shown()?;
        let target = match (route.kind, route.via, route.recipient, url) {
            (RouteKind::Mail, Some(via), Some(recipient), None) => {
                StoredTarget::Mail { via, recipient }
            }
            (RouteKind::Mail, ..) | (_, _, _, None) => return Err(TABLE.corrupt("url")),
            (_, _, _, Some(url)) => StoredTarget::Post {
                host: route.host,
                url: sealer.open(&url, cell("url", id))?,
                secret: secret
                    .map(|secret| sealer.open(&secret, cell("secret", id)))
                    .transpose()?,
            },
        };
        Ok(Some(StoredRoute {
            id: route.id,
            kind: route.kind,
            target,
        }))
    }

    /// Adds a route, or puts it in the place of the one with its id.
    ///
    /// # Errors
    /// `Database`, `Random`, `KeyRotated`.
    pub async fn save_alert_route(
        &self,
        route: &StoredRoute,
        changes: Vec<Change>,
        by: &Actor,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let key = self.hold_key(&mut transaction).await?;
        let seal = |secret, column| key.seal(secret, cell(column, &route.id));
        let (host, url, secret, via, recipient) = match &route.target {
            StoredTarget::Post { host, url, secret } => {
                let secret = secret.as_ref().map(|secret| seal(secret, "secret"));
                let url = seal(url, "url")?;
                (host.as_str(), Some(url), secret.transpose()?, None, None)
            }
            StoredTarget::Mail { via, recipient } => {
                let recipient = Some(recipient.as_str());
                ("", None, None, Some(via.as_str()), recipient)
            }
        };
        let before: Option<i64> =
            sqlx::query_scalar("SELECT CAST(1 AS BIGINT) FROM alert_routes WHERE id = $1")
                .bind(route.id.as_str())
                .fetch_optional(&mut *transaction)
                .await?;
        sqlx::query(
            "INSERT INTO alert_routes (id, kind, host, url, secret, via, recipient)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET host = $3, url = $4, secret = $5, via = $6,
                 recipient = $7",
        )
        .bind(route.id.as_str())
        .bind(route.kind.code())
        .bind(host)
        .bind(url.map(|sealed| sealed.0))
        .bind(secret.map(|sealed| sealed.0))
        .bind(via)
        .bind(recipient)
        .execute(&mut *transaction)
        .await?;
        let action = match before {
            Some(_) => AuditAction::RouteChanged,
            None => AuditAction::RouteAdded,
        };
        let mut record = note(by, now, action, route.shown());
        record.changes = changes;
        self.append(&mut transaction, &record).await?;
        transaction.commit().await
    }

    /// Removes a route, with what it was told.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn remove_alert_route(
        &self,
        id: &RouteId,
        by: &Actor,
        now: UnixTime,
    ) -> Result<RouteOutcome, StoreError> {
        let mut transaction = self.begin().await?;
        let removed: Option<(String, Option<String>)> =
            sqlx::query_as("DELETE FROM alert_routes WHERE id = $1 RETURNING host, recipient")
                .bind(id.as_str())
                .fetch_all(&mut *transaction)
                .await?
                .into_iter()
                .next();
        let Some((host, recipient)) = removed else {
            return Ok(RouteOutcome::Unknown);
        };
        let subject = recipient.unwrap_or(host);
        let record = note(by, now, AuditAction::RouteRemoved, subject);
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(RouteOutcome::Done)
    }

    /// Notes that a test alert was sent.
    ///
    /// # Errors
    /// `Database`.
    pub async fn note_test_alert(
        &self,
        route: &StoredRoute,
        changes: Vec<Change>,
        by: &Actor,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let mut record = note(by, now, AuditAction::TestAlertSent, route.shown());
        record.changes = changes;
        self.append(&mut transaction, &record).await?;
        transaction.commit().await
    }
}
