//! State that the parts of the settings page share.

use domain::{
    AddressError, AuthorizationId, AuthorizationState, CheckId, DataCenter, GrantStatus, Preset,
    SmtpForm,
};
use leptos::{prelude::*, task::spawn_local};

use super::{Failed, PageQuery};
use crate::{
    api::{self, PresetFields, SmtpPage},
    error::ApiError,
    form::live::FormState,
};

/// Result of the last save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Saved. The save may have ended a grant for other values.
    Saved { grant_ended: bool },
    /// Saved, but the authorization could not be started.
    HalfSaved { grant_ended: bool },
    /// Fields are invalid.
    Refused,
    /// Another administrator saved this version.
    Conflict { version: i64 },
    /// Another failure.
    Failed(ApiError),
}

/// A sign-in in another tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// ID of the authorization.
    pub id: AuthorizationId,
    /// URL of the provider's sign-in page.
    pub url: String,
    /// True if the browser did not open the tab.
    pub blocked: bool,
    /// Result, once the authorization has ended.
    pub ended: Option<AuthorizationState>,
    /// True if the connection that reports the result was lost.
    pub lost: bool,
}

/// State of the open page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Session(StoredValue<Parts>);

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {
        #[derive(Clone, Copy)]
        struct Parts { $($name: $type,)* }

        impl Session {
            $($(#[$doc])* pub fn $name(self) -> $type { self.0.with_value(|parts| parts.$name) })*
        }
    };
}

parts! {
    /// The form.
    state: FormState,
    /// Data center of the settings.
    data_center: StoredValue<DataCenter>,
    /// All data centers.
    data_centers: RwSignal<Vec<DataCenter>>,
    /// Preset of the sandbox, if there is one.
    sandbox: StoredValue<Option<Preset>>,
    /// State of the grant.
    status: RwSignal<GrantStatus>,
    /// Result of the last save.
    notice: RwSignal<Option<Notice>>,
    /// The sign-in in another tab.
    sign_in: RwSignal<Option<SignIn>>,
    /// Recipient of the test email.
    recipient: RwSignal<String>,
    /// Error of the recipient.
    recipient_error: RwSignal<Option<AddressError>>,
    /// True while a save is running.
    saving: RwSignal<bool>,
    /// True while a check is running.
    checking: RwSignal<bool>,
    /// ID of the running check, once it is known.
    check: RwSignal<Option<CheckId>>,
    /// Text for screen readers about the check.
    said: RwSignal<String>,
    /// Reason why a check could not be started.
    check_error: RwSignal<Option<ApiError>>,
    /// Last check as the server renders it; empty in the browser.
    report: StoredValue<String>,
    /// DKIM selector to check.
    dkim_selector: RwSignal<String>,
    /// True if a check's recommendation was applied and not checked since.
    remedied: RwSignal<bool>,
    /// Values that the proposals of a discovery fill in.
    proposals: RwSignal<Vec<Option<PresetFields>>>,
    /// Proposal that would overwrite entered values, pending the user's answer.
    asks_preset: RwSignal<Option<PresetFields>>,
    /// Reasons why changes of data centers were refused.
    data_center_errors: DataCenterErrors,
    /// True if the user may change the settings.
    may_edit: bool,
    /// True if the user may send test emails.
    may_test: bool,
}

impl Session {
    /// Returns the state of the page when it is opened.
    pub fn open(page: SmtpPage, query: &PageQuery) -> Self {
        let opened = SmtpForm::open(&page.saved, &page.redirect_url);
        let state = FormState::new(
            opened,
            page.draft.clone(),
            query.refused,
            page.saved.settings.clone(),
        );
        let failed = query.failed.save.clone();
        let grant_ended = query.grant == "ended";
        let conflict = page
            .draft
            .is_some_and(|draft| draft.version != page.saved.version);
        let notice = match query.saved.as_str() {
            _ if failed.is_some() => failed.map(Notice::Failed),
            "1" => Some(Notice::Saved { grant_ended }),
            "half" => Some(Notice::HalfSaved { grant_ended }),
            _ if conflict => Some(Notice::Conflict {
                version: page.saved.version,
            }),
            _ if query.refused => Some(Notice::Refused),
            _ => None,
        };
        let recipient_error = match query.recipient.as_str() {
            "required" => Some(AddressError::Required),
            "wrong" => Some(AddressError::NotAnAddress),
            _ => None,
        };
        let check_error = query.failed.test.clone().or(match query.check.as_str() {
            "unavailable" => Some(ApiError::Unavailable),
            "none" => Some(ApiError::NoSettings),
            "unreadable" => Some(ApiError::SecretUnreadable),
            _ => None,
        });
        Self(StoredValue::new(Parts {
            state,
            data_center: StoredValue::new(page.saved.data_center),
            data_centers: RwSignal::new(page.data_centers),
            sandbox: StoredValue::new(page.sandbox),
            status: RwSignal::new(page.status),
            notice: RwSignal::new(notice),
            sign_in: RwSignal::new(None),
            recipient: RwSignal::new(page.recipient),
            recipient_error: RwSignal::new(recipient_error),
            saving: RwSignal::new(false),
            checking: RwSignal::new(false),
            check: RwSignal::new(None),
            said: RwSignal::default(),
            check_error: RwSignal::new(check_error),
            report: StoredValue::new(page.report),
            dkim_selector: RwSignal::default(),
            remedied: RwSignal::new(false),
            proposals: RwSignal::default(),
            asks_preset: RwSignal::new(None),
            data_center_errors: DataCenterErrors::new(&query.failed),
            may_edit: page.may_edit,
            may_test: page.may_test,
        }))
    }

    /// Requests the state of the grant from the server.
    pub fn refresh_status(self) {
        let id = self
            .data_center()
            .with_value(|data_center| data_center.id.to_string());
        spawn_local(async move {
            if let Ok(status) = api::grant_status(id).await {
                self.status().set(status);
            }
        });
    }
}

/// Reasons why changes of data centers were refused.
#[derive(Clone, Copy)]
pub struct DataCenterErrors {
    pub add: RwSignal<Option<ApiError>>,
    pub rename: RwSignal<Option<ApiError>>,
    pub remove: RwSignal<Option<ApiError>>,
}

impl DataCenterErrors {
    /// Returns the errors of forms that were posted without WASM.
    pub fn new(failed: &Failed) -> Self {
        Self {
            add: RwSignal::new(failed.add.clone()),
            rename: RwSignal::new(failed.rename.clone()),
            remove: RwSignal::new(failed.remove.clone()),
        }
    }
}
