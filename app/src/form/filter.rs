//! Fields of filter forms. Their IDs are their names.

use leptos::prelude::*;

use super::input::FieldFrame;

/// Text to search for.
#[component]
pub fn FilterText(
    name: &'static str,
    label: &'static str,
    value: String,
    #[prop(optional)] help: &'static str,
    /// Error text.
    #[prop(optional_no_strip)]
    error: Option<String>,
    /// True for a separate row.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let id = |of: &str| [name, of].concat();
    let described = [
        error.is_some().then(|| id("-error")),
        (!help.is_empty()).then(|| id("-help")),
    ];
    let described: Vec<_> = described.into_iter().flatten().collect();
    view! {
        <FieldFrame
            id=name.to_owned()
            label
            class=if wide { "field wide" } else { "field" }
            error=error.clone()
            help
        >
            <input
                id=name
                name=name
                type="search"
                value=value
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=(!described.is_empty()).then(|| described.join(" "))
            />
        </FieldFrame>
    }
}

/// Date.
#[component]
pub fn FilterDay(
    name: &'static str,
    label: &'static str,
    value: String,
    wrong: bool,
) -> impl IntoView {
    let error = wrong.then(|| wording::NOT_A_DATE.joined());
    view! {
        <FieldFrame id=name.to_owned() label error>
            <input
                id=name
                name=name
                type="date"
                value=value
                aria-invalid=wrong.then_some("true")
                aria-describedby=wrong.then(|| [name, "-error"].concat())
            />
        </FieldFrame>
    }
}

/// Choice from a list of codes and labels.
#[component]
pub fn FilterChoice(
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: String,
    #[prop(optional)] wrong: bool,
) -> impl IntoView {
    let error = wrong.then(|| wording::UNKNOWN_CHOICE.joined());
    let option = move |(code, words): (String, String)| {
        let selected = code == chosen;
        view! {
            <option value=code selected=selected>
                {words}
            </option>
        }
    };
    view! {
        <FieldFrame id=name.to_owned() label error>
            <select
                id=name
                name=name
                autocomplete="off"
                aria-invalid=wrong.then_some("true")
                aria-describedby=wrong.then(|| [name, "-error"].concat())
            >
                {options.into_iter().map(option).collect_view()}
            </select>
        </FieldFrame>
    }
}

/// The button that applies the filter, and the link that removes it.
#[component]
pub fn FilterButtons(
    words: &'static str,
    /// URL of the page without a filter.
    all: Option<String>,
    /// Further buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="choices">
            <button class="button">{words}</button>
            {all
                .map(|all| {
                    view! {
                        <a href=all rel="external" class="button quiet">
                            "Show all"
                        </a>
                    }
                })}
            {children.map(|children| children())}
        </div>
    }
}
