//! Entries of the audit: names of actions, and one sentence for each.

use domain::{AuditAction, Principal, SenderField, SendingField, SmtpField};

use crate::{sender_field_label, sending_field_label, smtp_field_label};

/// Returns the name of an action, as a filter lists it.
pub fn audit_action(action: AuditAction) -> &'static str {
    match action {
        AuditAction::SetupFinished => "Set up",
        AuditAction::SignedIn => "Signed in",
        AuditAction::SignInFailed => "Sign-in failed",
        AuditAction::SignInSlowed => "Sign-in slowed down",
        AuditAction::SignedOut => "Signed out",
        AuditAction::SessionEnded => "Session ended",
        AuditAction::AccountAdded => "Account added",
        AuditAction::AccountRemoved => "Account removed",
        AuditAction::RoleChanged => "Role changed",
        AuditAction::PasswordLinkMade => "Password link created",
        AuditAction::PasswordSet => "Password set",
        AuditAction::KeyMade => "API key created",
        AuditAction::KeyEnded => "API key ended",
        AuditAction::SenderAdded => "Sender added",
        AuditAction::SenderChanged => "Sender changed",
        AuditAction::SenderPasswordMade => "Sender password created",
        AuditAction::SenderRemoved => "Sender removed",
        AuditAction::AccessDenied => "Refused",
        AuditAction::KeyRefused => "API key refused",
        AuditAction::SenderRefused => "Sender refused",
        AuditAction::SettingsSaved => "Settings saved",
        AuditAction::DataCenterAdded => "Data center added",
        AuditAction::DataCenterRenamed => "Data center renamed",
        AuditAction::DataCenterRemoved => "Data center removed",
        AuditAction::AuthorizationBegun => "Authorization started",
        AuditAction::AuthorizationFinished => "Authorized",
        AuditAction::AuthorizationFailed => "Authorization failed",
        AuditAction::RefreshFailed => "Token refresh failed",
        AuditAction::GrantEnded => "Authorization needed",
        AuditAction::TestEmailSent => "Test email",
        AuditAction::MessageRetried => "Message retried",
        AuditAction::MessageCancelled => "Message cancelled",
        AuditAction::MessageResent => "Message resent",
        AuditAction::SendingSaved => "Sending settings saved",
        AuditAction::InboundWebhookSaved => "Webhook for new mail saved",
        AuditAction::InboundWebhookRemoved => "Webhook for new mail removed",
        AuditAction::AlertsSaved => "Alert settings saved",
        AuditAction::ChannelAdded => "Alert channel added",
        AuditAction::ChannelChanged => "Alert channel changed",
        AuditAction::ChannelRemoved => "Alert channel removed",
        AuditAction::TestAlertSent => "Test alert",
        AuditAction::SealingKeyRotated => "Sealing key replaced",
        AuditAction::ActivityExported => "Activity exported",
    }
}

/// Returns what follows the name of the actor; `{}` stands for the subject.
fn template(action: AuditAction) -> &'static str {
    match action {
        AuditAction::SetupFinished => "set Mailgrant up with the account {}",
        AuditAction::SignedIn => "signed in",
        AuditAction::SignInFailed => "failed to sign in as {}",
        AuditAction::SignInSlowed => "must wait after too many failed sign-ins as {}",
        AuditAction::SignedOut => "signed out",
        AuditAction::SessionEnded => "ended a session of {}",
        AuditAction::AccountAdded => "added the account {}",
        AuditAction::AccountRemoved => "removed the account {}",
        AuditAction::RoleChanged => "changed the role of {}",
        AuditAction::PasswordLinkMade => "created a link for {} to choose a password",
        AuditAction::PasswordSet => "set the password of {}",
        AuditAction::KeyMade => "created the API key {}",
        AuditAction::KeyEnded => "ended the API key {}",
        AuditAction::SenderAdded => "added the sender {}",
        AuditAction::SenderChanged => "changed the sender {}",
        AuditAction::SenderPasswordMade => "created a password for the sender {}",
        AuditAction::SenderRemoved => "removed the sender {}",
        AuditAction::AccessDenied => "was refused {}, which the role or the scope does not allow",
        AuditAction::KeyRefused => "used an API key that is not valid",
        AuditAction::SenderRefused => {
            "used a user name and password that are not those of a sender"
        }
        AuditAction::SettingsSaved => "saved the SMTP settings of {}",
        AuditAction::DataCenterAdded => "added the data center {}",
        AuditAction::DataCenterRenamed => "renamed the data center {}",
        AuditAction::DataCenterRemoved => "removed the data center {}",
        AuditAction::AuthorizationBegun => "started an authorization for {}",
        AuditAction::AuthorizationFinished => "finished an authorization for {}",
        AuditAction::AuthorizationFailed => "did not get an authorization for {}",
        AuditAction::RefreshFailed => "could not refresh the token of {} and will retry",
        AuditAction::GrantEnded => "detected that {} needs authorization",
        AuditAction::TestEmailSent => "sent a test email from {}",
        AuditAction::MessageRetried => "retried the message {}",
        AuditAction::MessageCancelled => "cancelled the message {}",
        AuditAction::MessageResent => "resent the message {}",
        AuditAction::SendingSaved => "saved the sending settings of {}",
        AuditAction::InboundWebhookSaved => "saved the webhook for new mail of {}",
        AuditAction::InboundWebhookRemoved => "removed the webhook for new mail of {}",
        AuditAction::AlertsSaved => "saved the alert settings",
        AuditAction::ChannelAdded => "added the alert channel {}",
        AuditAction::ChannelChanged => "changed the alert channel {}",
        AuditAction::ChannelRemoved => "removed the alert channel {}",
        AuditAction::TestAlertSent => "sent a test alert to {}",
        AuditAction::SealingKeyRotated => "replaced the sealing key",
        AuditAction::ActivityExported => "exported the activity log",
    }
}

/// Returns a template for an unknown subject, for actions that can have one.
fn without_subject(action: AuditAction) -> Option<&'static str> {
    match action {
        AuditAction::SignInFailed => Some("failed to sign in under a name that no account has"),
        AuditAction::SignInSlowed => Some("must wait after too many failed sign-ins"),
        AuditAction::AuthorizationFailed => {
            Some("returned from a provider with a response that belongs to no authorization")
        }
        _ => None,
    }
}

/// Returns a template for an action whose actor is its subject.
fn to_oneself(action: AuditAction) -> Option<&'static str> {
    match action {
        AuditAction::SetupFinished => Some("set Mailgrant up as its first administrator"),
        AuditAction::PasswordSet => Some("set their password"),
        AuditAction::SessionEnded => Some("ended a session of their own"),
        _ => None,
    }
}

/// The sentence about an action, without its actor and its subject.
pub struct AuditSentence {
    /// Before the subject.
    pub before: &'static str,
    /// After the subject. `None` when the sentence does not name the subject.
    pub after: Option<&'static str>,
}

/// Returns what follows the name of the actor.
pub fn audit_sentence(action: AuditAction, actor: &str, subject: &str) -> AuditSentence {
    let special = match subject {
        "" => without_subject(action),
        subject if subject == actor => to_oneself(action),
        _ => None,
    };
    let template = special.unwrap_or_else(|| template(action));
    match template.split_once("{}") {
        Some((before, after)) => AuditSentence {
            before,
            after: Some(after),
        },
        None => AuditSentence {
            before: template,
            after: None,
        },
    }
}

/// Returns the actor of an entry: words, and a name where there is one.
pub fn actor(actor: &Principal) -> (&'static str, &str) {
    match actor {
        Principal::Account(name) => ("", name.as_str()),
        Principal::Key(name) => ("API key ", name),
        Principal::Sender(name) => ("Sender ", name),
        Principal::CommandLine => ("The command line", ""),
        Principal::Mailgrant => ("Mailgrant", ""),
        Principal::Nobody => ("Somebody", ""),
    }
}

/// Returns the label of a field that changed: its label in the form, else its code in words.
pub fn changed_field(name: &str) -> String {
    let sending = SendingField::ALL.iter().find(|field| field.name() == name);
    if let Some(field) = sending {
        return sending_field_label(*field).to_owned();
    }
    let field = SmtpField::ALL.iter().find(|field| field.name() == name);
    match (field, name) {
        (Some(field), _) => match field {
            SmtpField::MailboxEmail
            | SmtpField::MailboxSignIn
            | SmtpField::MailboxPassword
            | SmtpField::MailboxHost
            | SmtpField::MailboxPort
            | SmtpField::MailboxSecurity => ["Email box: ", smtp_field_label(*field)].concat(),
            field => smtp_field_label(*field).to_owned(),
        },
        (None, "mailbox_enabled") => "Email box".to_owned(),
        (None, name) => {
            if let Some(field) = sender_rule(name) {
                return sender_field_label(field).to_owned();
            }
            let words = name.replace('_', " ");
            let mut letters = words.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect()
            })
        }
    }
}

/// Returns the field of a sender with this name, unless other forms have a field of this name.
fn sender_rule(name: &str) -> Option<SenderField> {
    let is_own = |field: &SenderField| {
        !matches!(
            field,
            SenderField::Name | SenderField::DataCenter | SenderField::Expires
        )
    };
    let mut fields = SenderField::ALL.iter().copied().filter(is_own);
    fields.find(|field| field.name() == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::AuditAction;

    use super::{audit_action, audit_sentence, changed_field};

    #[test]
    fn every_action_has_a_name_of_its_own() {
        let names: HashSet<_> = AuditAction::ALL
            .iter()
            .map(|one| audit_action(*one))
            .collect();
        assert_eq!(names.len(), AuditAction::ALL.len());
    }

    #[test]
    fn no_sentence_has_a_gap() {
        for action in AuditAction::ALL {
            for subject in ["", "alice", "bob"] {
                let said = audit_sentence(*action, "alice", subject);
                assert!(!said.before.contains('{'), "{action:?}");
                assert!(!said.after.unwrap_or("").contains('{'), "{action:?}");
            }
        }
        let names_subject =
            |action, subject| audit_sentence(action, "alice", subject).after.is_some();
        assert!(!names_subject(AuditAction::SignInFailed, ""));
        assert!(names_subject(AuditAction::SignInFailed, "alice"));
        assert!(!names_subject(AuditAction::PasswordSet, "alice"));
        assert!(names_subject(AuditAction::PasswordSet, "bob"));
    }

    #[test]
    fn fields_of_the_settings_are_called_as_on_their_page() {
        for (name, label) in [
            ("smtp_host", "SMTP host"),
            ("mailbox_port", "Email box: Port"),
            ("mailbox_enabled", "Email box"),
            ("authentication_required", "Authentication required"),
            ("role", "Role"),
            ("messages_per_day", "Messages per day"),
            ("silent_after_hours", "Hours of silence before an alert"),
            ("", ""),
        ] {
            assert_eq!(changed_field(name), label);
        }
    }
}
