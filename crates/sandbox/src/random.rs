//! Random values.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Returns `length` random characters that are valid in URLs and in AUTH.
pub(crate) fn text(length: usize) -> String {
    let mut bytes = vec![0; length.div_ceil(4) * 3];
    #[expect(
        clippy::expect_used,
        reason = "a system without random numbers can run nothing"
    )]
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    let mut text = URL_SAFE_NO_PAD.encode(bytes);
    text.truncate(length);
    text
}
