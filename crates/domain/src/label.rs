//! What people call things.

use crate::FieldError;

/// Reads a name of 1 to 64 characters; white space around it goes.
///
/// # Errors
/// `Required`, `TooLong`, `ControlCharacter`.
pub fn label(typed: &str) -> Result<String, FieldError> {
    let text = typed.trim();
    if text.is_empty() {
        Err(FieldError::Required)
    } else if text.chars().any(char::is_control) {
        Err(FieldError::ControlCharacter)
    } else if text.chars().count() > 64 {
        Err(FieldError::TooLong)
    } else {
        Ok(text.to_owned())
    }
}
