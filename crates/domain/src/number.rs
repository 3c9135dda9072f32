//! Numbers typed by users.

use std::ops::RangeInclusive;

use crate::NumberError;

/// Parses a whole number of decimal digits within `range`. Surrounding white space is removed.
///
/// # Errors
/// `Required`, `NotANumber`.
pub fn whole(typed: &str, range: RangeInclusive<u32>) -> Result<u32, NumberError> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(NumberError::Required);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number
        .filter(|number| range.contains(number))
        .ok_or(NumberError::NotANumber)
}
