//! Errors of a form: codes per field. The words are chosen where they are shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Why the value of a field was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldError {
    /// Nothing was typed in a mandatory field.
    Required,
    /// More characters than a value of this kind may have.
    TooLong,
    /// A line break or another control character.
    ControlCharacter,
    /// Not one email address.
    NotAnAddress,
    /// More than one address where one is wanted.
    SeveralAddresses,
    /// Neither a host name nor an IP address.
    NotAHost,
    /// A URL where only its host is wanted.
    HostHasScheme,
    /// `host:port` where only the host is wanted.
    HostHasPort,
    /// Not a number from 1 to 65535.
    NotAPort,
    /// Not an absolute URL.
    NotAUrl,
    /// `http:` where the host is not loopback.
    UrlNotHttps,
    /// A URL with a fragment (RFC 6749 §3.1 forbids it).
    UrlHasFragment,
    /// A URL with a user name or a password in it.
    UrlHasCredentials,
    /// A character that RFC 6749 §3.3 does not allow in a scope.
    NotAScope,
    /// Microsoft Graph and Outlook scopes in one request, which Microsoft refuses.
    MixedScopes,
    /// Not one of the choices offered.
    UnknownChoice,
    /// A saved secret belongs to another host, port, user, client or endpoint; it has to be typed
    /// again.
    SecretBelongsElsewhere,
    /// A credential would travel in the clear to another machine.
    CredentialInPlaintext,
    /// The same authorization as SMTP, which has none.
    NeedsOAuth,
    /// Not the redirect URL under which this server is reached.
    RedirectUrlMismatch,
    /// Another one has this name.
    NameTaken,
    /// The data center has settings, so it cannot be removed.
    DataCenterInUse,
    /// Mail waits in the data center, so it cannot be removed.
    DataCenterHasMail,
    /// The data center from the start cannot be removed.
    DataCenterIsDefault,
    /// No data center has this id.
    UnknownDataCenter,
    /// A character that no user name has.
    NotAUserName,
    /// A password of fewer than 12 characters.
    PasswordTooShort,
    /// A password that is guessed soon, as `zxcvbn` judges.
    PasswordGuessable,
    /// The password was typed differently the second time.
    PasswordsDiffer,
    /// Not the present password.
    PasswordWrong,
    /// The last administrator stays one.
    LastAdministrator,
    /// Not a day such as `2027-01-31`.
    NotADate,
    /// A day that has passed.
    InThePast,
    /// Not `whsec_` and the base64 of 24 to 64 bytes.
    NotAWebhookSecret,
    /// More entries than a list may have.
    TooMany,
    /// Not base64 (RFC 4648 §4).
    NotBase64,
    /// Not a media type for an attachment, such as `image/png`.
    NotAMediaType,
    /// A file name with `=?` in it, which some programs take for an encoded word (RFC 2047).
    NotAFileName,
    /// Not the name of a header field (RFC 5322 §2.2).
    NotAHeaderName,
    /// A header field that Mailgrant or the mail servers write.
    HeaderReserved,
    /// A header field that another entry has.
    HeaderRepeated,
    /// Mail from this address is not allowed in this data center.
    FromNotAllowed,
    /// The data center has no SMTP settings, so nothing can be sent from it.
    DataCenterNotSetUp,
    /// Not a time such as `2027-01-31T12:00:00Z`.
    NotATime,
    /// Not a whole number within the range of the field.
    NotANumber,
}

impl FieldError {
    /// The code in the API: the name in snake case.
    pub fn code(self) -> String {
        let mut code = String::new();
        for character in format!("{self:?}").chars() {
            if character.is_ascii_uppercase() && !code.is_empty() {
                code.push('_');
            }
            code.push(character.to_ascii_lowercase());
        }
        code
    }
}

/// The errors of a form whose fields are `F`, at most one for each field, in the order of the
/// fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormErrors<F: Ord>(BTreeMap<F, FieldError>);

impl<F: Ord> Default for FormErrors<F> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<F: Ord + Copy> FormErrors<F> {
    /// One error at one field.
    pub fn one(field: F, error: FieldError) -> Self {
        let mut errors = Self::default();
        errors.add(field, error);
        errors
    }

    /// Adds an error; the first one of a field stays.
    pub fn add(&mut self, field: F, error: FieldError) {
        self.0.entry(field).or_insert(error);
    }

    /// The value of a field, or `None` after its error has been noted.
    pub fn check<T>(&mut self, field: F, value: Result<T, FieldError>) -> Option<T> {
        value.map_err(|error| self.add(field, error)).ok()
    }

    /// The error of a field.
    pub fn get(&self, field: F) -> Option<FieldError> {
        self.0.get(&field).copied()
    }

    /// Whether there is no error.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All errors in the order of the fields.
    pub fn iter(&self) -> impl Iterator<Item = (F, FieldError)> {
        self.0.iter().map(|(field, error)| (*field, *error))
    }
}

#[cfg(test)]
mod tests {
    use super::FieldError;

    #[test]
    fn a_code_is_what_is_serialised() {
        for (error, code) in [
            (FieldError::Required, "required"),
            (FieldError::NotAnAddress, "not_an_address"),
            (FieldError::NotBase64, "not_base64"),
        ] {
            assert_eq!(error.code(), code);
        }
    }
}
