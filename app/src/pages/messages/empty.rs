//! Content of a list without messages.

use leptos::prelude::*;

use super::PATH;
use crate::paths;

/// Explains that nothing matches, or how to submit the first message.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Nothing(asks_for_all: bool, origin: String) -> impl IntoView {
    if !asks_for_all {
        return view! {
            <div class="empty card">
                <p>"No matches."</p>
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
            <p>"Programs submit messages, and Mailgrant delivers them. There are two ways to submit one."</p>
            <p>
                "Over HTTP, with an " <a href=paths::AccessSettings::PATH rel="external">
                    "API key"
                </a> " with the scope " <code>"send"</code> ":"
            </p>
            <pre class="example">{call}</pre>
            <p>
                "All operations for programs: " <a href=paths::ApiDocs::PATH rel="external">
                    "API for programs"
                </a> "."
            </p>
            <p>"Or from the command line, as a replacement for " <code>"sendmail"</code> ":"</p>
            <pre class="example">
                "printf 'Subject: Hello\\n\\nIt works.\\n' | mailgrant send bob@example.com"
            </pre>
        </section>
    }
    .into_any()
}
