//! Sizes of the files that a browser with an empty cache loads for a page.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use super::Page;
use crate::http::agent;

/// Bytes of the response bodies as transferred, with brotli where the server supports it.
#[derive(Debug, Default)]
pub struct Load {
    /// The page.
    pub html: usize,
    /// Style sheets.
    pub css: usize,
    /// JavaScript.
    pub js: usize,
    /// WASM.
    pub wasm: usize,
    /// Icons and other files.
    pub other: usize,
}

impl Load {
    /// Returns the total number of bytes.
    pub fn sum(&self) -> usize {
        self.html + self.css + self.js + self.wasm + self.other
    }
}

/// Fetches the page and the files that it links to.
///
/// # Errors
/// If one of them is not answered with 200.
pub fn measure(page: &Page) -> Result<Load> {
    let agent = agent();
    let fetch = |url: &str| -> Result<(Vec<u8>, bool)> {
        let mut response = agent
            .get(url)
            .header("Accept", "text/html, */*")
            .header("Accept-Encoding", "br")
            .header("Cookie", &page.cookie)
            .call()
            .with_context(|| url.to_owned())?;
        if response.status() != 200 {
            bail!("{url} answered {}", response.status());
        }
        let compressed = response.headers().contains_key("content-encoding");
        Ok((
            response
                .body_mut()
                .with_config()
                .limit(u64::MAX)
                .read_to_vec()?,
            compressed,
        ))
    };
    let (html, compressed) = fetch(&page.url)?;
    let mut load = Load {
        html: html.len(),
        ..Load::default()
    };
    let mut text = Vec::new();
    if compressed {
        brotli::BrotliDecompress(&mut html.as_slice(), &mut text).context("brotli of the page")?;
    } else {
        text = html;
    }
    let host = page.url.split('/').nth(2).context("not a URL")?;
    for path in linked(&String::from_utf8_lossy(&text)) {
        let bytes = fetch(&format!("http://{host}{path}"))?.0.len();
        match path.rsplit('.').next() {
            Some("css") => load.css += bytes,
            Some("js") => load.js += bytes,
            Some("wasm") => load.wasm += bytes,
            _ => load.other += bytes,
        }
    }
    Ok(load)
}

/// Returns the paths on the same host that `<link>`, `<script>`, and `<img>` name.
fn linked(html: &str) -> BTreeSet<String> {
    let tags = html.split('<').filter(|tag| {
        ["link ", "script ", "img "]
            .iter()
            .any(|name| tag.starts_with(name))
    });
    let values = tags.filter_map(|tag| {
        let tag = tag.split('>').next()?;
        let value = tag
            .split_once(" href=\"")
            .or_else(|| tag.split_once(" src=\""))?
            .1;
        value.split('"').next()
    });
    values
        .filter(|path| path.starts_with('/') && !path.starts_with("//"))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::linked;

    #[test]
    fn follows_the_files_that_a_browser_loads_but_no_links_to_pages() {
        let html = r#"<link rel="stylesheet" href="/pkg/a.css"><link rel="modulepreload" href="/pkg/a.js">
            <link crossorigin="" href="/pkg/a_bg.wasm" rel="preload"><script nonce="x">import("/pkg/a.js")</script>
            <a href="/settings">x</a><img src="/favicon.svg"><link href="https://example.com/x.css">"#;
        let found: Vec<_> = linked(html).into_iter().collect();
        assert_eq!(
            found,
            ["/favicon.svg", "/pkg/a.css", "/pkg/a.js", "/pkg/a_bg.wasm"]
        );
    }
}
