//! The reply to EHLO.

use domain::FactName;
use net::Step;

/// Returns the lines of an EHLO reply after the first, in upper case (RFC 5321 §4.1.1.1).
pub(crate) fn extensions(reply: &str) -> Vec<String> {
    let lines = reply.lines().skip(1);
    lines
        .filter(|line| line.bytes().take(3).all(|byte| byte.is_ascii_digit()))
        .filter_map(|line| line.get(4..))
        .map(|line| line.trim().to_ascii_uppercase())
        .collect()
}

/// Returns true if an EHLO reply has this keyword.
pub(crate) fn offers(extensions: &[String], keyword: &str) -> bool {
    let mut all = extensions.iter();
    all.any(|line| line.split([' ', '\t', '=']).next() == Some(keyword))
}

/// Adds the facts of an EHLO reply to its step.
pub(crate) fn note_extensions(step: &mut Step, extensions: &[String]) {
    if extensions.is_empty() {
        return;
    }
    let size = extensions
        .iter()
        .find_map(|line| parameters(line, "SIZE")?.trim().parse::<u64>().ok());
    let starttls = offers(extensions, "STARTTLS");
    step.fact(
        FactName::SizeLimit,
        size.map(|size| size.to_string()).unwrap_or_default(),
    );
    step.fact(FactName::Mechanisms, mechanisms(extensions).join(" "));
    step.fact(FactName::StartTls, if starttls { "yes" } else { "no" });
}

/// Returns the mechanisms of `AUTH a b`, and of the old form `AUTH=a b`.
pub(crate) fn mechanisms(extensions: &[String]) -> Vec<String> {
    let all: std::collections::BTreeSet<_> = extensions
        .iter()
        .filter_map(|line| parameters(line, "AUTH"))
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect();
    all.into_iter().collect()
}

/// Returns what follows a keyword, which `=` separates in the old form.
fn parameters<'a>(line: &'a str, keyword: &str) -> Option<&'a str> {
    line.strip_prefix(keyword)?.strip_prefix([' ', '\t', '='])
}
