//! `/settings/alerts`: active alerts, conditions, and notification channels.

mod active;
mod channel;
mod channels;
mod conditions;
mod latest;
mod new_channel;
mod new_mail;
#[cfg(feature = "ssr")]
pub mod post;

use domain::{AlertSubject, DataCenter, DataCenterId, NotificationFailure, alert::AlertField};
use leptos::{either::Either, prelude::*};

use self::{
    active::ActiveAlerts, channels::Channels, conditions::Conditions, latest::Latest,
    new_mail::NewMail,
};
use super::{failure::Failure, flash::FlashMessage};
use crate::{
    api::{self, AlertsPage as Data},
    form::{FormId, FormView, ProblemBanner},
    ui::{data_center::data_center_name, settings_nav::SettingsTop},
};

const SETTINGS: FormId = FormId("alerts");
const ADD_CHANNEL: FormId = FormId("add-channel");
const CHANNEL: FormId = FormId("channel");
const WEBHOOK: FormId = FormId("mail-hook");

/// Result of a test alert.
#[derive(Clone)]
pub struct TestAlertResult {
    /// ID of the channel.
    pub channel: String,
    /// The failure, if any.
    pub outcome: Result<(), NotificationFailure>,
}

/// The forms of the page.
struct Forms {
    settings: FormView<AlertField>,
    add_channel: FormView<AlertField>,
    channel: FormView<AlertField>,
    webhook: FormView<AlertField>,
}

impl Forms {
    fn read() -> Self {
        Self {
            settings: FormView::of(SETTINGS),
            add_channel: FormView::of(ADD_CHANNEL),
            channel: FormView::of(CHANNEL),
            webhook: FormView::of(WEBHOOK),
        }
    }
}

/// The alerts page.
#[component]
pub fn AlertsPage() -> impl IntoView {
    let data = api::alerts_page();
    let forms = Forms::read();
    let problems = [
        &forms.settings,
        &forms.add_channel,
        &forms.channel,
        &forms.webhook,
    ];
    let problems = problems.map(|form| view! { <ProblemBanner form=form.clone() /> });
    let shown = Suspend::new(async move {
        match data.await {
            Ok(data) => Either::Left(view! { <Sections data forms /> }),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <SettingsTop name="Alerts" />
        <FlashMessage />
        {problems.into_iter().collect_view()}
        {shown}
    }
}

#[component]
fn Sections(data: Data, forms: Forms) -> impl IntoView {
    let may_edit = data.may_edit;
    let names = Names(data.data_centers.clone());
    view! {
        <ActiveAlerts wrong=data.wrong channels=data.channels.clone() names=names.clone() />
        <Channels
            channels=data.channels.clone()
            data_centers=data.data_centers.clone()
            may_edit
            names=names.clone()
            add=forms.add_channel
            row=forms.channel
        />
        <Conditions
            settings=data.settings
            data_centers=data.data_centers
            checks=data.checks
            may_edit
            form=forms.settings
        />
        <NewMail hooks=data.inbound_webhooks may_edit form=forms.webhook />
        <Latest latest=data.latest channels=data.channels names />
    }
}

/// Names of data centers, servers, and senders.
#[derive(Clone)]
struct Names(Vec<DataCenter>);

impl Names {
    fn of(&self, id: &DataCenterId) -> String {
        data_center_name(&self.0, id.as_str())
    }

    fn of_subject(&self, subject: &AlertSubject) -> String {
        match subject {
            AlertSubject::DataCenter(id) => self.of(id),
            AlertSubject::Server(name) => ["Server ", name].concat(),
            AlertSubject::Sender { name, .. } => ["Sender ", name].concat(),
        }
    }
}
