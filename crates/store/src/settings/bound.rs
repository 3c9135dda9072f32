//! Values that the secrets of settings are bound to.

use domain::{Authentication, DataCenterId, MailboxSignIn, SecretField, SmtpSettings};

use super::row::TABLE;
use crate::seal::Cell;

/// Returns the cell of a secret, bound to the servers it is sent to and the values sent with it. If
/// the host in a row is changed in the database, the secret does not open for the new host.
pub(super) fn cell<'a, S>(
    field: SecretField,
    id: &'a DataCenterId,
    settings: &SmtpSettings<S>,
) -> Cell<'a> {
    let cell = |column| Cell::new(TABLE.0, column, id.as_str());
    let (host, port) = (
        Some(settings.host.to_string()),
        Some(settings.port.to_string()),
    );
    let security = Some(settings.security.code().to_owned());
    let tls_minimum = Some(settings.tls_minimum.code().to_owned());
    match field {
        SecretField::Password => {
            let username = match &settings.authentication {
                Authentication::Basic { username, .. } => Some(username.clone()),
                Authentication::None | Authentication::OAuth { .. } => None,
            };
            cell("password").bound_to([host, port, security, tls_minimum, username])
        }
        SecretField::MailboxPassword => {
            cell("mailbox_password").bound_to(mailbox(settings, |_| true))
        }
        SecretField::ClientSecret => {
            let Authentication::OAuth { username, client } = &settings.authentication else {
                return cell("client_secret");
            };
            // The token obtained with this secret is sent to these hosts, so the secret is bound to
            // them too.
            let [email, imap_host, imap_port, imap_security] = mailbox(settings, |sign_in| {
                matches!(sign_in, MailboxSignIn::SameAuthorization)
            });
            cell("client_secret").bound_to([
                host,
                port,
                security,
                tls_minimum,
                Some(username.clone()),
                email,
                imap_host,
                imap_port,
                imap_security,
                Some(client.client_id.clone()),
                Some(client.authorization_endpoint.to_string()),
                Some(client.token_endpoint.to_string()),
                Some(client.scope.to_string()),
                Some(client.redirect_url.to_string()),
            ])
        }
    }
}

/// Returns account, host, port, and security of a mailbox that uses this sign-in method.
fn mailbox<S>(
    settings: &SmtpSettings<S>,
    uses: impl FnOnce(&MailboxSignIn<S>) -> bool,
) -> [Option<String>; 4] {
    let mailbox = settings.mailbox.as_ref();
    let Some(mailbox) = mailbox.filter(|mailbox| uses(&mailbox.sign_in)) else {
        return [const { None }; 4];
    };
    [
        Some(mailbox.email.to_string()),
        Some(mailbox.host.to_string()),
        Some(mailbox.port.to_string()),
        Some(mailbox.security.code().to_owned()),
    ]
}
