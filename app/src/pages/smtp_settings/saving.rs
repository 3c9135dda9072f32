//! Saves with WASM, and waits for the sign-in in another tab.

use domain::{AuthorizationId, SmtpField};
use leptos::{prelude::*, task::spawn_local};

use super::session::{Notice, Session, SignIn};
use crate::{
    api::{self, NextStep, SavedAnswer},
    error::ApiError,
    ui::{browser, events},
};

impl Session {
    /// Saves the values on the form. `over` is a newer version that may be overwritten. Must be
    /// called in the click handler, because it opens the tab for the sign-in.
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

    /// Returns the version that another administrator saved.
    pub fn newer_version(self) -> Option<i64> {
        self.notice().with_untracked(|notice| match notice {
            Some(Notice::Conflict { version }) => Some(*version),
            _ => None,
        })
    }

    /// Shows that fields are invalid, and focuses the first.
    pub fn refuse(self, first: SmtpField) {
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
                        self.notice().set(Some(Notice::HalfSaved { grant_ended }));
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
        spawn_local(async move {
            let state = events::watch_authorization(&id).await;
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
}
