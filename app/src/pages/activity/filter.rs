//! The form that filters entries.

use domain::AuditAction;
use leptos::prelude::*;

use super::address;
use crate::{
    activity_query::{ActivityField, ActivityQuery},
    form::filter::{FilterButtons, FilterChoice, FilterDay, FilterText},
    paths,
};

/// The form. `wrong` is the field that could not be read.
#[component]
pub fn Filter(query: ActivityQuery, wrong: Option<ActivityField>) -> impl IntoView {
    let export = address(paths::ActivityExport::PATH, &query, None);
    let all = (query != ActivityQuery::default()).then(|| paths::Activity::PATH.to_owned());
    let is = |field| wrong == Some(field);
    let everything = (String::new(), "Everything".to_owned());
    let actions = AuditAction::ALL.iter().map(|action| {
        let words = wording::audit_action(*action).to_owned();
        (action.code().to_owned(), words)
    });
    view! {
        <form method="get" action=paths::Activity::PATH class="card filter" id="activity-filter" aria-label="Filter">
            <FilterText name="who" label="Who" help="A user name, or the name of an API key." value=query.who />
            <FilterChoice
                name="action"
                label="What"
                options=std::iter::once(everything).chain(actions).collect()
                chosen=query.action
                wrong=is(ActivityField::Action)
            />
            <FilterText
                name="subject"
                label="About"
                help="A data center, an account, or an API key."
                value=query.subject
                wide=true
            />
            <FilterDay name="from" label="From" value=query.from wrong=is(ActivityField::From) />
            <FilterDay name="to" label="To" value=query.to wrong=is(ActivityField::To) />
            <FilterButtons words="Show" all>
                <a href=export rel="external" class="button quiet" id="export" download>
                    "Export"
                </a>
            </FilterButtons>
        </form>
    }
}
