//! LIST (RFC 9051 §6.3.9) with special-use attributes (RFC 6154).

use domain::{Folder, FolderName, FolderUse};
use imap_codec::imap_types::{command::CommandBody, mailbox::Mailbox, response::Data};

use super::{MailboxError, folder_name::shown, session::Session};

/// Maximum number of folders in the list.
const FOLDERS_AT_MOST: usize = 500;

impl Session {
    /// Returns the folders that can be opened: INBOX first, then special-use folders, then the
    /// others by name.
    pub(super) async fn folders(&mut self) -> Result<Vec<Folder>, MailboxError> {
        let Ok(body) = CommandBody::list("", "*") else {
            return Ok(Vec::new());
        };
        let answer = self.ask_for(body).await?;
        let mut folders: Vec<_> = answer.data.iter().filter_map(folder).collect();
        if !folders.iter().any(|folder| folder.name.is_inbox()) {
            folders.push(inbox());
        }
        folders.sort_by_key(|folder| {
            let rank = folder
                .used_for
                .map_or(usize::from(u8::MAX), |used| used as usize);
            (rank, folder.shown.to_lowercase(), folder.name.clone())
        });
        folders.dedup_by(|one, other| one.name == other.name);
        folders.truncate(FOLDERS_AT_MOST);
        Ok(folders)
    }
}

fn inbox() -> Folder {
    Folder {
        name: FolderName::default(),
        shown: FolderName::INBOX.to_owned(),
        used_for: Some(FolderUse::Inbox),
    }
}

/// Returns the folder in a LIST reply, unless it cannot be opened.
fn folder(data: &Data<'_>) -> Option<Folder> {
    let Data::List { items, mailbox, .. } = data else {
        return None;
    };
    let attributes: Vec<_> = items.iter().map(ToString::to_string).collect();
    let has = |name: &str| attributes.iter().any(|one| one.eq_ignore_ascii_case(name));
    if has("\\Noselect") || has("\\NonExistent") {
        return None;
    }
    let name = match mailbox {
        Mailbox::Inbox => return Some(inbox()),
        Mailbox::Other(other) => std::str::from_utf8(other.inner().as_ref()).ok()?,
    };
    let mut used = attributes.iter();
    Some(Folder {
        name: FolderName::parse(name).ok()?,
        shown: shown(name),
        used_for: used.find_map(|one| FolderUse::of_attribute(one)),
    })
}
