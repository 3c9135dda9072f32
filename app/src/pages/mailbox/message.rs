//! `/mailbox/message`: one mail.

use domain::{Mail, MailAttachment, MailHeader};
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use super::{read, trouble::Trouble};
use crate::{
    api,
    mailbox_query::MailboxQuery,
    pages::{failure::Failure, with_query},
    text,
    ui::{
        banner::{Banner, Tone},
        when::When,
    },
};

/// One mail: who, when, what, and what came with it.
#[component]
pub fn MailPage() -> impl IntoView {
    let query = read();
    let back = with_query("/mailbox", &query.of_folder().fields());
    let shown = api::mail(query.clone());
    let shown = Suspend::new(async move {
        match shown.await.map(|page| page.shown) {
            Ok(Ok(mail)) => Either::Left(view! { <Shown mail query /> }),
            Ok(Err(trouble)) => Either::Right(
                view! {
                    <Title text="Mail" />
                    <h1>"Mail"</h1>
                    <Trouble trouble query />
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
fn Shown(mail: Mail, query: MailboxQuery) -> impl IntoView {
    let subject = text::mail_subject(mail.summary.subject.clone());
    let named = subject.clone();
    let source = with_query("/mailbox/message/source", &query.fields());
    let cut = mail.cut.then(|| {
        view! {
            <Banner tone=Tone::Careful title="Only the beginning of this mail is shown">
                <p>"It is larger than 4 MB, so that attachments may be missing here. Download it to have all of it."</p>
            </Banner>
        }
    });
    view! {
        // Not the subject: leptos_meta 0.8 writes titles as they are, and this one is a stranger's.
        <Title text="Mail" />
        <h1 class="mail-title">{subject}</h1>
        <dl class="mail-head">
            <Line name="From" value=text::mail_from(mail.summary.from.clone()) />
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
        <Body mail=mail.clone() query=query.clone() subject=named />
        <Attachments attachments=mail.attachments query />
        <Headers headers=mail.headers left_out=mail.headers_left_out />
        <p>
            <a href=source rel="external" class="button quiet" id="source" download>
                "Download as it came"
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
                <dd>{value}</dd>
            </div>
        }
    })
}

/// The words: as text when there is text, unless HTML is asked for. HTML is a document of its own, in a frame that may do
/// nothing.
#[component]
fn Body(mail: Mail, query: MailboxQuery, subject: String) -> impl IntoView {
    let as_html = mail.html.is_some() && (query.show == "html" || mail.text.is_none());
    let frame = with_query("/mailbox/message/html", &query.fields());
    let other = mail.html.is_some() && mail.text.is_some();
    let other = other.then(|| {
        let (show, words) = if as_html {
            ("", "Show plain text")
        } else {
            ("html", "Show with formatting")
        };
        let query = MailboxQuery {
            show: show.to_owned(),
            ..query.clone()
        };
        let address = with_query("/mailbox/message", &query.fields());
        view! {
            <p class="other-form">
                <a href=address rel="external" id="other-form">
                    {words}
                </a>
            </p>
        }
    });
    let body = match mail.text {
        _ if as_html => view! {
            <iframe
                class="mail-frame card"
                id="mail-html"
                title=["Mail: ", &subject].concat()
                src=frame
                sandbox="allow-popups allow-popups-to-escape-sandbox"
                referrerpolicy="no-referrer"
            ></iframe>
            <p class="help">"Images and everything else that would be loaded from elsewhere are left out."</p>
        }
        .into_any(),
        Some(text) if !text.is_empty() => {
            view! { <pre class="mail-text card" id="mail-text">{text}</pre> }.into_any()
        }
        _ => view! { <p class="empty card">"This mail has no text."</p> }.into_any(),
    };
    let left_out = mail.html_left_out.then(|| {
        view! { <p class="help">"It has HTML as well, which is too large to be shown."</p> }
    });
    view! {
        <section aria-label="Content">{body} {other} {left_out}</section>
    }
}

#[component]
fn Attachments(attachments: Vec<MailAttachment>, query: MailboxQuery) -> impl IntoView {
    let item = move |file: MailAttachment| {
        let query = MailboxQuery {
            attachment: file.number.to_string(),
            ..query.clone()
        };
        let address = with_query("/mailbox/message/attachment", &query.fields());
        let name = if file.name.is_empty() {
            ["Attachment ", &file.number.to_string()].concat()
        } else {
            file.name
        };
        view! {
            <li>
                <a href=address rel="external" download>
                    {name}
                </a>
                " "
                <span class="soft">{file.media_type} ", " {text::size(file.size)}</span>
            </li>
        }
    };
    (!attachments.is_empty()).then(|| {
        view! {
            <section class="attachments">
                <h2>"Attachments"</h2>
                <ul>{attachments.into_iter().map(item).collect_view()}</ul>
            </section>
        }
    })
}

#[component]
fn Headers(headers: Vec<MailHeader>, left_out: u32) -> impl IntoView {
    let item = |header: MailHeader| {
        view! {
            <div>
                <dt>{header.name}</dt>
                <dd>{header.value}</dd>
            </div>
        }
    };
    let more = (left_out > 0).then(|| {
        view! { <p class="help">{left_out.to_string()} " more are left out."</p> }
    });
    (!headers.is_empty()).then(|| {
        view! {
            <details class="mail-headers">
                <summary>"All headers"</summary>
                <dl>{headers.into_iter().map(item).collect_view()}</dl>
                {more}
            </details>
        }
    })
}
