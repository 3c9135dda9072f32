//! What was done, for the activity page: one sentence for each action.

use domain::{AuditAction, SendingField, SmtpField, Who};

use super::{label, sending_label};

/// The name of an action, to choose it.
pub fn action(action: AuditAction) -> &'static str {
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
        AuditAction::PasswordLinkMade => "Password link made",
        AuditAction::PasswordSet => "Password set",
        AuditAction::KeyMade => "API key made",
        AuditAction::KeyEnded => "API key ended",
        AuditAction::AccessDenied => "Refused",
        AuditAction::KeyRefused => "API key refused",
        AuditAction::SettingsSaved => "Settings saved",
        AuditAction::DataCenterAdded => "Data center added",
        AuditAction::DataCenterRenamed => "Data center renamed",
        AuditAction::DataCenterRemoved => "Data center removed",
        AuditAction::AuthorizationBegun => "Authorization begun",
        AuditAction::AuthorizationFinished => "Authorized",
        AuditAction::AuthorizationFailed => "Authorization failed",
        AuditAction::RefreshFailed => "Renewal failed",
        AuditAction::GrantEnded => "Authorization needed",
        AuditAction::TestEmailSent => "Test email",
        AuditAction::MessageRetried => "Message tried again",
        AuditAction::MessageCancelled => "Message cancelled",
        AuditAction::MessageResent => "Message sent once more",
        AuditAction::SendingSaved => "Sending settings saved",
        AuditAction::MailHookSaved => "Webhook for new mail saved",
        AuditAction::MailHookRemoved => "Webhook for new mail removed",
        AuditAction::AlertsSaved => "Alert settings saved",
        AuditAction::RouteAdded => "Alert route added",
        AuditAction::RouteChanged => "Alert route changed",
        AuditAction::RouteRemoved => "Alert route removed",
        AuditAction::TestAlertSent => "Test alert",
        AuditAction::SealingKeyRotated => "Sealing key replaced",
        AuditAction::ActivityExported => "Activity exported",
    }
}

/// What was done, following the name of who did it; `{}` stands for the subject.
fn template(action: AuditAction) -> &'static str {
    match action {
        AuditAction::SetupFinished => "set Mailgrant up with the account {}",
        AuditAction::SignedIn => "signed in",
        AuditAction::SignInFailed => "failed to sign in as {}",
        AuditAction::SignInSlowed => "has to wait after too many wrong sign-ins as {}",
        AuditAction::SignedOut => "signed out",
        AuditAction::SessionEnded => "ended a session of {}",
        AuditAction::AccountAdded => "added the account {}",
        AuditAction::AccountRemoved => "removed the account {}",
        AuditAction::RoleChanged => "changed the role of {}",
        AuditAction::PasswordLinkMade => "made a link for {} to choose a password",
        AuditAction::PasswordSet => "set the password of {}",
        AuditAction::KeyMade => "made the API key {}",
        AuditAction::KeyEnded => "ended the API key {}",
        AuditAction::AccessDenied => "was refused {}, which the role or the scope does not allow",
        AuditAction::KeyRefused => "used an API key that is not valid",
        AuditAction::SettingsSaved => "saved the SMTP settings of {}",
        AuditAction::DataCenterAdded => "added the data center {}",
        AuditAction::DataCenterRenamed => "renamed the data center {}",
        AuditAction::DataCenterRemoved => "removed the data center {}",
        AuditAction::AuthorizationBegun => "began an authorization for {}",
        AuditAction::AuthorizationFinished => "finished an authorization for {}",
        AuditAction::AuthorizationFailed => "did not get an authorization for {}",
        AuditAction::RefreshFailed => "could not renew the token of {} and will try again",
        AuditAction::GrantEnded => "noticed that {} needs authorization",
        AuditAction::TestEmailSent => "tried a test email from {}",
        AuditAction::MessageRetried => "had the message {} tried again",
        AuditAction::MessageCancelled => "cancelled the message {}",
        AuditAction::MessageResent => "sent the message {} once more",
        AuditAction::SendingSaved => "saved what applies to the sending of {}",
        AuditAction::MailHookSaved => "saved where new mail of {} is told of",
        AuditAction::MailHookRemoved => "ended the webhook for new mail of {}",
        AuditAction::AlertsSaved => "saved which alerts are sent",
        AuditAction::RouteAdded => "added the alert route to {}",
        AuditAction::RouteChanged => "changed the alert route to {}",
        AuditAction::RouteRemoved => "removed the alert route to {}",
        AuditAction::TestAlertSent => "sent a test alert to {}",
        AuditAction::SealingKeyRotated => "replaced the key that seals secrets",
        AuditAction::ActivityExported => "exported the activity",
    }
}

/// The same when the subject is not known; where that cannot be, the template does.
fn without_subject(action: AuditAction) -> Option<&'static str> {
    match action {
        AuditAction::SignInFailed => Some("failed to sign in under a name that no account has"),
        AuditAction::SignInSlowed => Some("has to wait after too many wrong sign-ins"),
        AuditAction::AuthorizationFailed => {
            Some("came back from a provider with an answer that nobody here had asked for")
        }
        _ => None,
    }
}

/// The same when it was done to oneself.
fn to_oneself(action: AuditAction) -> Option<&'static str> {
    match action {
        AuditAction::SetupFinished => Some("set Mailgrant up as its first administrator"),
        AuditAction::PasswordSet => Some("set their password"),
        AuditAction::SessionEnded => Some("ended a session of their own"),
        _ => None,
    }
}

/// What was done, in words.
pub struct Sentence {
    /// Before the subject.
    pub before: &'static str,
    /// After the subject; `None`: the subject is no part of the sentence.
    pub after: Option<&'static str>,
}

/// What was done, following the name of who did it.
pub fn sentence(action: AuditAction, actor: &str, subject: &str) -> Sentence {
    let special = match subject {
        "" => without_subject(action),
        subject if subject == actor => to_oneself(action),
        _ => None,
    };
    let template = special.unwrap_or_else(|| template(action));
    match template.split_once("{}") {
        Some((before, after)) => Sentence {
            before,
            after: Some(after),
        },
        None => Sentence {
            before: template,
            after: None,
        },
    }
}

/// Who did it: words, and a name where there is one.
pub fn who(who: &Who) -> (&'static str, &str) {
    match who {
        Who::Account(name) => ("", name.as_str()),
        Who::Key(name) => ("API key ", name),
        Who::CommandLine => ("The command line", ""),
        Who::Mailgrant => ("Mailgrant", ""),
        Who::Nobody => ("Somebody", ""),
    }
}

/// The label of what changed: that of the field of the settings, else its name in words.
pub fn changed_field(name: &str) -> String {
    let sending = SendingField::ALL.iter().find(|field| field.name() == name);
    if let Some(field) = sending {
        return sending_label(*field).to_owned();
    }
    let field = SmtpField::ALL.iter().find(|field| field.name() == name);
    match (field, name) {
        (Some(field), _) => match field {
            SmtpField::MailboxEmail
            | SmtpField::MailboxSignIn
            | SmtpField::MailboxPassword
            | SmtpField::MailboxHost
            | SmtpField::MailboxPort
            | SmtpField::MailboxSecurity => ["Email box: ", label(*field)].concat(),
            field => label(*field).to_owned(),
        },
        (None, "mailbox_enabled") => "Email box".to_owned(),
        (None, name) => {
            let words = name.replace('_', " ");
            let mut letters = words.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect()
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::AuditAction;

    use super::{action, changed_field, sentence};

    #[test]
    fn every_action_has_a_name_of_its_own() {
        let names: HashSet<_> = AuditAction::ALL.iter().map(|one| action(*one)).collect();
        assert_eq!(names.len(), AuditAction::ALL.len());
    }

    #[test]
    fn no_sentence_has_a_gap() {
        for action in AuditAction::ALL {
            for subject in ["", "alice", "bob"] {
                let said = sentence(*action, "alice", subject);
                assert!(!said.before.contains('{'), "{action:?}");
                assert!(!said.after.unwrap_or("").contains('{'), "{action:?}");
            }
        }
        let names_subject = |action, subject| sentence(action, "alice", subject).after.is_some();
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
            ("messages_per_day", "Messages a day"),
            ("", ""),
        ] {
            assert_eq!(changed_field(name), label);
        }
    }
}
