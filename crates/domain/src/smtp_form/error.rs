//! Errors of the form for SMTP settings.

use crate::{
    AddressError, EhloNameError, FormErrors, FromAddressError, HostError, PortError, ScopeError,
    SmtpField, TextError, UnknownDataCenter, UrlError,
    codes::{codes, errors_include},
};

/// Errors of the form.
pub type SmtpFormErrors = FormErrors<SmtpField, SmtpFormError>;

codes! {
    /// Reason why the value of a field of the SMTP settings was not accepted.
    SmtpFormError {
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
        /// The URL has a fragment.
        UrlHasFragment = "url_has_fragment",
        /// The URL contains a user name or a password.
        UrlHasCredentials = "url_has_credentials",
        /// The scope contains a character that RFC 6749 §3.3 does not allow.
        NotAScope = "not_a_scope",
        /// The scope mixes Microsoft Graph and Outlook, which Microsoft rejects.
        MixedScopes = "mixed_scopes",
        /// The value is not one of the offered choices.
        UnknownChoice = "unknown_choice",
        /// The saved secret belongs to another host, port, user, client, or endpoint, so it must
        /// be entered again.
        SecretBelongsElsewhere = "secret_belongs_elsewhere",
        /// A credential would be sent without TLS to another machine.
        CredentialInPlaintext = "credential_in_plaintext",
        /// The mailbox uses the authorization of SMTP, but SMTP does not use OAuth.
        NeedsOAuth = "needs_o_auth",
        /// The value is not the redirect URL of this server.
        RedirectUrlMismatch = "redirect_url_mismatch",
        /// No data center has this ID.
        UnknownDataCenter = "unknown_data_center",
    }
}

errors_include! {
    SmtpFormError:
    TextError { Required, TooLong, ControlCharacter }
    FromAddressError { Required, TooLong, ControlCharacter, NotAnAddress, SeveralAddresses }
    AddressError { Required, TooLong, NotAnAddress, SeveralAddresses }
    HostError { Required, TooLong, NotAHost, HostHasScheme, HostHasPort }
    EhloNameError { Required, TooLong, NotAHost, HostHasScheme, HostHasPort, NotAnEhloName }
    PortError { Required, NotAPort }
    UrlError { Required, TooLong, NotAUrl, UrlNotHttps, UrlHasFragment, UrlHasCredentials }
    ScopeError { Required, TooLong, NotAScope, MixedScopes };
    UnknownDataCenter => UnknownDataCenter
}
