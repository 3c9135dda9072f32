//! Numbers that people type.

use std::ops::RangeInclusive;

use crate::FieldError;

/// Reads a whole number, in digits only; white space around it goes.
///
/// # Errors
/// `Required`, `NotANumber`.
pub fn whole(typed: &str, range: RangeInclusive<u32>) -> Result<u32, FieldError> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(FieldError::Required);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number
        .filter(|number| range.contains(number))
        .ok_or(FieldError::NotANumber)
}
