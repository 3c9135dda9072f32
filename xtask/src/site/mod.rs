//! The browser side: WASM, JavaScript, style sheet and static files, named by their content and compressed.

mod assets;
mod compress;
mod fingerprint;
mod shorten;
mod style;
mod wasm;

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::progress::Step;
use crate::workspace::Workspace;

/// Building the browser side.
pub const STEP: Step = Step {
    name: "browser side",
    first_run: Duration::from_mins(3),
};

/// Makes the folder that the server embeds, which must exist even where no site is needed.
pub fn make_folder(workspace: &Workspace) -> Result<()> {
    let folder = workspace.site().join("pkg");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))
}

/// Ensures the compiler's target for browsers.
pub use wasm::ensure_target;

/// Builds the browser side into `target/site`; does nothing when nothing has changed.
pub fn build(workspace: &Workspace) -> Result<()> {
    make_folder(workspace)?;
    let module = wasm::compile(workspace)?;
    let style = workspace.root.join("style");
    let statics = workspace.root.join("static");
    let fingerprint = fingerprint::of(&[&module, &style, &statics])?;
    if fingerprint::is_current(workspace, &fingerprint) {
        return Ok(());
    }

    let glue = wasm::bind(&module)?;
    let css = style::bundle(&style.join("main.css"))?;
    let names = assets::Names::of(&[glue.js.as_bytes(), &glue.wasm, css.as_bytes()]);
    fingerprint::forget(workspace)?;
    let mut site = assets::Site::begin(workspace.site());
    site.add(&names.js(), glue.js.as_bytes())?;
    site.add(&names.wasm(), &glue.wasm)?;
    site.add(&names.css(), css.as_bytes())?;
    for (name, content) in &glue.snippets {
        site.add(&format!("pkg/{name}"), content.as_bytes())?;
    }
    add_statics(&mut site, &statics)?;
    site.finish()?;
    fingerprint::keep(workspace, &fingerprint)
}

fn add_statics(site: &mut assets::Site, folder: &Path) -> Result<()> {
    for path in fingerprint::files(folder)? {
        let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
        let content = fs::read(&path).with_context(|| path.display().to_string())?;
        site.add(&name, &content)?;
    }
    Ok(())
}
