//! Local part of an address, before the `@`.

/// Returns true for atoms and dots in any order: `a.b`, but also `a..b`, which exists in practice.
pub(super) fn is_atoms_and_dots(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == '.' || is_atext(c))
}

/// Parses a quoted string (RFC 5321 §4.1.2) after its first quote. Returns its content and the
/// domain after the `@`.
pub(super) fn unquote(rest: &str) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut characters = rest.char_indices();
    loop {
        let (at, character) = characters.next()?;
        let character = match character {
            '"' => {
                let domain = rest[at + 1..].strip_prefix('@')?;
                return (!content.is_empty()).then_some((content, domain));
            }
            '\\' => characters.next()?.1,
            other => other,
        };
        let is_allowed = character == ' ' || character.is_ascii_graphic() || is_visible(character);
        if !is_allowed {
            return None;
        }
        content.push(character);
    }
}

/// Returns the only form in which a local part is written: quoted unless it is a dot-string.
pub(super) fn canonical(content: String) -> String {
    let is_dot_string = content
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atext));
    if is_dot_string {
        return content;
    }
    let escaped = content.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

/// Returns true for `atext` (RFC 5322 §3.2.3), including UTF-8 (RFC 6532 §3.2).
fn is_atext(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~".contains(character)
        || is_visible(character)
}

/// Returns true for visible non-ASCII characters: no control or formatting characters, and no
/// spaces.
fn is_visible(character: char) -> bool {
    !character.is_ascii()
        && !character.is_control()
        && !character.is_whitespace()
        && !matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}')
}
