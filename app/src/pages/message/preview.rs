//! What a message says: as text, or as HTML in a frame that may do nothing; its files by name, and its headers.

use domain::{Mail, MailAttachment, MailHeader, MessageId};
use leptos::prelude::*;

use crate::{pages::query::asked, text};

/// The content.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Preview(mail: Mail, id: MessageId) -> impl IntoView {
    let page = ["/messages/", id.as_str()].concat();
    let frame = [&page, "/html"].concat();
    let as_html =
        mail.html.is_some() && (asked("show").as_deref() != Some("text") || mail.text.is_none());
    let other = (mail.html.is_some() && mail.text.is_some()).then(|| {
        let (query, words) = if as_html {
            ("?show=text#content-title", "Show plain text")
        } else {
            ("?show=html#content-title", "Show with formatting")
        };
        view! {
            <p>
                <a href=[&page, query].concat() rel="external" id="other-form">
                    {words}
                </a>
            </p>
        }
    });
    let body = match mail.text {
        _ if as_html => view! {
            <iframe
                class="mail-frame"
                id="message-html"
                title="Content of the message"
                src=frame
                sandbox="allow-popups allow-popups-to-escape-sandbox"
                referrerpolicy="no-referrer"
            ></iframe>
            <p class="help">"Images and everything else that would be loaded are left out here."</p>
        }
        .into_any(),
        Some(text) if !text.is_empty() => {
            view! { <pre class="mail-text" id="message-text">{text}</pre> }.into_any()
        }
        _ => view! { <p class="empty">"This message has no text."</p> }.into_any(),
    };
    view! {
        <section class="card" aria-labelledby="content-title">
            <h2 id="content-title">"Content"</h2>
            {body}
            {other}
            {mail
                .html_left_out
                .then(|| view! { <p class="help">"It has HTML as well, which is too large to be shown."</p> })}
            <Attachments attachments=mail.attachments />
            <Headers headers=mail.headers left_out=mail.headers_left_out />
        </section>
    }
}

/// The files, which are in the source.
#[component]
fn Attachments(attachments: Vec<MailAttachment>) -> impl IntoView {
    let item = |file: MailAttachment| {
        let name = if file.name.is_empty() {
            ["Attachment ", &file.number.to_string()].concat()
        } else {
            file.name
        };
        let size = text::size(file.size);
        view! { <li>{name} " " <span class="soft">{file.media_type} ", " {size}</span></li> }
    };
    (!attachments.is_empty()).then(|| {
        view! {
            <div class="attachments">
                <h3>"Attachments"</h3>
                <ul>{attachments.into_iter().map(item).collect_view()}</ul>
            </div>
        }
    })
}

#[component]
fn Headers(headers: Vec<MailHeader>, left_out: u32) -> impl IntoView {
    let item = |header: MailHeader| {
        view! {
            <dt>{header.name}</dt>
            <dd>{header.value}</dd>
        }
    };
    (!headers.is_empty()).then(|| {
        view! {
            <details>
                <summary>"All headers"</summary>
                <dl class="facts">{headers.into_iter().map(item).collect_view()}</dl>
                {(left_out > 0)
                    .then(|| view! { <p class="help">{left_out.to_string()} " more are left out."</p> })}
            </details>
        }
    })
}
