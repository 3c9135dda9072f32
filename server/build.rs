//! Has the server rebuilt when the site that it embeds has changed.

fn main() {
    let site = "../target/site";
    // A path that is missing would count as changed at every build.
    if let Err(error) = std::fs::create_dir_all(site) {
        println!("cargo::warning=cannot make {site}: {error}");
    }
    println!("cargo::rerun-if-changed={site}");
    println!("cargo::rerun-if-changed=build.rs");
}
