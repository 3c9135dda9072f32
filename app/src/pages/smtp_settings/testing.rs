//! The test email with WASM.

use domain::{CheckOutcome, CheckReport, EmailAddress};
use leptos::{prelude::*, task::spawn_local};

use super::session::{Session, SignIn};
use crate::{api, error::ApiError, ui::browser};

impl Session {
    /// Sends a test email with what is on the form.
    pub fn send_test(self) {
        let recipient = self.recipient().get_untracked();
        let wrong = EmailAddress::parse(&recipient).err();
        self.recipient_error().set(wrong);
        // Whoever may not change settings tests with what is saved.
        let refused = self.may_edit().then(|| self.state().submit()).flatten();
        if let Some(field) = refused {
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
        // The test may have found that the grant is gone; then no sign-in has just worked.
        self.refresh_status();
        if let Ok(CheckReport {
            outcome: CheckOutcome::Failed(_),
            ..
        }) = &answer
        {
            self.drop_ended_sign_in();
        }
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
