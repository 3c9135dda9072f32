//! A message above what it is about.

use leptos::prelude::*;

/// What a message means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// Something to know.
    Note,
    /// Something to look at.
    Careful,
    /// It failed.
    Bad,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Good => "banner good",
            Self::Note => "banner note",
            Self::Careful => "banner careful",
            Self::Bad => "banner bad",
        }
    }
}

/// A message with a title. Failures interrupt a screen reader, the rest waits its turn.
#[component]
pub fn Banner(tone: Tone, #[prop(into)] title: String, children: Children) -> impl IntoView {
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    view! {
        <div class=tone.class() role=role>
            <p class="banner-title">{title}</p>
            {children()}
        </div>
    }
}
