//! Dovecot, which asks the sandbox whose a token is.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::files;
use crate::support::Provider;

/// Any user that owns no other files; it does not have to exist.
const MAIL_USER: u32 = 5_000;

/// Dovecot with IMAP over TLS on loopback.
pub struct Dovecot {
    directory: PathBuf,
    port: u16,
    account: String,
}

impl Dovecot {
    pub fn start(directory: &Path, provider: &Provider) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        fs::create_dir(directory).unwrap();
        for folder in [directory.parent().unwrap(), directory] {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        }
        for folder in ["run", "mail"] {
            fs::create_dir(directory.join(folder)).unwrap();
        }
        chown(directory.join("mail"), Some(MAIL_USER), Some(MAIL_USER)).unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        fs::write(directory.join("certificate.pem"), made.cert.pem()).unwrap();
        fs::write(directory.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let issuer = &provider.descriptor().issuer;
        let introspection = format!(
            "introspection_url = {issuer}/userinfo\nintrospection_mode = auth\n\
             force_introspection = yes\nusername_attribute = email\nusername_format = %Lu\n"
        );
        fs::write(directory.join("oauth2.conf"), introspection).unwrap();
        let dovecot = Self {
            directory: directory.to_owned(),
            port,
            account: provider.descriptor().accounts[0].address.clone(),
        };
        let configuration = dovecot.configuration();
        fs::write(dovecot.configuration_file(), configuration).unwrap();
        let started = dovecot.run("/usr/sbin/dovecot", &[]);
        assert!(started, "{}", dovecot.log());
        dovecot
    }

    /// Returns the port for IMAP over TLS.
    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn certificate(&self) -> PathBuf {
        self.directory.join("certificate.pem")
    }

    /// Puts a message into the inbox.
    pub fn deliver(&self, content: &str) {
        let new = self.maildir().join("new");
        let path = new.join(format!("{}.test", files(&new)));
        fs::write(&path, content).unwrap();
        chown(&path, Some(MAIL_USER), Some(MAIL_USER)).unwrap();
    }

    /// Returns the number of messages in the inbox.
    pub fn count(&self) -> usize {
        let maildir = self.maildir();
        files(&maildir.join("new")) + files(&maildir.join("cur"))
    }

    fn maildir(&self) -> PathBuf {
        let mail = self.directory.join("mail");
        mail.join(&self.account).join("Maildir")
    }

    fn configuration_file(&self) -> PathBuf {
        self.directory.join("dovecot.conf")
    }

    fn log(&self) -> String {
        let log = self.directory.join("dovecot.log");
        fs::read_to_string(log).unwrap_or_default()
    }

    fn run(&self, program: &str, words: &[&str]) -> bool {
        let mut command = Command::new(program);
        command.arg("-c").arg(self.configuration_file()).args(words);
        // The daemon would keep pipes open, and the test would wait for their end.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().unwrap().success()
    }

    fn configuration(&self) -> String {
        let (directory, port) = (self.directory.display(), self.port);
        format!(
            "base_dir = {directory}/run
state_dir = {directory}/run
instance_name = gateway-{port}
log_path = {directory}/dovecot.log
protocols = imap
listen = 127.0.0.1
mail_location = maildir:~/Maildir
first_valid_uid = {MAIL_USER}
ssl = required
ssl_cert = <{directory}/certificate.pem
ssl_key = <{directory}/key.pem
auth_mechanisms = xoauth2
auth_username_format = %Lu
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {directory}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={MAIL_USER} gid={MAIL_USER} home={directory}/mail/%Lu allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
}}
"
        )
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.run("/usr/bin/doveadm", &["stop"]);
    }
}
