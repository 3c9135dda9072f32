//! Effect of saving the form on the grant.

use super::SmtpForm;
use crate::{EndpointUrl, GrantBinding, Host, Scope, one_line::one_line};

impl SmtpForm {
    /// Returns true if the form keeps every value that the grant is bound to. Other fields may be
    /// invalid or empty. A value that cannot be parsed counts as changed.
    pub fn keeps_grant(&self, held: &GrantBinding) -> bool {
        let endpoint = |typed: &str| EndpointUrl::parse(typed).ok();
        let line = |typed: &str| one_line(typed, usize::MAX).ok();
        let authorization_endpoint = endpoint(&self.authorization_endpoint);
        let reads = self.reads_with_grant();
        let scope = Scope::parse(&self.scope).and_then(|scope| match &authorization_endpoint {
            Some(endpoint) if reads => scope.with_imap(endpoint),
            _ => Ok(scope),
        });
        let imap_host = || Host::parse(&self.mailbox_host).ok();
        self.uses_oauth()
            && Host::parse(&self.smtp_host).as_ref() == Ok(&held.smtp_host)
            && (!reads || (held.imap_host.is_some() && imap_host() == held.imap_host))
            && line(&self.username).as_ref() == Some(&held.username)
            && line(&self.client_id).as_ref() == Some(&held.client_id)
            && authorization_endpoint.as_ref() == Some(&held.authorization_endpoint)
            && endpoint(&self.token_endpoint).as_ref() == Some(&held.token_endpoint)
            && scope.as_ref() == Ok(&held.scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDPOINT: &str = "https://id.example.com/authorize";
    const TOKEN: &str = "https://id.example.com/token";

    fn form() -> SmtpForm {
        SmtpForm {
            smtp_host: "smtp.example.com".into(),
            authentication_required: true,
            authentication_type: "oauth".into(),
            username: " zoe@example.com ".into(),
            client_id: "client".into(),
            authorization_endpoint: ENDPOINT.into(),
            token_endpoint: TOKEN.into(),
            scope: "mail offline_access".into(),
            ..SmtpForm::default()
        }
    }

    fn held() -> GrantBinding {
        GrantBinding {
            smtp_host: Host::parse("smtp.example.com").unwrap(),
            imap_host: None,
            username: "zoe@example.com".into(),
            client_id: "client".into(),
            authorization_endpoint: EndpointUrl::parse(ENDPOINT).unwrap(),
            token_endpoint: EndpointUrl::parse(TOKEN).unwrap(),
            scope: Scope::parse("mail offline_access").unwrap(),
        }
    }

    #[test]
    fn a_form_with_errors_keeps_the_grant_as_long_as_its_own_values_stay() {
        // The provider, port, From address, and secret are missing, so the form is invalid.
        assert!(form().parse(None).is_err());
        assert!(form().keeps_grant(&held()));
    }

    #[test]
    fn every_value_that_a_grant_is_bound_to_ends_it_when_it_changes() {
        let changes: [fn(&mut SmtpForm); 9] = [
            |form| form.smtp_host = "smtp.example.net".into(),
            |form| form.smtp_host = String::new(),
            |form| form.username = "bob@example.com".into(),
            |form| form.client_id = String::new(),
            |form| form.authorization_endpoint = "https://id.example.net/authorize".into(),
            |form| form.token_endpoint = "no URL".into(),
            |form| form.scope = "mail".into(),
            |form| form.authentication_type = "basic".into(),
            |form| form.authentication_required = false,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut form = form();
            change(&mut form);
            assert!(!form.keeps_grant(&held()), "{number}");
        }
    }

    #[test]
    fn a_mailbox_with_the_same_authorization_adds_its_host() {
        let reads = |host: &str| SmtpForm {
            mailbox_enabled: true,
            mailbox_sign_in: "same_authorization".into(),
            mailbox_host: host.into(),
            ..form()
        };
        let held_with_host = GrantBinding {
            imap_host: Some(Host::parse("imap.example.com").unwrap()),
            ..held()
        };
        assert!(reads("imap.example.com").keeps_grant(&held_with_host));
        assert!(form().keeps_grant(&held_with_host));
        assert!(!reads("imap.example.net").keeps_grant(&held_with_host));
        assert!(!reads("imap.example.com").keeps_grant(&held()));
        assert!(!reads("").keeps_grant(&held()));
    }
}
