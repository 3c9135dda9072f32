//! `/mailbox/message`: one mail.

use domain::{Mail, MailAttachment};
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use super::{problem::Problem, read};
use crate::{
    api,
    mailbox_query::MailboxQuery,
    pages::failure::Failure,
    paths::{self, with_query},
    ui::{
        banner::{Banner, Tone},
        mail_content::{MailContent, MailParts, is_shown_as_html},
        when::When,
    },
};

/// One mail: header fields, content, and attachments.
#[component]
pub fn MailPage() -> impl IntoView {
    let query = read();
    let back = with_query(paths::Mailbox::PATH, &query.of_folder().fields());
    let shown = api::mail(query.clone());
    let shown = Suspend::new(async move {
        match shown.await.map(|page| page.content) {
            Ok(Ok(mail)) => Either::Left(view! { <MailView mail query /> }),
            Ok(Err(problem)) => Either::Right(
                view! {
                    <Title text="Mail" />
                    <h1>"Mail"</h1>
                    <Problem problem query />
                }
                .into_any(),
            ),
            Err(error) => Either::Right(
                view! {
                    <Title text="Mail" />
                    <h1>"Mail"</h1>
                    <Failure error />
                }
                .into_any(),
            ),
        }
    });
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol>
                <li>
                    <a href=back rel="external">
                        "Mailbox"
                    </a>
                </li>
                <li aria-current="page">"Mail"</li>
            </ol>
        </nav>
        {shown}
    }
}

#[component]
fn MailView(mail: Mail, query: MailboxQuery) -> impl IntoView {
    let subject = wording::mail_subject(mail.summary.subject.clone());
    let source = with_query(paths::MailSource::PATH, &query.fields());
    let cut = mail.cut.then(|| {
        view! {
            <Banner tone=Tone::Careful title="Only the beginning of this mail is shown">
                <p>"It is larger than 4 MB, so attachments may be missing. Download it to get the complete mail."</p>
            </Banner>
        }
    });
    view! {
        <Title text=subject.clone() />
        <h1 class="mail-title"><bdi>{subject}</bdi></h1>
        <dl class="mail-head">
            <Line name="From" value=wording::mail_from(mail.summary.from.clone()) />
            <Line name="To" value=mail.to.clone() />
            <Line name="Cc" value=mail.cc.clone() />
            {mail
                .summary
                .sent_at
                .map(|at| view! { <div><dt>"Sent"</dt><dd><When at /></dd></div> })}
            {mail
                .summary
                .received_at
                .map(|at| view! { <div><dt>"Received"</dt><dd><When at /></dd></div> })}
        </dl>
        {cut}
        <Content mail query />
        <p>
            <a href=source rel="external" class="button quiet" id="source" download>
                "Download the original"
            </a>
        </p>
    }
}

#[component]
fn Line(name: &'static str, value: String) -> impl IntoView {
    (!value.is_empty()).then(|| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd><bdi>{value}</bdi></dd>
            </div>
        }
    })
}

/// Text and attachments. Shows plain text if there is any, unless HTML is requested.
#[component]
fn Content(mail: Mail, query: MailboxQuery) -> impl IntoView {
    let as_html = is_shown_as_html(&mail, query.show == "html");
    let other = MailboxQuery {
        show: if as_html { "" } else { "html" }.to_owned(),
        ..query.clone()
    };
    let attachment = |file: &MailAttachment| {
        let query = MailboxQuery {
            attachment: file.number.to_string(),
            ..query.clone()
        };
        with_query(paths::MailAttachment::PATH, &query.fields())
    };
    let parts = MailParts {
        html: with_query(paths::MailHtml::PATH, &query.fields()),
        other: with_query(paths::Mail::PATH, &other.fields()),
        attachments: mail.attachments.iter().map(attachment).collect(),
    };
    view! { <MailContent mail as_html parts /> }
}
