//! The guide that adds a device: kinds, reasons for what was chosen, and obstacles.

use domain::{
    ChosenListener, DeviceField, DeviceKind, ListenerReason, OtherFrom, ServiceProblem,
    SubmissionService,
};

/// Returns the name of a kind of devices.
pub fn device_kind(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Printer => "Printer or scanner",
        DeviceKind::Nas => "NAS",
        DeviceKind::Grafana => "Grafana",
        DeviceKind::Alertmanager => "Alertmanager",
        DeviceKind::Zabbix => "Zabbix",
        DeviceKind::Gitlab => "GitLab",
        DeviceKind::Wordpress => "WordPress",
        DeviceKind::Nextcloud => "Nextcloud",
        DeviceKind::Proxmox => "Proxmox VE",
        DeviceKind::HomeAssistant => "Home Assistant",
        DeviceKind::Php => "PHP",
        DeviceKind::Cron => "Cron, sendmail",
        DeviceKind::Other => "Something else",
    }
}

/// Returns examples of a kind, or an empty text.
pub fn device_kind_help(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Printer => "HP, Xerox, Ricoh, Konica Minolta",
        DeviceKind::Nas => "Synology, QNAP",
        DeviceKind::Php => "PHPMailer, mail()",
        DeviceKind::Cron => "msmtp",
        DeviceKind::Other => "any host, port, and password",
        _ => "",
    }
}

/// Returns the name that the guide proposes for a sender.
pub fn device_name(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Printer => "Printer",
        DeviceKind::Cron => "Cron",
        DeviceKind::Other => "",
        kind => device_kind(kind),
    }
}

/// Returns the label of a field of the guide.
pub fn device_field_label(field: DeviceField) -> &'static str {
    match field {
        DeviceField::Name => "Name",
        DeviceField::DataCenter => "Data center",
        DeviceField::SignIn => "How it signs in",
        DeviceField::Networks => "IP address or network of the device",
        DeviceField::ConfirmNetworks => "Allow addresses that are not private",
        DeviceField::From => "From address",
    }
}

/// Returns what the sender may do with From addresses, and why.
pub fn device_rule(kind: DeviceKind) -> &'static str {
    match kind.other_from() {
        OtherFrom::Rewrite => match kind {
            DeviceKind::Wordpress | DeviceKind::Php => {
                "Another From address is replaced, and replies go to it, because contact forms often use the address of the visitor."
            }
            _ => {
                "Another From address is replaced, and replies go to it, because many devices use one of their own or that of the user."
            }
        },
        OtherFrom::KeepName => {
            "Another From address is replaced and only its name is kept, because local accounts such as root receive no replies."
        }
        OtherFrom::Reject => {
            "Messages with another From address are rejected, because it is configured once and a wrong one should be noticed then."
        }
    }
}

/// Returns the reason for the choice of a listener.
pub fn listener_reason(reason: ListenerReason) -> &'static str {
    match reason {
        ListenerReason::ImplicitTls => {
            "This port was chosen because TLS protects the whole connection."
        }
        ListenerReason::StartTls => {
            "This port was chosen because it requires STARTTLS before the password is sent."
        }
        ListenerReason::OnlyPlain => {
            "No other port suits it. Others on the way can read the password and the mail."
        }
        ListenerReason::PlainForAddress => {
            "This port was chosen because devices that cannot sign in are often too old for TLS 1.2. Others on the way can read the mail."
        }
    }
}

/// Returns the cause and the fix of an obstacle between the device and the server.
pub fn service_problem(
    problem: ServiceProblem,
    service: &SubmissionService,
    chosen: Option<ChosenListener<'_>>,
) -> (&'static str, String) {
    let host = &service.host;
    match problem {
        ServiceProblem::NoListener => (
            "Mailgrant accepts no mail by SMTP yet",
            "Add this line to mailgrant.toml and restart Mailgrant:".to_owned(),
        ),
        ServiceProblem::OnlyLocal => (
            "Devices on other machines cannot reach Mailgrant yet",
            "It listens for SMTP on this machine only. Add this line to mailgrant.toml and restart Mailgrant:".to_owned(),
        ),
        ServiceProblem::OtherNetworks => {
            let listener = chosen.map(|chosen| chosen.listener.setting());
            let listener = listener.unwrap_or_default();
            (
                "The address of the device may not connect",
                format!(
                    "Add its network to the listener \"{listener}\" in smtp_listeners, and restart Mailgrant."
                ),
            )
        }
        ServiceProblem::ShortHostName => (
            "Other machines may not find the host name",
            format!(
                "\"{host}\" has no domain. Set smtp_name to a name that they can look up, or enter the IP address of this machine instead."
            ),
        ),
        ServiceProblem::CertificateName => {
            let (name, path) = service.own_certificate.clone().unwrap_or_default();
            (
                "The certificate has another name",
                format!(
                    "It is for \"{name}\", so programs that check it refuse \"{host}\". Set smtp_name = \"{host}\", delete {path} and its key, and restart Mailgrant."
                ),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{DeviceKind, SenderName};

    use super::*;

    #[test]
    fn each_kind_has_a_name_and_a_proposal_that_is_valid() {
        for kind in DeviceKind::ALL {
            assert!(!device_kind(*kind).is_empty());
            let name = device_name(*kind);
            assert!(name.is_empty() || SenderName::parse(name).is_ok());
        }
    }
}
