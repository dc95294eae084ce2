//! Fetches the packages of a program for node, once per lock file, outside the source tree.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Written last; holds the lock file the packages were installed from.
const STAMP: &str = "installed-from.json";

/// Makes a folder `name` in which `node` runs the files of `source`, a folder of this repository in which
/// nothing is written.
///
/// # Errors
/// A sentence naming what is missing on this machine: node, npm, or the packages.
pub fn install(name: &str, source: &str, files: &[&str]) -> Result<PathBuf, String> {
    ask_version("node")?;
    ask_version("npm")?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    // Tests of one run, and runs in one target folder, must not install over each other.
    let gate = File::create(folder.join("install.lock")).map_err(|error| error.to_string())?;
    gate.lock().map_err(|error| format!("waiting for another installation: {error}"))?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
    for file in files {
        copy_if_changed(&source.join(file), &folder.join(file))?;
    }
    let wanted = read(&folder.join("package-lock.json"))?;
    if read(&folder.join(STAMP)).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    npm_ci(&folder)?;
    fs::write(folder.join(STAMP), wanted).map_err(|error| error.to_string())?;
    Ok(folder)
}

/// Runs `npm ci`, which takes exactly what the lock file names; packages run no scripts.
fn npm_ci(folder: &Path) -> Result<(), String> {
    let output = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("npm cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("npm ci failed: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

fn ask_version(program: &str) -> Result<(), String> {
    let answer = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    match answer {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{program} --version ends with {}", output.status)),
        Err(error) => Err(format!("{program} is not there: {error}")),
    }
}

/// Leaves an unchanged file alone: another test may be running it.
fn copy_if_changed(from: &Path, to: &Path) -> Result<(), String> {
    let wanted = read(from)?;
    if read(to).is_ok_and(|present| present == wanted) {
        return Ok(());
    }
    fs::write(to, wanted).map_err(|error| format!("{} cannot be written: {error}", to.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}
