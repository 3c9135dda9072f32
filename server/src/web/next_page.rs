//! The page that a sign-in leads to.

use domain::paths;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Characters to encode in the value of a query parameter.
const IN_A_VALUE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'=');
/// Maximum length in characters. A longer target is dropped.
const MAX_LENGTH: usize = 2_000;
const LEAD_ELSEWHERE: [&str; 4] = [
    paths::Login::PATH,
    paths::Logout::PATH,
    paths::Setup::PATH,
    paths::ChoosePassword::PATH,
];

/// Returns the URL of the sign-in page that leads to a path and query of this server afterwards.
pub fn sign_in_for(path_and_query: &str) -> String {
    match page(path_and_query) {
        paths::Home::PATH => paths::Login::PATH.to_owned(),
        next => format!(
            "{}?next={}",
            paths::Login::PATH,
            utf8_percent_encode(next, IN_A_VALUE)
        ),
    }
}

/// Returns the requested page of this server, or `/` if it is not one: browsers treat `//host` and
/// `/\host` as another host and strip some control characters first. Pages that only redirect are
/// not allowed either.
pub fn page(next: &str) -> &str {
    let mut characters = next.chars();
    let is_ours = characters.next() == Some('/')
        && !matches!(characters.next(), Some('/' | '\\'))
        && !next.chars().any(|c| c.is_control() || c == '\\')
        && next.len() <= MAX_LENGTH;
    let path = next.split(['?', '#']).next().unwrap_or_default();
    // `/.//host` becomes `//host` in software that only resolves the dots.
    let climbs = path.split('/').any(|name| {
        let name = name.replace("%2e", ".").replace("%2E", ".");
        name == "." || name == ".."
    });
    let leads_elsewhere = LEAD_ELSEWHERE.contains(&path) || path.starts_with(paths::OAUTH);
    if is_ours && !climbs && !leads_elsewhere {
        next
    } else {
        "/"
    }
}

#[cfg(test)]
mod tests {
    use domain::paths;

    use super::{page, sign_in_for};

    #[test]
    fn is_a_page_of_this_server() {
        for valid in [
            "/",
            &[&paths::SmtpSettings::of("x"), "#outcome"].concat(),
            "/a//b",
            "/a?who=a%2Fb&to=../..",
            "/.../..a/a.",
        ] {
            assert_eq!(page(valid), valid);
        }
        for bad in [
            "",
            "settings",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/x\r\nset-cookie: a=b",
            "/\u{85}x",
            "/.//evil.example",
            "/..//evil.example",
            "/a/%2E./%2e//evil.example",
            "/a/..",
            paths::Login::PATH,
            &[paths::Login::PATH, "?next=", paths::Login::PATH].concat(),
            paths::Logout::PATH,
            &[paths::OAuthCallback::PATH, "?code=c&state=s"].concat(),
            &[paths::Setup::PATH, "?token=x"].concat(),
            &[paths::ChoosePassword::PATH, "?token=x"].concat(),
        ] {
            assert_eq!(page(bad), "/", "{bad:?}");
        }
        assert_eq!(page(&format!("/{}", "x".repeat(2_000))), "/");
    }

    #[test]
    fn stands_in_the_query_as_one_value() {
        let login = paths::Login::PATH;
        assert_eq!(sign_in_for("/"), login);
        assert_eq!(
            sign_in_for("/page?who=a%20b&to=1+2#x"),
            format!("{login}?next=/page?who%3Da%2520b%26to%3D1%2B2%23x")
        );
        let callback = [paths::OAuthCallback::PATH, "?code=c"].concat();
        assert_eq!(sign_in_for(&callback), login);
    }
}
