//! Compression at build time, so the server never compresses a file.

use std::io::Write;

use anyhow::Result;

/// Returns false for formats that are already compressed.
pub fn is_compressible(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default();
    !matches!(extension, "png" | "jpg" | "webp" | "ico" | "woff2")
}

/// Compresses with brotli at the highest quality.
pub fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        // The largest window of RFC 7932.
        lgwin: 24,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters)?;
    Ok(compressed)
}

/// Compresses with gzip, for the few clients without brotli.
pub fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(content)?;
    Ok(writer.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{brotli, gzip};

    #[test]
    fn decompresses_to_the_original() {
        let content = b"settings ".repeat(100);
        let mut plain = Vec::new();
        let compressed = brotli(&content).unwrap();
        brotli::Decompressor::new(compressed.as_slice(), 4096)
            .read_to_end(&mut plain)
            .unwrap();
        assert_eq!(plain, content);

        plain.clear();
        flate2::read::GzDecoder::new(gzip(&content).unwrap().as_slice())
            .read_to_end(&mut plain)
            .unwrap();
        assert_eq!(plain, content);
    }
}
