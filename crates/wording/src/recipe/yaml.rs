//! Recipes for Alertmanager (prometheus.io/docs/alerting) and Home Assistant
//! (home-assistant.io/integrations/smtp).

use domain::Security;

use super::{
    CERTIFICATE_FILE, RecipeBlock, RecipeValues, devices,
    quote::{double, template},
};

pub fn alertmanager(values: &RecipeValues<'_>) -> RecipeBlock {
    let mut lines = vec![
        "global:".to_owned(),
        format!("  smtp_smarthost: {}", double(&values.host_and_port())),
        format!("  smtp_from: {}", template(values.address())),
    ];
    if let Some((user, password)) = values.credentials {
        lines.extend([
            format!("  smtp_auth_username: {}", double(user)),
            format!("  smtp_auth_password: {}", double(password)),
        ]);
    }
    let is_encrypted = values.security != Security::Plaintext;
    lines.push(format!("  smtp_require_tls: {is_encrypted}"));
    // At port 465 this is the default.
    if values.security == Security::ImplicitTls && values.port != 465 {
        lines.push("  smtp_force_implicit_tls: true".to_owned());
    }
    if values.needs_certificate() {
        lines.extend([
            "  smtp_tls_config:".to_owned(),
            format!("    ca_file: {}", double(CERTIFICATE_FILE)),
        ]);
    }
    RecipeBlock::text(
        "alertmanager.yml",
        "Merge into the section global, check with amtool check-config, and reload Alertmanager. smtp_force_implicit_tls needs a version after 0.28.",
        &lines,
    )
}

pub fn home_assistant(values: &RecipeValues<'_>) -> Vec<RecipeBlock> {
    let encryption = match values.security {
        Security::ImplicitTls => "tls",
        Security::StartTls => "starttls",
        Security::Plaintext => "none",
    };
    let mut lines = vec![
        "notify:".to_owned(),
        format!("  - name: {}", double("mailgrant")),
        "    platform: smtp".to_owned(),
        format!("    server: {}", double(values.host)),
        format!("    port: {}", values.port),
        format!("    encryption: {}", double(encryption)),
    ];
    if let Some((user, password)) = values.credentials {
        lines.extend([
            format!("    username: {}", double(user)),
            format!("    password: {}", double(password)),
        ]);
    }
    lines.push(format!("    sender: {}", double(values.address())));
    if let Some(name) = values.plain_display_name() {
        lines.push(format!("    sender_name: {}", double(name)));
    }
    lines.extend([
        "    recipient:".to_owned(),
        format!("      - {}", double(values.address())),
    ]);
    vec![
        RecipeBlock::text(
            "configuration.yaml",
            "Replace the recipient, and restart Home Assistant. Then the action notify.mailgrant sends a message.",
            &lines,
        ),
        devices::home_assistant(values),
    ]
}
