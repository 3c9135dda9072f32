//! The parts of a multipart body (RFC 2046 §5.1.1).

use crate::mime::{delimiter, without_line_break};

/// A stretch of a multipart body. All of them in order are the whole body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Before the first part or after the last one; readers show none of it.
    Aside(&'a [u8]),
    /// The line between parts, with the line ends that belong to it.
    Delimiter(&'a [u8]),
    /// A part, header and body.
    Part(&'a [u8]),
}

/// Cuts a body at its boundary; `None` when there is no part in it.
pub(super) fn pieces<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<Piece<'a>>> {
    if boundary.is_empty() {
        return None;
    }
    let mut pieces = Vec::new();
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
        pieces.push(if inside {
            Piece::Part(content)
        } else {
            Piece::Aside(content)
        });
        pieces.push(Piece::Delimiter(&body[from + content.len()..end]));
        (from, at, inside) = (end, end, !last);
        if last {
            break;
        }
    }
    let rest = &body[from..];
    if inside {
        pieces.push(Piece::Part(rest));
    } else if !rest.is_empty() {
        pieces.push(Piece::Aside(rest));
    }
    let has_parts = pieces.iter().any(|piece| matches!(piece, Piece::Part(_)));
    has_parts.then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_cut_into_its_parts_and_nothing_is_lost() {
        let body = b"aside\r\n--x\r\nA: b\r\n\r\none\r\n--x \n\ntwo\n--xy\n--x\n--x--\r\nafter\r\n";
        let pieces = pieces(body, "x").unwrap();
        let parts: Vec<_> = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Part(part) => Some(*part),
                _ => None,
            })
            .collect();
        assert_eq!(parts, [&b"A: b\r\n\r\none"[..], b"\ntwo\n--xy", b""]);
        let whole: Vec<u8> = pieces
            .iter()
            .flat_map(|piece| match piece {
                Piece::Aside(bytes) | Piece::Delimiter(bytes) | Piece::Part(bytes) => *bytes,
            })
            .copied()
            .collect();
        assert_eq!(whole, body);
        assert_eq!(super::pieces(b"no parts\r\n", "x"), None);
        assert_eq!(super::pieces(b"--x--\r\n", "x"), None);
    }
}
