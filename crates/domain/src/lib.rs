//! Mailgrant's vocabulary: pure types, parsers, and codes.
//!
//! The crate builds for the browser and for the server. It has no I/O, no async, no `cfg`, and no
//! dependency that knows about either side. It knows no texts; those are in `wording`. Start
//! reading at [`SmtpForm`] and [`SmtpSettings`], the unchecked and the checked settings, and at
//! [`Finding`].

pub mod access;
pub mod actor;
pub mod address;
pub mod alert;
pub mod audit;
pub mod authorization;
pub mod check;
mod checked_settings;
mod codes;
pub mod data_center;
pub mod device;
pub mod discovery;
pub mod ehlo_name;
pub mod finding;
mod form_errors;
pub mod grant;
pub mod host;
mod id;
mod idn;
mod imap_scope;
pub mod mailbox;
pub mod mailbox_settings;
pub mod message;
mod number;
mod one_line;
pub mod overview;
pub mod paths;
pub mod preset;
pub mod provider;
pub mod scope;
pub mod secret;
pub mod sender;
pub mod sending;
pub mod sending_form;
pub mod smtp_form;
pub mod smtp_settings;
pub mod time;
pub mod untrusted;
pub mod url;
mod value_error;
pub mod warning;
pub mod webhook;

pub use access::{
    Account, AccountId, AccountName, ApiKey, ApiKeyId, ApiKeyName, KeyScope, Role, Session,
    SessionId, SignedIn,
};
pub use actor::{Actor, Principal};
pub use address::{EmailAddress, FromAddress};
pub use alert::{
    AlertChannel, AlertCondition, AlertFacts, AlertId, AlertKind, AlertNotes, AlertSettings,
    AlertSubject, ChannelId, ChannelKind, DailyCheck, Notification, NotificationEvent,
    NotificationFailure, NotificationId, NotificationState,
};
pub use audit::{AuditAction, AuditEntry, AuditFilter, AuditRecord, Change};
pub use authorization::{AuthorizationId, AuthorizationState, GrantAfterFailure, KnownIssuer};
pub use check::{
    CheckEvent, CheckFact, CheckId, CheckOutcome, CheckPart, CheckReport, CheckStep, FactName,
    StepKind, TlsSession, Verdict,
};
pub use checked_settings::CheckedSettings;
pub use data_center::{DataCenter, DataCenterFormError, DataCenterId, DataCenterName};
pub use device::{
    ChosenListener, DeviceField, DeviceForm, DeviceKind, ListenerReason, ServiceProblem, SignInWay,
    SubmissionListener, SubmissionService,
};
pub use discovery::{
    Discovery, DiscoveryFormError, DiscoveryProblem, DiscoverySource, IssuerDocument,
    IssuerProblem, Proposal, ProposedOAuth, ProposedServer,
};
pub use ehlo_name::EhloName;
pub use finding::{Certainty, Finding, FindingCode, Retry};
pub use form_errors::FormErrors;
pub use grant::{GrantBinding, GrantStatus};
pub use host::Host;
pub use mailbox::{
    Folder, FolderName, FolderUse, Mail, MailAttachment, MailHeader, MailId, MailPage, MailQuery,
    MailSearch, MailSummary, PagePosition, SearchIn,
};
pub use mailbox_settings::{MailboxSecurity, MailboxSettings, MailboxSignIn};
pub use message::{
    Arrival, ArrivalProtocol, ArrivalSender, Attempt, AttemptOutcome, MessageFieldError,
    MessageFilter, MessageId, MessageRefusal, MessageState, OutboxMessage, ParameterError,
    Recipient, RecipientKind, RecipientState,
};
pub use overview::{OutboxOverview, SendingState};
pub use preset::{Preset, PresetAuthentication};
pub use provider::{Provider, ProviderFamily};
pub use scope::Scope;
pub use secret::{SavedSecret, SecretEdit, SecretField, TypedSecret};
pub use sender::{
    AllowedFrom, Network, NetworkError, NewSender, NullSender, OtherFrom, Sender, SenderField,
    SenderForm, SenderFormError, SenderId, SenderLimits, SenderName, SenderPassword, SenderRules,
    SenderSession, SenderSessionId, SenderSettings, SenderUser, SessionLine, Speaker,
};
pub use sending::{HourCounts, SendingLimits, SendingPause, SendingSettings, SendingUse};
pub use sending_form::{SendingField, SendingForm, SendingFormError};
pub use smtp_form::{SmtpField, SmtpForm, SmtpFormError, SmtpFormErrors};
pub use smtp_settings::{
    Authentication, OAuthClient, SavedSettings, Security, SmtpSettings, TlsMinimum,
};
pub use time::UnixTime;
pub use url::{EndpointUrl, RedirectUrl};
pub use value_error::{
    AccountNameError, AddressError, EhloNameError, FromAddressError, HostError, InvalidFolderName,
    InvalidId, InvalidSearch, NumberError, PortError, ScopeError, TextError, UnknownDataCenter,
    UrlError, WebhookSecretError,
};
pub use warning::FieldWarning;
pub use webhook::{WebhookFailure, WebhookSecret, WebhookUrl};
