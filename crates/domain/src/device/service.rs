//! The listeners that programs and devices can reach, and the best one for a device.

use std::net::SocketAddr;

use crate::{DeviceKind, Network, Security, codes::codes};

/// Ports of listeners that other machines can reach (RFC 8314 §3.3).
const SUGGESTED: [(u16, Security); 2] = [(465, Security::ImplicitTls), (587, Security::StartTls)];

/// An address and port at which mail is accepted by SMTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionListener {
    /// The address and port.
    pub address: SocketAddr,
    /// How the connection is encrypted.
    pub security: Security,
    /// Networks that may connect. Empty for all.
    pub networks: Vec<Network>,
}

impl SubmissionListener {
    /// Returns true if only programs on the same machine reach it.
    pub fn is_local(&self) -> bool {
        self.address.ip().to_canonical().is_loopback()
    }

    /// Returns the value in `smtp_listeners`: `0.0.0.0:587 starttls`.
    pub fn setting(&self) -> String {
        let mode = match self.security {
            Security::ImplicitTls => "tls",
            Security::StartTls => "starttls",
            Security::Plaintext => "plain",
        };
        let mut setting = format!("{} {mode}", self.address);
        for network in &self.networks {
            setting.push(' ');
            setting.push_str(&network.to_string());
        }
        setting
    }

    /// Returns true if all addresses of the networks may connect.
    fn admits(&self, networks: &[Network]) -> bool {
        let within = |one: &Network| self.networks.iter().any(|own| own.includes(*one));
        self.networks.is_empty() || (!networks.is_empty() && networks.iter().all(within))
    }
}

/// The listeners that programs and devices can reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubmissionService {
    /// The host name for other machines.
    pub host: String,
    /// The listeners. Empty if no mail is accepted by SMTP.
    pub listeners: Vec<SubmissionListener>,
    /// The name in the certificate that Mailgrant made, and its path. `None` if the certificate is
    /// configured.
    pub own_certificate: Option<(String, String)>,
}

codes! {
    /// Reason why a listener was chosen.
    ListenerReason {
        /// TLS protects the connection from its beginning.
        ImplicitTls = "implicit_tls",
        /// STARTTLS is required before the password is sent.
        StartTls = "starttls",
        /// Only the listener without TLS is left.
        OnlyPlain = "only_plain",
        /// A device that is known by its address is often too old for the supported versions of TLS.
        PlainForAddress = "plain_for_address",
    }
}

codes! {
    /// Reason why a device may not reach the listener.
    ServiceProblem {
        /// There is no listener.
        NoListener = "no_listener",
        /// The listener is reached from this machine only.
        OnlyLocal = "only_local",
        /// The networks of the listener do not contain those of the sender.
        OtherNetworks = "other_networks",
        /// The host name has no domain, so other machines may not find it.
        ShortHostName = "short_host_name",
        /// The certificate that Mailgrant made has another name.
        CertificateName = "certificate_name",
    }
}

/// A listener with the reason for its choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChosenListener<'a> {
    /// The listener.
    pub listener: &'a SubmissionListener,
    /// The reason.
    pub reason: ListenerReason,
}

impl SubmissionService {
    /// Returns the best listener for a program or device. `networks` are those it is known by, or
    /// empty if it signs in.
    pub fn choose(&self, kind: DeviceKind, networks: &[Network]) -> Option<ChosenListener<'_>> {
        let is_old = kind.is_hardware() && !networks.is_empty();
        let rank = |listener: &SubmissionListener| match listener.security {
            Security::Plaintext if is_old => 0,
            Security::Plaintext => 4,
            Security::StartTls if kind.prefers_starttls() => 1,
            Security::StartTls => 2,
            Security::ImplicitTls if kind.prefers_starttls() => 3,
            Security::ImplicitTls => 1,
        };
        let can_use = |listener: &&SubmissionListener| {
            listener.security != Security::ImplicitTls
                || kind.has_implicit_tls_at(listener.address.port())
        };
        let listener = self.listeners.iter().filter(can_use).min_by_key(|one| {
            // Any network may have this device, if none is known.
            (one.is_local(), !one.admits(networks), rank(one))
        })?;
        let reason = match listener.security {
            Security::ImplicitTls => ListenerReason::ImplicitTls,
            Security::StartTls => ListenerReason::StartTls,
            Security::Plaintext if is_old => ListenerReason::PlainForAddress,
            Security::Plaintext => ListenerReason::OnlyPlain,
        };
        Some(ChosenListener { listener, reason })
    }

    /// Returns the host name to enter in a program or device that uses this listener.
    pub fn host_for(&self, listener: &SubmissionListener) -> &str {
        if listener.is_local() {
            "localhost"
        } else {
            &self.host
        }
    }

    /// Returns the reasons why the device may not reach the chosen listener.
    pub fn problems(
        &self,
        chosen: Option<ChosenListener<'_>>,
        networks: &[Network],
    ) -> Vec<ServiceProblem> {
        let mut problems = Vec::new();
        let listener = chosen.map(|chosen| chosen.listener);
        match listener {
            None => problems.push(ServiceProblem::NoListener),
            Some(listener) if listener.is_local() => return vec![ServiceProblem::OnlyLocal],
            Some(listener) if !networks.is_empty() && !listener.admits(networks) => {
                problems.push(ServiceProblem::OtherNetworks);
            }
            Some(_) => {}
        }
        if !self.host.contains(['.', ':']) {
            problems.push(ServiceProblem::ShortHostName);
        }
        let other_name = |(name, _): &(String, String)| !name.eq_ignore_ascii_case(&self.host);
        let is_plain = |listener: &SubmissionListener| listener.security == Security::Plaintext;
        if !listener.is_some_and(is_plain) && self.own_certificate.as_ref().is_some_and(other_name)
        {
            problems.push(ServiceProblem::CertificateName);
        }
        problems
    }

    /// Returns this description, or that with the listeners of [`reachable_setting`] if there is
    /// none, so that a sheet shows the values that hold after the change.
    ///
    /// [`reachable_setting`]: Self::reachable_setting
    #[must_use]
    pub fn or_suggested(&self) -> Self {
        let mut service = self.clone();
        if service.listeners.is_empty() {
            service.listeners = SUGGESTED
                .iter()
                .map(|(port, security)| SubmissionListener {
                    address: SocketAddr::from(([0, 0, 0, 0], *port)),
                    security: *security,
                    networks: Vec::new(),
                })
                .collect();
        }
        service
    }

    /// Returns the line of `mailgrant.toml` that keeps the listeners and adds one that other
    /// machines reach.
    pub fn reachable_setting(&self) -> String {
        let none = Self::default().or_suggested();
        let kept = self.listeners.iter();
        let quoted: Vec<_> = kept
            .chain(&none.listeners)
            .map(|listener| format!("\"{}\"", listener.setting()))
            .collect();
        format!("smtp_listeners = [{}]", quoted.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listener(address: &str, security: Security, networks: &[&str]) -> SubmissionListener {
        let networks = networks.iter().map(|network| Network::parse(network));
        SubmissionListener {
            address: address.parse().unwrap(),
            security,
            networks: networks.collect::<Result<_, _>>().unwrap(),
        }
    }

    fn service(listeners: Vec<SubmissionListener>) -> SubmissionService {
        SubmissionService {
            host: "mail.example.com".into(),
            listeners,
            own_certificate: None,
        }
    }

    fn all() -> SubmissionService {
        service(vec![
            listener("127.0.0.1:2525", Security::StartTls, &[]),
            listener("0.0.0.0:25", Security::Plaintext, &["192.168.1.0/24"]),
            listener("0.0.0.0:587", Security::StartTls, &[]),
            listener("0.0.0.0:465", Security::ImplicitTls, &[]),
        ])
    }

    #[test]
    fn a_program_that_signs_in_gets_tls_that_it_supports() {
        let port = |service: &SubmissionService, kind| {
            service
                .choose(kind, &[])
                .map(|chosen| chosen.listener.address.port())
        };
        let service = all();
        assert_eq!(port(&service, DeviceKind::Printer), Some(465));
        assert_eq!(port(&service, DeviceKind::Grafana), Some(465));
        assert_eq!(port(&service, DeviceKind::Alertmanager), Some(587));
        let other_port = super::tests::service(vec![
            listener("0.0.0.0:4465", Security::ImplicitTls, &[]),
            listener("0.0.0.0:587", Security::StartTls, &[]),
        ]);
        assert_eq!(port(&other_port, DeviceKind::Printer), Some(4465));
        assert_eq!(port(&other_port, DeviceKind::Grafana), Some(587));
    }

    #[test]
    fn an_old_device_that_is_known_by_its_address_gets_the_plain_listener_of_its_network() {
        let service = all();
        let inside = [Network::parse("192.168.1.20").unwrap()];
        let chosen = service.choose(DeviceKind::Printer, &inside).unwrap();
        assert_eq!(chosen.listener.address.port(), 25);
        assert_eq!(chosen.reason, ListenerReason::PlainForAddress);
        // A program has current TLS, and another network may not use the plain listener.
        let chosen = service.choose(DeviceKind::Php, &inside).unwrap();
        assert_eq!(chosen.listener.address.port(), 465);
        let outside = [Network::parse("10.0.0.0/8").unwrap()];
        let chosen = service.choose(DeviceKind::Printer, &outside).unwrap();
        assert_eq!(chosen.reason, ListenerReason::ImplicitTls);
        assert_eq!(service.problems(Some(chosen), &outside), []);
    }

    #[test]
    fn what_keeps_a_device_from_the_listener_is_reported() {
        let problems = |service: &SubmissionService| {
            service.problems(service.choose(DeviceKind::Printer, &[]), &[])
        };
        let none = service(vec![]);
        assert_eq!(problems(&none), [ServiceProblem::NoListener]);
        assert_eq!(
            none.reachable_setting(),
            r#"smtp_listeners = ["0.0.0.0:465 tls", "0.0.0.0:587 starttls"]"#
        );
        assert_eq!(problems(&none.or_suggested()), []);
        let local = service(vec![listener("127.0.0.1:2525", Security::StartTls, &[])]);
        assert_eq!(problems(&local), [ServiceProblem::OnlyLocal]);
        let chosen = local.choose(DeviceKind::Cron, &[]).unwrap();
        assert_eq!(local.host_for(chosen.listener), "localhost");
        assert_eq!(
            local.reachable_setting(),
            r#"smtp_listeners = ["127.0.0.1:2525 starttls", "0.0.0.0:465 tls", "0.0.0.0:587 starttls"]"#
        );
        let mut short = all();
        short.host = "server".into();
        short.own_certificate = Some(("other".into(), String::new()));
        assert_eq!(
            problems(&short),
            [
                ServiceProblem::ShortHostName,
                ServiceProblem::CertificateName
            ]
        );
        let small = service(vec![listener(
            "0.0.0.0:25",
            Security::Plaintext,
            &["192.168.1.0/24"],
        )]);
        let outside = [Network::parse("10.0.0.7").unwrap()];
        let chosen = small.choose(DeviceKind::Printer, &outside);
        assert_eq!(
            small.problems(chosen, &outside),
            [ServiceProblem::OtherNetworks]
        );
    }
}
