//! The guide that adds a device: kinds of devices and programs, and the form.

mod form;
mod service;

use crate::{OtherFrom, codes::codes};

pub use form::{DeviceField, DeviceForm, SignInWay};
pub use service::{
    ChosenListener, ListenerReason, ServiceProblem, SubmissionListener, SubmissionService,
};

codes! {
    /// Kind of a program or device that submits mail. Decides its first rules and its recipe.
    DeviceKind {
        /// Printer or scanner.
        Printer = "printer",
        /// Network storage, such as Synology or QNAP.
        Nas = "nas",
        /// Grafana.
        Grafana = "grafana",
        /// Prometheus Alertmanager.
        Alertmanager = "alertmanager",
        /// Zabbix.
        Zabbix = "zabbix",
        /// GitLab, installed from its package.
        Gitlab = "gitlab",
        /// `WordPress`.
        Wordpress = "wordpress",
        /// Nextcloud.
        Nextcloud = "nextcloud",
        /// Proxmox VE.
        Proxmox = "proxmox",
        /// Home Assistant.
        HomeAssistant = "home_assistant",
        /// PHP scripts.
        Php = "php",
        /// Cron and other programs that call `sendmail`.
        Cron = "cron",
        /// Anything else.
        Other = "other",
    }
}

impl DeviceKind {
    /// Returns true for hardware, which is more often unable to sign in or to use a current version
    /// of TLS.
    pub fn is_hardware(self) -> bool {
        matches!(self, Self::Printer | Self::Nas | Self::Other)
    }

    /// Returns the handling of a From address that the new sender may not use.
    pub fn other_from(self) -> OtherFrom {
        match self {
            // They use an address of their own or of a visitor, to which replies should go.
            Self::Printer | Self::Nas | Self::Wordpress | Self::Php => OtherFrom::Rewrite,
            // The address is that of a local account, which receives no replies.
            Self::Cron => OtherFrom::KeepName,
            // The address is configured once, and a wrong one should be noticed then.
            Self::Grafana
            | Self::Alertmanager
            | Self::Zabbix
            | Self::Gitlab
            | Self::Nextcloud
            | Self::Proxmox
            | Self::HomeAssistant
            | Self::Other => OtherFrom::Reject,
        }
    }

    /// Returns true if the program can begin with TLS at this port. Grafana does so at port 465 and
    /// nowhere else (gomail, which it uses).
    pub fn has_implicit_tls_at(self, port: u16) -> bool {
        self != Self::Grafana || port == 465
    }

    /// Returns true if STARTTLS is the better choice than TLS from the first octet: old versions of
    /// Alertmanager know only STARTTLS at ports other than 465.
    pub fn prefers_starttls(self) -> bool {
        self == Self::Alertmanager
    }
}
