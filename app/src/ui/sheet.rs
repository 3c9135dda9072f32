//! A form of the pages about access: what was typed into it and what is wrong with it, as the server answers it.

use domain::access::AccessField;
use leptos::prelude::*;

use crate::{
    api,
    posted::{Posted, PostedForm},
    ui::banner::{Banner, Tone},
};

/// A form that is shown, for the first time or again.
#[derive(Clone)]
pub struct Sheet {
    id: &'static str,
    posted: Option<Posted>,
}

impl Sheet {
    /// The form, with what became of it when it was posted just now. `id` tells the forms of a page apart.
    pub fn of(form: PostedForm, id: &'static str) -> Self {
        // One that has made something starts anew.
        let posted = api::posted().filter(|posted| posted.form == form && posted.made.is_none());
        Self { id, posted }
    }

    /// The same, when it is about one of several things.
    pub fn about(self, about: &str) -> Self {
        let posted = self.posted.filter(|posted| posted.about == about);
        Self { posted, ..self }
    }

    /// What was typed into an input.
    pub fn typed(&self, name: &str) -> String {
        self.posted
            .as_ref()
            .map(|posted| posted.typed(name).to_owned())
            .unwrap_or_default()
    }

    /// What is wrong with a field.
    pub fn error(&self, field: AccessField) -> Option<String> {
        let error = self.posted.as_ref()?.errors.get(field)?;
        Some(wording::access_field_error(field, error).joined())
    }

    /// Whether the form was refused for another reason than a field.
    pub fn has_problem(&self) -> bool {
        self.posted
            .as_ref()
            .is_some_and(|posted| posted.problem.is_some())
    }

    /// Whether a field is the one to go to: the first wrong one.
    pub fn is_first_wrong(&self, field: AccessField) -> bool {
        self.posted.as_ref().is_some_and(|posted| {
            posted.errors.iter().next().map(|(first, _)| first) == Some(field)
        })
    }

    /// Whether something was wrong.
    pub fn was_refused(&self) -> bool {
        self.posted
            .as_ref()
            .is_some_and(|posted| posted.problem.is_some() || !posted.errors.is_empty())
    }

    /// The id of the input of a field.
    pub fn id_of(&self, name: &str) -> String {
        [self.id, "-", name].concat()
    }

    /// The elements that describe a field.
    pub fn described_by(&self, field: AccessField, has_help: bool) -> Option<String> {
        let id = self.id_of(field.name());
        let ids: Vec<_> = [
            (self.error(field).is_some(), [&id, "-error"].concat()),
            (self.has_problem(), self.id_of("problem")),
            (has_help, [&id, "-help"].concat()),
        ]
        .into_iter()
        .filter_map(|(is_there, id)| is_there.then_some(id))
        .collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// Why the form was refused, when it is not a field.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn SheetProblem(sheet: Sheet) -> impl IntoView {
    let posted = sheet.posted.as_ref();
    posted.and_then(|posted| posted.problem).map(|problem| {
        let (cause, fix) = wording::access_problem(problem);
        view! {
            <div id=sheet.id_of("problem")>
                <Banner tone=Tone::Bad title=cause>
                    <p>{fix}</p>
                </Banner>
            </div>
        }
    })
}
