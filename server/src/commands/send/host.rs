//! The host name of this machine.

use std::fs;

use domain::EmailAddress;

/// Returns true if an address is local to this machine, so no other machine can reply to it: it has
/// no domain, or a domain that is only known here.
pub fn is_local(address: &str) -> bool {
    // Other characters may stand for the dots of a domain (UTS 46).
    let parsed = EmailAddress::parse(address).ok();
    let address = parsed.as_ref().map_or(address, EmailAddress::as_str);
    let Some((_, domain)) = address.rsplit_once('@') else {
        return true;
    };
    let domain = domain.to_ascii_lowercase();
    let ends = |end: &str| domain.ends_with(end);
    !domain.contains('.') || ends(".localdomain") || ends(".local") || own_names().contains(&domain)
}

fn own_names() -> Vec<String> {
    let files = [
        "/proc/sys/kernel/hostname",
        "/etc/hostname",
        "/etc/mailname",
    ];
    let read = files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok());
    read.map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn addresses_without_a_public_domain_are_local() {
        for (address, expected) in [
            ("root", true),
            ("root@localhost", true),
            ("root@db1.localdomain", true),
            ("alice@example.com", false),
            ("alice@例え。テスト", false),
        ] {
            assert_eq!(is_local(address), expected, "{address}");
        }
    }
}
