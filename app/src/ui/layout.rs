//! What every page has around its content.

use leptos::prelude::*;

/// Header and main column. Links load whole pages (`rel="external"`), so that the browser itself
/// asks before unsaved changes are left.
#[component]
pub fn Layout(children: Children) -> impl IntoView {
    view! {
        <a class="skip" href="#content" rel="external">
            "Skip to the content"
        </a>
        <header class="page-header">
            <div class="column">
                <a class="name" href="/" rel="external">
                    "Mailgrant"
                </a>
                <nav aria-label="Pages">
                    <a href="/settings/smtp" rel="external">
                        "Settings"
                    </a>
                </nav>
            </div>
        </header>
        <main id="content" class="column" tabindex="-1">
            {children()}
        </main>
    }
}
