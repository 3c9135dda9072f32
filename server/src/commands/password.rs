//! Reads a password from standard input.

use std::io::BufRead;

use secrecy::{SecretString, zeroize::Zeroizing};

use super::CommandError;

/// Upper limit for a password, in bytes. The buffer is allocated at this size up front, because a
/// growing buffer would leave copies of the password in freed memory.
const MAX_LENGTH: usize = 4_096;

/// Returns the first line without its line ending.
pub fn first_line(input: impl BufRead) -> Result<SecretString, CommandError> {
    let mut line = Zeroizing::new(String::with_capacity(MAX_LENGTH));
    input.take(MAX_LENGTH as u64).read_line(&mut line)?;
    match line.trim_end_matches(['\r', '\n']) {
        "" => Err(CommandError::NoPassword),
        password => Ok(password.into()),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn takes_the_first_line_with_its_spaces() {
        for input in [" a b ", " a b \n", " a b \r\nsecond\n"] {
            let password = first_line(input.as_bytes()).unwrap();
            assert_eq!(password.expose_secret(), " a b ");
        }
        for input in ["", "\n", "\r\nsecond"] {
            assert!(matches!(
                first_line(input.as_bytes()),
                Err(CommandError::NoPassword)
            ));
        }
    }
}
