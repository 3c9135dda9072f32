//! What the parts of the settings page share.

use domain::{
    AuthorizationId, AuthorizationState, CheckReport, DataCenter, EmailAddress, FieldError,
    GrantStatus, Preset, SmtpField, SmtpForm,
};
use leptos::{prelude::*, task::spawn_local};

use super::{Asked, data_centers::DataCenterErrors};
use crate::{
    api::{self, NextStep, SavedAnswer, SmtpPage},
    error::ApiError,
    ui::{browser, form_state::FormState},
};

/// What came of the last save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Saved; a grant for other values may have ended with it.
    Saved { grant_ended: bool },
    /// Saved, but the sign-in could not begin.
    HalfSaved,
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
    /// A test email is on its way.
    testing: RwSignal<bool>,
    /// How the last test email went.
    tested: RwSignal<Option<Result<CheckReport, ApiError>>>,
    /// A preset that would replace what was typed: the page asks.
    asks_preset: RwSignal<Option<Preset>>,
    /// Why a change of the data centers was refused.
    data_center_errors: DataCenterErrors,
}

impl Session {
    /// The page as it opens.
    pub fn open(page: SmtpPage, asked: &Asked) -> Self {
        let opened = SmtpForm::open(&page.saved, &page.redirect_url);
        let state = FormState::new(
            opened,
            page.draft.clone(),
            asked.refused,
            page.saved.settings.clone(),
        );
        let failed = asked.failed.save.clone();
        let conflict = page
            .draft
            .is_some_and(|draft| draft.version != page.saved.version);
        let notice = match asked.saved.as_str() {
            _ if failed.is_some() => failed.map(Notice::Failed),
            "1" => Some(Notice::Saved { grant_ended: false }),
            "half" => Some(Notice::HalfSaved),
            _ if conflict => Some(Notice::Conflict {
                version: page.saved.version,
            }),
            _ if asked.refused => Some(Notice::Refused),
            _ => None,
        };
        let recipient_error = match asked.recipient.as_str() {
            "required" => Some(FieldError::Required),
            "wrong" => Some(FieldError::NotAnAddress),
            _ => None,
        };
        let tested = match (page.report, &asked.failed.test) {
            (Some(report), _) => Some(Ok(report)),
            (None, Some(error)) => Some(Err(error.clone())),
            (None, None) if asked.check == "unavailable" => Some(Err(ApiError::Unavailable)),
            (None, None) => None,
        };
        let recipient = match &tested {
            Some(Ok(report)) => report.recipient.clone(),
            _ => String::new(),
        };
        Self(StoredValue::new(Parts {
            state,
            data_center: StoredValue::new(page.saved.data_center),
            data_centers: RwSignal::new(page.data_centers),
            sandbox: StoredValue::new(page.sandbox),
            status: RwSignal::new(page.status),
            notice: RwSignal::new(notice),
            sign_in: RwSignal::new(None),
            recipient: RwSignal::new(recipient),
            recipient_error: RwSignal::new(recipient_error),
            saving: RwSignal::new(false),
            testing: RwSignal::new(false),
            tested: RwSignal::new(tested),
            asks_preset: RwSignal::new(None),
            data_center_errors: DataCenterErrors::new(&asked.failed),
        }))
    }

    /// Saves what is on the form; `over` is a newer version that it may replace. To be called within the
    /// click, since it opens the tab for the sign-in.
    pub fn send_save(self, over: Option<i64>) {
        if self.saving().get_untracked() {
            return;
        }
        self.sign_in().set(None);
        if let Some(field) = self.state().submit() {
            self.refuse(field);
            return;
        }
        self.notice().set(None);
        let form = self.state().form.get_untracked();
        if form.uses_oauth() {
            browser::open_tab();
        }
        self.saving().set(true);
        spawn_local(async move {
            let answer = api::save_smtp_settings(form, over).await;
            self.saving().set(false);
            self.after_save(answer);
        });
    }

    /// The version that somebody else has saved.
    pub fn newer_version(self) -> Option<i64> {
        self.notice().with_untracked(|notice| match notice {
            Some(Notice::Conflict { version }) => Some(*version),
            _ => None,
        })
    }

    fn refuse(self, first: SmtpField) {
        self.notice().set(Some(Notice::Refused));
        browser::focus(first.name());
    }

    fn after_save(self, answer: Result<SavedAnswer, ApiError>) {
        match answer {
            Ok(saved) => {
                self.state().mark_saved(saved.version);
                self.refresh_status();
                let grant_ended = saved.grant_ended;
                self.notice().set(Some(Notice::Saved { grant_ended }));
                match saved.next {
                    NextStep::Nothing => browser::close_tab(),
                    NextStep::SignIn { id, url } => self.begin_sign_in(id, url),
                    NextStep::SignInUnavailable => {
                        browser::close_tab();
                        self.notice().set(Some(Notice::HalfSaved));
                    }
                }
            }
            Err(error) => {
                browser::close_tab();
                match error {
                    ApiError::Form(errors) => {
                        self.notice().set(Some(Notice::Refused));
                        if let Some(first) = self.state().refuse(errors) {
                            self.refuse(first);
                        }
                    }
                    ApiError::Conflict { version } => {
                        self.notice().set(Some(Notice::Conflict { version }));
                    }
                    error => self.notice().set(Some(Notice::Failed(error))),
                }
            }
        }
    }

    fn begin_sign_in(self, id: AuthorizationId, url: String) {
        let blocked = !browser::show_in_tab(&url);
        self.sign_in().set(Some(SignIn {
            id: id.clone(),
            url,
            blocked,
            ended: None,
            lost: false,
        }));
        browser::watch_authorization(id.clone(), move |state| {
            let own = self
                .sign_in()
                .with_untracked(|now| now.as_ref().is_some_and(|now| now.id == id));
            if own {
                self.sign_in().update(|now| {
                    if let Some(now) = now {
                        now.lost = state.is_none();
                        now.ended = state;
                    }
                });
                self.notice().set(None);
                self.refresh_status();
            }
        });
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

    /// Sends a test email with what is on the form.
    pub fn send_test(self) {
        let recipient = self.recipient().get_untracked();
        let wrong = EmailAddress::parse(&recipient).err();
        self.recipient_error().set(wrong);
        if let Some(field) = self.state().submit() {
            self.refuse(field);
        } else if wrong.is_some() {
            browser::focus("recipient");
        } else if !self.testing().get_untracked() {
            self.notice().set(None);
            self.testing().set(true);
            let form = self.state().form.get_untracked();
            spawn_local(async move {
                let answer = api::send_test_email(form, recipient).await;
                self.testing().set(false);
                self.after_test(answer);
            });
        }
    }

    fn after_test(self, answer: Result<CheckReport, ApiError>) {
        if let Err(ApiError::Test { errors, recipient }) = answer {
            self.tested().set(None);
            self.recipient_error().set(recipient);
            match self.state().refuse(errors) {
                Some(first) => self.refuse(first),
                None => browser::focus("recipient"),
            }
        } else {
            self.tested().set(Some(answer));
        }
    }
}
