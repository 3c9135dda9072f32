//! Single-line values typed by users.

use crate::{TextError, untrusted::is_displayable};

/// Parses a value of 1 to `limit` characters. Surrounding white space is removed.
///
/// # Errors
/// `Required`, `TooLong`, and `ControlCharacter`, which includes controls of the text direction.
pub fn one_line(typed: &str, limit: usize) -> Result<String, TextError> {
    let text = typed.trim();
    if text.is_empty() {
        Err(TextError::Required)
    } else if !text.chars().all(is_displayable) {
        Err(TextError::ControlCharacter)
    } else if text.chars().count() > limit {
        Err(TextError::TooLong)
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::one_line;
    use crate::TextError;

    #[test]
    fn names_with_controls_of_the_text_direction_are_refused_and_other_scripts_taken() {
        for name in ["a\u{202e}b", "a\nb", "\u{2066}a"] {
            assert_eq!(one_line(name, 64), Err(TextError::ControlCharacter));
        }
        assert_eq!(one_line(" שלום ", 64).as_deref(), Ok("שלום"));
    }
}
