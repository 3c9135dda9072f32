//! Resident memory of a process.

use anyhow::{Context, Result};

/// `VmRSS` in kB, as Linux tells.
pub fn resident(process: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))
        .context("resident memory is read from /proc")?;
    in_status(&status).context("no VmRSS in /proc")
}

fn in_status(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::in_status;

    #[test]
    fn reads_the_line_of_the_kernel() {
        assert_eq!(
            in_status("VmHWM:\t   20480 kB\nVmRSS:\t   18724 kB\n"),
            Some(18_724)
        );
        assert_eq!(in_status("Name:\tx\n"), None);
    }
}
