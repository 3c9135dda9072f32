//! The commands.

use std::io;

use imap_codec::imap_types::command::{Command, CommandBody};
use imap_codec::imap_types::core::Charset;
use imap_codec::imap_types::mailbox::Mailbox as Name;
use imap_codec::imap_types::status::StatusDataItemName;
use tokio::io::{AsyncRead, AsyncWrite};

use super::mailbox::Mailbox;
use super::session::{Next, Session};
use crate::faults::ImapFault;

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    pub(super) async fn answer(&mut self, command: Command<'static>) -> io::Result<Next> {
        let tag = command.tag.as_ref().to_owned();
        match command.body {
            CommandBody::Capability => {
                let capabilities = self.capabilities();
                self.say(&format!("* CAPABILITY {capabilities}")).await?;
                self.done(&tag, "OK Done").await
            }
            CommandBody::Noop | CommandBody::Check => self.done(&tag, "OK Done").await,
            CommandBody::Logout => {
                self.say("* BYE Good bye").await?;
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
                self.say("* LIST (\\HasNoChildren) \"/\" INBOX").await?;
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
            // Numbers and UIDs are the same here.
            CommandBody::Search {
                charset, criteria, ..
            } => {
                let known = charset.is_none_or(|charset| is_known(&charset));
                let Some(mailbox) = self.selected.as_ref().filter(|_| known) else {
                    return self.done(&tag, "BAD No mailbox, or no such charset").await;
                };
                let found = mailbox.search(&criteria);
                let numbers: Vec<_> = found.iter().map(u32::to_string).collect();
                let line = format!("* SEARCH {}", numbers.join(" "));
                self.say(line.trim_end()).await?;
                self.done(&tag, "OK Done").await
            }
            CommandBody::Fetch {
                sequence_set,
                macro_or_item_names,
                uid,
                ..
            } => {
                let Some(mailbox) = self.selected.as_ref() else {
                    return self.done(&tag, "BAD No mailbox is selected").await;
                };
                let bytes = mailbox.fetch(&sequence_set, &macro_or_item_names, uid);
                self.send(&bytes).await?;
                self.done(&tag, "OK Done").await
            }
            _ => self.done(&tag, "BAD This sandbox does not know that").await,
        }
    }

    /// The reply that ends a command.
    pub(super) async fn done(&mut self, tag: &str, text: &str) -> io::Result<Next> {
        self.say(&format!("{tag} {text}")).await?;
        Ok(Next::Command)
    }

    pub(super) fn capabilities(&self) -> String {
        let faults = self.state.faults();
        let mut all = vec!["IMAP4rev1".to_owned(), "SASL-IR".to_owned()];
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
        let messages = {
            let inner = self.state.lock();
            Mailbox::of(&account, &inner.messages, inner.faults.imap).len()
        };
        let items = items.iter().filter_map(|item| match item {
            StatusDataItemName::Messages => Some(format!("MESSAGES {messages}")),
            StatusDataItemName::UidNext => Some(format!("UIDNEXT {}", messages + 1)),
            StatusDataItemName::UidValidity => Some("UIDVALIDITY 1".to_owned()),
            _ => None,
        });
        let items: Vec<_> = items.collect();
        self.say(&format!("* STATUS INBOX ({})", items.join(" ")))
            .await?;
        self.done(tag, "OK Done").await
    }

    async fn open(&mut self, tag: &str, name: &Name<'_>, read_only: bool) -> io::Result<Next> {
        if self.state.faults().imap == Some(ImapFault::NoInbox) || *name != Name::Inbox {
            return self
                .done(tag, "NO [NONEXISTENT] Unknown Mailbox (Failure)")
                .await;
        }
        let account = self.account.clone().unwrap_or_default();
        let mailbox = {
            let inner = self.state.lock();
            Mailbox::of(&account, &inner.messages, inner.faults.imap)
        };
        self.say("* FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen)")
            .await?;
        self.say(&format!("* {} EXISTS", mailbox.len())).await?;
        self.say("* 0 RECENT").await?;
        self.say("* OK [UIDVALIDITY 1] UIDs valid").await?;
        self.say(&format!("* OK [UIDNEXT {}] Predicted", mailbox.len() + 1))
            .await?;
        self.selected = Some(mailbox);
        let mode = if read_only { "READ-ONLY" } else { "READ-WRITE" };
        self.done(tag, &format!("OK [{mode}] INBOX selected")).await
    }
}

fn is_known(charset: &Charset<'_>) -> bool {
    let name = match charset {
        Charset::Atom(atom) => atom.as_ref(),
        Charset::Quoted(quoted) => quoted.as_ref(),
    };
    name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("us-ascii")
}
