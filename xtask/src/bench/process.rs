//! What a process costs, as Linux keeps it in /proc.

use anyhow::{Context as _, Result};
use std::fs;

/// The clock ticks in which Linux counts CPU time, on every architecture that it runs on today.
const TICKS_PER_SECOND: f64 = 100.0;

/// Seconds of CPU time of a process itself.
pub fn cpu_seconds(process: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).context("the process is gone")?;
    seconds(&stat, [11, 12]).context("/proc/…/stat has an unknown form")
}

/// Seconds of CPU time of the children that this process has waited for.
pub fn cpu_seconds_of_children() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    seconds(&stat, [13, 14]).context("/proc/self/stat has an unknown form")
}

/// Sums fields of a stat line, counted from the one behind the name in brackets, which may have spaces.
fn seconds(stat: &str, fields: [usize; 2]) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |field: usize| words.get(field)?.parse::<f64>().ok();
    Some((ticks(fields[0])? + ticks(fields[1])?) / TICKS_PER_SECOND)
}

/// Megabytes of memory that a process has now, and the most since [`forget_peak`].
pub fn memory(process: u32) -> Result<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("the process is gone")?;
    Ok((megabytes(&status, "VmRSS:").context("no VmRSS")?, megabytes(&status, "VmHWM:").context("no VmHWM")?))
}

/// Lets the peak of a process's memory start from what it has now.
pub fn forget_peak(process: u32) -> Result<()> {
    fs::write(format!("/proc/{process}/clear_refs"), "5").context("the peak of the memory cannot be reset")
}

fn megabytes(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()? / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_brackets_confuses_nothing() {
        let stat = "42 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 300 100 20 0";
        assert_eq!(seconds(stat, [11, 12]), Some(2.0));
        assert_eq!(seconds(stat, [13, 14]), Some(4.0));
        assert_eq!(seconds("42 (x) S", [11, 12]), None);
    }

    #[test]
    fn memory_is_read_in_megabytes() {
        assert_eq!(megabytes("Name:\tx\nVmRSS:\t   2048 kB\n", "VmRSS:"), Some(2.0));
        assert_eq!(megabytes("Name:\tx\n", "VmRSS:"), None);
    }
}
