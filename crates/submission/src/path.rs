//! The arguments of MAIL and RCPT (RFC 5321 §4.1.1.2, §4.1.1.3).

/// The arguments of MAIL or RCPT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments<'a> {
    /// The address, without brackets and source route. Empty for the null reverse-path.
    pub address: &'a str,
    /// Parameters: keyword and value.
    pub parameters: Vec<(&'a str, Option<&'a str>)>,
}

/// Parses `FROM:<address> parameters`. Spaces around the colon and missing brackets are accepted,
/// because scripts and devices write them. Returns `None` if the syntax is wrong.
pub fn parse<'a>(text: &'a str, keyword: &str) -> Option<Arguments<'a>> {
    let start = text.get(..keyword.len())?;
    if !start.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let text = text[keyword.len()..]
        .trim_start()
        .strip_prefix(':')?
        .trim_start();
    let (address, rest) = if let Some(inner) = text.strip_prefix('<') {
        let end = closing_bracket(inner)?;
        (without_route(&inner[..end]), &inner[end + 1..])
    } else {
        let end = text.find(' ').unwrap_or(text.len());
        let (address, rest) = text.split_at(end);
        if address.is_empty() || address.contains(['<', '>']) {
            return None;
        }
        (address, rest)
    };
    if !rest.is_empty() && !rest.starts_with(' ') {
        return None;
    }
    let parameters = rest.split(' ').filter(|one| !one.is_empty());
    let parameters = parameters.map(|one| match one.split_once('=') {
        Some((keyword, value)) => (keyword, Some(value)),
        None => (one, None),
    });
    Some(Arguments {
        address: address.trim(),
        parameters: parameters.collect(),
    })
}

/// Returns the position of the first `>` outside a quoted string.
fn closing_bracket(text: &str) -> Option<usize> {
    let (mut in_quotes, mut is_escaped) = (false, false);
    text.bytes().position(|octet| {
        match octet {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_quotes => is_escaped = true,
            b'"' => in_quotes = !in_quotes,
            b'>' if !in_quotes => return true,
            _ => {}
        }
        false
    })
}

/// Removes a source route, `@one,@two:`, which is to be ignored (RFC 5321 appendix C).
fn without_route(path: &str) -> &str {
    match path.split_once(':') {
        Some((route, address)) if route.starts_with('@') => address,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_forms_of_scripts_and_devices_are_accepted() {
        for text in [
            "FROM:<a@b.example>",
            "from:<a@b.example>",
            "FROM: <a@b.example>",
            "FROM : <a@b.example>",
            "FROM:a@b.example",
            "FROM: a@b.example ",
            "FROM:< a@b.example >",
            "FROM:<@x.example,@y.example:a@b.example>",
        ] {
            let parsed = parse(text, "FROM").unwrap();
            assert_eq!(
                (parsed.address, parsed.parameters.len()),
                ("a@b.example", 0),
                "{text}"
            );
        }
        assert_eq!(parse("FROM:<>", "FROM").unwrap().address, "");
        let quoted = parse(r#"TO:<"a>\"b"@c.example>"#, "TO").unwrap();
        assert_eq!(quoted.address, r#""a>\"b"@c.example"#);
    }

    #[test]
    fn parameters_follow_the_path() {
        for text in [
            "FROM:<a@b.example> SIZE=3  BODY=8BITMIME X",
            "FROM: a@b.example SIZE=3 BODY=8BITMIME X",
        ] {
            let expected = [("SIZE", Some("3")), ("BODY", Some("8BITMIME")), ("X", None)];
            assert_eq!(parse(text, "FROM").unwrap().parameters, expected);
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            "",
            "FRO",
            "FROM",
            "FROM <a@b>",
            "FROM:",
            "FROM:<a@b",
            "FROM:<a@b>x",
            "TO:<a@b>",
            "FROM:a<b>",
            "ÄÖÜ",
        ] {
            assert_eq!(parse(text, "FROM"), None, "{text}");
        }
    }
}
