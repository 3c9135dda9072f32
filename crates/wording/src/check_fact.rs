//! Facts that the steps of a check have found.

use domain::{CheckFact, FactName};

/// Returns the name of a fact.
pub fn check_fact(name: FactName) -> &'static str {
    match name {
        FactName::Address => "Address",
        FactName::TlsVersion => "TLS version",
        FactName::Cipher => "Cipher suite",
        FactName::CertificateNames => "Certificate for",
        FactName::CertificateIssuer => "Issued by",
        FactName::CertificateEnds => "Certificate ends",
        FactName::ServerAccepts => "The server accepts",
        FactName::SizeLimit => "Largest message",
        FactName::Mechanisms => "Offered mechanisms",
        FactName::StartTls => "STARTTLS offered",
        FactName::Mechanism => "Mechanism",
        FactName::Reason => "Why this one",
        FactName::Challenge => "Challenge, decoded",
        FactName::Issuer => "Issuer",
        FactName::ClockSkew => "Clock of the provider",
        FactName::Account => "Account",
        FactName::ScopesAsked => "Requested scopes",
        FactName::ScopesGranted => "Granted scopes",
        FactName::TokenExpires => "Token expires",
        FactName::AuthorizedAt => "Authorized",
        FactName::Messages => "Messages",
        FactName::Record => "Record",
        FactName::FromSent => "From, as sent",
        FactName::FromArrived => "From, as it arrived",
    }
}

/// Returns the value of a fact for people.
pub fn check_fact_value(fact: &CheckFact) -> String {
    let value = fact.value.as_str();
    let words = match fact.name {
        FactName::SizeLimit => size(value),
        FactName::ClockSkew => skew(value),
        FactName::Reason => reason(value),
        FactName::CertificateEnds | FactName::TokenExpires | FactName::AuthorizedAt => time(value),
        _ => None,
    };
    words.unwrap_or_else(|| value.to_owned())
}

fn size(octets: &str) -> Option<String> {
    match octets.parse::<u64>().ok()? {
        0 => Some("no limit".to_owned()),
        octets @ ..1_000_000 => Some(format!("{octets} octets")),
        octets => Some(format!(
            "{}.{} MB",
            octets / 1_000_000,
            octets % 1_000_000 / 100_000
        )),
    }
}

fn skew(seconds: &str) -> Option<String> {
    Some(match seconds.parse::<i64>().ok()? {
        -1..=1 => "correct".to_owned(),
        seconds @ 2.. => format!("{seconds} s ahead of this server"),
        seconds => format!("{} s behind this server", seconds.unsigned_abs()),
    })
}

fn reason(code: &str) -> Option<String> {
    let words = match code {
        "preferred" => "the best one offered",
        "only_offered" => "the only offered one that Mailgrant supports",
        _ => return None,
    };
    Some(words.to_owned())
}

/// Returns `2026-11-23T20:15:00Z` as `2026-11-23 20:15 UTC`.
fn time(rfc3339: &str) -> Option<String> {
    let (day, rest) = rfc3339.split_once('T')?;
    let time = rest.strip_suffix('Z')?.get(..5)?;
    Some([day, " ", time, " UTC"].concat())
}

#[cfg(test)]
mod tests {
    use domain::{CheckFact, FactName};

    use super::{check_fact, check_fact_value};

    const ALL: [FactName; 24] = [
        FactName::Address,
        FactName::TlsVersion,
        FactName::Cipher,
        FactName::CertificateNames,
        FactName::CertificateIssuer,
        FactName::CertificateEnds,
        FactName::ServerAccepts,
        FactName::SizeLimit,
        FactName::Mechanisms,
        FactName::StartTls,
        FactName::Mechanism,
        FactName::Reason,
        FactName::Challenge,
        FactName::Issuer,
        FactName::ClockSkew,
        FactName::Account,
        FactName::ScopesAsked,
        FactName::ScopesGranted,
        FactName::TokenExpires,
        FactName::AuthorizedAt,
        FactName::Messages,
        FactName::Record,
        FactName::FromSent,
        FactName::FromArrived,
    ];

    #[test]
    fn every_fact_has_a_name_of_its_own() {
        for (at, one) in ALL.iter().enumerate() {
            assert!(!check_fact(*one).is_empty());
            assert!(
                ALL[..at]
                    .iter()
                    .all(|other| check_fact(*other) != check_fact(*one))
            );
        }
    }

    #[test]
    fn values_are_in_words_where_they_are_codes_or_numbers() {
        for (name, value, words) in [
            (FactName::SizeLimit, "35882577", "35.8 MB"),
            (FactName::SizeLimit, "0", "no limit"),
            (FactName::ClockSkew, "0", "correct"),
            (FactName::ClockSkew, "300", "300 s ahead of this server"),
            (FactName::ClockSkew, "-75", "75 s behind this server"),
            (FactName::Reason, "preferred", "the best one offered"),
            (
                FactName::CertificateEnds,
                "2027-01-31T10:20:30Z",
                "2027-01-31 10:20 UTC",
            ),
            (FactName::CertificateEnds, "soon", "soon"),
            (FactName::Address, "192.0.2.1", "192.0.2.1"),
        ] {
            let value = value.to_owned();
            assert_eq!(check_fact_value(&CheckFact { name, value }), words);
        }
    }
}
