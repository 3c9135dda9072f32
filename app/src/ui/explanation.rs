//! A finding: cause, fix, what to copy, what the other side said.

use domain::Finding;
use leptos::prelude::*;

use crate::ui::copy::CopyButton;

/// A finding in words. `id` tells the parts of several findings on one page apart.
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
                            <summary>"What the other side said"</summary>
                            <pre dir="auto">{said}</pre>
                        </details>
                    }
                })}
            <p class="code">"Code: " <code>{finding.code.code()}</code></p>
        </div>
    }
}
