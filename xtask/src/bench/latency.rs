//! Time to first byte.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use super::Page;
use crate::http::agent;
use crate::process::interrupted;

/// Latency of many requests or messages.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    /// Half of them were answered within this time.
    pub median: Duration,
    /// 99 of 100 of them were answered within this time.
    pub p99: Duration,
}

/// Sends requests over keep-alive connections, one at a time on each.
pub fn measure(page: &Page, connections: usize, requests: usize) -> Result<Latency> {
    let each = requests.div_ceil(connections);
    let results: Vec<Result<Vec<Duration>>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| one_after_another(page, each)))
            .collect();
        let joined = workers.into_iter().map(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err(anyhow!("a client panicked")))
        });
        joined.collect()
    });
    let mut times = Vec::new();
    for result in results {
        times.extend(result?);
    }
    Ok(of(times))
}

/// Returns the latency of these times.
pub fn of(mut times: Vec<Duration>) -> Latency {
    Latency {
        median: median(&mut times),
        p99: quantile(&mut times, 99),
    }
}

fn one_after_another(page: &Page, requests: usize) -> Result<Vec<Duration>> {
    let agent = agent();
    let mut times = Vec::with_capacity(requests);
    // The first request opens the connection and is not counted.
    for _ in 0..=requests {
        if interrupted() {
            bail!("interrupted");
        }
        let started = Instant::now();
        let mut response = agent
            .get(&page.url)
            .header("Accept", "text/html")
            .header("Accept-Encoding", "br")
            .header("Cookie", &page.cookie)
            .call()?;
        times.push(started.elapsed());
        // A redirect would be answered too quickly.
        if response.status() != 200 {
            bail!("{} answered {}", page.url, response.status());
        }
        response.body_mut().read_to_vec()?;
    }
    times.remove(0);
    Ok(times)
}

/// Returns the median, or zero if there are no values.
pub fn median(times: &mut [Duration]) -> Duration {
    quantile(times, 50)
}

fn quantile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let rank = (times.len() * percent).div_ceil(100);
    times
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{median, quantile};

    #[test]
    fn takes_quantiles_by_rank() {
        let mut times: Vec<_> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(median(&mut times), Duration::from_millis(100));
        assert_eq!(quantile(&mut times, 99), Duration::from_millis(198));
        assert_eq!(
            median(&mut [Duration::from_millis(3)]),
            Duration::from_millis(3)
        );
        assert_eq!(median(&mut []), Duration::ZERO);
    }
}
