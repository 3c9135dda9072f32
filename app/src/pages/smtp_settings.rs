//! `/settings/smtp`: the settings of one data center.

mod actions;
mod authentication;
mod check;
mod checking;
mod connection;
mod data_center_field;
mod data_centers;
mod discovery;
mod form;
mod mailbox;
mod outcome;
mod presets;
mod saving;
mod session;
mod sign_in;
mod status;
mod test_email;

use domain::DataCenterId;
use leptos::{either::Either, prelude::*};
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use serde::{Deserialize, Serialize};

use self::form::SettingsForm;
use super::failure::Failure;
use crate::{
    api::{
        self, AddDataCenter, CheckConnection, RemoveDataCenter, RenameDataCenter, SaveSmtpSettings,
        SendTestEmail, SmtpPage,
    },
    error::ApiError,
    island::Island,
    ui::{
        banner::{Banner, Tone},
        settings_nav::SettingsTop,
    },
};

/// The form, which is hydrated.
pub const SMTP_SETTINGS: Island<(SmtpPage, PageQuery)> = Island {
    id: "smtp-settings-page",
    view: |(page, query)| view! { <SettingsForm page query /> }.into_any(),
};

/// Query of the page. It never contains values of the form.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PageQuery {
    /// Data center of the settings.
    pub data_center: String,
    /// True to show the values that were entered without WASM.
    pub draft: bool,
    /// True if the draft was rejected. All its errors are shown.
    pub refused: bool,
    /// True to ask whether the preset may overwrite entered values.
    pub overwrite: bool,
    /// `1` after a save, `half` if the authorization could not be started.
    pub saved: String,
    /// `ended` if the save ended the grant.
    pub grant: String,
    /// ID of a check, or empty.
    pub check: String,
    /// `required` or `wrong` if the recipient of a test email is missing or invalid.
    pub recipient: String,
    /// Errors of forms that were posted without WASM.
    pub failed: Failed,
}

/// Errors of forms that were posted without WASM, which only the URL can carry.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Failed {
    /// Error of saving.
    pub save: Option<ApiError>,
    /// Error of the check or the test email.
    pub test: Option<ApiError>,
    /// Error of adding a data center.
    pub add: Option<ApiError>,
    /// Error of renaming it.
    pub rename: Option<ApiError>,
    /// Error of removing it.
    pub remove: Option<ApiError>,
}

impl Failed {
    fn read() -> Self {
        let save = ServerAction::<SaveSmtpSettings>::new().value();
        let test = ServerAction::<SendTestEmail>::new().value();
        let check = ServerAction::<CheckConnection>::new().value();
        let add = ServerAction::<AddDataCenter>::new().value();
        let rename = ServerAction::<RenameDataCenter>::new().value();
        let remove = ServerAction::<RemoveDataCenter>::new().value();
        Self {
            save: save.get_untracked().and_then(Result::err),
            test: test
                .get_untracked()
                .and_then(Result::err)
                .or(check.get_untracked().and_then(Result::err)),
            add: add.get_untracked().and_then(Result::err),
            rename: rename.get_untracked().and_then(Result::err),
            remove: remove.get_untracked().and_then(Result::err),
        }
    }
}

impl PageQuery {
    /// Limits the page to the permissions of the user. Drafts are only for users who may change
    /// settings.
    fn allowed(self, page: SmtpPage) -> (SmtpPage, Self) {
        let may_edit = page.may_edit;
        let query = Self {
            draft: self.draft && may_edit,
            refused: self.refused && may_edit,
            overwrite: self.overwrite && may_edit,
            ..self
        };
        (page, query)
    }

    fn read(query: &ParamsMap) -> Self {
        let text = |name| query.get_str(name).unwrap_or_default().to_owned();
        let data_center = text("data_center");
        Self {
            data_center: if data_center.is_empty() {
                DataCenterId::DEFAULT.to_owned()
            } else {
                data_center
            },
            draft: query.get_str("draft").is_some(),
            refused: query.get_str("draft") == Some("refused"),
            overwrite: query.get_str("overwrite").is_some(),
            saved: text("saved"),
            grant: text("grant"),
            check: text("check"),
            recipient: text("recipient"),
            failed: Failed::read(),
        }
    }
}

/// The settings page.
#[component]
pub fn SmtpSettingsPage() -> impl IntoView {
    let query = use_query_map().with_untracked(PageQuery::read);
    let page = api::smtp_settings_page(query.data_center.clone(), query.draft, query.check.clone());
    let shown = Suspend::new(async move {
        match page.await {
            Ok(page) => Either::Left(view! {
                {(!page.may_edit).then(|| view! { <LooksOnly may_test=page.may_test /> })}
                {SMTP_SETTINGS.rendered(query.allowed(page))}
            }),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <SettingsTop name="SMTP" />
        {shown}
    }
}

/// Note for users who may not change the settings. It is not hydrated.
#[component]
fn LooksOnly(may_test: bool) -> impl IntoView {
    view! {
        <Banner tone=Tone::Note title="You can view these settings. Administrators can change them.">
            <p>
                {if may_test {
                    "Your role allows checking the connection with the saved settings."
                } else {
                    "Secrets are never shown."
                }}
            </p>
        </Banner>
    }
}
