//! Banners.

use leptos::{either::Either, prelude::*};

/// Kind of a banner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Success.
    Good,
    /// Information.
    Note,
    /// Warning.
    Careful,
    /// Failure.
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

/// Banner with a title, which may begin with a name. Screen readers announce failures immediately and other banners when idle.
#[component]
pub fn Banner(
    tone: Tone,
    #[prop(optional, into)] name: String,
    #[prop(into)] title: String,
    children: Children,
) -> impl IntoView {
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    let title = if name.is_empty() {
        Either::Left(title)
    } else {
        Either::Right(view! { <bdi>{name}</bdi> " " {title} })
    };
    view! {
        <div class=tone.class() role=role>
            <p class="banner-title">{title}</p>
            {children()}
        </div>
    }
}
