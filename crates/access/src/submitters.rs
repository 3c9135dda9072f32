//! Signing in of programs and devices that submit mail: senders by their credentials or their
//! address, and API keys.

use std::{net::IpAddr, sync::PoisonError};

use domain::{Actor, ApiKey, AuditAction, DataCenterId, KeyScope, Principal, Sender, SenderUser};
use secrecy::SecretString;

use crate::{Access, AccessError, GatewayClient, api_keys::is_key};

/// Seconds between two warnings about clients behind a gateway.
const GATEWAY_WARNING_INTERVAL: i64 = 3_600;

/// A program or device that may submit mail now. It holds the credentials, to verify later that
/// they are still valid.
#[derive(Clone, Debug)]
pub struct Submitter {
    known_by: KnownBy,
    /// The sender, whose rules and limits apply. API keys may have none.
    sender: Option<Sender>,
}

#[derive(Clone, Debug)]
enum KnownBy {
    Key {
        key: ApiKey,
        sent: SecretString,
    },
    Password {
        user: SenderUser,
        sent: SecretString,
    },
    Address(IpAddr),
}

impl Submitter {
    /// Returns the submitter as an actor of the audit log and of messages.
    pub fn principal(&self) -> Principal {
        match (&self.known_by, &self.sender) {
            (KnownBy::Key { key, .. }, _) => Principal::Key(key.name.to_string()),
            (_, Some(sender)) => Principal::Sender(sender.name.to_string()),
            (_, None) => Principal::Nobody,
        }
    }

    /// Returns the data center that its mail is sent from.
    pub fn data_center(&self) -> DataCenterId {
        match (&self.sender, &self.known_by) {
            (Some(sender), _) => sender.data_center.clone(),
            (None, KnownBy::Key { key, .. }) => key.data_center.clone().unwrap_or_default(),
            (None, _) => DataCenterId::default(),
        }
    }

    /// Returns the sender, if it is one.
    pub fn sender(&self) -> Option<&Sender> {
        self.sender.as_ref()
    }

    /// Returns true if it is known by its address, so it has not signed in.
    pub fn is_known_by_address(&self) -> bool {
        matches!(self.known_by, KnownBy::Address(_))
    }
}

/// Reason why a program or device could not sign in.
#[derive(Debug, thiserror::Error)]
pub enum SubmitterError {
    /// The credentials are neither those of a sender nor an API key.
    #[error("the credentials are not valid")]
    Wrong,
    /// The API key has other scopes.
    #[error("the API key lacks the scope send")]
    OutOfScope,
    /// The sender may send mail, and may not read any.
    #[error("the sender may not read the mailbox")]
    NotAReader,
    /// There were too many failed attempts.
    #[error("too many attempts; wait {seconds} s")]
    SlowDown {
        /// Seconds until the next attempt is accepted.
        seconds: i64,
    },
    /// Another failure.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl Access {
    /// Signs in a program or device with the user name and password of a sender, or with an API key
    /// as the password. With a key, the user name may be anything, because many programs require
    /// one; it only counts failures.
    ///
    /// Valid credentials are accepted however many attempts have failed before: they cannot be
    /// guessed, and one wrong device must not lock out others at its address.
    ///
    /// # Errors
    /// Returns `Wrong`, `OutOfScope`, `SlowDown`, or an error if the database fails.
    pub async fn sign_in_submitter(
        &self,
        user: &str,
        password: &SecretString,
        address: &str,
    ) -> Result<Submitter, SubmitterError> {
        if let Some(submitter) = self.submitter_with_password(user, password).await? {
            return Ok(submitter);
        }
        let Some((key, sender)) = self.key_with_sender(password).await? else {
            return Err(self
                .refuse_submitter(user, password, address, "SMTP")
                .await?);
        };
        if !key.scopes.contains(&KeyScope::Send) {
            let by = Actor {
                who: Principal::Key(key.name.to_string()),
                address: address.to_owned(),
            };
            self.note_refusal(&by, AuditAction::AccessDenied, "SMTP")
                .await?;
            return Err(SubmitterError::OutOfScope);
        }
        let sent = password.clone();
        Ok(Submitter {
            known_by: KnownBy::Key { key, sent },
            sender,
        })
    }

    /// Signs in a program that reads mail, with the user name and password of a sender. API keys are
    /// not accepted, because their scope `mailbox` covers reading only, and the gateway cannot keep
    /// a program from deleting mail.
    ///
    /// # Errors
    /// Returns `Wrong`, `NotAReader`, `SlowDown`, or an error if the database fails.
    pub async fn sign_in_reader(
        &self,
        user: &str,
        password: &SecretString,
        address: &str,
        protocol: &str,
    ) -> Result<Sender, SubmitterError> {
        let found = self.submitter_with_password(user, password).await?;
        let Some(sender) = found.and_then(|submitter| submitter.sender) else {
            return Err(self
                .refuse_submitter(user, password, address, protocol)
                .await?);
        };
        if !sender.settings.read_mailbox {
            let by = Actor {
                who: Principal::Sender(sender.name.to_string()),
                address: address.to_owned(),
            };
            self.note_refusal(&by, AuditAction::AccessDenied, protocol)
                .await?;
            return Err(SubmitterError::NotAReader);
        }
        let seen = self.store().note_sender_seen(&sender.id, self.now());
        seen.await.map_err(AccessError::from)?;
        Ok(sender)
    }

    /// Returns the sender with these credentials as it is now, or `None` if it may no longer read the
    /// mailbox. A session outlasts the moment in which a sender is changed, removed, or expires.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn current_reader(
        &self,
        user: &str,
        password: &SecretString,
    ) -> Result<Option<Sender>, AccessError> {
        let found = self.submitter_with_password(user, password).await?;
        let sender = found.and_then(|submitter| submitter.sender);
        Ok(sender.filter(|sender| sender.settings.read_mailbox))
    }

    /// Counts a failed sign-in. Returns its reason.
    async fn refuse_submitter(
        &self,
        user: &str,
        password: &SecretString,
        address: &str,
        protocol: &str,
    ) -> Result<SubmitterError, AccessError> {
        let buckets = self.sender_buckets(user, address).await?;
        if let Some(seconds) = self.count(&buckets, None, address).await? {
            return Ok(SubmitterError::SlowDown { seconds });
        }
        let by = Actor::anonymous(address);
        let action = if is_key(password) {
            AuditAction::KeyRefused
        } else {
            AuditAction::SenderRefused
        };
        self.note_refusal(&by, action, protocol).await?;
        Ok(SubmitterError::Wrong)
    }

    /// Returns the sender that is known by this address: the one with the smallest network that
    /// contains it. An expired sender is not known.
    ///
    /// Behind the default gateway of this machine may be any number of clients, so its address
    /// counts only for a sender with exactly this address and confirmed networks.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn submitter_at(&self, address: IpAddr) -> Result<Option<Submitter>, AccessError> {
        let now = self.now();
        for id in self.senders_near(address).await? {
            let sender = self
                .sender(&id)
                .await?
                .filter(|sender| sender.network_of(address).is_some() && !sender.is_expired(now));
            let Some(sender) = sender else {
                continue;
            };
            if self.is_gateway(address) && !sender.is_gateway(address) {
                self.note_gateway(address, &sender);
                return Ok(None);
            }
            return Ok(Some(Submitter {
                known_by: KnownBy::Address(address),
                sender: Some(sender),
            }));
        }
        Ok(None)
    }

    /// Returns true if the address is that of a default gateway of this machine.
    pub fn is_gateway(&self, address: IpAddr) -> bool {
        self.0.gateways.contain(address, &self.0.options.routes)
    }

    /// Returns the last client since the start that was not recognized because its address is that
    /// of a gateway.
    pub fn gateway_client(&self) -> Option<GatewayClient> {
        let client = self.0.gateway_client.lock();
        *client.unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a client with the address of a gateway. Warns once an hour.
    fn note_gateway(&self, address: IpAddr, sender: &Sender) {
        let client = self.0.gateway_client.lock();
        let mut client = client.unwrap_or_else(PoisonError::into_inner);
        let seen_at = self.now();
        let is_known = client.is_some_and(|last| {
            last.address == address && seen_at.since(last.seen_at) < GATEWAY_WARNING_INTERVAL
        });
        if is_known {
            return;
        }
        *client = Some(GatewayClient { address, seen_at });
        tracing::warn!(
            %address,
            sender = sender.name.as_str(),
            "a client has the address of the default gateway and is not recognized by it: all clients behind NAT or Docker's port forwarding have this address. Use a password, or the PROXY protocol"
        );
    }

    /// Returns the submitter as it is now, or `None` if it may no longer submit mail. A session
    /// outlasts the moment in which a sender or a key is changed, removed, or expires.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn current_submitter(
        &self,
        submitter: &Submitter,
    ) -> Result<Option<Submitter>, AccessError> {
        let same = |sender: &Option<Sender>| {
            let id = |sender: &Option<Sender>| sender.as_ref().map(|sender| sender.id.clone());
            id(sender) == id(&submitter.sender)
        };
        let current = match &submitter.known_by {
            KnownBy::Key { sent, .. } => {
                let found = self.key_with_sender(sent).await?;
                let found = found.filter(|(key, _)| key.scopes.contains(&KeyScope::Send));
                found.map(|(key, sender)| Submitter {
                    known_by: KnownBy::Key {
                        key,
                        sent: sent.clone(),
                    },
                    sender,
                })
            }
            KnownBy::Password { user, sent } => {
                self.submitter_with_password(user.as_str(), sent).await?
            }
            KnownBy::Address(address) => self.submitter_at(*address).await?,
        };
        Ok(current.filter(|current| same(&current.sender)))
    }

    /// Returns the sender that an API key belongs to, if any. Its rules apply to the mail of the key.
    ///
    /// # Errors
    /// Returns `Unknown` if the sender has expired, or an error if the database fails.
    pub async fn sender_of_key(&self, key: &ApiKey) -> Result<Option<Sender>, AccessError> {
        let Some(id) = &key.sender else {
            return Ok(None);
        };
        let sender = self.sender(id).await?;
        let sender = sender.filter(|sender| !sender.is_expired(self.now()));
        sender.map(Some).ok_or(AccessError::Unknown)
    }

    async fn submitter_with_password(
        &self,
        user: &str,
        password: &SecretString,
    ) -> Result<Option<Submitter>, AccessError> {
        let Some(user) = SenderUser::parse(user) else {
            return Ok(None);
        };
        let store = self.store();
        let sender = store.sender_with_password(&user, password, self.now());
        Ok(sender.await?.map(|sender| Submitter {
            known_by: KnownBy::Password {
                user,
                sent: password.clone(),
            },
            sender: Some(sender),
        }))
    }

    /// Returns a valid key with its sender. A key whose sender has expired is not valid.
    async fn key_with_sender(
        &self,
        sent: &SecretString,
    ) -> Result<Option<(ApiKey, Option<Sender>)>, AccessError> {
        let Some(key) = self.api_key(sent).await? else {
            return Ok(None);
        };
        match self.sender_of_key(&key).await {
            Ok(sender) => Ok(Some((key, sender))),
            Err(AccessError::Unknown) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
