//! What the parts of the settings page share.

use domain::{
    AuthorizationId, AuthorizationState, CheckId, DataCenter, FieldError, GrantStatus, Preset,
    SmtpForm,
};
use leptos::{prelude::*, task::spawn_local};

use super::{PageQuery, data_center_errors::DataCenterErrors};
use crate::{
    api::{self, Filling, SmtpPage},
    error::ApiError,
    form::live::FormState,
};

/// What came of the last save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Saved; a grant for other values may have ended with it.
    Saved { grant_ended: bool },
    /// Saved, but the sign-in could not begin.
    HalfSaved { grant_ended: bool },
    /// Fields are wrong.
    Refused,
    /// Somebody else has saved this version.
    Conflict { version: i64 },
    /// Another failure.
    Failed(ApiError),
}

/// A sign-in in another tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The authorization.
    pub id: AuthorizationId,
    /// The provider's page.
    pub url: String,
    /// The browser did not open the tab.
    pub blocked: bool,
    /// How it ended.
    pub ended: Option<AuthorizationState>,
    /// The connection that would tell was lost.
    pub lost: bool,
}

/// The page while it is open. Cheap to copy.
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
    /// Whose settings.
    data_center: StoredValue<DataCenter>,
    /// All data centers.
    data_centers: RwSignal<Vec<DataCenter>>,
    /// The sandbox, when there is one.
    sandbox: StoredValue<Option<Preset>>,
    /// The grant.
    status: RwSignal<GrantStatus>,
    /// What came of the last save.
    notice: RwSignal<Option<Notice>>,
    /// The sign-in in another tab.
    sign_in: RwSignal<Option<SignIn>>,
    /// Who the test email is for.
    recipient: RwSignal<String>,
    /// What is wrong with that.
    recipient_error: RwSignal<Option<FieldError>>,
    /// An answer to a save is awaited.
    saving: RwSignal<bool>,
    /// A check goes on.
    checking: RwSignal<bool>,
    /// Which one, once that is known.
    check: RwSignal<Option<CheckId>>,
    /// What a screen reader says about it.
    said: RwSignal<String>,
    /// Why none could begin.
    check_error: RwSignal<Option<ApiError>>,
    /// The last check, as the server renders it; empty in the browser.
    report: StoredValue<String>,
    /// The DKIM selector to look at.
    dkim_selector: RwSignal<String>,
    /// The form has been changed as a check advised, and not been checked since.
    remedied: RwSignal<bool>,
    /// What the proposals for an email address fill in.
    proposals: RwSignal<Vec<Option<Filling>>>,
    /// What would replace something that was typed: the page asks.
    asks_preset: RwSignal<Option<Filling>>,
    /// Why a change of the data centers was refused.
    data_center_errors: DataCenterErrors,
    /// Who looks may change the settings.
    may_edit: bool,
    /// Who looks may send test emails.
    may_test: bool,
}

impl Session {
    /// The page as it opens.
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
            "required" => Some(FieldError::Required),
            "wrong" => Some(FieldError::NotAnAddress),
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

    /// Asks the server how the grant stands.
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
