//! Statements over several rows.

/// Numbers of rows in one statement. Few different numbers keep the number of prepared statements
/// low.
const ROWS: &[usize] = &[64, 16, 4, 1];

/// Splits a list into chunks of few different lengths.
pub(super) fn chunks<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = ROWS.iter().find(|length| **length <= rest.len())?;
        let (first, others) = rest.split_at(*length);
        rest = others;
        Some(first)
    })
}

/// Returns placeholders for rows of columns with these types: `(CAST($1 AS TEXT), CAST($2 AS
/// BIGINT)), (…)`.
pub(super) fn places(rows: usize, columns: &[&str]) -> String {
    let mut place = 0;
    let mut lines = Vec::with_capacity(rows);
    for _ in 0..rows {
        let line: Vec<_> = columns
            .iter()
            .map(|kind| {
                place += 1;
                format!("CAST(${place} AS {kind})")
            })
            .collect();
        lines.push(format!("({})", line.join(", ")));
    }
    lines.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_split_into_chunks_without_gaps() {
        let list: Vec<usize> = (0..105).collect();
        let lengths: Vec<_> = chunks(&list).map(<[_]>::len).collect();
        assert_eq!(lengths, [64, 16, 16, 4, 4, 1]);
        assert_eq!(chunks(&list).flatten().copied().collect::<Vec<_>>(), list);
        assert_eq!(chunks::<usize>(&[]).count(), 0);
    }

    #[test]
    fn places_count_through_all_rows() {
        let places = places(2, &["TEXT", "BIGINT"]);
        let expected =
            "(CAST($1 AS TEXT), CAST($2 AS BIGINT)), (CAST($3 AS TEXT), CAST($4 AS BIGINT))";
        assert_eq!(places, expected);
    }
}
