//! Typed days.

use domain::UnixTime;
use proptest::prelude::*;

use crate::CASES;
use fuzz::{cases, hostile};

proptest! {
    #![proptest_config(cases(CASES))]

    #[test]
    fn a_parsed_day_is_formatted_identically(text in prop_oneof![
        hostile(),
        "[0-9]{4}-[01][0-9]-[0-3][0-9]",
        "[-+0-9٣]{4}-[-+0-9]{2}-[ 0-9]{2}",
    ]) {
        if let Some(day) = UnixTime::of_day(&text) {
            prop_assert_eq!(day.rfc3339(), format!("{text}T00:00:00Z"));
        }
    }

    #[test]
    fn every_second_belongs_to_the_day_it_is_written_with(seconds in -62_167_219_200_i64..253_402_300_800) {
        let time = UnixTime(seconds);
        let day = UnixTime::of_day(&time.rfc3339()[..10]).unwrap();
        prop_assert!((0..86_400).contains(&time.since(day)));
    }

    #[test]
    fn no_second_is_too_far_away_to_be_written(seconds in any::<i64>(), more in any::<i64>()) {
        let time = UnixTime(seconds).plus(more);
        prop_assert!(time.rfc3339().len() < 40 && time.to_string().len() < 40);
        let _ = time.since(UnixTime(more));
    }
}
