//! `frontend` compiled for the browser, and the JavaScript that loads it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::Build;
use super::arrange::arrange;
use super::shorten::shorten;
use crate::process;
use crate::workspace::Workspace;

const TARGET: &str = "wasm32-unknown-unknown";

/// The module and its JavaScript, as browsers load them.
pub struct Glue {
    /// The JavaScript module.
    pub js: String,
    /// The WASM module that it instantiates.
    pub wasm: Vec<u8>,
    /// JavaScript snippets of crates: path below `pkg/`, text.
    pub snippets: Vec<(String, String)>,
}

/// Installs the compiler target for browsers if it is missing.
pub fn ensure_target(workspace: &Workspace) -> Result<()> {
    let library = process::capture(workspace.command("rustc").args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]))?;
    if Path::new(library.trim()).is_dir() {
        return Ok(());
    }
    workspace.run(workspace.command("rustup").args(["target", "add", TARGET])).with_context(|| {
        format!(
            "the target {TARGET} is missing; without rustup, install it as your Rust was installed"
        )
    })
}

fn profile(build: Build) -> &'static str {
    match build {
        Build::Release => "wasm-release",
        Build::Development => "wasm-dev",
    }
}

/// Compiles and returns the path of the WASM file. wasm-bindgen must process it before use.
pub fn compile(workspace: &Workspace, build: Build) -> Result<PathBuf> {
    ensure_target(workspace)?;
    workspace.run(&mut workspace.cargo(&[
        "build",
        "--package",
        "frontend",
        "--target",
        TARGET,
        "--profile",
        profile(build),
    ]))?;
    Ok(workspace
        .target
        .join(TARGET)
        .join(profile(build))
        .join("frontend.wasm"))
}

/// Runs wasm-bindgen.
pub fn bind(module: &Path, build: Build) -> Result<Glue> {
    let bytes = fs::read(module).with_context(|| module.display().to_string())?;
    let mut output = Bindgen::new()
        .input_bytes("mailgrant", bytes)
        .web(true)?
        .typescript(false)
        .remove_producers_section(true)
        // Leptos' hydration script passes the path of the WASM file, so the module needs no
        // default.
        .omit_default_module_path(true)
        .generate_output()
        .context("wasm-bindgen")?;
    let inline = output.snippets().iter().flat_map(|(crate_name, texts)| {
        let texts = texts.iter().enumerate();
        texts.map(move |(number, text)| {
            (
                format!("snippets/{crate_name}/inline{number}.js"),
                text.clone(),
            )
        })
    });
    let local = output
        .local_modules()
        .iter()
        .map(|(path, text)| (format!("snippets/{path}"), text.clone()));
    let mut snippets: Vec<_> = inline.chain(local).collect();
    snippets.sort();
    let mut js = output.js().to_owned();
    if build == Build::Release {
        js = shorten(&js, output.wasm_mut());
    }
    let mut wasm = output.wasm_mut().emit_wasm();
    if build == Build::Release {
        // Without names, which it needs until here.
        wasm = arrange(&wasm).context("cannot arrange the functions")?;
    }
    Ok(Glue { js, wasm, snippets })
}
