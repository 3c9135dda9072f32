//! Adding, changing, and removing senders: programs and devices that submit mail.

use clock::random;
use domain::{
    Actor, FormErrors, NewSender, Sender, SenderField, SenderForm, SenderFormError, SenderId,
    SenderName, SenderUser,
};
use secrecy::SecretString;
use store::SaveSenderOutcome;

use crate::{Access, AccessError, id::sender_id};

/// Characters of a password: letters and digits that cannot be confused. 16 of them have 93 bits.
const ALPHABET: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Length of a password. Some devices accept no longer one.
const PASSWORD_LENGTH: usize = 16;
/// Attempts to find a user name that is not in use.
const MAX_ATTEMPTS: u32 = 1_000;

/// Reason why a sender was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveSenderError {
    /// Some fields are invalid.
    #[error("some fields are invalid")]
    Form(FormErrors<SenderField, SenderFormError>),
    /// Another failure.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<store::StoreError> for SaveSenderError {
    fn from(error: store::StoreError) -> Self {
        Self::Access(error.into())
    }
}

impl Access {
    /// Returns all senders, ordered by name. Includes expired ones.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn senders(&self) -> Result<Vec<Sender>, AccessError> {
        Ok(self.store().senders().await?)
    }

    /// Returns a sender, expired or not.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn sender(&self, id: &SenderId) -> Result<Option<Sender>, AccessError> {
        Ok(self.store().sender(id).await?)
    }

    /// Returns the sender with this name, compared without case.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn sender_of_name(&self, name: &SenderName) -> Result<Option<Sender>, AccessError> {
        let folded = name.folded();
        let mut senders = self.senders().await?.into_iter();
        Ok(senders.find(|sender| sender.name.folded() == folded))
    }

    /// Adds a sender. Returns it with its password if it has credentials. Only a hash of the
    /// password is stored, so it cannot be shown again.
    ///
    /// # Errors
    /// Returns an error if a field is invalid, a value is in use by another sender, or the database
    /// fails.
    pub async fn add_sender(
        &self,
        form: &SenderForm,
        by: &Actor,
    ) -> Result<(Sender, Option<SecretString>), SaveSenderError> {
        let now = self.now();
        let new = form.parse(now).map_err(SaveSenderError::Form)?;
        let password = new.credentials.then(generate_password);
        let mut sender = Sender {
            id: sender_id(),
            user: None,
            name: new.name.clone(),
            data_center: new.data_center.clone(),
            settings: new.settings.clone(),
            passwords: Vec::new(),
            created_at: now,
            last_seen_at: None,
            accepted: 0,
            rejected: 0,
        };
        let mut number = 0;
        loop {
            number += 1;
            sender.user = user(&new, number);
            let saved = self
                .store()
                .add_sender(&sender, password.as_ref(), by)
                .await?;
            self.0.known_networks.changed();
            if is_final(saved, &new, number) {
                saved_or_error(saved)?;
                let sender = self.sender(&sender.id).await?.ok_or(AccessError::Unknown)?;
                return Ok((sender, password));
            }
        }
    }

    /// Changes a sender. It keeps its user name and passwords unless it loses its credentials or
    /// gets another user name. A sender that gets credentials has no password until
    /// [`rotate_sender`](Self::rotate_sender) creates one.
    ///
    /// # Errors
    /// Returns `Unknown` if the sender does not exist, and otherwise as `add_sender`.
    pub async fn change_sender(
        &self,
        id: &SenderId,
        form: &SenderForm,
        by: &Actor,
    ) -> Result<Sender, SaveSenderError> {
        let now = self.now();
        let mut new = form.parse(now).map_err(SaveSenderError::Form)?;
        let mut sender = self.sender(id).await?.ok_or(AccessError::Unknown)?;
        new.user = new.user.or_else(|| sender.user.take());
        sender.name = new.name.clone();
        sender.data_center = new.data_center.clone();
        sender.settings = new.settings.clone();
        let mut number = 0;
        loop {
            number += 1;
            sender.user = user(&new, number);
            let saved = self.store().change_sender(&sender, by, now).await?;
            self.0.known_networks.changed();
            if is_final(saved, &new, number) {
                saved_or_error(saved)?;
                let sender = self.sender(id).await?.ok_or(AccessError::Unknown)?;
                return Ok(sender);
            }
        }
    }

    /// Gives a sender a new password. The others stay valid for so many seconds, in which the
    /// program or device can be changed.
    ///
    /// # Errors
    /// Returns `Unknown` if the sender does not exist or has no credentials, or an error if the
    /// database fails.
    pub async fn rotate_sender(
        &self,
        id: &SenderId,
        keep_old_seconds: u32,
        by: &Actor,
    ) -> Result<SecretString, AccessError> {
        let now = self.now();
        let password = generate_password();
        let old_until = now.plus(i64::from(keep_old_seconds));
        let store = self.store();
        let rotated = store.rotate_sender_password(id, &password, old_until, by, now);
        rotated
            .await?
            .then_some(password)
            .ok_or(AccessError::Unknown)
    }

    /// Removes a sender, and revokes its API keys. It can send nothing more, also in open sessions.
    ///
    /// # Errors
    /// Returns `Unknown` if the sender does not exist, or an error if the database fails.
    pub async fn remove_sender(&self, id: &SenderId, by: &Actor) -> Result<(), AccessError> {
        let removed = self.store().remove_sender(id, by, self.now()).await?;
        self.0.known_networks.changed();
        removed.then_some(()).ok_or(AccessError::Unknown)
    }
}

/// Returns the user name: the chosen one, or one for the name.
fn user(new: &NewSender, number: u32) -> Option<SenderUser> {
    let chosen = new.user.clone();
    new.credentials
        .then(|| chosen.unwrap_or_else(|| SenderUser::for_name(&new.name, number)))
}

/// Returns false if another user name should be tried.
fn is_final(saved: SaveSenderOutcome, new: &NewSender, number: u32) -> bool {
    saved != SaveSenderOutcome::UserTaken || new.user.is_some() || number >= MAX_ATTEMPTS
}

fn saved_or_error(saved: SaveSenderOutcome) -> Result<(), SaveSenderError> {
    let (field, error) = match saved {
        SaveSenderOutcome::Saved => return Ok(()),
        SaveSenderOutcome::Unknown => return Err(AccessError::Unknown.into()),
        SaveSenderOutcome::NameTaken => (SenderField::Name, SenderFormError::NameTaken),
        SaveSenderOutcome::UserTaken => (SenderField::User, SenderFormError::NameTaken),
        SaveSenderOutcome::NetworkTaken => (SenderField::Networks, SenderFormError::NetworkTaken),
        SaveSenderOutcome::UnknownDataCenter => {
            (SenderField::DataCenter, SenderFormError::UnknownDataCenter)
        }
    };
    Err(SaveSenderError::Form(FormErrors::one(field, error)))
}

fn generate_password() -> SecretString {
    let mut password = String::with_capacity(PASSWORD_LENGTH);
    // Skipping the highest values makes each character equally likely.
    let highest = u8::MAX - u8::MAX % u8::try_from(ALPHABET.len()).unwrap_or(u8::MAX);
    while password.len() < PASSWORD_LENGTH {
        for byte in random::bytes::<PASSWORD_LENGTH>() {
            if byte < highest && password.len() < PASSWORD_LENGTH {
                password.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
            }
        }
    }
    password.into()
}
