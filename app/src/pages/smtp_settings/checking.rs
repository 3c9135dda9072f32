//! Checks and test emails with WASM. The browser starts them and inserts the steps, which the
//! server renders and sends as events.

use domain::{CheckId, EmailAddress, Security, SmtpForm, TlsMinimum};
use leptos::{prelude::*, task::spawn_local};

use super::session::{Session, SignIn};
use crate::{
    api,
    error::ApiError,
    patch::Placement,
    rendered,
    ui::{browser, events},
};

impl Session {
    /// Checks the connection with the values on the form.
    pub fn send_check(self) {
        self.begin(None);
    }

    /// Sends a test email with the values on the form.
    pub fn send_test(self) {
        let recipient = self.recipient().get_untracked();
        let wrong = EmailAddress::parse(&recipient).err();
        self.recipient_error().set(wrong);
        if wrong.is_some() {
            browser::focus("recipient");
            return;
        }
        self.begin(Some(recipient));
    }

    /// Stops the running check. Its events report the end, unless the server cannot be reached.
    pub fn stop(self) {
        if let Some(id) = self.check().get_untracked() {
            spawn_local(async move {
                let stopped = api::cancel_check(id.as_str().to_owned()).await;
                if let Err(error) = stopped
                    && self.shows(&id)
                {
                    self.ended(Err(error));
                }
            });
        }
    }

    /// Repeats a check that was interrupted. `recipient` is that of a test email, or empty.
    pub fn run_again(self, recipient: String) {
        if recipient.is_empty() {
            self.send_check();
        } else {
            self.recipient().set(recipient);
            self.send_test();
        }
    }

    /// Returns true if this check is running.
    fn shows(self, id: &CheckId) -> bool {
        self.check()
            .with_untracked(|check| check.as_ref() == Some(id))
    }

    /// Changes the form as the check recommends.
    pub fn remedy(self, choice: &str) {
        let change = |form: &mut SmtpForm| match choice {
            "465" => {
                form.smtp_port = "465".into();
                form.security = Security::ImplicitTls.code().into();
            }
            "1.2" => form.tls_minimum = TlsMinimum::Tls12.code().into(),
            security => security.clone_into(&mut form.security),
        };
        self.state().edit(change);
        self.remedied().set(true);
        // The button becomes visible with this change.
        request_animation_frame(|| browser::focus("check-again"));
    }

    fn begin(self, recipient: Option<String>) {
        if self.checking().get_untracked() {
            return;
        }
        // Users who may not change settings check the saved values.
        let refused = self.may_edit().then(|| self.state().submit()).flatten();
        if let Some(field) = refused {
            self.refuse(field);
            return;
        }
        self.notice().set(None);
        self.check_error().set(None);
        self.remedied().set(false);
        self.checking().set(true);
        // Removes the previous result, so it is not mistaken for the new one.
        browser::insert_html(rendered::RESULT, "", Placement::Within);
        let form = self.state().form.get_untracked();
        let selector = self.dkim_selector().get_untracked();
        spawn_local(async move {
            let passed = match api::begin_check(form, recipient, selector).await {
                Ok(id) => {
                    self.check().set(Some(id.clone()));
                    let is_shown = || self.shows(&id);
                    let passed =
                        events::watch_check(&id, is_shown, move |said| self.said().set(said)).await;
                    if !self.shows(&id) {
                        return;
                    }
                    passed
                }
                Err(error) => Err(error),
            };
            self.ended(passed);
        });
    }

    fn ended(self, passed: Result<bool, ApiError>) {
        self.checking().set(false);
        self.check().set(None);
        // The check may have found that the grant has ended, so the result of a sign-in may be
        // outdated.
        self.refresh_status();
        match passed {
            Ok(true) => {}
            Ok(false) => self.drop_ended_sign_in(),
            Err(ApiError::Test { errors, recipient }) => {
                self.recipient_error().set(recipient);
                match self.state().refuse(errors) {
                    Some(first) => self.refuse(first),
                    None => browser::focus("recipient"),
                }
            }
            Err(error) => self.check_error().set(Some(error)),
        }
    }

    fn drop_ended_sign_in(self) {
        let has_ended = |sign_in: &Option<SignIn>| {
            sign_in
                .as_ref()
                .is_some_and(|sign_in| sign_in.ended.is_some())
        };
        if self.sign_in().with_untracked(has_ended) {
            self.sign_in().set(None);
        }
    }
}
