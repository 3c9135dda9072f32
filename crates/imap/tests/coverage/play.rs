//! Plays a conversation through the client, and writes the result as text.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use clock::SystemClock;
use domain::{EmailAddress, FindingCode, Host, MailboxSecurity, TlsMinimum, UnixTime};
use imap::{Connection, Data, Ending, Mailbox, MessageSummary, Reply};
use imap_codec::imap_types::command::CommandBody;
use net::{DeniedNetworks, Outgoing, Recorder, SystemResolver, Timeouts};
use sasl::Credential;
use secrecy::SecretString;
use tokio::time::timeout;

use crate::{conversation::Conversation, server::Authority};

/// The wait of the client for a response.
const REPLY: Duration = Duration::from_secs(4);

pub async fn play(conversation: &Arc<Conversation>, authority: &Authority) -> String {
    let port = authority.serve(Arc::clone(conversation)).await;
    let action = conversation.action.as_str();
    let played = act(action, port, authority);
    match timeout(4 * REPLY, played).await {
        Ok(Ok(text)) => text,
        Ok(Err(code)) => code.code().to_owned(),
        Err(_) => "no end".to_owned(),
    }
}

async fn act(action: &str, port: u16, authority: &Authority) -> Result<String, FindingCode> {
    let mailbox = Mailbox {
        host: Host::parse("127.0.0.1").unwrap(),
        port,
        security: MailboxSecurity::ImplicitTls,
        tls_minimum: TlsMinimum::Tls12,
        email: EmailAddress::parse("alice@example.com").unwrap(),
    };
    let roots = [authority.root.clone()];
    let denied = DeniedNetworks::default();
    let clock = Arc::new(SystemClock);
    let outgoing = Outgoing::new(Arc::new(SystemResolver), denied, &roots, clock).unwrap();
    let timeouts = Timeouts {
        connect: REPLY,
        reply: REPLY,
        message: REPLY,
    };
    let recorder = Recorder::default();
    let opened = Connection::open(&mailbox, &outgoing, timeouts, &recorder).await;
    let mut connection = opened.map_err(|finding| finding.code)?;
    let credential = match action {
        "sign in with a token" => Credential::Token {
            username: "alice@example.com".to_owned(),
            access_token: SecretString::from("token"),
        },
        _ => Credential::Password {
            username: "alice@example.com".to_owned(),
            password: SecretString::from("password"),
        },
    };
    let signed_in = connection.sign_in(&credential, false, &recorder).await;
    signed_in.map_err(|finding| finding.code)?;
    match action.split_once(' ').unwrap_or((action, "")) {
        ("sign", _) => Ok("signed in".to_owned()),
        ("offers", name) => Ok(connection.offers(name).to_string()),
        ("folders", _) => folders(&mut connection).await,
        // The number of unreadable parts in each of two responses.
        ("skipped", _) => {
            let mut skipped = Vec::new();
            for _ in 0..2 {
                let listed = connection.ask(CommandBody::list("", "*").unwrap()).await?;
                skipped.push(listed.skipped.to_string());
            }
            Ok(joined(skipped.into_iter()))
        }
        ("state", _) => {
            let state = connection.folder_state().await?;
            Ok(format!("{} {}", state.uid_validity, state.next))
        }
        ("inbox", _) => {
            let examined = connection.examine(&recorder).await;
            Ok(examined.map_err(|finding| finding.code)?.to_string())
        }
        ("messages", _) => {
            let summaries = connection
                .summaries(NonZeroU32::MIN, NonZeroU32::MAX)
                .await?;
            Ok(joined(summaries.iter().map(summary)))
        }
        ("content", _) => {
            let content = connection.beginning(NonZeroU32::MIN).await?;
            let content = content.map(|octets| octets.escape_ascii().to_string());
            Ok(content.unwrap_or_else(|| "none".to_owned()))
        }
        ("since", _) => {
            let first = connection.first_since(UnixTime(0)).await?;
            Ok(first.map_or("none".to_owned(), |uid| uid.to_string()))
        }
        ("watch", _) => watch(&mut connection).await,
        _ => panic!("unknown action {action}"),
    }
}

async fn folders(connection: &mut Connection) -> Result<String, FindingCode> {
    let answer = connection.ask(CommandBody::list("", "*").unwrap()).await?;
    if answer.ending != Ending::Ok {
        return Err(FindingCode::Refused);
    }
    let listed = answer.data.into_iter().filter_map(|data| match data {
        Data::List(listed) => Some(listed),
        _ => None,
    });
    let named = listed.map(|listed| {
        let special = ["\\Drafts", "\\Sent", "\\Trash", "\\Noselect"];
        let mut used = listed.attributes.iter();
        match used.find(|one| special.contains(&one.as_str())) {
            Some(used) => format!("{} {used}", listed.name),
            None => listed.name,
        }
    });
    Ok(joined(named).replace('\t', "<TAB>"))
}

async fn watch(connection: &mut Connection) -> Result<String, FindingCode> {
    match connection.begin_idle().await? {
        Reply::Challenge(_) => {}
        Reply::Answer(_) => return Err(FindingCode::Refused),
    }
    loop {
        match timeout(REPLY, connection.client.unasked()).await {
            Ok(Ok(Some(Data::Exists(exists)))) => return Ok(format!("{exists} messages")),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(imap::no_reply(error)),
            Err(_) => return Err(FindingCode::Timeout),
        }
    }
}

/// Writes UID, date, size, and the first line of the header.
fn summary(message: &MessageSummary) -> String {
    let header = String::from_utf8_lossy(&message.header);
    let date = message.received_at.map(UnixTime::rfc3339);
    let date = date.unwrap_or_else(|| "no date".to_owned());
    let line = header.lines().next().unwrap_or_default();
    format!("{}, {date}, {}, {line}", message.uid, message.size)
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<_> = parts.collect();
    parts.join(" | ")
}
