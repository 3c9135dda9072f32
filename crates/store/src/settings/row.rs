//! The row of settings: every value in a column of its own.

use domain::{
    Authentication, DataCenterId, EmailAddress, EndpointUrl, FromAddress, Host, MailboxSecurity,
    MailboxSettings, MailboxSignIn, OAuthClient, Provider, RedirectUrl, Scope, Security,
    SmtpSettings, TlsMinimum, UnixTime,
    mailbox_settings::{PASSWORD, SAME_AUTHORIZATION},
};
use sqlx::AnyConnection;

use crate::{StoreError, row::Table, seal::Sealed};

pub(super) const TABLE: Table = Table("smtp_settings");
const NONE: &str = "none";
const BASIC: &str = "basic";
const OAUTH: &str = "oauth";

/// Saved settings whose secrets are sealed.
pub(super) struct Saved {
    pub(super) version: i64,
    pub(super) at: UnixTime,
    pub(super) settings: SmtpSettings<Sealed>,
}

#[derive(Default, sqlx::FromRow)]
pub(super) struct Row {
    data_center: String,
    version: i64,
    saved_at: i64,
    provider: String,
    host: String,
    port: i64,
    security: String,
    tls_minimum: String,
    from_name: Option<String>,
    from_address: String,
    mailbox_email: Option<String>,
    mailbox_password: Option<String>,
    mailbox_host: Option<String>,
    mailbox_port: Option<i64>,
    mailbox_sign_in: Option<String>,
    mailbox_security: Option<String>,
    authentication: String,
    username: Option<String>,
    password: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    scope: Option<String>,
    redirect_url: Option<String>,
}

impl Row {
    pub(super) fn new(id: &DataCenterId, saved: Saved) -> Self {
        let settings = saved.settings;
        let mut row = Self {
            data_center: id.to_string(),
            version: saved.version,
            saved_at: saved.at.0,
            provider: settings.provider.code().into(),
            host: settings.host.to_string(),
            port: settings.port.into(),
            security: settings.security.code().into(),
            tls_minimum: settings.tls_minimum.code().into(),
            from_name: settings.from.name,
            from_address: settings.from.address.to_string(),
            authentication: NONE.into(),
            ..Self::default()
        };
        if let Some(mailbox) = settings.mailbox {
            row.mailbox_email = Some(mailbox.email.to_string());
            row.mailbox_host = Some(mailbox.host.to_string());
            row.mailbox_port = Some(mailbox.port.into());
            row.mailbox_sign_in = Some(mailbox.sign_in.code().into());
            row.mailbox_security = Some(mailbox.security.code().into());
            if let MailboxSignIn::Password(password) = mailbox.sign_in {
                row.mailbox_password = Some(password.0);
            }
        }
        match settings.authentication {
            Authentication::None => {}
            Authentication::Basic { username, password } => {
                row.authentication = BASIC.into();
                row.username = Some(username);
                row.password = Some(password.0);
            }
            Authentication::OAuth { username, client } => {
                row.authentication = OAUTH.into();
                row.username = Some(username);
                row.client_id = Some(client.client_id);
                row.client_secret = Some(client.client_secret.0);
                row.authorization_endpoint = Some(client.authorization_endpoint.to_string());
                row.token_endpoint = Some(client.token_endpoint.to_string());
                row.scope = Some(client.scope.to_string());
                row.redirect_url = Some(client.redirect_url.to_string());
            }
        }
        row
    }

    pub(super) async fn read(
        connection: &mut AnyConnection,
        id: &DataCenterId,
    ) -> Result<Option<Self>, StoreError> {
        let row = sqlx::query_as(
            "SELECT
                 data_center, version, saved_at, provider, host, port, security, tls_minimum,
                 from_name, from_address, mailbox_email, mailbox_password, mailbox_host,
                 mailbox_port, mailbox_sign_in, mailbox_security, authentication, username,
                 password, client_id, client_secret, authorization_endpoint, token_endpoint, scope,
                 redirect_url
             FROM smtp_settings WHERE data_center = $1",
        )
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
        Ok(row)
    }

    /// The data centers that have settings.
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

    /// Puts the row in the place of the one before.
    pub(super) async fn write(self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO smtp_settings (
                 data_center, version, saved_at, provider, host, port, security, tls_minimum,
                 from_name, from_address, mailbox_email, mailbox_password, mailbox_host,
                 mailbox_port, mailbox_sign_in, mailbox_security, authentication, username,
                 password, client_id, client_secret, authorization_endpoint, token_endpoint, scope,
                 redirect_url)
             VALUES (
                 $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                 $18, $19, $20, $21, $22, $23, $24, $25)
             ON CONFLICT (data_center) DO UPDATE SET
                 version = excluded.version, saved_at = excluded.saved_at,
                 provider = excluded.provider, host = excluded.host, port = excluded.port,
                 security = excluded.security, tls_minimum = excluded.tls_minimum,
                 from_name = excluded.from_name, from_address = excluded.from_address,
                 mailbox_email = excluded.mailbox_email,
                 mailbox_password = excluded.mailbox_password,
                 mailbox_host = excluded.mailbox_host, mailbox_port = excluded.mailbox_port,
                 mailbox_sign_in = excluded.mailbox_sign_in,
                 mailbox_security = excluded.mailbox_security,
                 authentication = excluded.authentication, username = excluded.username,
                 password = excluded.password, client_id = excluded.client_id,
                 client_secret = excluded.client_secret,
                 authorization_endpoint = excluded.authorization_endpoint,
                 token_endpoint = excluded.token_endpoint, scope = excluded.scope,
                 redirect_url = excluded.redirect_url",
        )
        .bind(self.data_center)
        .bind(self.version)
        .bind(self.saved_at)
        .bind(self.provider)
        .bind(self.host)
        .bind(self.port)
        .bind(self.security)
        .bind(self.tls_minimum)
        .bind(self.from_name)
        .bind(self.from_address)
        .bind(self.mailbox_email)
        .bind(self.mailbox_password)
        .bind(self.mailbox_host)
        .bind(self.mailbox_port)
        .bind(self.mailbox_sign_in)
        .bind(self.mailbox_security)
        .bind(self.authentication)
        .bind(self.username)
        .bind(self.password)
        .bind(self.client_id)
        .bind(self.client_secret)
        .bind(self.authorization_endpoint)
        .bind(self.token_endpoint)
        .bind(self.scope)
        .bind(self.redirect_url)
        .execute(connection)
        .await?;
        Ok(())
    }

    fn mailbox(&mut self) -> Result<Option<MailboxSettings<Sealed>>, StoreError> {
        let email = self.mailbox_email.take();
        let password = self.mailbox_password.take();
        let host = self.mailbox_host.take();
        if email.is_none() && password.is_none() && host.is_none() && self.mailbox_port.is_none() {
            return Ok(None);
        }
        let email = TABLE.needed("mailbox_email", email)?;
        let host = TABLE.needed("mailbox_host", host)?;
        let security = TABLE.needed("mailbox_security", self.mailbox_security.as_deref())?;
        Ok(Some(MailboxSettings {
            email: TABLE.value("mailbox_email", EmailAddress::parse(&email))?,
            sign_in: match (
                self.mailbox_sign_in.as_deref(),
                self.authentication.as_str(),
            ) {
                (Some(PASSWORD), _) => {
                    MailboxSignIn::Password(Sealed(TABLE.needed("mailbox_password", password)?))
                }
                (Some(SAME_AUTHORIZATION), OAUTH) => MailboxSignIn::SameAuthorization,
                _ => return Err(TABLE.corrupt("mailbox_sign_in")),
            },
            host: TABLE.value("mailbox_host", Host::parse(&host))?,
            port: port(
                "mailbox_port",
                TABLE.needed("mailbox_port", self.mailbox_port)?,
            )?,
            security: TABLE.needed("mailbox_security", MailboxSecurity::from_code(security))?,
        }))
    }

    fn authentication(self) -> Result<Authentication<Sealed>, StoreError> {
        match self.authentication.as_str() {
            NONE => Ok(Authentication::None),
            BASIC => Ok(Authentication::Basic {
                username: TABLE.needed("username", self.username)?,
                password: Sealed(TABLE.needed("password", self.password)?),
            }),
            OAUTH => {
                let authorization_endpoint =
                    TABLE.needed("authorization_endpoint", self.authorization_endpoint)?;
                let token_endpoint = TABLE.needed("token_endpoint", self.token_endpoint)?;
                let scope = TABLE.needed("scope", self.scope)?;
                let redirect_url = TABLE.needed("redirect_url", self.redirect_url)?;
                Ok(Authentication::OAuth {
                    username: TABLE.needed("username", self.username)?,
                    client: OAuthClient {
                        client_id: TABLE.needed("client_id", self.client_id)?,
                        client_secret: Sealed(TABLE.needed("client_secret", self.client_secret)?),
                        authorization_endpoint: TABLE.value(
                            "authorization_endpoint",
                            EndpointUrl::parse(&authorization_endpoint),
                        )?,
                        token_endpoint: TABLE
                            .value("token_endpoint", EndpointUrl::parse(&token_endpoint))?,
                        scope: TABLE.value("scope", Scope::parse(&scope))?,
                        redirect_url: TABLE
                            .value("redirect_url", RedirectUrl::parse(&redirect_url))?,
                    },
                })
            }
            _ => Err(TABLE.corrupt("authentication")),
        }
    }
}

impl TryFrom<Row> for Saved {
    type Error = StoreError;

    fn try_from(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            version: row.version,
            at: UnixTime(row.saved_at),
            settings: SmtpSettings {
                provider: TABLE.needed("provider", Provider::from_code(&row.provider))?,
                host: TABLE.value("host", Host::parse(&row.host))?,
                port: port("port", row.port)?,
                security: TABLE.needed("security", Security::from_code(&row.security))?,
                tls_minimum: TABLE
                    .needed("tls_minimum", TlsMinimum::from_code(&row.tls_minimum))?,
                from: FromAddress {
                    name: row.from_name.take(),
                    address: TABLE.value("from_address", EmailAddress::parse(&row.from_address))?,
                },
                mailbox: row.mailbox()?,
                authentication: row.authentication()?,
            },
        })
    }
}

fn port(column: &'static str, number: i64) -> Result<u16, StoreError> {
    let port = TABLE.value(column, u16::try_from(number))?;
    TABLE.needed(column, Some(port).filter(|port| *port != 0))
}
