//! OAuth scopes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ScopeError;

/// One or more scope tokens (RFC 6749 §3.3), separated by single spaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scope(String);

impl Scope {
    /// Parses tokens separated by white space. Repeated tokens are removed.
    ///
    /// # Errors
    /// `Required`, `TooLong` (over 2,000 characters), `NotAScope`, `MixedScopes`.
    pub fn parse(typed: &str) -> Result<Self, ScopeError> {
        let mut tokens: Vec<&str> = Vec::new();
        for token in typed.split_whitespace() {
            if !token
                .bytes()
                .all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
            {
                return Err(ScopeError::NotAScope);
            }
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        if tokens.is_empty() {
            return Err(ScopeError::Required);
        }
        let scope = Self(tokens.join(" "));
        if scope.0.len() > 2_000 {
            return Err(ScopeError::TooLong);
        }
        // Microsoft issues a token for a single resource and rejects such a request.
        if scope.tokens().any(is_graph) && scope.tokens().any(is_outlook) {
            return Err(ScopeError::MixedScopes);
        }
        Ok(scope)
    }

    /// Returns the scope as text, with single spaces between tokens.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the tokens, in the order in which they were typed.
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ')
    }

    /// Returns true if the scope contains exactly this token.
    pub fn contains(&self, token: &str) -> bool {
        self.tokens().any(|own| own == token)
    }

    /// Returns the requested tokens that the provider did not grant. Tokens for identity and
    /// refresh tokens are ignored, because providers do not report them reliably. Case and a
    /// trailing slash are ignored as well.
    pub fn missing_from(&self, granted: &str) -> Vec<String> {
        self.tokens()
            .filter(|token| !["offline_access", "openid", "email", "profile"].contains(token))
            .filter(|token| {
                !granted
                    .split_whitespace()
                    .any(|other| is_same(token, other))
            })
            .map(str::to_owned)
            .collect()
    }
}

/// Compares tokens as providers do, ignoring case and a trailing slash.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/')
        .eq_ignore_ascii_case(other.trim_end_matches('/'))
}

/// Returns true for a token of Microsoft Graph: a URL, or a short name that Microsoft maps to
/// Graph.
fn is_graph(token: &str) -> bool {
    let token = token.to_ascii_lowercase();
    token.starts_with("https://graph.microsoft.")
        || ["mail.send", "mail.read", "mail.readwrite", "user.read"].contains(&token.as_str())
}

fn is_outlook(token: &str) -> bool {
    let token = token.to_ascii_lowercase();
    [
        "https://outlook.office.com/",
        "https://outlook.office365.",
        "https://partner.outlook.cn/",
    ]
    .iter()
    .any(|prefix| token.starts_with(prefix))
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_tokens_separated_by_any_white_space() {
        let scope = Scope::parse(" https://mail.google.com/\n\topenid  openid ").unwrap();
        assert_eq!(scope.as_str(), "https://mail.google.com/ openid");
        assert_eq!(Scope::parse("  \n"), Err(ScopeError::Required));
        assert_eq!(Scope::parse("a\"b"), Err(ScopeError::NotAScope));
        assert_eq!(Scope::parse("größe"), Err(ScopeError::NotAScope));
    }

    #[test]
    fn refuses_graph_and_outlook_together() {
        for typed in [
            "https://outlook.office.com/SMTP.Send https://graph.microsoft.com/Mail.Send",
            "https://outlook.office365.com/.default User.Read",
        ] {
            assert_eq!(Scope::parse(typed), Err(ScopeError::MixedScopes), "{typed}");
        }
        let outlook = "https://outlook.office.com/SMTP.Send https://outlook.office.com/IMAP.AccessAsUser.All offline_access";
        assert!(Scope::parse(outlook).is_ok());
        assert!(Scope::parse("https://graph.microsoft.com/Mail.Send offline_access").is_ok());
    }

    #[test]
    fn names_the_scopes_that_were_not_granted() {
        let requested = Scope::parse("https://mail.google.com/ openid offline_access").unwrap();
        assert!(
            requested
                .missing_from("https://mail.google.com openid")
                .is_empty()
        );
        assert_eq!(
            requested.missing_from("openid email"),
            ["https://mail.google.com/"]
        );
        assert_eq!(requested.missing_from(""), ["https://mail.google.com/"]);
    }

    proptest! {
        #[test]
        fn an_accepted_scope_reads_back_to_itself(text in "[ -~\\n\\t]{0,80}") {
            if let Ok(scope) = Scope::parse(&text) {
                prop_assert_eq!(Scope::parse(scope.as_str()), Ok(scope));
            }
        }
    }
}
