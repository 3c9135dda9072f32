//! The parts of a multipart body (RFC 2046 §5.1.1).

use crate::mime::{delimiter, without_line_break};

/// A segment of a multipart body. All segments in order are the whole body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Segment<'a> {
    /// The preamble or the epilogue, which readers do not display.
    Outside(&'a [u8]),
    /// A delimiter line with its line breaks.
    Delimiter(&'a [u8]),
    /// A part, header and body.
    Part(&'a [u8]),
}

/// Splits a body at its boundary. Returns `None` if it has no part.
pub(super) fn segments<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<Segment<'a>>> {
    if boundary.is_empty() {
        return None;
    }
    let mut segments = Vec::new();
    let mut from = 0;
    let mut inside = false;
    let mut at = 0;
    while at < body.len() {
        let end = body[at..].iter().position(|b| *b == b'\n');
        let end = end.map_or(body.len(), |end| at + end + 1);
        let line = &body[at..end];
        let Some(last) = delimiter(line, boundary.as_bytes()) else {
            at = end;
            continue;
        };
        let stretch = &body[from..at];
        let content = without_line_break(stretch);
        segments.push(if inside {
            Segment::Part(content)
        } else {
            Segment::Outside(content)
        });
        segments.push(Segment::Delimiter(&body[from + content.len()..end]));
        (from, at, inside) = (end, end, !last);
        if last {
            break;
        }
    }
    let rest = &body[from..];
    if inside {
        segments.push(Segment::Part(rest));
    } else if !rest.is_empty() {
        segments.push(Segment::Outside(rest));
    }
    let has_parts = segments
        .iter()
        .any(|segment| matches!(segment, Segment::Part(_)));
    has_parts.then_some(segments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_cut_into_its_parts_and_nothing_is_lost() {
        let body = b"aside\r\n--x\r\nA: b\r\n\r\none\r\n--x \n\ntwo\n--xy\n--x\n--x--\r\nafter\r\n";
        let segments = segments(body, "x").unwrap();
        let parts: Vec<_> = segments
            .iter()
            .filter_map(|segment| match segment {
                Segment::Part(part) => Some(*part),
                _ => None,
            })
            .collect();
        assert_eq!(parts, [&b"A: b\r\n\r\none"[..], b"\ntwo\n--xy", b""]);
        let whole: Vec<u8> = segments
            .iter()
            .flat_map(|segment| match segment {
                Segment::Outside(bytes) | Segment::Delimiter(bytes) | Segment::Part(bytes) => {
                    *bytes
                }
            })
            .copied()
            .collect();
        assert_eq!(whole, body);
        assert_eq!(super::segments(b"no parts\r\n", "x"), None);
        assert_eq!(super::segments(b"--x--\r\n", "x"), None);
    }
}
