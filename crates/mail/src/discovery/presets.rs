//! Presets of known providers.

use domain::{
    DiscoverySource, EmailAddress, Host, Preset, PresetAuthentication, Proposal, ProposedOAuth,
    ProposedServer, Provider, url::host_and_port,
};

/// Mail domains that belong to a provider itself. Other domains are found by their MX; a pattern
/// such as `yahoo.*` would include other companies' domains (yahoo.co.jp).
const DOMAINS: &[(Provider, &str)] = &[
    (Provider::Google, "gmail.com googlemail.com"),
    (
        Provider::OutlookCom,
        "outlook.com outlook.at outlook.be outlook.cl outlook.co.id outlook.co.il outlook.co.th \
         outlook.com.ar outlook.com.au outlook.com.br outlook.com.gr outlook.com.tr outlook.com.vn \
         outlook.cz outlook.de outlook.dk outlook.es outlook.fr outlook.hu outlook.ie outlook.in \
         outlook.it outlook.jp outlook.kr outlook.lv outlook.my outlook.ph outlook.pt outlook.sa \
         outlook.sg outlook.sk hotmail.com hotmail.be hotmail.ca hotmail.ch hotmail.cl hotmail.co.il \
         hotmail.co.jp hotmail.co.kr hotmail.co.th hotmail.co.uk hotmail.co.za hotmail.com.ar \
         hotmail.com.au hotmail.com.br hotmail.com.hk hotmail.com.tr hotmail.com.tw hotmail.com.vn \
         hotmail.cz hotmail.de hotmail.dk hotmail.es hotmail.fi hotmail.fr hotmail.gr hotmail.hu \
         hotmail.it hotmail.lt hotmail.lv hotmail.my hotmail.nl hotmail.no hotmail.ph hotmail.rs \
         hotmail.se hotmail.sg hotmail.sk live.com live.at live.be live.ca live.cl live.cn live.co.kr \
         live.co.uk live.co.za live.com.ar live.com.au live.com.mx live.com.my live.com.ph live.com.pt \
         live.com.sg live.de live.dk live.fi live.fr live.hk live.ie live.in live.it live.jp live.nl \
         live.no live.ru live.se msn.com passport.com windowslive.com",
    ),
    (
        Provider::Yahoo,
        "yahoo.com yahoo.at yahoo.be yahoo.bg yahoo.ca yahoo.cl yahoo.co.id yahoo.co.il yahoo.co.in \
         yahoo.co.kr yahoo.co.nz yahoo.co.th yahoo.co.uk yahoo.co.za yahoo.com.ar yahoo.com.au \
         yahoo.com.br yahoo.com.co yahoo.com.hk yahoo.com.hr yahoo.com.mx yahoo.com.my yahoo.com.pe \
         yahoo.com.ph yahoo.com.sg yahoo.com.tr yahoo.com.tw yahoo.com.ua yahoo.com.ve yahoo.com.vn \
         yahoo.cz yahoo.de yahoo.dk yahoo.ee yahoo.es yahoo.fi yahoo.fr yahoo.gr yahoo.hu yahoo.ie \
         yahoo.in yahoo.it yahoo.lt yahoo.lv yahoo.nl yahoo.no yahoo.pl yahoo.pt yahoo.ro yahoo.se \
         yahoo.sk ymail.com rocketmail.com myyahoo.com",
    ),
    (Provider::Aol, "aol.com aim.com"),
    (Provider::Icloud, "icloud.com me.com mac.com"),
    (Provider::Fastmail, "fastmail.com fastmail.fm"),
    (Provider::Zoho, "zoho.com zohomail.com"),
];

/// Zoho's data centers except the first: the domain of the address or the mail server, and the
/// suffix of its hosts.
const ZOHO: &[(&str, &str)] = &[
    ("zoho.eu", "zoho.eu"),
    ("zohomail.eu", "zoho.eu"),
    ("zoho.in", "zoho.in"),
    ("zohomail.in", "zoho.in"),
    ("zoho.com.au", "zoho.com.au"),
    ("zohomail.com.au", "zoho.com.au"),
    ("zoho.jp", "zoho.jp"),
    ("zohomail.jp", "zoho.jp"),
];

/// Domains of mail servers, with their provider.
const MAIL_SERVERS: &[(&str, Provider)] = &[
    ("google.com", Provider::Google),
    ("googlemail.com", Provider::Google),
    ("olc.protection.outlook.com", Provider::OutlookCom),
    ("mail.protection.outlook.com", Provider::Microsoft365),
    ("mx.microsoft", Provider::Microsoft365),
    ("messagingengine.com", Provider::Fastmail),
    ("mail.icloud.com", Provider::Icloud),
    ("yahoodns.net", Provider::Yahoo),
    ("zoho.com", Provider::Zoho),
    ("zohomail.com", Provider::Zoho),
];

/// Returns the preset of a provider's own domain.
pub(super) fn of_domain(domain: &str) -> Option<Preset> {
    if let Some((_, hosts)) = ZOHO.iter().find(|(own, _)| *own == domain) {
        return Some(zoho(hosts));
    }
    DOMAINS
        .iter()
        .find(|(_, domains)| domains.split(' ').any(|own| own == domain))
        .and_then(|(provider, _)| Preset::of(*provider))
}

/// Returns the preset of the provider that a mail server belongs to.
pub(super) fn of_mail_server(name: &str) -> Option<Preset> {
    let host = Host::parse(name).ok()?;
    if let Some((_, hosts)) = ZOHO.iter().find(|(domain, _)| host.is_within(domain)) {
        return Some(zoho(hosts));
    }
    // AOL's servers are in Yahoo's domain: mx-aol.mail.gm0.yahoodns.net.
    if host.is_within("yahoodns.net") && host.as_str().starts_with("mx-aol.") {
        return Preset::of(Provider::Aol);
    }
    MAIL_SERVERS
        .iter()
        .find(|(domain, _)| host.is_within(domain))
        .and_then(|(_, provider)| Preset::of(*provider))
}

/// Returns the preset with this SMTP server.
pub(super) fn of_smtp_host(host: &str) -> Option<Preset> {
    let zoho = ZOHO.iter().map(|(_, hosts)| zoho(hosts));
    let presets = Provider::ALL.iter().filter_map(|one| Preset::of(*one));
    presets.chain(zoho).find(|preset| preset.smtp_host == host)
}

/// Returns the endpoints of a known issuer. Microsoft's metadata names a different issuer than the
/// requested one, because the issuer depends on the tenant.
pub(super) fn of_issuer(issuer: &str) -> Option<ProposedOAuth> {
    let (host, _) = host_and_port(issuer)?;
    let provider = match host.as_str() {
        "accounts.google.com" => Provider::Google,
        "login.microsoftonline.com" => Provider::Microsoft365,
        _ => return None,
    };
    let mut oauth = oauth(&Preset::of(provider)?)?;
    let tenant = issuer.split('/').nth(3).unwrap_or_default();
    if provider == Provider::Microsoft365 && !tenant.is_empty() {
        for endpoint in [&mut oauth.authorization_endpoint, &mut oauth.token_endpoint] {
            *endpoint = endpoint.replace("/organizations/", &format!("/{tenant}/"));
        }
    }
    issuer.clone_into(&mut oauth.issuer);
    Some(oauth)
}

/// Returns the OAuth endpoints of a preset.
pub(super) fn oauth(preset: &Preset) -> Option<ProposedOAuth> {
    match &preset.authentication {
        PresetAuthentication::OAuth {
            authorization_endpoint,
            token_endpoint,
            scope,
        } => Some(ProposedOAuth {
            issuer: String::new(),
            authorization_endpoint: authorization_endpoint.clone(),
            token_endpoint: token_endpoint.clone(),
            scope: scope.clone(),
        }),
        PresetAuthentication::Password | PresetAuthentication::None => None,
    }
}

/// Converts a preset to a proposal.
pub(super) fn proposal(
    preset: &Preset,
    source: DiscoverySource,
    evidence: &str,
    address: &EmailAddress,
) -> Proposal {
    Proposal {
        source,
        evidence: evidence.to_owned(),
        provider: Some(preset.provider),
        smtp: Some(ProposedServer {
            host: preset.smtp_host.clone(),
            port: preset.smtp_port,
            security: preset.security,
        }),
        imap: preset.imap.as_ref().map(|(host, port)| ProposedServer {
            host: host.clone(),
            port: *port,
            security: domain::Security::ImplicitTls,
        }),
        oauth: oauth(preset),
        username: address.to_string(),
        foreign: false,
    }
}

fn zoho(hosts: &str) -> Preset {
    Preset {
        provider: Provider::Zoho,
        smtp_host: format!("smtp.{hosts}"),
        smtp_port: 465,
        security: domain::Security::ImplicitTls,
        imap: Some((format!("imap.{hosts}"), 993)),
        authentication: PresetAuthentication::Password,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(preset: Option<Preset>) -> String {
        preset.map_or_else(|| "-".into(), |preset| preset.smtp_host)
    }

    #[test]
    fn knows_the_providers_own_domains_and_no_others() {
        for (domain, host) in [
            ("gmail.com", "smtp.gmail.com"),
            ("googlemail.com", "smtp.gmail.com"),
            ("outlook.com", "smtp-mail.outlook.com"),
            ("hotmail.co.uk", "smtp-mail.outlook.com"),
            ("live.nl", "smtp-mail.outlook.com"),
            ("msn.com", "smtp-mail.outlook.com"),
            ("yahoo.fr", "smtp.mail.yahoo.com"),
            ("yahoo.co.jp", "-"),
            ("aol.com", "smtp.aol.com"),
            ("me.com", "smtp.mail.me.com"),
            ("fastmail.fm", "smtp.fastmail.com"),
            ("zoho.com", "smtp.zoho.com"),
            ("zohomail.eu", "smtp.zoho.eu"),
            ("example.com", "-"),
            ("mail.gmail.com", "-"),
        ] {
            assert_eq!(smtp(of_domain(domain)), host, "{domain}");
        }
    }

    #[test]
    fn knows_the_providers_mail_servers_and_no_others() {
        for (server, host) in [
            ("aspmx.l.google.com", "smtp.gmail.com"),
            ("smtp.google.com", "smtp.gmail.com"),
            ("aspmx2.googlemail.com", "smtp.gmail.com"),
            (
                "example-com.mail.protection.outlook.com",
                "smtp.office365.com",
            ),
            ("example-com.i-v1.mx.microsoft", "smtp.office365.com"),
            (
                "outlook-com.olc.protection.outlook.com",
                "smtp-mail.outlook.com",
            ),
            ("in1-smtp.messagingengine.com", "smtp.fastmail.com"),
            ("mta5.am0.yahoodns.net", "smtp.mail.yahoo.com"),
            ("mx-aol.mail.gm0.yahoodns.net", "smtp.aol.com"),
            ("mx01.mail.icloud.com", "smtp.mail.me.com"),
            ("mx.zoho.com", "smtp.zoho.com"),
            ("mx2.zoho.eu", "smtp.zoho.eu"),
            ("google.com.example.org", "-"),
            ("notgoogle.com", "-"),
            ("mx.example.com", "-"),
            ("", "-"),
        ] {
            assert_eq!(smtp(of_mail_server(server)), host, "{server}");
        }
        assert_eq!(
            of_smtp_host("smtp.zoho.in").unwrap().provider,
            Provider::Zoho
        );
        assert_eq!(of_smtp_host("smtp.example.com"), None);
    }

    #[test]
    fn known_issuers_are_not_queried() {
        let google = of_issuer("https://accounts.google.com").unwrap();
        assert_eq!(google.token_endpoint, "https://oauth2.googleapis.com/token");
        let microsoft = of_issuer("https://login.microsoftonline.com/contoso.com/v2.0").unwrap();
        assert_eq!(
            microsoft.token_endpoint,
            "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token"
        );
        assert_eq!(of_issuer("https://accounts.google.com.example.org"), None);
    }
}
