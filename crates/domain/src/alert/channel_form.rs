//! Unchecked input of the form that adds or changes a channel.

use serde::Deserialize;

use super::{AlertField, ChannelFormError, ChannelKind};
use crate::{DataCenterId, EmailAddress, FormErrors, TypedSecret, WebhookSecret, WebhookUrl};

/// Form that adds or changes a channel. The whole URL is a secret, so the server never sends it
/// back to the browser.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChannelForm {
    /// Code of the kind of channel.
    pub kind: String,
    /// URL of the webhook. Empty keeps the saved one.
    pub url: TypedSecret,
    /// Signing secret. Empty keeps the saved one.
    pub secret: TypedSecret,
    /// ID of the data center that sends the email.
    pub via: String,
    /// Recipient of the email.
    pub recipient: String,
}

/// Validated input for a new channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChannel {
    /// Kind of the channel.
    pub kind: ChannelKind,
    /// Destination of its notifications.
    pub target: Target,
}

/// Destination of notifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Webhook.
    Post {
        /// URL that notifications are posted to.
        url: WebhookUrl,
        /// Signing secret. Required for the kind `Webhook`, and `None` for chat services.
        secret: Option<WebhookSecret>,
    },
    /// Email.
    Mail {
        /// Data center that sends the email.
        via: DataCenterId,
        /// Recipient.
        recipient: EmailAddress,
    },
}

/// Changes to the destination of a saved channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetEdit {
    /// Webhook. `None` keeps the saved value.
    Post {
        /// New URL.
        url: Option<WebhookUrl>,
        /// New signing secret.
        secret: Option<WebhookSecret>,
    },
    /// Email.
    Mail {
        /// Data center that sends the email.
        via: DataCenterId,
        /// Recipient.
        recipient: EmailAddress,
    },
}

impl ChannelForm {
    /// Parses the form into a new channel.
    ///
    /// # Errors
    /// One code for each invalid field.
    pub fn parse(&self) -> Result<NewChannel, FormErrors<AlertField, ChannelFormError>> {
        let kind = ChannelKind::from_code(&self.kind).ok_or_else(|| {
            let error = if self.kind.is_empty() {
                ChannelFormError::Required
            } else {
                ChannelFormError::UnknownChoice
            };
            FormErrors::one(AlertField::Kind, error)
        })?;
        let mut errors = FormErrors::default();
        let target = match kind {
            ChannelKind::Mail => self
                .mail(&mut errors)
                .map(|(via, recipient)| Target::Mail { via, recipient }),
            ChannelKind::Webhook => {
                let url = errors.check(AlertField::Url, WebhookUrl::parse(self.url.expose()));
                let secret = WebhookSecret::parse(self.secret.expose());
                let secret = errors.check(AlertField::Secret, secret);
                url.zip(secret).map(|(url, secret)| Target::Post {
                    url,
                    secret: Some(secret),
                })
            }
            ChannelKind::Slack | ChannelKind::Teams | ChannelKind::Mattermost => errors
                .check(AlertField::Url, WebhookUrl::parse(self.url.expose()))
                .map(|url| Target::Post { url, secret: None }),
        };
        target
            .map(|target| NewChannel { kind, target })
            .ok_or(errors)
    }

    /// Parses the form into changes to a saved channel. `kind` is the saved kind, which cannot be
    /// changed.
    ///
    /// # Errors
    /// One code for each invalid field.
    pub fn parse_edit(
        &self,
        kind: ChannelKind,
    ) -> Result<TargetEdit, FormErrors<AlertField, ChannelFormError>> {
        let mut errors = FormErrors::default();
        if kind == ChannelKind::Mail {
            return self
                .mail(&mut errors)
                .map(|(via, recipient)| TargetEdit::Mail { via, recipient })
                .ok_or(errors);
        }
        let url = typed(&self.url).map(|typed| WebhookUrl::parse(typed.expose()));
        let url = url.and_then(|url| errors.check(AlertField::Url, url));
        let secret = typed(&self.secret).filter(|_| kind == ChannelKind::Webhook);
        let secret = secret.map(|typed| WebhookSecret::parse(typed.expose()));
        let secret = secret.and_then(|secret| errors.check(AlertField::Secret, secret));
        if errors.is_empty() {
            Ok(TargetEdit::Post { url, secret })
        } else {
            Err(errors)
        }
    }

    fn mail(
        &self,
        errors: &mut FormErrors<AlertField, ChannelFormError>,
    ) -> Option<(DataCenterId, EmailAddress)> {
        let via = match &*self.via {
            "" => Err(ChannelFormError::Required),
            id => DataCenterId::parse(id).map_err(ChannelFormError::from),
        };
        let via = errors.check(AlertField::Via, via);
        let recipient = EmailAddress::parse(&self.recipient);
        let recipient = errors.check(AlertField::Recipient, recipient);
        via.zip(recipient)
    }
}

fn typed(secret: &TypedSecret) -> Option<TypedSecret> {
    let secret = secret.trimmed();
    (!secret.is_empty()).then_some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn channel(kind: &str, url: &str, secret: &str) -> ChannelForm {
        ChannelForm {
            kind: kind.into(),
            url: TypedSecret::new(url),
            secret: TypedSecret::new(secret),
            via: "second".into(),
            recipient: "ops@example.com".into(),
        }
    }

    #[test]
    fn mailgrants_own_format_is_signed_and_those_of_chats_are_not() {
        let url = "https://hooks.example.com/x";
        for kind in ChannelKind::ALL {
            let new = channel(kind.code(), url, SECRET).parse().unwrap();
            assert_eq!(new.kind, *kind);
            match (kind, new.target) {
                (ChannelKind::Mail, Target::Mail { via, recipient }) => {
                    assert_eq!(
                        (via.as_str(), recipient.as_str()),
                        ("second", "ops@example.com")
                    );
                }
                (ChannelKind::Mail, _) | (_, Target::Mail { .. }) => panic!("{kind:?}"),
                (_, Target::Post { secret, .. }) => {
                    assert_eq!(secret.is_some(), *kind == ChannelKind::Webhook);
                }
            }
        }
    }

    #[test]
    fn errors_stand_at_their_fields() {
        let error = |form: ChannelForm, field| form.parse().unwrap_err().get(field);
        for (form, field, expected) in [
            (
                channel("", "", ""),
                AlertField::Kind,
                ChannelFormError::Required,
            ),
            (
                channel("irc", "", ""),
                AlertField::Kind,
                ChannelFormError::UnknownChoice,
            ),
            (
                channel("slack", "", ""),
                AlertField::Url,
                ChannelFormError::Required,
            ),
            (
                channel("webhook", "x", SECRET),
                AlertField::Url,
                ChannelFormError::NotAUrl,
            ),
            (
                channel("webhook", "", ""),
                AlertField::Secret,
                ChannelFormError::Required,
            ),
            (
                channel("webhook", "", "hunter2"),
                AlertField::Secret,
                ChannelFormError::NotAWebhookSecret,
            ),
        ] {
            assert_eq!(error(form, field), Some(expected));
        }
        let mail = ChannelForm {
            kind: "mail".into(),
            ..ChannelForm::default()
        };
        assert_eq!(
            error(mail.clone(), AlertField::Via),
            Some(ChannelFormError::Required)
        );
        assert_eq!(
            error(mail, AlertField::Recipient),
            Some(ChannelFormError::Required)
        );
    }

    #[test]
    fn empty_fields_keep_their_values() {
        let kept = channel("", " ", "")
            .parse_edit(ChannelKind::Webhook)
            .unwrap();
        let none = TargetEdit::Post {
            url: None,
            secret: None,
        };
        assert_eq!(kept, none);
        let wrong = channel("", "x", "y")
            .parse_edit(ChannelKind::Webhook)
            .unwrap_err();
        assert_eq!(wrong.get(AlertField::Url), Some(ChannelFormError::NotAUrl));
        assert_eq!(
            wrong.get(AlertField::Secret),
            Some(ChannelFormError::NotAWebhookSecret)
        );
    }
}
