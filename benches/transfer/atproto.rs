//! The same account between two servers that speak another protocol, moved as its own guide tells.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

/// Where the program's own files are; nothing is written there.
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/transfer/atproto");
/// Everything it consists of besides its packages.
const FILES: [&str; 4] = ["package.json", "package-lock.json", "pds.mjs", "move.mjs"];

/// Makes a folder in which the program works; fetching and building its packages takes minutes, once.
///
/// # Errors
/// What is missing on this machine.
pub fn install() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("atproto");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let lock = fs::read(Path::new(SOURCE).join("package-lock.json")).map_err(|error| error.to_string())?;
    let stamp = folder.join("installed-from.json");
    let is_there = fs::read(&stamp).is_ok_and(|installed| installed == lock);
    for file in FILES {
        fs::copy(Path::new(SOURCE).join(file), folder.join(file)).map_err(|error| error.to_string())?;
    }
    if !is_there {
        eprintln!("fetching and building @atproto/pds; this happens once and takes minutes");
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
        fs::write(stamp, lock).map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

/// How long a move of `posts` posts takes, a fifth of them with a file, until both servers count alike.
///
/// # Errors
/// What went wrong.
pub fn crossing(folder: &Path, posts: usize) -> Result<Duration, String> {
    let mut node = Command::new("node");
    let output = run(node.args(["move.mjs", &posts.to_string()]).current_dir(folder))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let took = said.lines().find_map(|line| line.strip_prefix("took ")?.trim().parse().ok());
    took.map(Duration::from_secs_f64).ok_or(said)
}

fn run(command: &mut Command) -> Result<Output, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said.lines().collect();
    let tail = lines.get(lines.len().saturating_sub(12)..).unwrap_or_default();
    Err(format!("{command:?} ended with {}: {}", output.status, tail.join(" / ")))
}
