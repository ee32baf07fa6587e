//! A download of ours: what it cost the server while it streamed.

use super::Plan;
use super::http::Client;
use super::peer::Peer;
use super::process;
use anyhow::{Result, bail};
use std::fs::File;
use std::io::BufWriter;

/// One download.
#[derive(Debug)]
pub struct Download {
    /// How many rows came, besides the header.
    pub rows: u64,
    /// Seconds of the server's CPU time.
    pub cpu: f64,
    /// Seconds until it was complete.
    pub wall: f64,
    /// Milliseconds until the first byte of the body.
    pub first_byte: f64,
    /// Megabytes of the file.
    pub size: f64,
    /// Megabytes of memory at the peak, above what the server had before.
    pub growth: f64,
}

/// Downloads `path` from the server of process `server`.
pub fn measure(plan: &Plan, client: &Client, server: u32, path: &str) -> Result<Download> {
    let target = plan.folder.join("ours.xlsx");
    let mut file = BufWriter::new(File::create(&target)?);
    process::forget_peak(server)?;
    let (idle, _) = process::memory(server)?;
    let before = process::cpu_seconds(server)?;
    let answer = client.get(path, &mut file)?;
    let cpu = process::cpu_seconds(server)? - before;
    let (_, peak) = process::memory(server)?;
    drop(file);
    if answer.status != 200 {
        bail!("{path} gives status {}", answer.status);
    }
    Ok(Download {
        rows: Peer::rows_of(&plan.folder.join("venv/bin/python"), &target)?,
        cpu,
        wall: answer.whole.as_secs_f64(),
        first_byte: answer.first_byte.as_secs_f64() * 1000.0,
        size: target.metadata()?.len() as f64 / 1e6,
        growth: peak - idle,
    })
}
