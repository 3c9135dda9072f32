//! The browser side: WASM, JavaScript, style sheet, and static files, with content hashes in their
//! names and compressed.

mod arrange;
mod assets;
mod compress;
mod fingerprint;
mod shorten;
mod style;
mod wasm;

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use crate::progress::Step;
use crate::workspace::Workspace;

/// The step that builds the browser side.
pub const STEP: Step = Step {
    name: "browser side",
    first_run: Duration::from_mins(3),
};

/// Creates the folder that the server embeds, which must exist even if no site is needed.
pub fn make_folder(workspace: &Workspace) -> Result<()> {
    let folder = workspace.site().join("pkg");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))
}

/// Ensures the compiler's target for browsers.
pub use wasm::ensure_target;

/// The file whose content tells an open page of a development build that it is out of date.
pub const RELOAD: &str = "reload.txt";
/// Script that reloads the page when [`RELOAD`] changes. Only part of development builds; the
/// server refuses to embed it in a release.
const RELOAD_SCRIPT: (&str, &str) = ("reload.js", include_str!("site/reload.js"));

/// Kind of build of the browser side.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// Small and compressed.
    Release,
    /// Fast to build. Pages reload after a change.
    Development,
}

/// Builds the browser side into `target/site`. Does nothing if nothing has changed.
pub fn build(workspace: &Workspace) -> Result<()> {
    make_folder(workspace)?;
    let module = wasm::compile(workspace, Build::Release)?;
    let style = workspace.root.join("style");
    let statics = workspace.root.join("static");
    let fingerprint = fingerprint::of(&[&module, &style, &statics])?;
    if fingerprint::is_current(workspace, &fingerprint) {
        return Ok(());
    }
    let glue = wasm::bind(&module, Build::Release)?;
    write(workspace, &glue, Build::Release)?;
    fingerprint::store(workspace, &fingerprint)
}

/// The browser side of `cargo xtask watch`.
#[derive(Default)]
pub struct Development {
    /// The last compiled module and its time. Most changes need no new one.
    glue: Option<(SystemTime, wasm::Glue)>,
}

impl Development {
    /// Compiles the browser side for development.
    pub fn compile(&mut self, workspace: &Workspace) -> Result<()> {
        let module = wasm::compile(workspace, Build::Development)?;
        let compiled = fs::metadata(&module)?.modified()?;
        let is_current = |(last, _): &(SystemTime, wasm::Glue)| *last == compiled;
        if !self.glue.as_ref().is_some_and(is_current) {
            self.glue = Some((compiled, wasm::bind(&module, Build::Development)?));
        }
        Ok(())
    }

    /// Writes the compiled browser side into `target/site`. Must not run while the server is
    /// compiled: in a debug build, the macro for embedded files also reads them and fails if one is
    /// removed meanwhile.
    pub fn write(&self, workspace: &Workspace) -> Result<()> {
        make_folder(workspace)?;
        let (_, glue) = self.glue.as_ref().context("nothing was compiled")?;
        write(workspace, glue, Build::Development)
    }
}

/// Makes open pages of a development build reload.
pub fn reload_pages(workspace: &Workspace, version: u32) -> Result<()> {
    let process = std::process::id();
    fs::write(
        workspace.site().join(RELOAD),
        format!("{process}-{version}"),
    )
    .context(RELOAD)
}

fn write(workspace: &Workspace, glue: &wasm::Glue, build: Build) -> Result<()> {
    let statics = workspace.root.join("static");
    let css = style::bundle(&workspace.root.join("style/main.css"))?;
    let names = assets::Names::of(&[glue.js.as_bytes(), &glue.wasm, css.as_bytes()], build);
    fingerprint::remove(workspace)?;
    let mut site = assets::Site::begin(workspace.site(), build);
    site.add(&names.js(), glue.js.as_bytes())?;
    site.add(&names.wasm(), &glue.wasm)?;
    site.add(&names.css(), css.as_bytes())?;
    for (name, content) in &glue.snippets {
        site.add(&format!("pkg/{name}"), content.as_bytes())?;
    }
    add_statics(&mut site, &statics)?;
    if build == Build::Development {
        site.add(RELOAD_SCRIPT.0, RELOAD_SCRIPT.1.as_bytes())?;
        site.keep(RELOAD);
    }
    site.finish()
}

fn add_statics(site: &mut assets::Site, folder: &Path) -> Result<()> {
    for path in fingerprint::files(folder)? {
        let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
        let content = fs::read(&path).with_context(|| path.display().to_string())?;
        site.add(&name, &content)?;
    }
    Ok(())
}
