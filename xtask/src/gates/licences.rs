//! Which licences a dependency may have.

use anyhow::{Context, Result};
use spdx::{Expression, Licensee, ParseMode};

const ALLOWED: [&str; 12] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // Of data only: Mozilla's list of certificate authorities.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
];

/// Only for what builds the product and is no part of it: its terms hold for changes to its own files.
const ALLOWED_FOR_TOOLS: [&str; 1] = ["MPL-2.0"];

/// Whether a licence expression, as in a package's manifest, can be met by allowed licences.
///
/// # Errors
/// When it is no SPDX expression.
pub fn is_allowed(expression: &str, is_tool: bool) -> Result<bool> {
    let parsed = Expression::parse_mode(expression, ParseMode::LAX)
        .with_context(|| format!("licence {expression:?}"))?;
    let tools: &[&str] = if is_tool { &ALLOWED_FOR_TOOLS } else { &[] };
    let mut allowed = Vec::new();
    for licence in ALLOWED.iter().chain(tools) {
        allowed.push(Licensee::parse(licence).with_context(|| format!("licence {licence:?}"))?);
    }
    Ok(parsed.evaluate(|wanted| allowed.iter().any(|licence| licence.satisfies(wanted))))
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn takes_one_of_a_choice_and_all_of_a_sum() {
        for (expression, expected) in [
            ("MIT", true),
            ("MIT OR GPL-3.0-only", true),
            ("MIT AND GPL-3.0-only", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
            ("MIT/Apache-2.0", true),
            ("AGPL-3.0-or-later", false),
            ("OpenSSL", false),
        ] {
            assert_eq!(
                is_allowed(expression, false).unwrap(),
                expected,
                "{expression}"
            );
        }
    }

    #[test]
    fn allows_mpl_for_tools_only() {
        assert!(is_allowed("MPL-2.0", true).unwrap());
        assert!(!is_allowed("MPL-2.0", false).unwrap());
    }

    #[test]
    fn refuses_what_is_no_expression() {
        assert!(is_allowed("do what you like", false).is_err());
    }
}
