//! Test attributes that report a test as ignored, with the reason, where the machine lacks what it needs. A test that
//! returned early instead would be counted as passed.
//!
//! The build script finds out what there is, so that only tests are built again when that changes. An attribute belongs
//! above `#[tokio::test]`. A test that is not ignored may rely on what it asked for, and panics without it.

use proc_macro::TokenStream;

/// Needs a server named by `MAILGRANT_TEST_POSTGRES` on which databases may be made.
#[proc_macro_attribute]
pub fn needs_postgres(_: TokenStream, test: TokenStream) -> TokenStream {
    ignore_unless(
        cfg!(postgres),
        "needs PostgreSQL: MAILGRANT_TEST_POSTGRES names none",
        test,
    )
}

/// Needs to mount small file systems.
#[proc_macro_attribute]
pub fn needs_small_disks(_: TokenStream, test: TokenStream) -> TokenStream {
    ignore_unless(
        cfg!(small_disks),
        "needs root on Linux, to mount small disks",
        test,
    )
}

fn ignore_unless(is_available: bool, reason: &str, test: TokenStream) -> TokenStream {
    if is_available {
        return test;
    }
    let mut marked: TokenStream = format!("#[ignore = {reason:?}]")
        .parse()
        .unwrap_or_default();
    marked.extend(test);
    marked
}
