//! Errors of the forms about alerts and webhooks.

use crate::{
    AddressError, NumberError, UnknownDataCenter, UrlError, WebhookSecretError,
    codes::{codes, errors_include},
};

/// Reason that does not concern a single field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertFormProblem {
    /// The channel, the webhook, or the data center no longer exists.
    Gone,
    /// Another user saved in the meantime.
    Conflict,
    /// The server cannot do it at the moment. Its log has the cause.
    Unavailable,
}

codes! {
    /// Reason why the value of a field of the alert settings was not accepted.
    AlertSettingsError {
        /// A mandatory field is empty.
        Required = "required",
        /// The value is not a whole number within the field's range.
        NotANumber = "not_a_number",
        /// The value is not a day such as `2027-01-31`.
        NotADate = "not_a_date",
    }
}

errors_include! {
    AlertSettingsError:
    NumberError { Required, NotANumber }
}

codes! {
    /// Reason why the value of a field of an alert channel was not accepted.
    ChannelFormError {
        /// A mandatory field is empty.
        Required = "required",
        /// The value has more characters than allowed.
        TooLong = "too_long",
        /// The value is not an absolute URL.
        NotAUrl = "not_a_url",
        /// The URL has the scheme `http` and a host that is not loopback.
        UrlNotHttps = "url_not_https",
        /// The URL has a fragment.
        UrlHasFragment = "url_has_fragment",
        /// The URL contains a user name or a password.
        UrlHasCredentials = "url_has_credentials",
        /// The value is not `whsec_` followed by the base64 of 24 to 64 bytes.
        NotAWebhookSecret = "not_a_webhook_secret",
        /// The value is not an email address.
        NotAnAddress = "not_an_address",
        /// The value has several addresses where one is expected.
        SeveralAddresses = "several_addresses",
        /// The value is not one of the offered choices.
        UnknownChoice = "unknown_choice",
        /// The saved signing secret belongs to another host, so it must be entered again.
        SecretBelongsElsewhere = "secret_belongs_elsewhere",
        /// No data center has this ID.
        UnknownDataCenter = "unknown_data_center",
    }
}

errors_include! {
    ChannelFormError:
    UrlError { Required, TooLong, NotAUrl, UrlNotHttps, UrlHasFragment, UrlHasCredentials }
    WebhookSecretError { Required, NotAWebhookSecret }
    AddressError { Required, TooLong, NotAnAddress, SeveralAddresses };
    UnknownDataCenter => UnknownDataCenter
}

codes! {
    /// Reason why the URL or the secret of a webhook for new mail was not accepted.
    InboundWebhookFormError {
        /// A mandatory field is empty.
        Required = "required",
        /// The value has more characters than allowed.
        TooLong = "too_long",
        /// The value is not an absolute URL.
        NotAUrl = "not_a_url",
        /// The URL has the scheme `http` and a host that is not loopback.
        UrlNotHttps = "url_not_https",
        /// The URL has a fragment.
        UrlHasFragment = "url_has_fragment",
        /// The URL contains a user name or a password.
        UrlHasCredentials = "url_has_credentials",
        /// The value is not `whsec_` followed by the base64 of 24 to 64 bytes.
        NotAWebhookSecret = "not_a_webhook_secret",
    }
}

errors_include! {
    InboundWebhookFormError:
    UrlError { Required, TooLong, NotAUrl, UrlNotHttps, UrlHasFragment, UrlHasCredentials }
    WebhookSecretError { Required, NotAWebhookSecret }
}
