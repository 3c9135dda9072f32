//! Values of one line that people type.

use crate::FieldError;

/// Reads a value of at least one and at most so many characters; white space around it goes.
///
/// # Errors
/// `Required`, `TooLong`, `ControlCharacter`.
pub fn one_line(typed: &str, at_most: usize) -> Result<String, FieldError> {
    let text = typed.trim();
    if text.is_empty() {
        Err(FieldError::Required)
    } else if text.chars().any(char::is_control) {
        Err(FieldError::ControlCharacter)
    } else if text.chars().count() > at_most {
        Err(FieldError::TooLong)
    } else {
        Ok(text.to_owned())
    }
}
