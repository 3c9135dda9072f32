//! The style sheet: one file built from `style/main.css` and its imports.

use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};
use lightningcss::targets::{Browsers, Targets};

/// The oldest browsers that support `light-dark()`, `:has()`, and nesting (May 2024), so these
/// features are not compiled away. Browsers based on Chromium are omitted, because their support
/// tables lag behind.
const BROWSERS: Browsers = Browsers {
    android: None,
    chrome: Some(version(123, 0)),
    edge: Some(version(123, 0)),
    firefox: Some(version(121, 0)),
    ie: None,
    ios_saf: Some(version(17, 5)),
    opera: None,
    safari: Some(version(17, 5)),
    samsung: None,
};

const fn version(major: u32, minor: u32) -> u32 {
    (major << 16) | (minor << 8)
}

/// Bundles and minifies the style sheets.
///
/// # Errors
/// If a file is missing or is not valid CSS. The error names the file and line.
pub fn bundle(main: &Path) -> Result<String> {
    let files = FileProvider::new();
    let targets = Targets::from(BROWSERS);
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(main)
        .map_err(|error| anyhow!("style sheet: {error}"))?;
    let minify = MinifyOptions {
        targets,
        ..MinifyOptions::default()
    };
    sheet
        .minify(minify)
        .map_err(|error| anyhow!("style sheet: {error}"))?;
    let print = PrinterOptions {
        minify: true,
        targets,
        ..PrinterOptions::default()
    };
    let printed = sheet
        .to_css(print)
        .map_err(|error| anyhow!("style sheet: {error}"))?;
    Ok(printed.code)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::bundle;

    #[test]
    fn joins_imports_and_keeps_modern_css() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("main.css"),
            "@import './form.css';\nbody { margin: 0 }\n",
        )
        .unwrap();
        let form = "form { color: light-dark(#111, #eee); &:has(:invalid) { color: red } }";
        fs::write(folder.path().join("form.css"), form).unwrap();

        let css = bundle(&folder.path().join("main.css")).unwrap();

        assert!(css.contains("light-dark(#111,#eee)"), "{css}");
        assert!(css.contains("&:has(:invalid)"), "{css}");
        assert!(css.ends_with("body{margin:0}"), "{css}");
    }

    #[test]
    fn names_the_file_that_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.css"), "@import './gone.css';").unwrap();

        let error = bundle(&folder.path().join("main.css"))
            .unwrap_err()
            .to_string();

        assert!(error.contains("main.css"), "{error}");
    }
}
