//! A finding: cause, fix, values to copy, and the reply of the server.

use domain::Finding;
use leptos::prelude::*;

use crate::ui::copy::CopyButton;

/// Explanation of a finding. `id` distinguishes several findings on one page.
#[component]
pub fn Explained(finding: Finding, #[prop(into)] id: String) -> impl IntoView {
    let explained = wording::explain(&finding);
    let copy_id = [&*id, "-copy"].concat();
    view! {
        <div class="explained" id=id>
            <p class="cause">
                {explained.likely.then_some("Probably: ")}
                {explained.cause}
            </p>
            <p class="fix">{explained.fix}</p>
            {explained
                .copy
                .map(|text| {
                    view! {
                        <div class="copyable">
                            <code id=copy_id.clone()>{text}</code>
                            <CopyButton of=copy_id what="this" />
                        </div>
                    }
                })}
            {explained
                .link
                .map(|(name, url)| {
                    view! {
                        <p>
                            <a href=url target="_blank" rel="noopener noreferrer">
                                {name}
                            </a>
                        </p>
                    }
                })}
            {finding
                .said
                .map(|said| {
                    view! {
                        <details class="said" open>
                            <summary>"Reply of the server"</summary>
                            <pre dir="auto">{said}</pre>
                        </details>
                    }
                })}
            <p class="code">"Code: " <code>{finding.code.code()}</code></p>
        </div>
    }
}
