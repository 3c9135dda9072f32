//! What a list without messages shows.

use leptos::prelude::*;

use super::PATH;
use crate::paths;

/// Nothing matches, or nothing was ever handed over: then what to do next.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Nothing(asks_for_all: bool, origin: String) -> impl IntoView {
    if !asks_for_all {
        return view! {
            <div class="empty card">
                <p>"Nothing matches."</p>
                <p>
                    <a href=PATH rel="external">
                        "Show all messages"
                    </a>
                </p>
            </div>
        }
        .into_any();
    }
    let call = [
        "curl -H \"Authorization: Bearer mgk_…\" \\\n  -H \"Content-Type: application/json\" \\\n  \
         -d '{\"to\": [\"bob@example.com\"], \"subject\": \"Hello\", \"text\": \"Hi\"}' \\\n  ",
        &origin,
        paths::api::Messages::PATH,
    ]
    .concat();
    view! {
        <section class="card" aria-labelledby="first-title">
            <h2 id="first-title">"No messages yet"</h2>
            <p>"Programs hand messages over, and Mailgrant delivers them. There are two ways:"</p>
            <p>
                "By HTTP, with an " <a href=paths::AccessSettings::PATH rel="external">
                    "API key"
                </a> " that has the scope " <code>"send"</code> ":"
            </p>
            <pre class="example">{call}</pre>
            <p>
                "What else programs can ask for: " <a href=paths::ApiDocs::PATH rel="external">
                    "API for programs"
                </a> "."
            </p>
            <p>"Or on the command line, in place of " <code>"sendmail"</code> ":"</p>
            <pre class="example">
                "printf 'Subject: Hello\\n\\nIt works.\\n' | mailgrant send bob@example.com"
            </pre>
        </section>
    }
    .into_any()
}
