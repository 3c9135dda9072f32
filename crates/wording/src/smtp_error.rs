//! Errors in the form for SMTP settings, and in those for data centers.

use domain::{DataCenterFormError, SmtpField, SmtpFormError};

use crate::{Words, field_error, request_problem, words};

/// Returns the text of an error at a field of the SMTP settings.
pub fn smtp_field_error(field: SmtpField, error: SmtpFormError) -> Words {
    match error {
        SmtpFormError::Required => required(field),
        SmtpFormError::TooLong => field_error::TOO_LONG,
        SmtpFormError::ControlCharacter => field_error::CONTROL_CHARACTER,
        SmtpFormError::NotAnAddress => field_error::NOT_AN_ADDRESS,
        SmtpFormError::SeveralAddresses => field_error::SEVERAL_ADDRESSES,
        SmtpFormError::NotAHost => field_error::NOT_A_HOST,
        SmtpFormError::HostHasScheme => field_error::HOST_HAS_SCHEME,
        SmtpFormError::HostHasPort => field_error::HOST_HAS_PORT,
        SmtpFormError::NotAnEhloName => field_error::NOT_AN_EHLO_NAME,
        SmtpFormError::NotAPort => field_error::NOT_A_PORT,
        SmtpFormError::NotAUrl => field_error::NOT_A_URL,
        SmtpFormError::UrlNotHttps => field_error::URL_NOT_HTTPS,
        SmtpFormError::UrlHasFragment => field_error::URL_HAS_FRAGMENT,
        SmtpFormError::UrlHasCredentials => field_error::URL_HAS_CREDENTIALS,
        SmtpFormError::NotAScope => field_error::NOT_A_SCOPE,
        SmtpFormError::MixedScopes => field_error::MIXED_SCOPES,
        SmtpFormError::UnknownChoice => field_error::UNKNOWN_CHOICE,
        SmtpFormError::SecretBelongsElsewhere => field_error::SECRET_BELONGS_ELSEWHERE,
        SmtpFormError::CredentialInPlaintext => field_error::CREDENTIAL_IN_PLAINTEXT,
        SmtpFormError::NeedsOAuth => field_error::NEEDS_OAUTH,
        SmtpFormError::RedirectUrlMismatch => field_error::REDIRECT_URL_MISMATCH,
        SmtpFormError::UnknownDataCenter => request_problem::UNKNOWN_DATA_CENTER,
    }
}

fn required(field: SmtpField) -> Words {
    match field {
        SmtpField::ClientSecret | SmtpField::Password | SmtpField::MailboxPassword => {
            words("No secret is saved.", "Enter it.")
        }
        SmtpField::Security | SmtpField::TlsMinimum | SmtpField::AuthenticationType => {
            words("No option is selected.", "Select one.")
        }
        _ => field_error::REQUIRED,
    }
}

/// Returns the reason why a data center was not added, renamed, or removed.
pub fn data_center_error(error: DataCenterFormError) -> Words {
    match error {
        DataCenterFormError::Required => field_error::REQUIRED,
        DataCenterFormError::TooLong => field_error::TOO_LONG,
        DataCenterFormError::ControlCharacter => field_error::CONTROL_CHARACTER,
        DataCenterFormError::NameTaken => field_error::NAME_TAKEN,
        DataCenterFormError::DataCenterInUse => field_error::DATA_CENTER_IN_USE,
        DataCenterFormError::DataCenterHasMail => field_error::DATA_CENTER_HAS_MAIL,
        DataCenterFormError::DataCenterIsDefault => field_error::DATA_CENTER_IS_DEFAULT,
        DataCenterFormError::UnknownDataCenter => request_problem::UNKNOWN_DATA_CENTER,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_error_has_a_cause_and_a_fix() {
        let smtp = SmtpFormError::ALL.iter();
        let smtp: Vec<_> = smtp
            .map(|error| smtp_field_error(SmtpField::SmtpHost, *error))
            .collect();
        let data_center = DataCenterFormError::ALL.iter();
        let data_center: Vec<_> = data_center.map(|error| data_center_error(*error)).collect();
        for texts in [smtp, data_center] {
            let filled = texts
                .iter()
                .filter(|words| !words.cause.is_empty() && !words.fix.is_empty());
            let causes: HashSet<_> = filled.map(|words| words.cause).collect();
            assert_eq!(causes.len(), texts.len());
        }
    }
}
