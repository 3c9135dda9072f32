//! The banner in place of mail that cannot be shown.

use domain::mailbox::MailboxProblem;
use leptos::prelude::*;

use crate::{
    mailbox_query::MailboxQuery,
    paths::{self, with_query},
    ui::{
        banner::{Banner, Tone},
        explanation::Explained,
    },
};

/// Explains the problem and links to the next step.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Problem(problem: MailboxProblem, query: MailboxQuery) -> impl IntoView {
    let words = wording::mailbox_problem(&problem);
    let (data_center, folder) = (query.data_center.as_str(), query.folder.as_str());
    let of = |path, folder| with_query(path, &[("data_center", data_center), ("folder", folder)]);
    let (tone, href, link) = match &problem {
        MailboxProblem::Off => (
            Tone::Note,
            of(paths::SmtpSettings::PATH, ""),
            "Settings :: SMTP",
        ),
        MailboxProblem::NoFolder => (
            Tone::Careful,
            of(paths::Mailbox::PATH, ""),
            "Open the inbox",
        ),
        MailboxProblem::Failed(_) | MailboxProblem::Busy => (
            Tone::Bad,
            with_query(paths::Mailbox::PATH, &query.fields()),
            "Try again",
        ),
        _ => (
            Tone::Careful,
            of(paths::Mailbox::PATH, folder),
            "Open the folder",
        ),
    };
    let href = if query.mail.is_empty() || tone != Tone::Bad {
        href
    } else {
        with_query(paths::Mail::PATH, &query.fields())
    };
    let finding = match problem {
        MailboxProblem::Failed(finding) => Some(*finding),
        _ => None,
    };
    let settings = finding.as_ref().map(|_| of(paths::SmtpSettings::PATH, ""));
    view! {
        <Banner tone title=words.cause>
            {match finding {
                Some(finding) => view! { <Explained finding id="mailbox-finding" /> }.into_any(),
                None => view! { <p>{words.fix}</p> }.into_any(),
            }}
            <p>
                <a href=href rel="external">
                    {link}
                </a>
            </p>
            {settings
                .map(|href| {
                    view! {
                        <p>
                            <a href=href rel="external">
                                "Go to the settings of this data center"
                            </a>
                        </p>
                    }
                })}
        </Banner>
    }
}
