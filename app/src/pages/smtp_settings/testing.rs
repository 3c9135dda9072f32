//! The test email with WASM.

use domain::{CheckReport, EmailAddress};
use leptos::{prelude::*, task::spawn_local};

use super::session::Session;
use crate::{api, error::ApiError, ui::browser};

impl Session {
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
        // The test may have found that the grant is gone.
        self.refresh_status();
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
