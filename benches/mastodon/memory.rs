//! How much memory this program holds.

/// What is resident now.
pub fn now_mb() -> f64 {
    of("VmRSS:")
}

/// The most that was resident at a time.
pub fn peak_mb() -> f64 {
    of("VmHWM:")
}

fn of(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap() / 1024.0
}
