//! Result of the last save, above the button.

use leptos::prelude::*;

use super::{
    session::{Notice, Session},
    sign_in::SignInProgress,
};
use crate::{
    form::live::FormState,
    paths,
    ui::{
        banner::{Banner, Tone},
        browser,
        error_banner::ErrorBanner,
    },
};

/// Messages about the whole form.
#[component]
pub fn Outcome(session: Session) -> impl IntoView {
    let bring_if = |shows: bool| {
        if shows {
            browser::bring_into_view("outcome");
        }
    };
    // Separate effects, because a check hides the result of the save without scrolling to it.
    Effect::new(move |_| {
        let refused = Some(Notice::Refused);
        bring_if(
            session
                .notice()
                .with(|notice| notice.is_some() && *notice != refused),
        );
    });
    Effect::new(move |_| bring_if(session.sign_in().with(Option::is_some)));
    view! {
        <div id="outcome">
            {move || session.notice().get().map(|notice| shown(session, notice))}
            {move || session.sign_in().get().map(|sign_in| view! { <SignInProgress sign_in /> })}
        </div>
    }
}

fn shown(session: Session, notice: Notice) -> AnyView {
    match notice {
        Notice::Saved { grant_ended } => view! {
            <Banner tone=Tone::Good title="Settings saved">
                {grant_ended.then(ended)}
            </Banner>
        }
        .into_any(),
        Notice::HalfSaved { grant_ended } => view! {
            <Banner tone=Tone::Careful title="Settings saved, but not authorized">
                {grant_ended.then(ended)}
                <p>
                    "The sign-in could not start. Press Save & Authorize again in a minute. If that \
                    does not help, see the server's log."
                </p>
            </Banner>
        }
        .into_any(),
        Notice::Refused => view! { <Summary state=session.state() /> }.into_any(),
        Notice::Conflict { version } => view! { <Conflict session version /> }.into_any(),
        Notice::Failed(error) => view! { <ErrorBanner error /> }.into_any(),
    }
}

/// Note that a save ended the grant.
fn ended() -> impl IntoView {
    view! { <p>"The authorization for the previous settings has ended."</p> }
}

/// Links to all fields with errors.
#[component]
fn Summary(state: FormState) -> impl IntoView {
    let link = |(field, error): (domain::SmtpField, domain::SmtpFormError)| {
        let id = field.name();
        let to_field = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            browser::focus(id);
        };
        view! {
            <li>
                <a href=["#", id].concat() rel="external" on:click=to_field>
                    {wording::smtp_field_label(field)}
                </a>
                ": "
                {wording::smtp_field_error(field, error).cause}
            </li>
        }
    };
    let errors = move || state.errors();
    view! {
        {move || {
            let errors = errors();
            let title = if errors.is_empty() {
                "All fields are valid now. Save again."
            } else {
                "Not saved: some fields are invalid"
            };
            let tone = if errors.is_empty() { Tone::Note } else { Tone::Bad };
            view! {
                <Banner tone title>
                    <ul class="summary">{errors.into_iter().map(link).collect_view()}</ul>
                </Banner>
            }
        }}
    }
}

/// Banner about a save of another administrator.
#[component]
fn Conflict(session: Session, version: i64) -> impl IntoView {
    let words = wording::request_problem::CONFLICT;
    let id = session
        .data_center()
        .with_value(|data_center| data_center.id.to_string());
    view! {
        <Banner tone=Tone::Bad title=words.cause>
            <p>{words.fix}</p>
            <div class="choices">
                <a
                    class="button"
                    href=paths::SmtpSettings::of(&id)
                    rel="external"
                >
                    "Show their changes"
                </a>
                <button type="submit" class="button" id="save-over" name="over" value=version.to_string()>
                    "Overwrite their changes"
                </button>
            </div>
        </Banner>
    }
}
