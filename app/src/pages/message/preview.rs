//! The content of a message.

use domain::{Mail, MessageId};
use leptos::prelude::*;

use crate::{
    pages::query::query_parameter,
    paths,
    ui::mail_content::{MailContent, MailParts, is_shown_as_html},
};

/// The content. Attachments are only part of the source.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Preview(mail: Mail, id: MessageId) -> impl IntoView {
    let as_html = is_shown_as_html(&mail, query_parameter("show").as_deref() != Some("text"));
    let page = paths::Message::path(id.as_str());
    let other = if as_html { "?show=text" } else { "?show=html" };
    let parts = MailParts {
        html: paths::MessageHtml::path(id.as_str()),
        other: [&page, other].concat(),
        attachments: Vec::new(),
    };
    view! { <MailContent mail as_html parts /> }
}
