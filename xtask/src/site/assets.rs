//! The folder of the built site.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::{Build, compress, fingerprint};

/// Names of the three files that belong together. Each name contains one hash of all three, so the
/// files can be cached permanently and are never mixed with those of another version.
pub struct Names {
    stem: String,
}

impl Names {
    /// Returns the names for these contents, in this order.
    pub fn of(contents: &[&[u8]], build: Build) -> Self {
        let hash = match build {
            Build::Release => Self::hash(contents),
            // A development build is large, and SHA-256 is slow in an unoptimized program.
            Build::Development => {
                let mut hasher = DefaultHasher::new();
                contents.hash(&mut hasher);
                format!("{:016x}", hasher.finish())
            }
        };
        Self {
            stem: format!("pkg/mailgrant-{hash}"),
        }
    }

    fn hash(contents: &[&[u8]]) -> String {
        let mut hash = Sha256::new();
        for content in contents {
            hash.update(content.len().to_le_bytes());
            hash.update(content);
        }
        let mut hash = fingerprint::hex(&hash.finalize());
        hash.truncate(16);
        hash
    }

    /// Returns the path of the JavaScript module, below the site's root.
    pub fn js(&self) -> String {
        format!("{}.js", self.stem)
    }

    /// Returns the path of the WASM module. Leptos finds it by this suffix.
    pub fn wasm(&self) -> String {
        format!("{}_bg.wasm", self.stem)
    }

    /// Returns the path of the style sheet.
    pub fn css(&self) -> String {
        format!("{}.css", self.stem)
    }
}

/// The site while it is being written.
pub struct Site {
    root: PathBuf,
    build: Build,
    written: BTreeSet<PathBuf>,
}

impl Site {
    /// Starts writing to a folder that may contain an older site.
    pub fn begin(root: PathBuf, build: Build) -> Self {
        Self {
            root,
            build,
            written: BTreeSet::new(),
        }
    }

    /// Writes a file. In a release, also writes `.br` and `.gz` variants if compression helps.
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<()> {
        self.write(self.root.join(name), content)?;
        if self.build == Build::Release && compress::is_compressible(name) {
            self.write(
                self.root.join(format!("{name}.br")),
                &compress::brotli(content)?,
            )?;
            self.write(
                self.root.join(format!("{name}.gz")),
                &compress::gzip(content)?,
            )?;
        }
        Ok(())
    }

    /// Marks a file as current that another part writes.
    pub fn keep(&mut self, name: &str) {
        self.written.insert(self.root.join(name));
    }

    /// Removes files of earlier builds.
    pub fn finish(self) -> Result<()> {
        for path in fingerprint::files(&self.root)? {
            if !self.written.contains(&path) {
                fs::remove_file(&path).with_context(|| path.display().to_string())?;
            }
        }
        Ok(())
    }

    fn write(&mut self, path: PathBuf, content: &[u8]) -> Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        // Rewriting an unchanged file would make cargo rebuild the server.
        if fs::read(&path).ok().as_deref() != Some(content) {
            fs::write(&path, content).with_context(|| path.display().to_string())?;
        }
        self.written.insert(path);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Build, Names, Site};

    fn names(contents: &[&[u8]]) -> Names {
        Names::of(contents, Build::Release)
    }

    #[test]
    fn puts_one_hash_into_all_three_names() {
        let names = names(&[b"js", b"wasm", b"css"]);
        let stem = names.js().strip_suffix(".js").unwrap().to_owned();
        assert_eq!(stem.len(), "pkg/mailgrant-".len() + 16);
        assert_eq!(names.wasm(), format!("{stem}_bg.wasm"));
        assert_eq!(names.css(), format!("{stem}.css"));
    }

    #[test]
    fn changes_the_names_when_one_content_changes() {
        let before = names(&[b"js", b"wasm", b"css"]);
        assert_ne!(before.js(), names(&[b"js", b"wasm", b"css2"]).js());
        assert_ne!(before.js(), names(&[b"jsw", b"asm", b"css"]).js());
    }

    #[test]
    fn removes_files_of_an_earlier_build() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("pkg")).unwrap();
        fs::write(folder.path().join("pkg/mailgrant-old.js"), "old").unwrap();

        let mut site = Site::begin(folder.path().to_owned(), Build::Release);
        site.add("pkg/mailgrant-new.js", b"new").unwrap();
        site.add("favicon.png", b"png").unwrap();
        site.finish().unwrap();

        let mut left: Vec<_> = super::fingerprint::files(folder.path()).unwrap();
        left.sort();
        let names = [
            "favicon.png",
            "pkg/mailgrant-new.js",
            "pkg/mailgrant-new.js.br",
            "pkg/mailgrant-new.js.gz",
        ];
        assert_eq!(left, names.map(|name| folder.path().join(name)));
    }
}
