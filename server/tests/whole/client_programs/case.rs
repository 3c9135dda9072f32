//! One way to send: a program, a kind of connection, and a way to be recognized.

use std::{fs, path::PathBuf};

use super::{
    kind::{Auth, Mode},
    message,
    table::Client,
    world::World,
};

/// One message to send.
pub struct Case<'a> {
    pub world: &'a World,
    pub client: &'static Client,
    pub mode: Mode,
    pub auth: Auth,
    /// A folder with the files of this message.
    pub folder: PathBuf,
}

impl<'a> Case<'a> {
    pub fn new(world: &'a World, client: &'static Client, mode: Mode, auth: Auth) -> Self {
        let name = format!("{}-{}-{}", client.id(), mode.name(), auth.name());
        let folder = world.directory().join(name);
        fs::create_dir(&folder).unwrap();
        let case = Self {
            world,
            client,
            mode,
            auth,
            folder,
        };
        fs::write(case.file("body.txt"), message::BODY).unwrap();
        fs::write(case.file("scan.bin"), message::attachment()).unwrap();
        fs::write(
            case.file("message.eml"),
            message::whole(&case.subject(), &case.from()),
        )
        .unwrap();
        case
    }

    /// Returns the path of a file of this message.
    pub fn file(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file in the folder, and folders above it.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn port(&self) -> &str {
        self.world.port(self.mode)
    }

    /// Returns the subject, which no other message has.
    pub fn subject(&self) -> String {
        let (mode, auth) = (self.mode.name(), self.auth.name());
        format!("{} {mode} {auth}", self.client.name)
    }

    /// Returns the address that the program sends from. The rules of its sender replace it.
    pub fn from(&self) -> String {
        let (mode, auth) = (self.mode.name(), self.auth.name());
        format!("{mode}-{auth}@{}.local", self.client.id())
    }
}
