//! Paths of pages, for links and for Leptos' router.
//!
//! They are declared in `domain`, because notifications and one-use links contain some of them.

use leptos_router::{
    ParamSegment, PartialPathMatch, PathSegment, PossibleRouteMatch, StaticSegment, location::Url,
};

pub use domain::paths::*;

/// A path as Leptos' router matches it.
#[derive(Clone, Copy, Debug)]
pub struct PagePattern(&'static str);

/// Returns the pattern of a page.
pub fn page<R: Route>(_: R) -> PagePattern {
    PagePattern(R::PATTERN)
}

/// Returns a path with a query of the parameters that have a value.
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let query: Vec<_> = parameters
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| [name, "=", &Url::escape(value)].concat())
        .collect();
    if query.is_empty() {
        path.to_owned()
    } else {
        [path, "?", &query.join("&")].concat()
    }
}

/// A part of a pattern between slashes.
enum Segment {
    Fixed(StaticSegment<&'static str>),
    Parameter(ParamSegment),
}

impl PagePattern {
    fn segments(self) -> impl Iterator<Item = Segment> {
        let segments = self.0.split('/').filter(|segment| !segment.is_empty());
        segments.map(|segment| {
            let name = segment
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'));
            match name {
                Some(name) => Segment::Parameter(ParamSegment(name)),
                None => Segment::Fixed(StaticSegment(segment)),
            }
        })
    }
}

impl PossibleRouteMatch for PagePattern {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let (mut remaining, mut params, mut length) = (path, Vec::new(), 0);
        for segment in self.segments() {
            let found = match segment {
                Segment::Fixed(segment) => segment.test(remaining),
                Segment::Parameter(segment) => segment.test(remaining),
            }?;
            remaining = found.remaining();
            length += found.matched().len();
            params.extend(found.params());
        }
        Some(PartialPathMatch::new(
            remaining,
            params,
            path.get(..length)?,
        ))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        for segment in self.segments() {
            match segment {
                Segment::Fixed(segment) => segment.generate_path(path),
                Segment::Parameter(segment) => segment.generate_path(path),
            }
        }
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    fn matches<R: Route>(route: R, path: &str) -> Option<Vec<String>> {
        let pattern = page(route);
        let found = pattern.test(path)?;
        let values = |found: PartialPathMatch| found.params().into_iter().map(|(_, value)| value);
        found.is_complete().then(|| values(found).collect())
    }

    #[test]
    fn a_page_is_found_by_its_whole_path() {
        assert_eq!(matches(Home, "/"), Some(Vec::new()));
        assert_eq!(
            matches(AlertSettings, AlertSettings::PATH),
            Some(Vec::new())
        );
        assert_eq!(
            matches(Message, &Message::path("abc")),
            Some(vec!["abc".to_owned()])
        );
        for other in [
            Home::PATH.to_owned(),
            MessageSource::path("abc"),
            [Messages::PATH, "abc"].concat(),
            Authorized::path("abc"),
        ] {
            assert_eq!(matches(Message, &other), None, "{other}");
        }
        assert_eq!(matches(Home, Messages::PATH), None);
    }
}
