//! Values as literals of the languages of configuration files. None of them has a line break,
//! because names and addresses have none; a control character becomes a space.

use std::fmt::Write as _;

/// Returns a word of a POSIX shell. Values without special characters stay as they are.
pub fn shell(value: &str) -> String {
    let value = one_line(value);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._@:/+-=,".contains(&byte);
    if !value.is_empty() && value.bytes().all(is_plain) {
        value
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

/// Returns a string between single quotes, as Ruby and PHP read it: only the backslash and the quote
/// are special.
pub fn single(value: &str) -> String {
    let value = one_line(value).replace('\\', r"\\").replace('\'', r"\'");
    format!("'{value}'")
}

/// Returns a string between double quotes, as YAML and Python read it.
pub fn double(value: &str) -> String {
    let mut text = String::from('"');
    for letter in one_line(value).chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            // Line breaks of YAML, and what it does not print.
            '\u{85}' | '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                // Writing to a `String` cannot fail.
                let _ = write!(text, "\\u{:04x}", u32::from(letter));
            }
            _ => text.push(letter),
        }
    }
    text.push('"');
    text
}

/// Returns a value of `grafana.ini`. Grafana replaces `${…}`, `$__env{…}`, and `%(…)s`, and has no
/// way to write them, so a space separates their characters.
pub fn grafana(value: &str) -> String {
    format!("\"\"\"{}\"\"\"", without_variables(value))
}

/// Returns the value without what Grafana replaces.
pub fn without_variables(value: &str) -> String {
    let mut text = String::new();
    for letter in one_line(value).chars() {
        // The brace follows the dollar sign, with or without the name of a provider between them.
        if (letter == '{' && text.contains('$')) || (letter == '(' && text.ends_with('%')) {
            text.push(' ');
        }
        text.push(letter);
    }
    text
}

/// Returns a value of `msmtprc`, which removes one pair of quotes and knows no escapes.
pub fn msmtp(value: &str) -> String {
    format!("\"{}\"", one_line(value))
}

/// Returns a value of Alertmanager that may be a template.
pub fn template(value: &str) -> String {
    double(&value.replace("{{", r#"{{ "{{" }}"#))
}

fn one_line(value: &str) -> String {
    let letter = |letter: char| {
        if letter.is_control() && letter != '\u{85}' {
            ' '
        } else {
            letter
        }
    };
    value.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads one word as a POSIX shell does (XCU §2.2). `None` if there is more than one, or an
    /// expansion.
    fn read_shell(text: &str) -> Option<String> {
        let mut value = String::new();
        let mut rest = text.chars();
        while let Some(letter) = rest.next() {
            match letter {
                '\'' => loop {
                    match rest.next()? {
                        '\'' => break,
                        letter => value.push(letter),
                    }
                },
                '\\' => value.push(rest.next()?),
                letter if " \t\n$`\"#;&|<>()*?[]~!{}".contains(letter) => return None,
                letter => value.push(letter),
            }
        }
        Some(value)
    }

    /// Reads a string between quotes with escapes. `unescape` gets the letter after a backslash.
    fn read_quoted(
        text: &str,
        quote: char,
        unescape: impl Fn(char, &mut std::str::Chars<'_>) -> String,
    ) -> Option<String> {
        let mut value = String::new();
        let mut rest = text.strip_prefix(quote)?.chars();
        loop {
            match rest.next()? {
                '\\' => {
                    let letter = rest.next()?;
                    value.push_str(&unescape(letter, &mut rest));
                }
                letter if letter == quote => break,
                letter => value.push(letter),
            }
        }
        rest.as_str().is_empty().then_some(value)
    }

    fn read_single(text: &str) -> Option<String> {
        read_quoted(text, '\'', |letter, _| match letter {
            '\'' | '\\' => letter.to_string(),
            other => format!("\\{other}"),
        })
    }

    fn read_double(text: &str) -> Option<String> {
        read_quoted(text, '"', |letter, rest| match letter {
            'u' => {
                let digits: String = rest.take(4).collect();
                let code = u32::from_str_radix(&digits, 16).unwrap();
                char::from_u32(code).unwrap().to_string()
            }
            letter => letter.to_string(),
        })
    }

    /// Reads a value as go-ini does: up to the last three quotes.
    fn read_grafana(text: &str) -> Option<String> {
        let rest = text.strip_prefix("\"\"\"")?;
        Some(rest[..rest.rfind("\"\"\"")?].to_owned())
    }

    fn read_msmtp(text: &str) -> Option<String> {
        let inner = text.strip_prefix('"')?.strip_suffix('"')?;
        Some(inner.to_owned())
    }

    fn value() -> impl Strategy<Value = String> {
        let special = r#"[ '"\\#;$`%{}()\[\]!&|<>*?~:@,=-]{0,8}"#;
        let any = any::<String>();
        prop_oneof![
            special.prop_map(String::from),
            any,
            "[a-z'\"\\\\#;$%{}( ]{0,16}"
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn each_language_reads_back_the_value_that_was_written(value in value()) {
            let expected = one_line(&value);
            prop_assert_eq!(read_shell(&shell(&value)), Some(expected.clone()));
            prop_assert_eq!(read_single(&single(&value)), Some(expected.clone()));
            prop_assert_eq!(read_double(&double(&value)), Some(expected.clone()));
            prop_assert_eq!(read_msmtp(&msmtp(&value)), Some(expected.clone()));
            let ini = read_grafana(&grafana(&value));
            prop_assert_eq!(ini, Some(without_variables(&value)));
            let same = |text: String| text.replace(' ', "");
            prop_assert_eq!(same(without_variables(&value)), same(expected));
        }

        #[test]
        fn no_value_begins_another_line_or_a_variable_of_grafana(value in value()) {
            for text in [shell(&value), single(&value), double(&value), grafana(&value), msmtp(&value)] {
                prop_assert!(!text.contains(['\n', '\r']), "{}", text);
            }
            let ini = grafana(&value);
            prop_assert!(!ini.contains("${") && !ini.contains("%("), "{}", ini);
        }
    }

    #[test]
    fn a_template_shows_its_braces() {
        assert_eq!(
            template("{{x}}@example.com"),
            r#""{{ \"{{\" }}x}}@example.com""#
        );
        assert_eq!(template("a@example.com"), "\"a@example.com\"");
    }
}
