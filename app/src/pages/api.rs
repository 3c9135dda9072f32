//! `/api/docs`: the API for programs, rendered from its OpenAPI document.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api,
    api_document::{Entry, Operation},
    paths,
};

/// The API documentation. It contains only public information, so it requires no sign-in.
#[component]
pub fn ApiPage() -> impl IntoView {
    let (operations, origin) = (api::api_document(), api::own_origin());
    let list = operations.iter().map(link).collect_view();
    let all = operations
        .iter()
        .map(|one| operation(one, &origin))
        .collect_view();
    view! {
        <Title text="API" />
        <h1>"API for programs"</h1>
        <section class="card api">
            <p>
                "Programs authenticate with an API key, which an administrator creates on the Access page: "
                <code>"Authorization: Bearer mgk_…"</code>
                ". Errors are returned as "
                <code>"application/problem+json"</code>
                " (RFC 9457); "
                <code>"errors"</code>
                " names the invalid fields. For tools, the API is described in "
                <a href=paths::api::OpenApi::PATH rel="external">"openapi.json"</a>
                " (OpenAPI 3.1)."
            </p>
            <nav aria-label="Operations">
                <ul>{list}</ul>
            </nav>
        </section>
        {all}
    }
}

fn link(operation: &Operation) -> impl IntoView + use<> {
    let href = ["#", &operation.id].concat();
    let name = [&operation.method, " ", &operation.path].concat();
    view! {
        <li>
            <a href=href rel="external">
                <code>{name}</code>
            </a>
        </li>
    }
}

fn operation(operation: &Operation, origin: &str) -> impl IntoView + use<> {
    let title = [&operation.id, "-title"].concat();
    let labelled_by = title.clone();
    let name = [&operation.method, " ", &operation.path].concat();
    let scope = (!operation.scope.is_empty()).then(|| {
        view! { <p class="help">"Needs the scope " <code>{operation.scope.clone()}</code> "."</p> }
    });
    let description = (!operation.description.is_empty())
        .then(|| view! { <p>{with_code(&operation.description)}</p> });
    view! {
        <section class="card api" id=operation.id.clone() aria-labelledby=labelled_by>
            <h2 id=title>{operation.summary.clone()}</h2>
            <p>
                <code>{name}</code>
            </p>
            {scope}
            {description}
            {entries("Parameters", &operation.parameters)}
            {entries("Body, as application/json", &operation.fields)}
            {entries("Answers", &operation.answers)}
            <h3>"Example"</h3>
            <pre tabindex="0">{curl(operation, origin)}</pre>
        </section>
    }
}

fn entries(title: &'static str, entries: &[Entry]) -> impl IntoView + use<> {
    let rows = entries.iter().map(entry).collect_view();
    (!entries.is_empty()).then(|| {
        view! {
            <h3>{title}</h3>
            <dl>{rows}</dl>
        }
    })
}

fn entry(entry: &Entry) -> impl IntoView + use<> {
    let kind = (!entry.kind.is_empty())
        .then(|| view! { <span class="help">{[" ", &entry.kind].concat()}</span> });
    view! {
        <div>
            <dt>
                <code>{entry.name.clone()}</code>
                {kind}
            </dt>
            <dd>{with_code(&entry.description)}</dd>
        </div>
    }
}

/// Renders text in backquotes as code.
fn with_code(text: &str) -> impl IntoView + use<> {
    text.split('`')
        .map(str::to_owned)
        .enumerate()
        .map(|(number, part)| {
            if number % 2 == 1 {
                view! { <code>{part}</code> }.into_any()
            } else {
                part.into_any()
            }
        })
        .collect_view()
}

/// Returns a command that tries the operation on this server.
fn curl(operation: &Operation, origin: &str) -> String {
    let mut lines = vec![format!(
        "curl -X {} {origin}{}",
        operation.method,
        operation.path.replace("{id}", "ID")
    )];
    if !operation.scope.is_empty() {
        lines.push("-H \"Authorization: Bearer $MAILGRANT_API_KEY\"".to_owned());
    }
    if let Some(example) = &operation.example {
        lines.push("-H \"Content-Type: application/json\"".to_owned());
        lines.push(format!("-d '{example}'"));
    }
    lines.join(" \\\n  ")
}
