//! Resident memory of a process.

use anyhow::{Context, Result};

/// Returns the current resident memory in kB (`VmRSS` of Linux).
pub fn resident(process: u32) -> Result<u64> {
    read(process, "VmRSS:")
}

/// Returns the peak resident memory in kB (`VmHWM` of Linux).
pub fn peak(process: u32) -> Result<u64> {
    read(process, "VmHWM:")
}

fn read(process: u32, name: &str) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))
        .context("resident memory is read from /proc")?;
    in_status(&status, name).with_context(|| format!("no {name} in /proc"))
}

fn in_status(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::in_status;

    #[test]
    fn reads_the_line_of_the_kernel() {
        let status = "VmHWM:\t   20480 kB\nVmRSS:\t   18724 kB\n";
        assert_eq!(in_status(status, "VmRSS:"), Some(18_724));
        assert_eq!(in_status("Name:\tx\n", "VmRSS:"), None);
    }
}
