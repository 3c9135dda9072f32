//! Chart and table of the last hours.

use domain::{HourCounts, OutboxOverview};
use leptos::prelude::*;

/// Width of an hour and height of the chart, in units of the SVG.
const HOUR: i64 = 30;
const HEIGHT: i64 = 100;
/// Width of a bar within its hour.
const BAR: i64 = 22;

/// Bars of delivered and failed messages, and a line of waiting ones. The labels are HTML, because
/// text in an SVG shrinks with it.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Chart(overview: OutboxOverview) -> impl IntoView {
    let waiting = overview.waiting_by_hour();
    let tallest = overview
        .hours
        .iter()
        .map(|hour| hour.delivered + hour.failed);
    let top = round_up(tallest.chain(waiting.iter().copied()).max().unwrap_or(0));
    let width = HOUR * i64::try_from(overview.hours.len()).unwrap_or(0);
    let bars = (0..).zip(&overview.hours).map(|(at, hour)| {
        let delivered = scaled(hour.delivered, top);
        let failed = scaled(hour.failed, top);
        let x = at * HOUR + (HOUR - BAR) / 2;
        view! {
            {bar("delivered", x, HEIGHT - delivered, delivered)}
            {bar("failed", x, HEIGHT - delivered - failed, failed)}
        }
    });
    let points = (0..).zip(&waiting).map(|(at, waiting)| {
        let (x, y) = (at * HOUR + HOUR / 2, HEIGHT - scaled(*waiting, top));
        [x.to_string(), y.to_string()].join(",")
    });
    let points: Vec<_> = points.collect();
    let has_waited = waiting.iter().any(|waiting| *waiting > 0);
    view! {
        <div class="chart-top" aria-hidden="true">
            {wording::count(top)}
        </div>
        <svg
            viewBox=["0 0 ", &width.to_string(), " ", &HEIGHT.to_string()].concat()
            preserveAspectRatio="none"
            role="img"
            aria-label=description(&overview)
        >
            {bars.collect_view()}
            {has_waited.then(|| view! { <polyline class="waiting" points=points.join(" ") /> })}
        </svg>
        <div class="chart-ends" aria-hidden="true">
            <span>"24 hours ago"</span>
            <span>"now"</span>
        </div>
        <ul class="legend" aria-hidden="true">
            <li class="delivered">"Delivered"</li>
            <li class="failed">"Failed"</li>
            <li class="waiting">"Waiting"</li>
        </ul>
    }
}

fn bar(class: &'static str, x: i64, y: i64, height: i64) -> Option<impl IntoView> {
    (height > 0).then(|| {
        view! {
            <rect
                class=class
                x=x.to_string()
                y=y.to_string()
                width=BAR.to_string()
                height=height.to_string()
            />
        }
    })
}

/// Returns the height of a bar. Any number above zero is visible.
fn scaled(number: i64, top: i64) -> i64 {
    let least = i64::from(number > 0) * 2;
    (number.saturating_mul(HEIGHT) / top.max(1)).clamp(least, HEIGHT)
}

/// Returns the next number that consists of 1, 2, or 5 and zeros.
fn round_up(number: i64) -> i64 {
    let mut power: i64 = 1;
    loop {
        for step in [1, 2, 5] {
            let round = power.saturating_mul(step);
            if round >= number {
                return round;
            }
        }
        power = power.saturating_mul(10);
    }
}

fn description(overview: &OutboxOverview) -> String {
    [
        "The last 24 hours: ",
        &wording::count(overview.delivered()),
        " delivered, ",
        &wording::count(overview.failed()),
        " failed; ",
        &wording::count(overview.waiting),
        " waiting now. The table below lists each hour.",
    ]
    .concat()
}

/// The rows of the table: each hour, the newest first.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Hours(overview: OutboxOverview) -> impl IntoView {
    let waiting = overview.waiting_by_hour();
    let row = |(hour, waiting): (&HourCounts, &i64)| {
        let at = hour.hour;
        let name: String = at.rfc3339().chars().skip(11).take(5).collect();
        view! {
            <tr>
                <th scope="row">
                    <time datetime=at.rfc3339()>{name}</time>
                </th>
                <td>{wording::count(hour.accepted)}</td>
                <td>{wording::count(hour.delivered)}</td>
                <td>{wording::count(hour.failed)}</td>
                <td>{wording::count(*waiting)}</td>
            </tr>
        }
    };
    let rows = overview.hours.iter().zip(&waiting).rev();
    rows.map(row).collect_view()
}

#[cfg(test)]
mod tests {
    use super::{round_up, scaled};

    #[test]
    fn the_top_is_a_round_number() {
        for (number, top) in [
            (0, 1),
            (1, 1),
            (3, 5),
            (11, 20),
            (50, 50),
            (51, 100),
            (4_321, 5_000),
        ] {
            assert_eq!(round_up(number), top);
        }
        assert!(round_up(i64::MAX) == i64::MAX);
    }

    #[test]
    fn small_values_are_visible_and_zero_is_not() {
        assert_eq!(scaled(0, 1_000_000), 0);
        assert_eq!(scaled(1, 1_000_000), 2);
        assert_eq!(scaled(50, 100), 50);
        assert_eq!(scaled(200, 100), 100);
    }
}
