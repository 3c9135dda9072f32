//! The first account of a new server: its setup link, and an administrator for tests and
//! measurements.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ureq::{Body, http::Response};

use crate::http::agent;
use crate::process::pause;

const LINK_TIMEOUT: Duration = Duration::from_secs(10);
const COOKIE: &str = "mailgrant_session=";
/// Password of the administrator of a server that exists only during a benchmark.
const PASSWORD: &str = "measured walnut paddles upstream";

/// Finds the setup link in the output of a server without accounts. Returns `None` if it has
/// accounts.
///
/// # Errors
/// If the server does not respond, or requires the setup but does not print the link.
pub fn link(server: &str, printed: impl Fn() -> Result<String>) -> Result<Option<String>> {
    let answer = agent()
        .get(server)
        .header("Accept", "text/html")
        .call()
        .context("the first page")?;
    let leads_to = answer.headers().get("location");
    let leads_to = leads_to.and_then(|place| place.to_str().ok());
    if !leads_to.is_some_and(is_setup) {
        return Ok(None);
    }
    let started = Instant::now();
    loop {
        if let Some(link) = in_text(&printed()?) {
            return Ok(Some(link.to_owned()));
        }
        if started.elapsed() > LINK_TIMEOUT {
            bail!("the server asks to be set up and has not printed the link");
        }
        pause()?;
    }
}

/// Creates the first administrator and returns its session cookie.
///
/// # Errors
/// If the server rejects the request.
pub fn sign_up(link: &str) -> Result<String> {
    let (page, token) = link
        .split_once("?token=")
        .context("no token in the setup link")?;
    let origin = page.strip_suffix("/setup").unwrap_or(page);
    let mut answer = agent()
        .post(page)
        .header("Origin", origin)
        .send_form([
            ("token", token),
            ("name", "bench"),
            ("password", PASSWORD),
            ("repeated", PASSWORD),
        ])
        .context("setting up")?;
    let session = session(&answer);
    match session {
        Some(session) => Ok(session),
        None => bail!(
            "setting up answered {}: {}",
            answer.status(),
            answer.body_mut().read_to_string().unwrap_or_default()
        ),
    }
}

/// Signs in as the first administrator from another browser and returns the session cookie.
///
/// # Errors
/// If the server rejects the request.
pub fn sign_in(server: &str) -> Result<String> {
    loop {
        let answer = agent()
            .post(format!("{server}/login"))
            .header("Origin", server)
            .send_form([("name", "bench"), ("password", PASSWORD)])
            .context("signing in")?;
        match (session(&answer), answer.status().as_u16()) {
            (Some(session), _) => return Ok(session),
            // Many sign-ins from one address are delayed.
            (None, 429) => pause()?,
            (None, status) => bail!("signing in answered {status}"),
        }
    }
}

/// Returns the session cookie that a response sets.
fn session(answer: &Response<Body>) -> Option<String> {
    let cookies = answer.headers().get_all("set-cookie");
    cookies
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .find(|cookie| cookie.starts_with(COOKIE))
        .map(str::to_owned)
}

fn is_setup(place: &str) -> bool {
    place
        .split('?')
        .next()
        .is_some_and(|path| path.ends_with("/setup"))
}

fn in_text(printed: &str) -> Option<&str> {
    printed
        .split_whitespace()
        .find(|word| word.starts_with("http") && word.contains("/setup?token="))
}

#[cfg(test)]
mod tests {
    use super::{in_text, is_setup};

    #[test]
    fn finds_the_link_in_a_log() {
        let log = "2026-11-23T20:15:00Z  INFO server: listening address=127.0.0.1:3000\n\
                   Set up Mailgrant: http://localhost:3000/setup?token=aB-_9  (valid once, until the next start)\n";
        assert_eq!(
            in_text(log),
            Some("http://localhost:3000/setup?token=aB-_9")
        );
        assert_eq!(in_text("GET /setup?token=x"), None);
    }

    #[test]
    fn knows_a_server_that_asks_to_be_set_up() {
        assert!(is_setup("/setup") && is_setup("http://127.0.0.1:3000/setup?x"));
        assert!(!is_setup("/login") && !is_setup("/login?next=/setup"));
    }
}
