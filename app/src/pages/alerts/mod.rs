//! `/settings/alerts`: what is wrong, what is told, and who is told.

mod entry;
mod latest;
mod new_mail;
mod new_route;
mod route;
mod routes;
mod rules;
mod wrong;

use domain::{AlertSubject, DataCenter, DataCenterId, alert::AlertFormProblem};
use leptos::{either::Either, prelude::*};

use self::{
    entry::Filled, latest::Latest, new_mail::NewMail, routes::Routes, rules::Rules, wrong::WrongNow,
};
use super::{done::Done, failure::Failure};
use crate::{
    api::{self, AlertsPage as Data},
    paths,
    posted_alerts::AlertsForm,
    ui::{
        banner::{Banner, Tone},
        data_center::data_center_name,
        settings_nav::SettingsTop,
    },
};

const PATH: &str = paths::AlertSettings::PATH;

/// Alerts.
#[component]
pub fn AlertsPage() -> impl IntoView {
    let data = api::alerts_page();
    let posted = api::alerts_posted();
    let has_posted = posted.is_some();
    let of = |form| Filled::of(posted.clone(), form);
    let (rules, add, route, hook) = (
        of(AlertsForm::Settings),
        of(AlertsForm::AddRoute),
        of(AlertsForm::Route),
        of(AlertsForm::MailHook),
    );
    let problem = posted.as_ref().and_then(|posted| posted.problem);
    let shown = Suspend::new(async move {
        match data.await {
            Ok(data) => Either::Left(view! { <Sections data rules add route hook /> }),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <SettingsTop name="Alerts" />
        {(!has_posted).then(|| view! { <Done /> })}
        {problem.map(|problem| view! { <Problem problem /> })}
        {shown}
    }
}

#[component]
fn Sections(data: Data, rules: Filled, add: Filled, route: Filled, hook: Filled) -> impl IntoView {
    let may_edit = data.may_edit;
    let names = Names(data.data_centers.clone());
    view! {
        <WrongNow wrong=data.wrong routes=data.routes.clone() names=names.clone() />
        <Routes
            routes=data.routes.clone()
            data_centers=data.data_centers.clone()
            may_edit
            names=names.clone()
            add
            row=route
        />
        <Rules
            settings=data.settings
            data_centers=data.data_centers
            checks=data.checks
            may_edit
            filled=rules
        />
        <NewMail hooks=data.mail_hooks may_edit filled=hook />
        <Latest latest=data.latest routes=data.routes names />
    }
}

#[component]
fn Problem(problem: AlertFormProblem) -> impl IntoView {
    let words = wording::alert_form_problem(problem);
    view! {
        <Banner tone=Tone::Bad title=words.cause>
            <p>{words.fix}</p>
        </Banner>
    }
}

/// The names of data centers and servers.
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
        }
    }
}
