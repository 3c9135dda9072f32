//! Recipes for command lines: msmtp and cron, Proxmox VE, and others.

use domain::Security;

use super::{
    CERTIFICATE_FILE, RecipeBlock, RecipeValues, devices,
    quote::{double, msmtp, shell},
};

/// Returns `/etc/msmtprc` (msmtp 1.8), with more lines at its end.
pub fn msmtprc(values: &RecipeValues<'_>, help: &'static str, more: &[&str]) -> RecipeBlock {
    let on = |is_on: bool| if is_on { "on" } else { "off" };
    let is_encrypted = values.security != Security::Plaintext;
    let mut lines = vec![
        "account default".to_owned(),
        format!("host {}", values.host),
        format!("port {}", values.port),
        format!("tls {}", on(is_encrypted)),
    ];
    if is_encrypted {
        let starttls = on(values.security == Security::StartTls);
        lines.push(format!("tls_starttls {starttls}"));
    }
    if values.needs_certificate() {
        lines.push(format!("tls_trust_file {CERTIFICATE_FILE}"));
    }
    lines.push(format!("auth {}", on(values.credentials.is_some())));
    if let Some((user, password)) = values.credentials {
        lines.extend([
            format!("user {}", msmtp(user)),
            format!("password {}", msmtp(password)),
        ]);
    }
    // msmtp reads these characters as a pattern.
    if !values.address().contains(['%', '*', '?', '[']) {
        lines.push(format!("from {}", msmtp(values.address())));
    }
    lines.extend(more.iter().map(|line| (*line).to_owned()));
    RecipeBlock::text("/etc/msmtprc", help, &lines)
}

pub fn cron(values: &RecipeValues<'_>) -> Vec<RecipeBlock> {
    let to = shell(values.address());
    vec![
        msmtprc(
            values,
            "Install msmtp and msmtp-mta, which provides sendmail. On the machine of Mailgrant, mailgrant send works as sendmail too, without SMTP.",
            &["aliases /etc/aliases"],
        ),
        RecipeBlock::text(
            "/etc/aliases",
            "Where mail to local accounts goes. Replace the address with that of the person who should read it.",
            &[format!("default: {}", values.address())],
        ),
        RecipeBlock::text(
            "Test",
            "Cron sends the output of jobs to MAILTO of the crontab, or to the owner.",
            &[format!(
                "printf 'Subject: Test\\n\\nIt works.\\n' | sendmail {to}"
            )],
        ),
    ]
}

pub fn proxmox(values: &RecipeValues<'_>) -> Vec<RecipeBlock> {
    let mode = match values.security {
        Security::ImplicitTls => "tls",
        Security::StartTls => "starttls",
        Security::Plaintext => "insecure",
    };
    let mut options = vec![
        "--name mailgrant".to_owned(),
        format!("--server {}", shell(values.host)),
        format!("--port {}", values.port),
        format!("--mode {mode}"),
    ];
    if let Some((user, password)) = values.credentials {
        options.push(format!("--username {}", shell(user)));
        options.push(format!("--password {}", shell(password)));
    }
    options.push(format!("--from-address {}", shell(values.address())));
    if let Some(name) = values.plain_display_name() {
        options.push(format!("--author {}", shell(name)));
    }
    options.push("--mailto-user root@pam".to_owned());
    // A blank at the beginning keeps the password out of the history of bash.
    let mut command = vec![" pvesh create /cluster/notifications/endpoints/smtp \\".to_owned()];
    let last = options.len().saturating_sub(1);
    for (at, option) in options.into_iter().enumerate() {
        let continued = if at < last { " \\" } else { "" };
        command.push(format!("   {option}{continued}"));
    }
    vec![
        RecipeBlock::text(
            "Notification target",
            "Run on a node, or enter the values under Datacenter › Notifications › Add › SMTP. Mail goes to the address of root@pam.",
            &command,
        ),
        RecipeBlock::text(
            "Matcher",
            "Sends all notifications to this target, in addition to others.",
            &[
                "pvesh create /cluster/notifications/matchers --name mailgrant --target mailgrant"
                    .to_owned(),
            ],
        ),
    ]
}

pub fn other(values: &RecipeValues<'_>) -> Vec<RecipeBlock> {
    let connection = match values.security {
        Security::ImplicitTls => "smtplib.SMTP_SSL",
        Security::StartTls | Security::Plaintext => "smtplib.SMTP",
    };
    let context = if values.needs_certificate() {
        format!("cafile={}", double(CERTIFICATE_FILE))
    } else {
        String::new()
    };
    let host = double(values.host);
    let port = values.port;
    let mut python = vec!["import smtplib, ssl".to_owned()];
    if values.security != Security::Plaintext {
        python.push(format!("context = ssl.create_default_context({context})"));
    }
    python.push(if values.security == Security::ImplicitTls {
        format!("with {connection}({host}, {port}, context=context) as smtp:")
    } else {
        format!("with {connection}({host}, {port}) as smtp:")
    });
    if values.security == Security::StartTls {
        python.push("    smtp.starttls(context=context)".to_owned());
    }
    if let Some((user, password)) = values.credentials {
        python.push(format!(
            "    smtp.login({}, {})",
            double(user),
            double(password)
        ));
    }
    let from = double(values.address());
    python.extend([
        format!(
            "    message = \"Subject: Test\\r\\nFrom: \" + {from} + \"\\r\\n\\r\\nIt works.\\r\\n\""
        ),
        format!("    smtp.sendmail({from}, [{from}], message)"),
    ]);
    vec![
        RecipeBlock::fields(
            "General names",
            "Programs name these values in different ways.",
            [
                (
                    "Outgoing mail server, smarthost, relay",
                    values.host_and_port(),
                ),
                ("Encryption", devices::encryption_names(values)),
                (
                    "Authentication",
                    if values.credentials.is_some() {
                        "PLAIN or LOGIN (normal password)"
                    } else {
                        "none"
                    }
                    .to_owned(),
                ),
                ("URL", devices::url(values)),
            ],
        ),
        RecipeBlock::text("Python", "Sends a message to the From address.", &python),
    ]
}
