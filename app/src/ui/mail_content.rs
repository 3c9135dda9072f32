//! Content of a mail: text, or HTML in a sandboxed frame; attachments, and header fields.

use domain::{Mail, MailAttachment, MailHeader};
use leptos::prelude::*;

/// URLs of the parts of a mail.
pub struct MailParts {
    /// URL of its HTML document.
    pub html: String,
    /// URL of the page that shows the other form, text or HTML.
    pub other: String,
    /// URLs of the attachments, in order; empty if they cannot be downloaded separately.
    pub attachments: Vec<String>,
}

/// Returns true if a mail is shown as HTML, given the preference of the user.
pub fn is_shown_as_html(mail: &Mail, rather_html: bool) -> bool {
    mail.html.is_some() && (rather_html || mail.text.is_none())
}

/// The content. `as_html` is [`is_shown_as_html`].
#[component]
pub fn MailContent(mail: Mail, as_html: bool, parts: MailParts) -> impl IntoView {
    let other = (mail.html.is_some() && mail.text.is_some()).then(|| {
        let words = if as_html {
            "Show plain text"
        } else {
            "Show with formatting"
        };
        view! {
            <p>
                <a href=[&parts.other, "#content-title"].concat() rel="external" id="other-form">
                    {words}
                </a>
            </p>
        }
    });
    let body = match mail.text {
        _ if as_html => view! {
            <iframe
                class="mail-frame"
                id="mail-html"
                title="The content as it was written"
                src=parts.html
                sandbox="allow-popups allow-popups-to-escape-sandbox"
                referrerpolicy="no-referrer"
            ></iframe>
            <p class="help">"Images and other external content are not loaded."</p>
        }
        .into_any(),
        Some(text) if !text.is_empty() => {
            view! { <pre class="mail-text" id="mail-text" dir="auto">{text}</pre> }.into_any()
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
                .then(|| view! { <p class="help">"Its HTML is too large to be shown."</p> })}
            <Attachments attachments=mail.attachments addresses=parts.attachments />
            <Headers headers=mail.headers left_out=mail.headers_left_out />
        </section>
    }
}

#[component]
fn Attachments(attachments: Vec<MailAttachment>, addresses: Vec<String>) -> impl IntoView {
    let mut addresses = addresses.into_iter();
    let item = move |file: MailAttachment| {
        let name = if file.name.is_empty() {
            ["Attachment ", &file.number.to_string()].concat()
        } else {
            file.name
        };
        let name = view! { <bdi>{name}</bdi> };
        let name = match addresses.next() {
            Some(address) => view! {
                <a href=address rel="external" download>
                    {name}
                </a>
            }
            .into_any(),
            None => name.into_any(),
        };
        let size = wording::size(file.size);
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
            <dt><bdi>{header.name}</bdi></dt>
            <dd><bdi>{header.value}</bdi></dd>
        }
    };
    (!headers.is_empty()).then(|| {
        view! {
            <details>
                <summary>"All headers"</summary>
                <dl class="facts">{headers.into_iter().map(item).collect_view()}</dl>
                {(left_out > 0)
                    .then(|| view! { <p class="help">{left_out.to_string()} " more are not shown."</p> })}
            </details>
        }
    })
}
