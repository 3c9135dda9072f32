//! Lists of networks.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use super::{
    ConfigError, Setting,
    report::Report,
    values::{Sourced, Values},
};

/// Reads the trusted proxies, whose forwarded headers decide the client address.
pub fn trusted_proxies(values: &Values, report: &mut Report) -> Result<Vec<IpNet>, ConfigError> {
    read(Setting::TrustedProxies, values, report, |network| {
        (network.prefix_len() == 0)
            .then_some("contains every address, so any client could forge its address")
    })
}

/// Reads the networks that Mailgrant never connects to.
pub fn denied(values: &Values, report: &mut Report) -> Result<Vec<IpNet>, ConfigError> {
    read(Setting::DenyNetworks, values, report, |_| None)
}

fn read(
    setting: Setting,
    values: &Values,
    report: &mut Report,
    problem_with: impl Fn(IpNet) -> Option<&'static str>,
) -> Result<Vec<IpNet>, ConfigError> {
    let Some(texts) = values.list(setting)? else {
        report.missing(setting);
        return Ok(Vec::new());
    };
    let networks = (1..)
        .zip(&texts.value)
        .map(|(position, text)| {
            let wrong = |problem: &str| invalid(&texts, position, text, problem);
            let network = network(text).map_err(|problem| wrong(&problem))?;
            problem_with(network).map_or(Ok(network), |problem| Err(wrong(problem)))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let shown: Vec<_> = networks.iter().map(ToString::to_string).collect();
    report.list(setting, &texts.source, &shown);
    Ok(networks)
}

fn invalid(
    texts: &Sourced<Vec<String>>,
    position: usize,
    text: &str,
    problem: &str,
) -> ConfigError {
    texts.invalid(format!("value {position}, {text:?}, {problem}"))
}

/// Parses an address, or a network without host bits. An IPv4-mapped IPv6 network becomes IPv4,
/// because the addresses it is compared with are converted, too.
pub fn network(text: &str) -> Result<IpNet, String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(address.to_canonical().into());
    }
    let network: IpNet = text.parse().map_err(|_| {
        "is neither an IP address nor a network such as 10.0.0.0/8 or fd00::/8".to_owned()
    })?;
    let whole = network.trunc();
    if network.addr() != whole.addr() {
        return Err(format!(
            "is an address within a network; use the network {whole}"
        ));
    }
    Ok(match (whole.addr().to_canonical(), whole.prefix_len()) {
        (IpAddr::V4(address), prefix @ 96..) if matches!(whole, IpNet::V6(_)) => {
            Ipv4Net::new(address, prefix - 96).map_or(whole, IpNet::V4)
        }
        _ => whole,
    })
}
