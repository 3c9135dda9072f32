//! Numbers typed by users.

use std::ops::RangeInclusive;

use crate::FieldError;

/// Parses a whole number of decimal digits within `range`. Surrounding white space is removed.
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
