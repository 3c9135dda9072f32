//! Content negotiation (RFC 9110 §12.5.3).

use axum::http::{HeaderMap, header::ACCEPT};

/// A coding of embedded files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// `br`
    Brotli,
    /// `gzip`
    Gzip,
    /// No coding.
    Identity,
}

impl Coding {
    /// Returns the suffix of the file name.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    /// Returns the value of `Content-Encoding`.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }
}

/// Returns the accepted codings, best first. An empty header accepts only the identity coding,
/// which all clients understand.
pub fn accepted(header: &str) -> Vec<Coding> {
    let quality = |name: &str| {
        header.split(',').find_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let coding = parts.next()?;
            let q = parts
                .find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")))
                .map_or(Some(1.0), |q| q.parse::<f32>().ok())?;
            coding.eq_ignore_ascii_case(name).then_some(q)
        })
    };
    let any = quality("*");
    let of = |name| quality(name).or(any).unwrap_or(0.0);
    let mut codings = vec![
        (Coding::Brotli, of("br")),
        (Coding::Gzip, of("gzip").max(of("x-gzip"))),
        // Always acceptable, but last unless the header names it.
        (Coding::Identity, quality("identity").unwrap_or(0.0001)),
    ];
    codings.retain(|(_, q)| *q > 0.0);
    // The sort is stable: among equals, the coding with the smaller files stays first.
    codings.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let mut codings: Vec<_> = codings.into_iter().map(|(coding, _)| coding).collect();
    if !codings.contains(&Coding::Identity) {
        codings.push(Coding::Identity);
    }
    codings
}

/// Returns true if the client expects a page. A browser navigation accepts HTML, while `fetch` asks
/// for JSON.
pub fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

#[cfg(test)]
mod tests {
    use super::{
        Coding::{Brotli, Gzip, Identity},
        accepted,
    };

    #[test]
    fn prefers_what_the_browser_prefers_and_then_what_is_smaller() {
        for (header, expected) in [
            ("", vec![Identity]),
            ("gzip, deflate, br, zstd", vec![Brotli, Gzip, Identity]),
            ("br;q=0.5, gzip;q=0.8", vec![Gzip, Brotli, Identity]),
            ("br;q=0, gzip", vec![Gzip, Identity]),
            ("BR", vec![Brotli, Identity]),
            ("*", vec![Brotli, Gzip, Identity]),
            ("*;q=0", vec![Identity]),
            ("identity, br;q=0.1", vec![Identity, Brotli]),
            ("identity;q=0", vec![Identity]),
            ("br;q=x", vec![Identity]),
            (";;,,;q=", vec![Identity]),
        ] {
            assert_eq!(accepted(header), expected, "{header}");
        }
    }
}
