//! A server that sends what a conversation says, over TLS on loopback.

use std::sync::Arc;

use rcgen::{CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use crate::conversation::Conversation;

/// The certificate authority of the servers.
pub struct Authority {
    /// The certificate that clients trust, as DER.
    pub root: Vec<u8>,
    config: Arc<ServerConfig>,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Self {
            root: issuer.der().to_vec(),
            config: Arc::new(config),
        }
    }

    /// Starts a server for one connection. Returns its port.
    pub async fn serve(&self, conversation: Arc<Conversation>) -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(Arc::clone(&self.config));
        tokio::spawn(async move {
            let (tcp, _) = listener.accept().await.unwrap();
            let Ok(tls) = acceptor.accept(tcp).await else {
                return;
            };
            let mut stream = BufReader::new(tls);
            let greeting = conversation.reply("GREETING", "");
            let greeting = greeting.unwrap_or_else(|| b"* OK ready\r\n".to_vec());
            let mut next = Some(greeting);
            let mut is_identified = false;
            while let Some(bytes) = next {
                if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
                next = answer(&conversation, &mut stream, &mut is_identified).await;
            }
        });
        port
    }
}

/// Reads a command, and returns the response to it. `None` when the client has left.
/// `is_identified` becomes true with the command ID.
async fn answer<S>(
    conversation: &Conversation,
    stream: &mut BufReader<S>,
    is_identified: &mut bool,
) -> Option<Vec<u8>>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let mut command = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        command.push_str(&line);
        let Some(length) = literal(&line) else { break };
        stream.write_all(b"+ go on\r\n").await.ok()?;
        stream.flush().await.ok()?;
        let mut octets = vec![0; length];
        stream.read_exact(&mut octets).await.ok()?;
        command.push_str(&String::from_utf8_lossy(&octets));
    }
    let words: Vec<_> = command.split_whitespace().collect();
    let (tag, name) = (*words.first()?, words.get(1).copied().unwrap_or_default());
    let name = match (name, words.get(2)) {
        ("UID", Some(second)) => second,
        ("", _) => return Some(Vec::new()),
        _ => name,
    };
    *is_identified |= name == "ID";
    let before_id = (!*is_identified).then(|| format!("{name} before ID"));
    let early = before_id.and_then(|name| conversation.reply(&name, tag));
    if let Some(reply) = early.or_else(|| conversation.reply(name, tag)) {
        return Some(reply);
    }
    if name == "AUTHENTICATE" {
        let continuation = conversation.reply("CONTINUE", tag);
        let continuation = continuation.map(|sent| {
            let end = sent.windows(2).position(|pair| pair == b"\r\n").unwrap();
            sent[..end + 2].to_vec()
        });
        let continuation = continuation.unwrap_or_else(|| b"+ \r\n".to_vec());
        stream.write_all(&continuation).await.ok()?;
        stream.flush().await.ok()?;
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let end = conversation.reply("AUTHENTICATED", tag);
        return Some(end.unwrap_or_else(|| format!("{tag} OK welcome\r\n").into_bytes()));
    }
    let data = match name {
        "CAPABILITY" => "* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 IDLE\r\n",
        "EXAMINE" => "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n* OK [UIDNEXT 4] next\r\n",
        "IDLE" => "+ idling\r\n* 4 EXISTS\r\n",
        _ => "",
    };
    let mut sent = data.to_owned();
    if name != "IDLE" {
        sent += &[tag, " OK done\r\n"].concat();
    }
    Some(sent.into_bytes())
}

fn literal(line: &str) -> Option<usize> {
    let line = line.trim_end().strip_suffix('}')?;
    line.rsplit_once('{')?.1.parse().ok()
}
