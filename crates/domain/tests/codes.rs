//! Every code that is stored, sent, or logged. Released codes must never change.

use domain::{
    AccountNameError, AddressError, AlertKind, AttemptOutcome, AuditAction, ChannelKind, CheckPart,
    DataCenterFormError, DeviceKind, DiscoveryFormError, EhloNameError, FactName, FieldWarning,
    FindingCode, FromAddressError, HostError, KeyScope, MailboxSecurity, MessageFieldError,
    MessageState, NetworkError, NotificationEvent, NotificationState, NullSender, NumberError,
    OtherFrom, ParameterError, PortError, Provider, RecipientKind, RecipientState, Role,
    ScopeError, SearchIn, Security, SenderField, SenderFormError, SendingField, SendingFormError,
    SignInWay, SmtpField, SmtpFormError, StepKind, TextError, TlsMinimum, UrlError, Verdict,
    WebhookFailure, WebhookSecretError,
    access::{
        AccessField, AccountChangeError, ChangePasswordError, NewAccountError, NewKeyError,
        NewPasswordError, SetupError,
    },
    alert::{AlertField, AlertSettingsError, ChannelFormError, InboundWebhookFormError},
    discovery::{DiscoveryProblem, DiscoverySource},
    finding::{Certainty, FindingValue, Retry},
    mailbox::FolderUse,
};

/// Returns the codes of every enum, one per line, below the enum's name.
fn listed() -> String {
    let mut text = String::new();
    macro_rules! list {
        ($($name:ident.$code:ident),* $(,)?) => {
            $(
                text.push_str(concat!("\n", stringify!($name), "\n"));
                for value in $name::ALL {
                    text.extend(["  ", value.$code(), "\n"]);
                }
            )*
        };
    }
    list! {
        AlertKind.code, AttemptOutcome.code, AuditAction.code, Certainty.code, CheckPart.code,
        DeviceKind.code, DiscoverySource.code, DiscoveryProblem.code, FactName.code,
        FieldWarning.code, FindingCode.code, FindingValue.code, FolderUse.code, KeyScope.code,
        MessageState.code, Provider.code, RecipientKind.code, RecipientState.code, Retry.code,
        Role.code, ChannelKind.code, SearchIn.code, StepKind.code, NotificationEvent.code,
        NotificationState.code, Verdict.code,
        AccountChangeError.code, AccountNameError.code, AddressError.code, AlertSettingsError.code,
        ChangePasswordError.code, ChannelFormError.code, DataCenterFormError.code,
        DiscoveryFormError.code, EhloNameError.code, FromAddressError.code, HostError.code,
        InboundWebhookFormError.code, MessageFieldError.code, NetworkError.code, NewAccountError.code, NewKeyError.code,
        NewPasswordError.code, NullSender.code, NumberError.code, OtherFrom.code, ParameterError.code, PortError.code,
        ScopeError.code, SenderFormError.code, SendingFormError.code, SetupError.code, SignInWay.code, SmtpFormError.code, TextError.code,
        UrlError.code, WebhookSecretError.code,
        AccessField.name, AlertField.name, SenderField.name, SendingField.name, SmtpField.name,
    }
    let security = [
        Security::ImplicitTls,
        Security::StartTls,
        Security::Plaintext,
    ];
    let mailbox = [MailboxSecurity::ImplicitTls, MailboxSecurity::StartTls];
    let webhook = [
        WebhookFailure::NotFound,
        WebhookFailure::AddressDenied,
        WebhookFailure::Unreachable,
        WebhookFailure::Timeout,
        WebhookFailure::Certificate,
        WebhookFailure::Redirected,
        WebhookFailure::Plaintext,
        WebhookFailure::NotARequest,
        WebhookFailure::Status(500),
    ];
    for (name, codes) in [
        ("Security", security.map(Security::code).to_vec()),
        (
            "MailboxSecurity",
            mailbox.map(MailboxSecurity::code).to_vec(),
        ),
        (
            "TlsMinimum",
            [TlsMinimum::Tls12, TlsMinimum::Tls13]
                .map(TlsMinimum::code)
                .to_vec(),
        ),
        ("WebhookFailure", webhook.map(WebhookFailure::code).to_vec()),
    ] {
        text.extend(["\n", name, "\n"]);
        for code in codes {
            text.extend(["  ", code, "\n"]);
        }
    }
    text
}

#[test]
fn no_code_changes() {
    let listed = listed();
    let golden = include_str!("codes.txt");
    assert!(
        listed.trim() == golden.trim(),
        "the codes differ from tests/codes.txt; these are those in the program:\n{listed}"
    );
}

#[test]
fn a_code_is_the_same_in_json() {
    macro_rules! same {
        ($($name:ident),* $(,)?) => {
            $(for value in $name::ALL {
                assert_eq!(serde_json::to_value(value).unwrap(), value.code());
                assert_eq!($name::from_code(value.code()), Some(*value));
            })*
        };
    }
    same! {
        AlertKind, AttemptOutcome, AuditAction, Certainty, CheckPart, DiscoverySource,
        DiscoveryProblem, FactName, FieldWarning, FindingCode, FindingValue, FolderUse,
        KeyScope, MessageState, Provider, RecipientKind, RecipientState, Retry, Role, ChannelKind,
        SearchIn, StepKind, NotificationEvent, NotificationState, Verdict,
        AccountChangeError, AccountNameError, AddressError, AlertSettingsError, ChangePasswordError,
        ChannelFormError, DataCenterFormError, DiscoveryFormError, EhloNameError, FromAddressError,
        HostError, InboundWebhookFormError, MessageFieldError, NewAccountError, NewKeyError,
        NewPasswordError, NumberError, ParameterError, PortError, ScopeError, SendingFormError,
        SetupError, SmtpFormError, TextError, UrlError, WebhookSecretError,
    }
}
