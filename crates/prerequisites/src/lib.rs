//! Test attributes that report a test as ignored, with the reason, on machines that lack a
//! prerequisite. A test that returned early instead would count as passed.
//!
//! The build script detects the prerequisites, so only tests are rebuilt when they change. Put an
//! attribute above `#[tokio::test]`. A test that runs may rely on its prerequisite and panics
//! without it.

use proc_macro::TokenStream;

/// Marks a test that needs a server, named by `MAILGRANT_TEST_POSTGRES`, on which it may create
/// databases.
#[proc_macro_attribute]
pub fn needs_postgres(_: TokenStream, test: TokenStream) -> TokenStream {
    ignore_unless(
        cfg!(postgres),
        "needs PostgreSQL: MAILGRANT_TEST_POSTGRES names none",
        test,
    )
}

/// Marks a test that mounts small file systems.
#[proc_macro_attribute]
pub fn needs_small_disks(_: TokenStream, test: TokenStream) -> TokenStream {
    ignore_unless(
        cfg!(small_disks),
        "needs root on Linux, to mount small disks",
        test,
    )
}

/// Marks a test that runs a program that sends or reads mail: `#[needs_program(swaks)]`. The build script
/// lists the programs that it knows.
#[proc_macro_attribute]
pub fn needs_program(name: TokenStream, test: TokenStream) -> TokenStream {
    let name = name.to_string();
    let missing = env!("MISSING_PROGRAMS").split(';').find_map(|one| {
        let (program, reason) = one.split_once('=')?;
        (program == name).then_some(reason)
    });
    ignore_unless(missing.is_none(), missing.unwrap_or_default(), test)
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
