//! Errors of a form: codes per field. The words are chosen where they are shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes::codes;

codes! {
    /// Why the value of a field was not accepted.
    FieldError {
        /// Nothing was typed in a mandatory field.
        Required = "required",
        /// More characters than a value of this kind may have.
        TooLong = "too_long",
        /// A line break or another control character.
        ControlCharacter = "control_character",
        /// Not one email address.
        NotAnAddress = "not_an_address",
        /// More than one address where one is wanted.
        SeveralAddresses = "several_addresses",
        /// Neither a host name nor an IP address.
        NotAHost = "not_a_host",
        /// A URL where only its host is wanted.
        HostHasScheme = "host_has_scheme",
        /// `host:port` where only the host is wanted.
        HostHasPort = "host_has_port",
        /// Not a number from 1 to 65535.
        NotAPort = "not_a_port",
        /// Not an absolute URL.
        NotAUrl = "not_a_url",
        /// `http:` where the host is not loopback.
        UrlNotHttps = "url_not_https",
        /// A URL with a fragment (RFC 6749 §3.1 forbids it).
        UrlHasFragment = "url_has_fragment",
        /// A URL with a user name or a password in it.
        UrlHasCredentials = "url_has_credentials",
        /// A character that RFC 6749 §3.3 does not allow in a scope.
        NotAScope = "not_a_scope",
        /// Microsoft Graph and Outlook scopes in one request, which Microsoft refuses.
        MixedScopes = "mixed_scopes",
        /// Not one of the choices offered.
        UnknownChoice = "unknown_choice",
        /// A saved secret belongs to another host, port, user, client or endpoint; it has to be typed
        /// again.
        SecretBelongsElsewhere = "secret_belongs_elsewhere",
        /// A credential would travel in the clear to another machine.
        CredentialInPlaintext = "credential_in_plaintext",
        /// The same authorization as SMTP, which has none.
        NeedsOAuth = "needs_o_auth",
        /// Not the redirect URL under which this server is reached.
        RedirectUrlMismatch = "redirect_url_mismatch",
        /// Another one has this name.
        NameTaken = "name_taken",
        /// The data center has settings, so it cannot be removed.
        DataCenterInUse = "data_center_in_use",
        /// Mail waits in the data center, so it cannot be removed.
        DataCenterHasMail = "data_center_has_mail",
        /// The data center from the start cannot be removed.
        DataCenterIsDefault = "data_center_is_default",
        /// No data center has this id.
        UnknownDataCenter = "unknown_data_center",
        /// A character that no user name has.
        NotAUserName = "not_a_user_name",
        /// A password of fewer than 12 characters.
        PasswordTooShort = "password_too_short",
        /// A password that is guessed soon, as `zxcvbn` judges.
        PasswordGuessable = "password_guessable",
        /// The password was typed differently the second time.
        PasswordsDiffer = "passwords_differ",
        /// Not the present password.
        PasswordWrong = "password_wrong",
        /// The last administrator stays one.
        LastAdministrator = "last_administrator",
        /// Not a day such as `2027-01-31`.
        NotADate = "not_a_date",
        /// A day that has passed.
        InThePast = "in_the_past",
        /// Not `whsec_` and the base64 of 24 to 64 bytes.
        NotAWebhookSecret = "not_a_webhook_secret",
        /// More entries than a list may have.
        TooMany = "too_many",
        /// Not base64 (RFC 4648 §4).
        NotBase64 = "not_base64",
        /// Not a media type for an attachment, such as `image/png`.
        NotAMediaType = "not_a_media_type",
        /// A file name with `=?` in it, which some programs take for an encoded word (RFC 2047).
        NotAFileName = "not_a_file_name",
        /// Not the name of a header field (RFC 5322 §2.2).
        NotAHeaderName = "not_a_header_name",
        /// A header field that Mailgrant or the mail servers write.
        HeaderReserved = "header_reserved",
        /// A header field that another entry has.
        HeaderRepeated = "header_repeated",
        /// Mail from this address is not allowed in this data center.
        FromNotAllowed = "from_not_allowed",
        /// The data center has no SMTP settings, so nothing can be sent from it.
        DataCenterNotSetUp = "data_center_not_set_up",
        /// Not a time such as `2027-01-31T12:00:00Z`.
        NotATime = "not_a_time",
        /// Not a whole number within the range of the field.
        NotANumber = "not_a_number",
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
