//! Recipe for GitLab (docs.gitlab.com/omnibus/settings/smtp).

use domain::Security;

use super::{CERTIFICATE_FILE, RecipeBlock, RecipeValues, quote::single};

pub fn gitlab(values: &RecipeValues<'_>) -> RecipeBlock {
    let mut lines = vec![
        "gitlab_rails['smtp_enable'] = true".to_owned(),
        format!("gitlab_rails['smtp_address'] = {}", single(values.host)),
        format!("gitlab_rails['smtp_port'] = {}", values.port),
    ];
    if let Some((user, password)) = values.credentials {
        lines.extend([
            format!("gitlab_rails['smtp_user_name'] = {}", single(user)),
            format!("gitlab_rails['smtp_password'] = {}", single(password)),
            "gitlab_rails['smtp_authentication'] = 'plain'".to_owned(),
        ]);
    }
    let domain = single(values.from.address.domain());
    lines.push(format!("gitlab_rails['smtp_domain'] = {domain}"));
    let (starttls, tls) = match values.security {
        Security::ImplicitTls => (false, true),
        Security::StartTls => (true, false),
        Security::Plaintext => (false, false),
    };
    lines.extend([
        format!("gitlab_rails['smtp_enable_starttls_auto'] = {starttls}"),
        format!("gitlab_rails['smtp_tls'] = {tls}"),
    ]);
    if values.security == Security::Plaintext {
        lines.push("gitlab_rails['smtp_openssl_verify_mode'] = 'none'".to_owned());
    } else {
        lines.push("gitlab_rails['smtp_openssl_verify_mode'] = 'peer'".to_owned());
    }
    if values.needs_certificate() {
        let file = single(CERTIFICATE_FILE);
        lines.push(format!("gitlab_rails['smtp_ca_file'] = {file}"));
    }
    let from = single(values.address());
    lines.push(format!("gitlab_rails['gitlab_email_from'] = {from}"));
    // GitLab writes it into a YAML file without escapes.
    if let Some(name) = values.plain_display_name() {
        let name = single(name);
        lines.push(format!(
            "gitlab_rails['gitlab_email_display_name'] = {name}"
        ));
    }
    RecipeBlock::text(
        "gitlab.rb",
        "Add to /etc/gitlab/gitlab.rb, then run: gitlab-ctl reconfigure. To test it, run gitlab-rails console and enter: Notify.test_email('you@example.com', 'Test', 'Test').deliver_now",
        &lines,
    )
}
