//! LIST (RFC 9051 §6.3.9) with special-use attributes (RFC 6154).

use domain::{Folder, FolderName, FolderUse};
use imap::{Data, Listed};
use imap_codec::imap_types::command::CommandBody;

use super::{MailboxError, folder_name::display_name, session::Session};

/// Maximum number of folders in the list.
const MAX_FOLDERS: usize = 500;

impl Session {
    /// Returns the folders that can be opened: INBOX first, then special-use folders, then the
    /// others by name.
    pub(super) async fn folders(&mut self) -> Result<Vec<Folder>, MailboxError> {
        let Ok(body) = CommandBody::list("", "*") else {
            return Ok(Vec::new());
        };
        let answer = self.ask_for(body).await?;
        let listed = answer.data.iter().filter_map(|data| match data {
            Data::List(listed) => Some(listed),
            _ => None,
        });
        let mut folders: Vec<_> = listed.filter_map(folder).collect();
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
        folders.truncate(MAX_FOLDERS);
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

/// Returns the folder in a LIST response, unless it cannot be opened.
fn folder(listed: &Listed) -> Option<Folder> {
    let attributes = &listed.attributes;
    let has = |name: &str| attributes.iter().any(|one| one.eq_ignore_ascii_case(name));
    if has("\\Noselect") || has("\\NonExistent") {
        return None;
    }
    let name = FolderName::parse(&listed.name).ok()?;
    if name.is_inbox() {
        return Some(inbox());
    }
    let mut used = attributes.iter();
    Some(Folder {
        name,
        shown: display_name(&listed.name),
        used_for: used.find_map(|one| FolderUse::of_attribute(one)),
    })
}
