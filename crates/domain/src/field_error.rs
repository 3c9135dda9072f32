//! Errors of a form, as one code per field. `wording` has their texts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes::codes;

codes! {
    /// Reason why the value of a field was not accepted.
    FieldError {
        /// A mandatory field is empty.
        Required = "required",
        /// The value has more characters than allowed.
        TooLong = "too_long",
        /// The value contains a line break or another control character.
        ControlCharacter = "control_character",
        /// The value is not an email address.
        NotAnAddress = "not_an_address",
        /// The value has several addresses where one is expected.
        SeveralAddresses = "several_addresses",
        /// The value is neither a host name nor an IP address.
        NotAHost = "not_a_host",
        /// The value is a URL where a host is expected.
        HostHasScheme = "host_has_scheme",
        /// The value is `host:port` where a host is expected.
        HostHasPort = "host_has_port",
        /// The value is neither a fully qualified domain name nor an address literal.
        NotAnEhloName = "not_an_ehlo_name",
        /// The value is not a number from 1 to 65535.
        NotAPort = "not_a_port",
        /// The value is not an absolute URL.
        NotAUrl = "not_a_url",
        /// The URL has the scheme `http` and a host that is not loopback.
        UrlNotHttps = "url_not_https",
        /// The URL has a fragment, which RFC 6749 §3.1 forbids.
        UrlHasFragment = "url_has_fragment",
        /// The URL contains a user name or a password.
        UrlHasCredentials = "url_has_credentials",
        /// The scope contains a character that RFC 6749 §3.3 does not allow.
        NotAScope = "not_a_scope",
        /// The scope mixes Microsoft Graph and Outlook, which Microsoft rejects.
        MixedScopes = "mixed_scopes",
        /// The value is not one of the offered choices.
        UnknownChoice = "unknown_choice",
        /// The saved secret belongs to another host, port, user, client, or endpoint, so it must be
        /// typed again.
        SecretBelongsElsewhere = "secret_belongs_elsewhere",
        /// A credential would be sent without TLS to another machine.
        CredentialInPlaintext = "credential_in_plaintext",
        /// The mailbox uses the authorization of SMTP, but SMTP does not use OAuth.
        NeedsOAuth = "needs_o_auth",
        /// The value is not the redirect URL of this server.
        RedirectUrlMismatch = "redirect_url_mismatch",
        /// The name is already in use.
        NameTaken = "name_taken",
        /// The data center has settings, so it cannot be removed.
        DataCenterInUse = "data_center_in_use",
        /// The data center has waiting mail, so it cannot be removed.
        DataCenterHasMail = "data_center_has_mail",
        /// The default data center cannot be removed.
        DataCenterIsDefault = "data_center_is_default",
        /// No data center has this id.
        UnknownDataCenter = "unknown_data_center",
        /// The value has a character that is not allowed in a user name.
        NotAUserName = "not_a_user_name",
        /// The password has fewer than 12 characters.
        PasswordTooShort = "password_too_short",
        /// The password is easy to guess, as rated by `zxcvbn`.
        PasswordGuessable = "password_guessable",
        /// The password and its repetition differ.
        PasswordsDiffer = "passwords_differ",
        /// The current password is wrong.
        PasswordWrong = "password_wrong",
        /// The last administrator cannot be removed or get another role.
        LastAdministrator = "last_administrator",
        /// The value is not a day such as `2027-01-31`.
        NotADate = "not_a_date",
        /// The day is in the past.
        InThePast = "in_the_past",
        /// The value is not `whsec_` followed by the base64 of 24 to 64 bytes.
        NotAWebhookSecret = "not_a_webhook_secret",
        /// The list has too many entries.
        TooMany = "too_many",
        /// The value is not base64 (RFC 4648 §4).
        NotBase64 = "not_base64",
        /// The value is not a media type for an attachment, such as `image/png`.
        NotAMediaType = "not_a_media_type",
        /// The file name contains `=?`, which some programs parse as an encoded word (RFC 2047).
        NotAFileName = "not_a_file_name",
        /// The value is not the name of a header field (RFC 5322 §2.2).
        NotAHeaderName = "not_a_header_name",
        /// Mailgrant or mail servers set this header field themselves.
        HeaderReserved = "header_reserved",
        /// Another entry has the same header field.
        HeaderRepeated = "header_repeated",
        /// The data center does not allow mail from this address.
        FromNotAllowed = "from_not_allowed",
        /// The data center has no SMTP settings, so it cannot send.
        DataCenterNotSetUp = "data_center_not_set_up",
        /// The value is not a time such as `2027-01-31T12:00:00Z`.
        NotATime = "not_a_time",
        /// The value is not a whole number within the field's range.
        NotANumber = "not_a_number",
    }
}

/// Errors of a form with the fields `F`, at most one per field, in the order of the fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormErrors<F: Ord>(BTreeMap<F, FieldError>);

impl<F: Ord> Default for FormErrors<F> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<F: Ord + Copy> FormErrors<F> {
    /// Returns errors with a single entry.
    pub fn one(field: F, error: FieldError) -> Self {
        let mut errors = Self::default();
        errors.add(field, error);
        errors
    }

    /// Adds an error. An earlier error of the same field is kept.
    pub fn add(&mut self, field: F, error: FieldError) {
        self.0.entry(field).or_insert(error);
    }

    /// Returns the value of a field. If it is an error, records it and returns `None`.
    pub fn check<T>(&mut self, field: F, value: Result<T, FieldError>) -> Option<T> {
        value.map_err(|error| self.add(field, error)).ok()
    }

    /// Returns the error of a field.
    pub fn get(&self, field: F) -> Option<FieldError> {
        self.0.get(&field).copied()
    }

    /// Returns true if there are no errors.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns all errors, in the order of the fields.
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
