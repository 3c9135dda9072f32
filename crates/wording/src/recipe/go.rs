//! Recipe for Grafana: conf/defaults.ini and pkg/services/notifications/smtp.go.

use domain::Security;

use super::{
    RecipeBlock, RecipeValues,
    quote::{grafana as ini, shell, without_variables},
};

pub fn grafana(values: &RecipeValues<'_>) -> Vec<RecipeBlock> {
    let policy = match values.security {
        Security::StartTls => Some("MandatoryStartTLS"),
        // At port 465, Grafana begins with TLS by itself.
        Security::ImplicitTls => None,
        Security::Plaintext => Some("NoStartTLS"),
    };
    let mut settings = vec![("host", values.host_and_port())];
    if let Some((user, password)) = values.credentials {
        settings.push(("user", user.to_owned()));
        settings.push(("password", password.to_owned()));
    }
    settings.push(("from_address", values.address().to_owned()));
    settings.push(("from_name", values.display_name().to_owned()));
    if let Some(policy) = policy {
        settings.push(("startTLS_policy", policy.to_owned()));
    }
    let mut file = vec!["[smtp]".to_owned(), "enabled = true".to_owned()];
    let mut environment = vec!["GF_SMTP_ENABLED=true".to_owned()];
    for (key, value) in settings {
        let is_free = key.starts_with("from_");
        file.push(if is_free {
            format!("{key} = {}", ini(&value))
        } else {
            format!("{key} = {value}")
        });
        let name = key.to_ascii_uppercase();
        let value = shell(&without_variables(&value));
        environment.push(format!("GF_SMTP_{name}={value}"));
    }
    vec![
        RecipeBlock::text(
            "grafana.ini",
            "Replace the section [smtp] in /etc/grafana/grafana.ini and restart Grafana. Then Alerting › Contact points › Test sends a message.",
            &file,
        ),
        RecipeBlock::text(
            "Environment",
            "Instead of grafana.ini, for example in a container. The quotes are for a shell; in a Compose file, write each value as YAML.",
            &environment,
        ),
    ]
}
