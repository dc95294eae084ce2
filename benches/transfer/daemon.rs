//! A daemon in a process of its own, and what it used.

use std::{
    fs,
    io::{BufRead, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use godwit::config::Config;

/// Ticks of processor time in a second, as Linux counts them for everybody.
const TICKS: f64 = 100.0;

/// A running daemon; it ends when this is dropped.
pub struct Daemon {
    child: Child,
    _output: Lines<BufReader<ChildStdout>>,
}

/// What a daemon used.
#[derive(Debug, Clone, Copy)]
pub struct Used {
    /// Most memory that was resident at a time.
    pub rss_mb: f64,
    /// Processor seconds, its own and the system's for it.
    pub cpu_seconds: f64,
}

impl Daemon {
    /// Starts a daemon and waits until it listens. Its log lies beside its data.
    pub fn start(config: &Config) -> Self {
        let dir = &config.server.data_dir;
        let path = dir.join("config.toml");
        fs::write(&path, toml::to_string(config).unwrap()).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_godwit"))
            .arg("demo-home")
            .arg("--config")
            .arg(&path)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(log(dir)).unwrap())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = output.next().unwrap().unwrap();
        assert!(first.starts_with("listening "), "{first}");
        Self { child, _output: output }
    }

    /// What it used until now.
    pub fn used(&self) -> Used {
        let of = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap();
        let status = of("status");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let kilobytes: f64 = peak.trim().trim_end_matches("kB").trim().parse().unwrap();
        let stat = of("stat");
        // The name, in brackets, may contain spaces; what follows does not.
        let (_, numbers) = stat.rsplit_once(')').unwrap();
        let ticks =
            numbers.split_whitespace().skip(11).take(2).map(|n| n.parse::<f64>().unwrap()).sum::<f64>();
        Used { rss_mb: kilobytes / 1024.0, cpu_seconds: ticks / TICKS }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Where a daemon's log lies.
pub fn log(dir: &Path) -> std::path::PathBuf {
    dir.join("log.txt")
}
