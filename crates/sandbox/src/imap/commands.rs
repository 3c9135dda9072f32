//! IMAP commands.

use std::io;

use imap_codec::imap_types::command::{Command, CommandBody};
use imap_codec::imap_types::core::Charset;
use imap_codec::imap_types::fetch::MacroOrMessageDataItemNames;
use imap_codec::imap_types::mailbox::Mailbox as Name;
use imap_codec::imap_types::search::SearchKey;
use imap_codec::imap_types::sequence::SequenceSet;
use imap_codec::imap_types::status::StatusDataItemName;
use tokio::io::{AsyncRead, AsyncWrite};

use super::fetch;
use super::mailbox::Mailbox;
use super::session::{Next, Session};
use crate::faults::ImapFault;
use crate::mail;

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    pub(super) async fn answer(&mut self, command: Command<'static>) -> io::Result<Next> {
        let tag = command.tag.as_ref().to_owned();
        match command.body {
            CommandBody::Capability => {
                let capabilities = self.capabilities();
                self.send_line(&format!("* CAPABILITY {capabilities}"))
                    .await?;
                self.done(&tag, "OK Done").await
            }
            CommandBody::Noop | CommandBody::Check => {
                self.report_changes().await?;
                self.done(&tag, "OK Done").await
            }
            CommandBody::Logout => {
                self.send_line("* BYE Good bye").await?;
                self.done(&tag, "OK Done").await?;
                Ok(Next::Close)
            }
            CommandBody::StartTLS => {
                if self.encrypted || !self.state.faults().offer_starttls {
                    return self.done(&tag, "BAD TLS is not to be had").await;
                }
                self.done(&tag, "OK Begin TLS").await?;
                Ok(Next::Upgrade)
            }
            CommandBody::Login { username, password } => {
                let password = password.declassify().as_ref().to_vec();
                self.login(&tag, username.as_ref(), &password).await
            }
            CommandBody::Authenticate {
                mechanism,
                initial_response,
            } => {
                let initial = initial_response.map(|one| one.declassify().to_vec());
                self.authenticate(&tag, &mechanism.to_string(), initial)
                    .await
            }
            _ if self.account.is_none() => self.done(&tag, "BAD Sign in first").await,
            CommandBody::Select { mailbox, .. } => self.open(&tag, &mailbox, false).await,
            CommandBody::Examine { mailbox, .. } => self.open(&tag, &mailbox, true).await,
            CommandBody::List { .. } => {
                self.send_line("* LIST (\\HasNoChildren) \"/\" INBOX")
                    .await?;
                for (attributes, name) in mail::FOLDERS {
                    let line = format!("* LIST ({attributes}) \"/\" \"{name}\"");
                    self.send_line(&line).await?;
                }
                self.done(&tag, "OK Done").await
            }
            CommandBody::Status {
                mailbox,
                item_names,
            } => self.status(&tag, &mailbox, &item_names).await,
            CommandBody::Close | CommandBody::Unselect => {
                self.selected = None;
                self.done(&tag, "OK Done").await
            }
            CommandBody::Search {
                charset,
                criteria,
                uid,
            } => self.search(&tag, charset.as_ref(), &criteria, uid).await,
            CommandBody::Fetch {
                sequence_set,
                macro_or_item_names,
                uid,
                ..
            } => {
                let set = sequence_set;
                self.fetch(&tag, &set, &macro_or_item_names, uid).await
            }
            CommandBody::Idle if self.offers_idle() => self.idle(&tag).await,
            _ => self.done(&tag, "BAD This sandbox does not know that").await,
        }
    }

    /// Sends the tagged reply that ends a command.
    pub(super) async fn done(&mut self, tag: &str, text: &str) -> io::Result<Next> {
        self.send_line(&format!("{tag} {text}")).await?;
        Ok(Next::Command)
    }

    pub(super) fn capabilities(&self) -> String {
        let faults = self.state.faults();
        let mut all = vec!["IMAP4rev1".to_owned(), "SASL-IR".to_owned()];
        if self.offers_idle() {
            all.push("IDLE".to_owned());
        }
        if !self.encrypted && faults.offer_starttls {
            all.push("STARTTLS".to_owned());
        }
        if self.encrypted || faults.auth_without_tls {
            all.extend(faults.mechanisms.iter().map(|name| format!("AUTH={name}")));
        } else {
            all.push("LOGINDISABLED".to_owned());
        }
        all.join(" ")
    }

    async fn status(
        &mut self,
        tag: &str,
        name: &Name<'_>,
        items: &[StatusDataItemName],
    ) -> io::Result<Next> {
        if self.state.faults().imap == Some(ImapFault::NoInbox) || *name != Name::Inbox {
            return self
                .done(tag, "NO [NONEXISTENT] Unknown Mailbox (Failure)")
                .await;
        }
        let account = self.account.clone().unwrap_or_default();
        let (messages, uid_next, uid_validity) = {
            let inner = self.state.lock();
            let messages = Mailbox::of(&account, mail::INBOX, true, &inner).len();
            (messages, inner.mail.next_uid(), inner.mail.uid_validity())
        };
        let items = items.iter().filter_map(|item| match item {
            StatusDataItemName::Messages => Some(format!("MESSAGES {messages}")),
            StatusDataItemName::UidNext => Some(format!("UIDNEXT {uid_next}")),
            StatusDataItemName::UidValidity => Some(format!("UIDVALIDITY {uid_validity}")),
            _ => None,
        });
        let items: Vec<_> = items.collect();
        self.send_line(&format!("* STATUS INBOX ({})", items.join(" ")))
            .await?;
        self.done(tag, "OK Done").await
    }

    async fn search(
        &mut self,
        tag: &str,
        charset: Option<&Charset<'_>>,
        criteria: &SearchKey<'_>,
        uid: bool,
    ) -> io::Result<Next> {
        let known = charset.is_none_or(is_known);
        if !known || self.state.faults().imap == Some(ImapFault::SearchRefused) {
            let text = "NO [BADCHARSET (US-ASCII)] The specified charset is not supported.";
            return self.done(tag, text).await;
        }
        let Some(mailbox) = self.selected.as_ref() else {
            return self.done(tag, "BAD No mailbox is selected").await;
        };
        let found = mailbox.search(criteria).into_iter();
        let numbers: Vec<_> = found
            .map(|(number, message)| if uid { message.uid } else { number }.to_string())
            .collect();
        let line = format!("* SEARCH {}", numbers.join(" "));
        self.send_line(line.trim_end()).await?;
        self.done(tag, "OK Done").await
    }

    async fn fetch(
        &mut self,
        tag: &str,
        set: &SequenceSet,
        items: &MacroOrMessageDataItemNames<'_>,
        uid: bool,
    ) -> io::Result<Next> {
        let Some(mailbox) = self.selected.as_ref() else {
            return self.done(tag, "BAD No mailbox is selected").await;
        };
        let chosen = mailbox.chosen(set, uid);
        if chosen.is_empty() && !uid {
            return self.done(tag, "BAD There is no such message").await;
        }
        let answers: Vec<_> = chosen
            .iter()
            .map(|(number, message)| mailbox.fetch(*number, message, items, uid))
            .collect();
        let bytes = answers.concat();
        match self.state.faults().imap {
            Some(ImapFault::CutInFetch) => {
                let half = bytes.get(..bytes.len() / 2).unwrap_or_default();
                self.send(half).await?;
                return Ok(Next::Close);
            }
            Some(ImapFault::HugeLiteral) => {
                self.send_line("* 1 FETCH (UID 1 BODY[] {4294967295}")
                    .await?;
                return self.done(tag, "OK Done").await;
            }
            Some(ImapFault::EndlessLine) => {
                self.send(b"* 1 FETCH (").await?;
                for _ in 0..1_000 {
                    self.send(&[b'('; 8_192]).await?;
                }
                return Ok(Next::Close);
            }
            Some(ImapFault::BrokenFetch) => self.send_line("* 1 FETCH (UID BODY[ {x}").await?,
            Some(ImapFault::OddFetch) => self.send(&fetch::nonstandard(&answers)).await?,
            Some(ImapFault::UnreadableMessage)
                if chosen
                    .iter()
                    .any(|(_, message)| fetch::is_unreadable(message)) =>
            {
                let refusal = "NO FETCH Server error while fetching messages";
                return self.done(tag, refusal).await;
            }
            _ => self.send(&bytes).await?,
        }
        self.done(tag, "OK Done").await
    }

    async fn open(&mut self, tag: &str, name: &Name<'_>, read_only: bool) -> io::Result<Next> {
        let folder = match name {
            Name::Inbox => mail::INBOX.to_owned(),
            Name::Other(other) => String::from_utf8_lossy(other.inner().as_ref()).into_owned(),
        };
        let is_there = folder == mail::INBOX
            || mail::FOLDERS
                .iter()
                .any(|(attributes, name)| *name == folder && !attributes.contains("Noselect"));
        if self.state.faults().imap == Some(ImapFault::NoInbox) || !is_there {
            return self
                .done(tag, "NO [NONEXISTENT] Unknown Mailbox (Failure)")
                .await;
        }
        let account = self.account.clone().unwrap_or_default();
        let (mailbox, uid_validity, uid_next) = {
            let inner = self.state.lock();
            let mailbox = Mailbox::of(&account, &folder, read_only, &inner);
            (mailbox, inner.mail.uid_validity(), inner.mail.next_uid())
        };
        self.send_line("* FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen)")
            .await?;
        self.send_line(&format!("* {} EXISTS", mailbox.len()))
            .await?;
        self.send_line("* 0 RECENT").await?;
        self.send_line(&format!("* OK [UIDVALIDITY {uid_validity}] UIDs valid"))
            .await?;
        self.send_line(&format!("* OK [UIDNEXT {uid_next}] Predicted"))
            .await?;
        self.selected = Some(mailbox);
        let mode = if read_only { "READ-ONLY" } else { "READ-WRITE" };
        self.done(tag, &format!("OK [{mode}] {folder} opened"))
            .await
    }
}

fn is_known(charset: &Charset<'_>) -> bool {
    let name = match charset {
        Charset::Atom(atom) => atom.as_ref(),
        Charset::Quoted(quoted) => quoted.as_ref(),
    };
    name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("us-ascii")
}
