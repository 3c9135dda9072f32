//! The list of folders.

use domain::{Folder, FolderName};
use leptos::prelude::*;

use crate::{
    mailbox_query::MailboxQuery,
    paths::{self, with_query},
};

/// A link to each folder.
#[component]
pub fn Folders(folders: Vec<Folder>, query: MailboxQuery) -> impl IntoView {
    let own = FolderName::parse(&query.folder).unwrap_or_default();
    let link = move |folder: Folder| {
        let current = (folder.name == own).then_some("page");
        let of_folder = MailboxQuery {
            data_center: query.data_center.clone(),
            folder: folder.name.to_string(),
            ..MailboxQuery::default()
        };
        view! {
            <li>
                <a href=with_query(paths::Mailbox::PATH, &of_folder.fields()) rel="external" aria-current=current>
                    <bdi>{wording::folder(&folder)}</bdi>
                </a>
            </li>
        }
    };
    view! {
        <nav class="folders" aria-label="Folders">
            <ul>{folders.into_iter().map(link).collect_view()}</ul>
        </nav>
    }
}
