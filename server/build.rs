//! Rebuilds a release when the embedded site has changed. A debug build reads the site from disk.

use std::{env, fs, path::Path};

fn main() {
    let site = Path::new("../target/site");
    println!("cargo::rerun-if-changed=build.rs");
    // Cargo would treat a missing path as changed in every build.
    if let Err(error) = fs::create_dir_all(site) {
        println!("cargo::warning=cannot make {}: {error}", site.display());
    }
    if env::var("PROFILE").as_deref() != Ok("release") {
        return;
    }
    println!("cargo::rerun-if-changed={}", site.display());
    if site.join("reload.txt").exists() {
        println!(
            "cargo::error=the site was built for development; build with `cargo xtask build --release`"
        );
    }
}
