//! How programs and devices trust the certificate that Mailgrant makes itself.

use domain::DeviceKind;

/// Returns sentences for the administrator, for a server with a certificate that Mailgrant made:
/// the better way first, then the worse one.
pub fn certificate_help(kind: DeviceKind) -> [&'static str; 2] {
    match kind {
        DeviceKind::Printer | DeviceKind::Nas => [
            "Import the certificate into the device, usually under Security › Certificates. Most devices do not check it unless this is turned on.",
            "Turning the check off is worse: another machine in the network could pretend to be Mailgrant and read the password.",
        ],
        DeviceKind::Grafana | DeviceKind::Proxmox | DeviceKind::Zabbix => [
            "Let the machine of the program trust the certificate: copy it to /usr/local/share/ca-certificates/mailgrant.crt, run update-ca-certificates, and restart the program. In a container, mount it there.",
            match kind {
                DeviceKind::Grafana => {
                    "skip_verify = true is worse: another machine could pretend to be Mailgrant and read the password."
                }
                DeviceKind::Zabbix => {
                    "Clearing \"SSL verify peer\" and \"SSL verify host\" is worse: another machine could pretend to be Mailgrant and read the password."
                }
                _ => {
                    "Mode insecure, without TLS, is worse: everyone on the way can read the password."
                }
            },
        ],
        DeviceKind::Alertmanager => [
            "Copy the certificate to /etc/ssl/mailgrant.pem. smtp_tls_config needs Alertmanager 0.28; for older versions, copy it to /usr/local/share/ca-certificates/mailgrant.crt and run update-ca-certificates.",
            "insecure_skip_verify: true is worse: another machine could pretend to be Mailgrant and read the password.",
        ],
        DeviceKind::HomeAssistant => [
            "Home Assistant OS cannot be given a certificate. Give Mailgrant one that is generally trusted (smtp_certificate), for example of Let's Encrypt.",
            "verify_ssl: false is worse: another machine could pretend to be Mailgrant and read the password.",
        ],
        DeviceKind::Gitlab => [
            "Copy the certificate to /etc/ssl/mailgrant.pem. GitLab does not use /etc/gitlab/trusted-certs for SMTP.",
            "smtp_openssl_verify_mode 'none' is worse: another machine could pretend to be Mailgrant and read the password.",
        ],
        DeviceKind::Wordpress => [
            "Copy the certificate to /etc/ssl/mailgrant.pem, readable by PHP. The plugin WP Mail SMTP has no option for it: use the file in mu-plugins as well, or let the machine trust the certificate with update-ca-certificates.",
            "Turning verify_peer off is worse: another machine could pretend to be Mailgrant and read the password.",
        ],
        DeviceKind::Nextcloud | DeviceKind::Php => [
            "Copy the certificate to /etc/ssl/mailgrant.pem, readable by PHP.",
            "Turning verify_peer off is worse: another machine could pretend to be Mailgrant and read the password.",
        ],
        DeviceKind::Cron => [
            "Copy the certificate to /etc/ssl/mailgrant.pem, which tls_trust_file names.",
            "tls_certcheck off is worse: another machine could pretend to be Mailgrant and read the password.",
        ],
        DeviceKind::Other => [
            "Copy the certificate to the machine, and name it as the trusted certificate (often called CA file) of the program.",
            "Turning the check of certificates off is worse: another machine could pretend to be Mailgrant and read the password.",
        ],
    }
}
